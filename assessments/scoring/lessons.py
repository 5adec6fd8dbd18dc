"""The figures of one lesson, from the answers to its criteria."""

from collections.abc import Mapping
from fractions import Fraction

from assessments.scoring import evidence
from assessments.scoring.inputs import DONT_KNOW, NOT_APPLICABLE, Answers, Criterion, Lesson, is_level
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


def lesson_result(lesson: Lesson, results: Mapping[str, CriterionResult], indicative_from: Fraction) -> LessonResult:
    """Score, range, completeness, status and evidenced score of a lesson, over its criteria's results."""
    counts = count(lesson, results)
    answered = [c for c in lesson.criteria if results[c.key].points is not None]
    applicable = [c for c in lesson.criteria if results[c.key].answer != NOT_APPLICABLE]
    if not applicable:
        return LessonResult(LESSON_NOT_APPLICABLE, False, counts)
    whole = _weight(lesson.criteria)
    weight, known = _weight(applicable), _weight(answered)
    won = sum((c.weight * (results[c.key].points or 0) for c in answered), Fraction(0))
    completeness = known / weight
    status = status_of(completeness, indicative_from)
    comparable = whole - weight <= whole * COMPARABLE_UP_TO
    low, high = won / weight, (won + 100 * (weight - known)) / weight
    if status == INSUFFICIENT:
        return LessonResult(status, comparable, counts, None, low, high, completeness)
    capped = sum((c.weight * points(c, results[c.key].evidenced_level or 0) for c in answered), Fraction(0))
    pairs = [(results[c.key].points or Fraction(0), c.weight) for c in answered]
    return LessonResult(
        status, comparable, counts, won / known, low, high, completeness, capped / known, weight_range(pairs)
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
