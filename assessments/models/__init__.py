"""The rows of the database, one module a subject."""

from assessments.models.assessment import Answer, Assessment, Event, Evidence, Submission
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

__all__ = [
    "Answer",
    "Assessment",
    "Criterion",
    "Event",
    "Evidence",
    "Gate",
    "Hint",
    "Lesson",
    "Level",
    "Membership",
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
    "User",
    "Version",
]
