"""Writes to the parts of a draft that concern several rows at once: their order, and a target for every stage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from assessments.models import Criterion, Hint, Lesson, Level, PublishedIsReadOnly, Role, Stage, Target, Version

LAST = 2_000_000_000
"""A position after all others; `reorder` makes an ordinary number of it."""

Ordered = Criterion | Hint | Lesson | Level | Role | Stage


def hold_draft(*, version_id: Any) -> None:
    """Hold a draft until the transaction ends, so that it cannot be published meanwhile.

    Raises PublishedIsReadOnly. Must run in a transaction; SQLite has one writer at a time, which does the same.
    """
    state = Version.objects.select_for_update().filter(pk=version_id).values_list("state", flat=True).first()
    if state == Version.State.PUBLISHED:
        raise PublishedIsReadOnly("A published version is read-only. Copy it into a new draft to change it.")


def next_position(rows: "QuerySet[Ordered]") -> int:
    """The position after the last of these rows."""
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


@transaction.atomic
def reorder(*, rows: Iterable[Ordered], before: Mapping[int, int]) -> None:
    """Number rows of one version 0, 1, 2, … by the positions that they hold now.

    `before` holds the positions that they had, by primary key: a row that was given another one's number takes its
    place, from wherever it came. A row that `before` does not know counts as moved up.
    """
    ordered = sorted(rows, key=lambda row: (row.position, _side(row, before), row.pk))
    if not ordered:
        return
    hold_draft(version_id=ordered[0].belongs_to())
    for number, row in enumerate(ordered):
        if row.position != number:
            type(row)._default_manager.filter(pk=row.pk).update(position=number)
            row.position = number


def _side(row: Ordered, before: Mapping[int, int]) -> int:
    """Of rows with the same number, those that came from further down stand first, those from further up last."""
    had = before.get(row.pk, LAST)
    return (row.position > had) - (row.position < had)


@transaction.atomic
def complete_targets(*, version: Version) -> int:
    """Make the targets that are missing: as high as at the stage before, or 0 at the first. Returns how many."""
    hold_draft(version_id=version.pk)
    levels: dict[int, dict[int, int]] = defaultdict(dict)
    for criterion_id, stage_id, level in Target.objects.filter(criterion__version=version).values_list(
        "criterion_id", "stage_id", "level"
    ):
        levels[criterion_id][stage_id] = level
    stages = list(version.stages.all())
    made = [
        target for criterion in version.criteria.all() for target in _missing(criterion, stages, levels[criterion.pk])
    ]
    Target.objects.bulk_create(made)
    return len(made)


def _missing(criterion: Criterion, stages: Iterable[Stage], levels: Mapping[int, int]) -> Iterable[Target]:
    level = 0
    for stage in stages:
        level = levels.get(stage.pk, level)
        if stage.pk not in levels:
            yield Target(criterion=criterion, stage=stage, level=level)
