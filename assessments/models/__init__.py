"""The rows of the database, one module a subject."""

from assessments.models.assessment import Answer, Assessment, Event, Evidence, Move, Submission
from assessments.models.draft import DraftChange
from assessments.models.origin import Origin, OriginSource, Retired
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
from assessments.models.translation import Translation

__all__ = [
    "Answer",
    "Assessment",
    "Criterion",
    "DraftChange",
    "Event",
    "Evidence",
    "Gate",
    "Hint",
    "Lesson",
    "Level",
    "Membership",
    "Move",
    "Origin",
    "OriginSource",
    "Place",
    "Playbook",
    "PublishedIsReadOnly",
    "Retired",
    "Role",
    "Stage",
    "Submission",
    "Target",
    "Translation",
    "User",
    "Version",
]
