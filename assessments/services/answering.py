"""Writes of answers, by compare-and-set: a save says which revision it saw, and never overwrites another.

A reply that was lost may be asked for again: what is stored already, with the same content, is a success. Each
write holds the assessment's row for its short transaction, so that nothing is saved into one that was just submitted,
nor to a criterion of a version that the assessment has just left.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Answer, AnswerChange, Assessment, Evidence, User
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

    @classmethod
    def of(cls, row: Answer | AnswerChange) -> "Content":
        return cls(row.state, row.level, row.reason, row.note)

    @property
    def is_blank(self) -> bool:
        return self == Content(Answer.State.MISSING)

    def is_in(self, answer: Answer) -> bool:
        return Content.of(answer) == self


@transaction.atomic
def save_answer(
    *,
    assessment: Assessment,
    criterion_id: int,
    content: Content,
    seen: int,
    by: User,
    kind: str = AnswerChange.Kind.ANSWERED,
    why: str = "",
    restored: int | None = None,
    at: datetime | None = None,
) -> Answer | None:
    """Save an answer over revision `seen` (0 where none was seen). Returns the row; None where nothing stands.

    Every change adds a row to the answer's history: of what `kind` it was, and `why`, where that was said; of what was
    brought back, the revision that was `restored`. It is of now, unless `at` says when it was given.

    What was brought over from another version counts once it is saved, with the same content or another. Raises
    NotOpen, Moved, or Conflict where another revision with another content stands by now.
    """
    hold_at(assessment, criterion_id)
    rows = Answer.objects.filter(assessment=assessment, criterion_id=criterion_id)
    stored = rows.select_related("saved_by").first()
    if stored is None:
        if seen:
            raise Conflict(None)
        if content.is_blank:
            return None
        try:
            first = _first(assessment, criterion_id, content, by, at or timezone.now())
        except IntegrityError:
            return _same_or_conflict(rows.select_related("saved_by").get(), content)
        return record_change(first, kind=kind, by=by, why=why, at=at)
    if content.is_in(stored) and not stored.carried:
        return stored
    fields = {"state": content.state, "level": content.level, "reason": content.reason, "note": content.note}
    saved = {"carried": False, "revision": seen + 1, "saved_at": at or timezone.now(), "saved_by": by}
    if not rows.filter(revision=seen).update(**fields, **saved):
        raise Conflict(stored)
    saved_row = rows.select_related("saved_by").get()
    return record_change(saved_row, kind=kind, by=by, why=why, restored=restored, at=at)


def record_change(
    answer: Answer,
    *,
    kind: str,
    by: User | None,
    why: str = "",
    restored: int | None = None,
    at: datetime | None = None,
) -> Answer:
    """Add what the answer is now to its history, in the transaction that wrote this revision. Returns the answer."""
    AnswerChange.objects.create(
        assessment_id=answer.assessment_id,
        criterion_id=answer.criterion_id,
        revision=answer.revision,
        kind=kind,
        state=answer.state,
        level=answer.level,
        reason=answer.reason,
        note=answer.note,
        carried=answer.carried,
        why=why,
        restored=restored,
        at=at or timezone.now(),
        by=by,
        by_name=str(by or "")[:200],
    )
    return answer


@transaction.atomic
def _first(assessment: Assessment, criterion_id: int, content: Content, by: User, at: datetime) -> Answer:
    return Answer.objects.create(
        assessment=assessment,
        criterion_id=criterion_id,
        state=content.state,
        level=content.level,
        reason=content.reason,
        note=content.note,
        saved_at=at,
        saved_by=by,
    )


def _same_or_conflict(stored: Answer, content: Content) -> Answer:
    if content.is_in(stored):
        return stored
    raise Conflict(stored)


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


def hold_at(assessment: Assessment, criterion_id: int) -> None:
    """The same, for one of its criteria. Raises NotOpen, or Moved where it is a criterion of another version."""
    hold_on(assessment)
    if criterion_id not in criterion_ids(assessment.version).values():
        raise Moved("This is a criterion of another version.")
