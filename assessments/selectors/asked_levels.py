"""Reads of what a version asks for: the targets and gates as cells of a grid, criteria down, stages across."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assessments.interchange import Playbook
from assessments.models import Gate, Target, Version

TARGET, GATE = "target", "gate"
Cell = tuple[str, int, int]
"""Target or gate, and the primary keys of its criterion and its stage."""
Levels = Mapping[Cell, int | None]


def asked_levels(version: Version) -> dict[Cell, int | None]:
    """Every target and gate of a version that is there. Two queries."""
    models: list[tuple[str, Any]] = [(TARGET, Target), (GATE, Gate)]
    return {
        (kind, criterion, stage): level
        for kind, model in models
        for criterion, stage, level in model.objects.filter(criterion__version=version)
        .order_by()
        .values_list("criterion_id", "stage_id", "level")
    }


def with_levels(document: Playbook, levels: Levels, criteria: Mapping[str, int], stages: Mapping[str, int]) -> Playbook:
    """The document as it would be with these targets and gates; the keys of its parts lead to the cells."""

    def row(kind: str, key: str) -> dict[str, int]:
        cells = {stage: levels.get((kind, criteria[key], pk)) for stage, pk in stages.items()}
        return {stage: level for stage, level in cells.items() if level is not None}

    gates = {key: row(GATE, key) for key in document.criterion}
    return replace(
        document,
        stages=tuple(
            replace(stage, gates={key: found[stage.key] for key, found in gates.items() if stage.key in found})
            for stage in document.stages
        ),
        lessons=tuple(
            replace(lesson, criteria=tuple(replace(each, targets=row(TARGET, each.key)) for each in lesson.criteria))
            for lesson in document.lessons
        ),
    )
