"""A version as a tree, for its page: lessons with their criteria, and stages and roles beside them."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from assessments.admin.fields import plain, share
from assessments.models import Criterion, Lesson, Role, Stage, Version


@dataclass(frozen=True)
class Branch:
    """A lesson or criterion with its weight, and the share that it has of the weights beside it."""

    row: Any
    weight: str
    share: str
    branches: "tuple[Branch, ...]" = ()


@dataclass(frozen=True)
class Tree:
    lessons: tuple[Branch, ...]
    stages: tuple[Stage, ...]
    roles: tuple[Role, ...]

    @property
    def criteria(self) -> int:
        return sum(len(lesson.branches) for lesson in self.lessons)


def tree_of(version: Version) -> Tree:
    """The tree of a version, in four queries."""
    criteria: dict[int, list[Criterion]] = {}
    for criterion in Criterion.objects.filter(version=version).annotate(level_count=Count("levels")):
        criteria.setdefault(criterion.lesson_id, []).append(criterion)
    lessons = list(Lesson.objects.filter(version=version))
    return Tree(
        lessons=tuple(replace(each, branches=_branches(criteria.get(each.row.pk, []))) for each in _branches(lessons)),
        stages=tuple(Stage.objects.filter(version=version).annotate(gate_count=Count("gates"))),
        roles=tuple(Role.objects.filter(version=version)),
    )


def _branches(rows: "list[Any]") -> tuple[Branch, ...]:
    total = sum(row.weight for row in rows)
    return tuple(Branch(row, plain(row.weight), share(row.weight, total)) for row in rows)
