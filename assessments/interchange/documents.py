"""The two documents as plain values: a playbook version with all its texts, and the answers of one assessment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

Answer = int | str


@dataclass(frozen=True)
class Role:
    key: str
    name: str
    summary: str


@dataclass(frozen=True)
class Stage:
    """`gates`: for some criteria, the least level without which the stage cannot be claimed."""

    key: str
    name: str
    facts: str
    gates: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Level:
    """What is true at this level, and how to reach the next one (on the last: how to hold it)."""

    descriptor: str
    next_step: str


@dataclass(frozen=True)
class Criterion:
    """`not_applicable` is the condition under which it may be said, in words, or None where it may not."""

    key: str
    title: str
    question: str
    why: str
    weight: Decimal
    not_applicable: str | None
    evidence: tuple[str, ...]
    data: tuple[str, ...]
    ask: str
    levels: tuple[Level, ...]
    targets: Mapping[str, int]

    @property
    def top(self) -> int:
        """The number of the highest level; the lowest is 0."""
        return len(self.levels) - 1


@dataclass(frozen=True)
class Lesson:
    key: str
    title: str
    summary: str
    weight: Decimal
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Origin:
    """What became of a criterion since the version before: reworded, stricter, split, merged or new."""

    kind: str
    sources: tuple[str, ...]
    comparable: bool


@dataclass(frozen=True)
class Follows:
    """The version that a playbook comes after; a criterion without an entry is the same as before."""

    version: str
    criteria: Mapping[str, Origin]
    retired: tuple[str, ...]


@dataclass(frozen=True)
class Playbook:
    """One version of a playbook: the document `hubplaybook/playbook@1`."""

    key: str
    version: str
    title: str
    summary: str
    indicative_from: Decimal
    roles: tuple[Role, ...]
    stages: tuple[Stage, ...]
    lessons: tuple[Lesson, ...]
    follows: Follows | None = None

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion in playbook order."""
        for lesson in self.lessons:
            yield from lesson.criteria

    @cached_property
    def criterion(self) -> Mapping[str, Criterion]:
        return {criterion.key: criterion for criterion in self.criteria()}

    @cached_property
    def label(self) -> Mapping[str, str]:
        """The number of each criterion as people say it: the second of the first lesson is 1.2."""
        return {
            criterion.key: f"{number}.{position}"
            for number, lesson in enumerate(self.lessons, 1)
            for position, criterion in enumerate(lesson.criteria, 1)
        }

    @cached_property
    def stage(self) -> Mapping[str, Stage]:
        return {stage.key: stage for stage in self.stages}


@dataclass(frozen=True)
class Evidence:
    """A piece of evidence: a grade from 0 to 4, and what is known of it."""

    grade: int
    dated: date | None = None
    title: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class Respondent:
    role: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Answers:
    """The answers of one assessment: the document `hubplaybook/answers@1`. `playbook` is (key, version)."""

    place: str
    dated: date
    stage: str
    answers: Mapping[str, Answer]
    playbook: tuple[str, str] | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    respondents: tuple[Respondent, ...] = ()
