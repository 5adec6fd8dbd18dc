"""Writes of answers and evidence, by compare-and-set: a save says which revision it saw, and never overwrites another.

A reply that was lost may be asked for again: what is stored already, with the same content, is a success. Each
write holds the assessment's row for its short transaction, so that nothing is saved into one that was just submitted,
nor to a criterion of a version that the assessment has just left.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Answer, Assessment, Evidence, User
from assessments.selectors.playbooks import criterion_ids


class NotOpen(Exception):
    """The assessment has been submitted; nothing was saved."""


class Moved(Exception):
    """The assessment is on another version than what was sent is about; nothing was saved."""


class Conflict(Exception):
    """Somebody else saved first. `stored` is what stands now; nothing was overwritten."""

    def __init__(self, stored: "Answer | Evidence | None") -> None:
        super().__init__("Somebody else saved this first.")
        self.stored = stored


@dataclass(frozen=True)
class Content:
    """What a person gives to one criterion: a level, don't know, not applicable (with a reason), or nothing; a note."""

    state: str
    level: int | None = None
    reason: str = ""
    note: str = ""

    @property
    def is_blank(self) -> bool:
        return self == Content(Answer.State.MISSING)

    def is_in(self, answer: Answer) -> bool:
        return (answer.state, answer.level, answer.reason, answer.note) == (
            self.state,
            self.level,
            self.reason,
            self.note,
        )


@transaction.atomic
def save_answer(*, assessment: Assessment, criterion_id: int, content: Content, seen: int, by: User) -> Answer | None:
    """Save an answer over revision `seen` (0 where none was seen). Returns the row; None where nothing stands.

    What was brought over from another version counts once it is saved, with the same content or another. Raises
    NotOpen, Moved, or Conflict where another revision with another content stands by now.
    """
    _hold_at(assessment, criterion_id)
    rows = Answer.objects.filter(assessment=assessment, criterion_id=criterion_id)
    stored = rows.select_related("saved_by").first()
    if stored is None:
        if seen:
            raise Conflict(None)
        if content.is_blank:
            return None
        return _first(assessment, criterion_id, content, by)
    if content.is_in(stored) and not stored.carried:
        return stored
    fields = {"state": content.state, "level": content.level, "reason": content.reason, "note": content.note}
    saved = {"carried": False, "revision": seen + 1, "saved_at": timezone.now(), "saved_by": by}
    if not rows.filter(revision=seen).update(**fields, **saved):
        raise Conflict(stored)
    return rows.select_related("saved_by").get()


def _first(assessment: Assessment, criterion_id: int, content: Content, by: User) -> Answer:
    try:
        with transaction.atomic():
            return Answer.objects.create(
                assessment=assessment,
                criterion_id=criterion_id,
                state=content.state,
                level=content.level,
                reason=content.reason,
                note=content.note,
                saved_at=timezone.now(),
                saved_by=by,
            )
    except IntegrityError:
        stored = Answer.objects.select_related("saved_by").get(assessment=assessment, criterion_id=criterion_id)
        if content.is_in(stored):
            return stored
        raise Conflict(stored) from None


@dataclass(frozen=True)
class Piece:
    """A piece of evidence as a person gives it. `grade` 0 to 4; `link` empty or http(s)."""

    grade: int
    title: str
    link: str = ""
    dated: date | None = None

    def is_in(self, row: Evidence) -> bool:
        return (row.grade, row.title, row.link, row.dated) == (self.grade, self.title, self.link, self.dated)


@transaction.atomic
def add_evidence(*, assessment: Assessment, criterion_id: int, piece: Piece, token: UUID, by: User) -> Evidence:
    """Add a piece of evidence. Sending the same token again adds nothing more. Raises NotOpen or Moved."""
    _hold_at(assessment, criterion_id)
    row, _ = Evidence.objects.get_or_create(
        token=token,
        assessment=assessment,
        criterion_id=criterion_id,
        defaults={"grade": piece.grade, "title": piece.title, "link": piece.link, "dated": piece.dated, "added_by": by},
    )
    return row


@transaction.atomic
def change_evidence(*, evidence: Evidence, piece: Piece, seen: int) -> Evidence:
    """Change a piece over revision `seen`. Raises NotOpen, Moved or Conflict (`stored` None: it was removed)."""
    _hold_at(evidence.assessment, evidence.criterion_id)
    rows = Evidence.objects.filter(pk=evidence.pk)
    stored = rows.first()
    if stored is not None and piece.is_in(stored):
        return stored
    fields = {"grade": piece.grade, "title": piece.title, "link": piece.link, "dated": piece.dated}
    if not rows.filter(revision=seen).update(**fields, revision=seen + 1):
        raise Conflict(stored)
    return rows.get()


@transaction.atomic
def remove_evidence(*, evidence: Evidence) -> None:
    """Remove a piece; removing it twice is no error. Raises NotOpen or Moved."""
    _hold_at(evidence.assessment, evidence.criterion_id)
    Evidence.objects.filter(pk=evidence.pk).delete()


def hold_open(assessment: Assessment) -> int:
    """Hold the assessment's row until the transaction ends; the version that it is on. Raises NotOpen unless open.

    PostgreSQL locks the row; on SQLite an immediate transaction is the only writer anyway.
    """
    rows = Assessment.objects.select_for_update(no_key=True).filter(pk=assessment.pk, state=Assessment.State.OPEN)
    version: int | None = rows.values_list("version_id", flat=True).first()
    if version is None:
        raise NotOpen("This assessment has been submitted.")
    return version


def hold_on(assessment: Assessment) -> None:
    """The same, on the version that `assessment` was read with. Raises NotOpen, or Moved where it has left that one."""
    if hold_open(assessment) != assessment.version_id:
        raise Moved("This assessment is on another version now.")


def _hold_at(assessment: Assessment, criterion_id: int) -> None:
    hold_on(assessment)
    if criterion_id not in criterion_ids(assessment.version).values():
        raise Moved("This is a criterion of another version.")
