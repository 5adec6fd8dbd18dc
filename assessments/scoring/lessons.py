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


class Figures(NamedTuple):
    """What is claimed of a lesson or of the whole: the figures that `score` and `standing` share."""

    status: str
    score: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    completeness: Fraction | None = None


def lesson_figures(lesson: Lesson, answers: Mapping[str, Answer], indicative_from: Fraction) -> Figures:
    """Score, range, completeness and status of a lesson; counted in whole numbers, which is exact and quick."""
    unit, parts = lesson.measure
    won = known = unknown = 0
    for key, weight, step in parts:
        answer = answers.get(key)
        if is_level(answer):
            known += weight
            won += weight * step * answer
        elif answer != NOT_APPLICABLE:
            unknown += weight
    weight = known + unknown
    if not weight:
        return Figures(LESSON_NOT_APPLICABLE)
    completeness = Fraction(known, weight)
    status = status_of(completeness, indicative_from)
    return Figures(
        status,
        None if status == INSUFFICIENT else Fraction(won, known * unit),
        Fraction(won, weight * unit),
        Fraction(won + 100 * unit * unknown, weight * unit),
        completeness,
    )


def lesson_result(lesson: Lesson, results: Mapping[str, CriterionResult], indicative_from: Fraction) -> LessonResult:
    """Score, range, completeness, status and evidenced score of a lesson, over its criteria's results."""
    counts = count(lesson, results)
    given = {key: each.answer for key, each in results.items() if each.answer is not None}
    figures = lesson_figures(lesson, given, indicative_from)
    if figures.status == LESSON_NOT_APPLICABLE:
        return LessonResult(figures.status, False, counts)
    answered = [c for c in lesson.criteria if results[c.key].points is not None]
    whole, left_out = (
        _weight(lesson.criteria),
        _weight([c for c in lesson.criteria if given.get(c.key) == NOT_APPLICABLE]),
    )
    comparable = left_out <= whole * COMPARABLE_UP_TO
    status, score, low, high, completeness = figures
    if score is None:
        return LessonResult(status, comparable, counts, None, low, high, completeness)
    capped = sum((c.weight * points(c, results[c.key].evidenced_level or 0) for c in answered), Fraction(0))
    pairs = [(results[c.key].points or Fraction(0), c.weight) for c in answered]
    return LessonResult(
        status, comparable, counts, score, low, high, completeness, capped / _weight(answered), weight_range(pairs)
    )


def status_of(completeness: Fraction, indicative_from: Fraction) -> str:
    """`final` where nothing is unknown, `indicative` from the playbook's share up, else `insufficient`."""
    if completeness == 1:
        return FINAL
    return INDICATIVE if completeness >= indicative_from else INSUFFICIENT


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
