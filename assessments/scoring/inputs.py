"""What the scoring engine is given: the weighed parts of a playbook, and one place's answers.

Texts other than level descriptors are not needed to score, so they are not here; see `interchange.documents`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TypeGuard

from assessments.scoring.proportion import whole_numbers

NOT_APPLICABLE = "not_applicable"
DONT_KNOW = "dont_know"

Answer = int | str
"""A level 0..m, NOT_APPLICABLE or DONT_KNOW. A missing answer is no entry at all."""


class ScoringError(ValueError):
    """The answers do not fit the playbook. `problems` names every key, role, stage or level that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Criterion:
    """A weight above 0, two or more level descriptors from lowest to highest, and a target for every stage."""

    key: str
    weight: Fraction
    levels: tuple[str, ...]
    may_be_not_applicable: bool
    targets: Mapping[str, int]

    @property
    def top(self) -> int:
        """The number `m` of the highest level; the lowest is 0."""
        return len(self.levels) - 1


@dataclass(frozen=True)
class Lesson:
    key: str
    weight: Fraction
    criteria: tuple[Criterion, ...]

    @cached_property
    def measure(self) -> "tuple[int, tuple[tuple[str, int, int], ...]]":
        """The criteria in whole numbers: a unit, and each one's key, weight, and what a level is worth in that unit.

        A level of a criterion is worth `step / unit` points.
        """
        unit = lcm(*(criterion.top for criterion in self.criteria))
        weights = whole_numbers([criterion.weight for criterion in self.criteria])
        return unit, tuple(
            (criterion.key, weight, 100 * unit // criterion.top)
            for criterion, weight in zip(self.criteria, weights, strict=True)
        )


@dataclass(frozen=True)
class Stage:
    """`gates` holds, for some criteria, the least level without which the stage cannot be claimed."""

    key: str
    gates: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Playbook:
    """One version of a playbook. `indicative_from` is a share, above 0 and at most 1."""

    lessons: tuple[Lesson, ...]
    stages: tuple[Stage, ...]
    roles: tuple[str, ...] = ()
    indicative_from: Fraction = Fraction(7, 10)

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion in playbook order: lessons, then criteria, as they stand."""
        for lesson in self.lessons:
            yield from lesson.criteria

    @cached_property
    def criterion(self) -> Mapping[str, Criterion]:
        return {criterion.key: criterion for criterion in self.criteria()}

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Where each criterion stands in playbook order, from 0."""
        return {key: number for number, key in enumerate(self.criterion)}


@dataclass(frozen=True)
class Evidence:
    """A grade from 0 (none) to 4 (independent check), and the day that the evidence is from, if it is known."""

    grade: int
    dated: date | None = None


@dataclass(frozen=True)
class Respondent:
    role: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Answers:
    """One assessment: its date, the stage that the place declares, and what was answered by criterion key."""

    dated: date
    stage: str
    answers: Mapping[str, Answer]
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    respondents: tuple[Respondent, ...] = ()


def is_level(answer: Answer | None) -> TypeGuard[int]:
    """Whether an answer is a level; True and False are not levels, although Python counts them as 1 and 0."""
    return isinstance(answer, int) and not isinstance(answer, bool)


def answer_problem(criterion: Criterion, answer: Answer) -> str | None:
    """Say in words why `answer` cannot be given to `criterion`, or None where it can."""
    if answer == DONT_KNOW and isinstance(answer, str):
        return None
    if answer == NOT_APPLICABLE and isinstance(answer, str):
        if criterion.may_be_not_applicable:
            return None
        return f"“{criterion.key}” may not be answered not_applicable"
    if is_level(answer) and 0 <= answer <= criterion.top:
        return None
    return (
        f"{answer!r} is not an answer to “{criterion.key}”: "
        f"say a level from 0 to {criterion.top}, not_applicable or dont_know"
    )


def check(playbook: Playbook, answers: Answers) -> None:
    """Raise ScoringError, naming everything at fault, unless the answers fit the playbook."""
    problems = list(_problems(playbook, answers))
    if problems:
        raise ScoringError(problems)


def _problems(playbook: Playbook, answers: Answers) -> Iterator[str]:
    if answers.stage not in {stage.key for stage in playbook.stages}:
        yield f"unknown stage “{answers.stage}”"
    yield from _answer_problems(playbook, answers.answers)
    for key, pieces in answers.evidence.items():
        if key not in playbook.criterion:
            yield f"unknown criterion “{key}” in the evidence"
        for piece in pieces:
            if not is_level(piece.grade) or not 0 <= piece.grade <= 4:
                yield f"evidence grade {piece.grade!r} for “{key}” is not one of 0 to 4"
    roles = frozenset(playbook.roles)
    for respondent in answers.respondents:
        if respondent.role not in roles:
            yield f"unknown role “{respondent.role}”"
        yield from _answer_problems(playbook, respondent.answers)


def _answer_problems(playbook: Playbook, answers: Mapping[str, Answer]) -> Iterator[str]:
    for key, answer in answers.items():
        criterion = playbook.criterion.get(key)
        if criterion is None:
            yield f"unknown criterion “{key}”"
        elif problem := answer_problem(criterion, answer):
            yield problem
