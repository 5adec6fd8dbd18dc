"""Writes to where the parts of a draft stand: one place up or down, into another lesson; and a criterion's copy.

The journal is the caller's: it opens it before and records after, in one transaction.
"""

from itertools import count
from typing import Any

from django.db import transaction

from assessments.models import Criterion, Hint, Lesson, Level, Role, Stage, Target
from assessments.models.playbook import KEY_LENGTH
from assessments.services.drafting import hold_draft, next_position

Part = Criterion | Lesson | Role | Stage


def siblings(part: Part) -> list[Part]:
    """The parts that this one stands in order with: criteria of its lesson, or all of its kind in the version."""
    if isinstance(part, Criterion):
        return list(Criterion.objects.filter(lesson=part.lesson_id).select_related("lesson"))
    return list(type(part)._default_manager.filter(version=part.version_id))


@transaction.atomic
def move(*, part: Part, by: int) -> bool:
    """Move a part so many places down, or up where `by` is negative. Whether it moved: at an end it stays."""
    hold_draft(version_id=part.version_id)
    rows = siblings(part)
    was = [row.pk for row in rows].index(part.pk)
    now = min(max(was + by, 0), len(rows) - 1)
    rows.insert(now, rows.pop(was))
    for number, row in enumerate(rows):
        row.position = number
    kind: Any = type(part)
    kind._default_manager.bulk_update(rows, ["position"])
    return now != was


@transaction.atomic
def move_to_lesson(*, criterion: Criterion, lesson: Lesson) -> bool:
    """Put a criterion last in another lesson of its version. Whether it moved."""
    hold_draft(version_id=criterion.version_id)
    if lesson.version_id != criterion.version_id:
        raise ValueError("A criterion stays in its version.")
    if lesson.pk == criterion.lesson_id:
        return False
    criterion.lesson, criterion.position = lesson, next_position(lesson.criteria.all())
    criterion.save()
    return True


@transaction.atomic
def copy_criterion(*, criterion: Criterion, lesson: Lesson, title: str, key: str) -> Criterion:
    """A copy with all its levels, targets and hints, last in a lesson of the same version.

    It gets no gates: stages would ask for both before anybody has said so.
    """
    hold_draft(version_id=criterion.version_id)
    if lesson.version_id != criterion.version_id:
        raise ValueError("A criterion stays in its version.")
    made = Criterion.objects.get(pk=criterion.pk)
    made.pk, made._state.adding = None, True  # type: ignore[assignment]
    made.lesson, made.position = lesson, next_position(lesson.criteria.all())
    made.title, made.key = title, key
    made.save()
    kinds: list[Any] = [Level, Hint, Target]
    for model in kinds:
        rows = list(model._default_manager.filter(criterion=criterion))
        for row in rows:
            row.pk, row.criterion = None, made
        model._default_manager.bulk_create(rows)
    return made


def next_key(criterion: Criterion) -> str:
    """A key for a copy that no criterion of any version of the playbook has ever had."""
    ever = Criterion.objects.filter(version__playbook=criterion.version.playbook_id).order_by()
    taken = set(ever.values_list("key", flat=True))
    start = criterion.key[: KEY_LENGTH - 5]
    return next(key for key in (f"{start}-{number}" for number in count(2)) if key not in taken)
