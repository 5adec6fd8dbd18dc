"""A version as a tree, for its page: lessons with their criteria, and stages and roles beside them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from assessments.admin.faults import Proofs
from assessments.admin.fields import plain, share
from assessments.models import Criterion, Lesson, Role, Stage, Version


@dataclass(frozen=True)
class Branch:
    """A lesson or criterion with its weight, its share of the weights beside it, and how much is wrong there."""

    row: Any
    weight: str
    share: str
    branches: "tuple[Branch, ...]" = ()
    faults: int = 0
    warnings: int = 0

    @property
    def all_faults(self) -> int:
        """Its own and those of its criteria."""
        return self.faults + sum(branch.faults for branch in self.branches)

    @property
    def all_warnings(self) -> int:
        return self.warnings + sum(branch.warnings for branch in self.branches)


@dataclass(frozen=True)
class Tree:
    lessons: tuple[Branch, ...]
    stages: tuple[Stage, ...]
    roles: tuple[Role, ...]

    @property
    def criteria(self) -> int:
        return sum(len(lesson.branches) for lesson in self.lessons)


def tree_of(version: Version, proofs: Proofs | None = None) -> Tree:
    """The tree of a version, with how much of the proofs belongs to each part, in four queries."""
    told = _Counts(proofs or Proofs())
    criteria: dict[int, list[Criterion]] = {}
    for criterion in Criterion.objects.filter(version=version).annotate(level_count=Count("levels")):
        criteria.setdefault(criterion.lesson_id, []).append(criterion)
    lessons = list(Lesson.objects.filter(version=version))
    return Tree(
        lessons=tuple(
            replace(each, branches=_branches(criteria.get(each.row.pk, []), told)) for each in _branches(lessons, told)
        ),
        stages=tuple(told.on(Stage.objects.filter(version=version).annotate(gate_count=Count("gates")))),
        roles=tuple(Role.objects.filter(version=version)),
    )


class _Counts:
    """How many faults and warnings each part has."""

    def __init__(self, proofs: Proofs) -> None:
        self.faults = Counter(each.part for each in proofs.faults)
        self.warnings = Counter(each.part for each in proofs.warnings)

    def of(self, row: Any) -> tuple[int, int]:
        part = (row._meta.model_name, row.pk)
        return self.faults[part], self.warnings[part]

    def on(self, rows: Iterable[Any]) -> Iterator[Any]:
        """The rows, each with its counts as attributes."""
        for row in rows:
            row.faults, row.warnings = self.of(row)
            yield row


def _branches(rows: "list[Any]", told: _Counts) -> tuple[Branch, ...]:
    total = sum(row.weight for row in rows)
    return tuple(Branch(row, plain(row.weight), share(row.weight, total), (), *told.of(row)) for row in rows)
