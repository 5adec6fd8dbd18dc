"""The rows of the database, one module a subject."""

from assessments.models.agreement import Agreement
from assessments.models.answer_change import AnswerChange
from assessments.models.assessment import Answer, Assessment, Event, Move, Submission
from assessments.models.branding import Branding
from assessments.models.delegation import Delegation, Reminder
from assessments.models.draft import DraftChange
from assessments.models.evidence import Backing, Evidence
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
from assessments.models.round import Respondent, Response, ResponseAnswer, Round, RoundRole
from assessments.models.translation import Translation
from assessments.models.workbook import WorkbookUpload
from assessments.models.workshop import Ballot, Vote, Voter, Workshop

__all__ = [
    "Agreement",
    "Answer",
    "AnswerChange",
    "Assessment",
    "Backing",
    "Ballot",
    "Branding",
    "Criterion",
    "Delegation",
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
    "Reminder",
    "Respondent",
    "Response",
    "ResponseAnswer",
    "Retired",
    "Role",
    "Round",
    "RoundRole",
    "Stage",
    "StoredReport",
    "Submission",
    "Target",
    "Translation",
    "User",
    "Version",
    "Vote",
    "Voter",
    "WorkbookUpload",
    "Workshop",
]
