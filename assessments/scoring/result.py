"""What the scoring engine returns. Figures are exact; `None` stands for what the contract calls none.

Scores, bounds, points and gains run from 0 to 100; completeness and consensus from 0 to 1. Figures that no fraction
can hold (the geometric mean, the consensus) are given to thirty decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessments.scoring.inputs import Answer

FINAL = "final"
INDICATIVE = "indicative"
INSUFFICIENT = "insufficient"
LESSON_NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Range:
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Counts:
    """How many criteria were answered with a level, with don't know, not at all, or as not applicable."""

    answered: int
    dont_know: int
    missing: int
    not_applicable: int

    @property
    def unknown(self) -> int:
        return self.dont_know + self.missing

    @property
    def total(self) -> int:
        return self.answered + self.unknown + self.not_applicable


@dataclass(frozen=True)
class CriterionResult:
    """`answer` is None where it is missing; the other two are None where no level was given."""

    answer: Answer | None
    points: Fraction | None
    evidenced_level: int | None


@dataclass(frozen=True)
class LessonResult:
    status: str
    comparable: bool
    counts: Counts
    score: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    completeness: Fraction | None = None
    evidenced: Fraction | None = None
    weight_range: Range | None = None

    @property
    def applicable(self) -> bool:
        return self.status != LESSON_NOT_APPLICABLE


@dataclass(frozen=True)
class OverallResult:
    status: str
    counts: Counts
    score: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    completeness: Fraction | None = None
    evidenced: Fraction | None = None
    balanced: Fraction | None = None
    unbalanced: bool | None = None
    weakest: str | None = None
    weakest_robust: bool | None = None
    weight_range: Range | None = None


@dataclass(frozen=True)
class Block:
    """A gate that is not met: the level that it needs, and the level answered (None if unknown)."""

    criterion: str
    needed: int
    answered: int | None


@dataclass(frozen=True)
class StageResult:
    declared: str
    evidenced: str
    evidenced_high: str
    blocking: tuple[Block, ...]


@dataclass(frozen=True)
class Priority:
    """`gap` in levels up to the target; `gain` in overall points won by closing it."""

    criterion: str
    gap: int
    gain: Fraction


@dataclass(frozen=True)
class Collective:
    """What several respondents gave to one criterion. `consensus` is None with fewer than three of them."""

    respondents: int
    mean: Fraction
    consensus: Fraction | None
    spread: Fraction
    suggested: int
    discuss: bool
    role_means: Mapping[str, Fraction]


@dataclass(frozen=True)
class Result:
    """Lessons and criteria stand in playbook order; `collective` is None where no respondent is named."""

    overall: OverallResult
    stage: StageResult
    lessons: Mapping[str, LessonResult]
    criteria: Mapping[str, CriterionResult]
    priorities: tuple[Priority, ...]
    collective: Mapping[str, Collective] | None = None
