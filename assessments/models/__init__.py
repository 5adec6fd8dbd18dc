"""The rows of the database, one module a subject."""

from assessments.models.assessment import Answer, Assessment, Event, Evidence, Move, Submission
from assessments.models.branding import Branding
from assessments.models.draft import DraftChange
from assessments.models.origin import Origin, OriginSource, Retired
from assessments.models.pack import Pack, PackItem
from assessments.models.people import User
from assessments.models.place import Membership, Place
from assessments.models.playbook import (
    Criterion,
    Gate,
    Hint,
    Lesson,
    Level,
    Playbook,
    PublishedIsReadOnly,
    Role,
    Stage,
    Target,
    Version,
)
from assessments.models.portfolio import Invitation, PlaceGroup
from assessments.models.report import IssuedReport, StoredReport
from assessments.models.translation import Translation
from assessments.models.workbook import WorkbookUpload

__all__ = [
    "Answer",
    "Assessment",
    "Branding",
    "Criterion",
    "DraftChange",
    "Event",
    "Evidence",
    "Gate",
    "Hint",
    "Invitation",
    "IssuedReport",
    "Lesson",
    "Level",
    "Membership",
    "Move",
    "Origin",
    "OriginSource",
    "Pack",
    "PackItem",
    "Place",
    "PlaceGroup",
    "Playbook",
    "PublishedIsReadOnly",
    "Retired",
    "Role",
    "Stage",
    "StoredReport",
    "Submission",
    "Target",
    "Translation",
    "User",
    "Version",
    "WorkbookUpload",
]
