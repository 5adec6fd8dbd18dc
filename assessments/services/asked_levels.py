"""Writes to the targets and gates of a draft, many at once, over nobody's work: the grid of the admin."""

from collections.abc import Iterable

from django.db import transaction

from assessments.models import Gate, Target, Version
from assessments.selectors.asked_levels import GATE, Cell, Levels, asked_levels
from assessments.services.drafting import hold_draft


@transaction.atomic
def write_asked_levels(*, version: Version, wanted: Levels, seen: Levels) -> dict[Cell, int | None]:
    """Write the cells that are wanted otherwise than they were seen. None takes a gate away; a target stays.

    Returns the cells that somebody else changed since they were seen, with what they hold: those are left alone.
    Cells of parts that are gone are passed over. Eight queries or fewer.
    """
    hold_draft(version_id=version.pk)
    now = asked_levels(version)
    criteria = set(version.criteria.values_list("pk", flat=True))
    stages = set(version.stages.values_list("pk", flat=True))
    changed = [
        cell
        for cell, level in wanted.items()
        if level != seen.get(cell) and cell[1] in criteria and cell[2] in stages and now.get(cell) != level
    ]
    held = {cell: now.get(cell) for cell in changed if now.get(cell) != seen.get(cell)}
    free = [cell for cell in changed if cell not in held]
    _write(Gate, [cell for cell in free if cell[0] == GATE], wanted)
    _write(Target, [cell for cell in free if cell[0] != GATE and wanted[cell] is not None], wanted)
    return held


def _write(model: type[Gate] | type[Target], cells: Iterable[Cell], wanted: Levels) -> None:
    """Put these rows in place of those that are there."""
    pairs = {(criterion, stage): wanted[kind, criterion, stage] for kind, criterion, stage in cells}
    if not pairs:
        return
    rows = model._default_manager.filter(criterion__in={criterion for criterion, _ in pairs})
    stale = [pk for pk, *pair in rows.values_list("pk", "criterion_id", "stage_id") if tuple(pair) in pairs]
    model._default_manager.filter(pk__in=stale).delete()
    made = [
        model(criterion_id=criterion, stage_id=stage, level=level)
        for (criterion, stage), level in pairs.items()
        if level is not None
    ]
    model._default_manager.bulk_create(made)  # type: ignore[arg-type]
