"""The figures of one lesson, from the answers to its criteria."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from assessments.scoring import evidence
from assessments.scoring.inputs import DONT_KNOW, NOT_APPLICABLE, Answer, Answers, Criterion, Lesson, is_level
from assessments.scoring.result import (
    FINAL,
    INDICATIVE,
    INSUFFICIENT,
    LESSON_NOT_APPLICABLE,
    Counts,
    CriterionResult,
    LessonResult,
)
from assessments.scoring.uncertainty import weight_range

COMPARABLE_UP_TO = Fraction(1, 4)
"""The share of a lesson's weight that may be not applicable before it can no longer be compared."""


def points(criterion: Criterion, level: int) -> Fraction:
    """100 k / m: level 0 is 0 points, the highest level is 100."""
    return Fraction(100 * level, criterion.top)


def criterion_result(criterion: Criterion, answers: Answers) -> CriterionResult:
    """The points of one answer, and its level capped by the evidence for it."""
    answer = answers.answers.get(criterion.key)
    if not is_level(answer):
        return CriterionResult(answer, None, None)
    grade = evidence.best_grade(answers.evidence.get(criterion.key, ()), answers.dated)
    return CriterionResult(answer, points(criterion, answer), min(answer, evidence.cap(criterion, grade)))


class Claim(NamedTuple):
    """How much is known of a lesson or of the whole, and its score where that is enough."""

    status: str
    score: Fraction | None = None


class Sums(NamedTuple):
    """A lesson counted in whole numbers, which is exact and quick: weights known and unknown, and what was won.

    `won / known` is a score in `unit`s of a point. Both weights are 0 where every criterion is not applicable.
    """

    unit: int
    won: int
    known: int
    unknown: int

    @property
    def weight(self) -> int:
        return self.known + self.unknown


def lesson_sums(lesson: Lesson, answers: Mapping[str, Answer]) -> Sums:
    """Add up a lesson's answers."""
    unit, parts = lesson.measure
    won = known = unknown = 0
    for key, weight, step in parts:
        answer = answers.get(key)
        if is_level(answer):
            known += weight
            won += weight * step * answer
        elif answer != NOT_APPLICABLE:
            unknown += weight
    return Sums(unit, won, known, unknown)


def lesson_claim(sums: Sums, indicative_from: Fraction) -> Claim:
    """A lesson's status and score: what `score` and `standing` share."""
    status = _status(sums, indicative_from)
    has_score = status in {FINAL, INDICATIVE}
    return Claim(status, Fraction(sums.won, sums.known * sums.unit) if has_score else None)


def _status(sums: Sums, indicative_from: Fraction) -> str:
    """`final` where nothing is unknown, `indicative` from the playbook's share up, else `insufficient`."""
    if not sums.weight:
        return LESSON_NOT_APPLICABLE
    if not sums.unknown:
        return FINAL
    enough = sums.known * indicative_from.denominator >= sums.weight * indicative_from.numerator
    return INDICATIVE if enough else INSUFFICIENT


def lesson_result(lesson: Lesson, results: Mapping[str, CriterionResult], indicative_from: Fraction) -> LessonResult:
    """Score, range, completeness, status and evidenced score of a lesson, over its criteria's results."""
    counts = count(lesson, results)
    given = {key: each.answer for key, each in results.items() if each.answer is not None}
    sums = lesson_sums(lesson, given)
    status, score = lesson_claim(sums, indicative_from)
    if status == LESSON_NOT_APPLICABLE:
        return LessonResult(status, False, counts)
    unit, won, known, unknown = sums
    low, high = Fraction(won, sums.weight * unit), Fraction(won + 100 * unit * unknown, sums.weight * unit)
    left_out = _weight([each for each in lesson.criteria if given.get(each.key) == NOT_APPLICABLE])
    comparable = left_out <= _weight(lesson.criteria) * COMPARABLE_UP_TO
    completeness = Fraction(known, sums.weight)
    if score is None:
        return LessonResult(status, comparable, counts, None, low, high, completeness)
    answered = [c for c in lesson.criteria if results[c.key].points is not None]
    capped = sum((c.weight * points(c, results[c.key].evidenced_level or 0) for c in answered), Fraction(0))
    pairs = [(results[c.key].points or Fraction(0), c.weight) for c in answered]
    return LessonResult(
        status, comparable, counts, score, low, high, completeness, capped / _weight(answered), weight_range(pairs)
    )


def count(lesson: Lesson, results: Mapping[str, CriterionResult]) -> Counts:
    """How many of the lesson's criteria were answered in which way."""
    answers = [results[criterion.key].answer for criterion in lesson.criteria]
    return Counts(
        answered=sum(map(is_level, answers)),
        dont_know=answers.count(DONT_KNOW),
        missing=answers.count(None),
        not_applicable=answers.count(NOT_APPLICABLE),
    )


def _weight(criteria: tuple[Criterion, ...] | list[Criterion]) -> Fraction:
    return sum((criterion.weight for criterion in criteria), Fraction(0))
