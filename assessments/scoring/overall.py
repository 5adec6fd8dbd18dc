"""The figures of the whole place, from those of its lessons."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from assessments.scoring import geometric
from assessments.scoring.inputs import Lesson, Playbook
from assessments.scoring.result import (
    FINAL,
    INDICATIVE,
    INSUFFICIENT,
    Counts,
    LessonResult,
    OverallResult,
    Range,
)
from assessments.scoring.uncertainty import greatest_mean, least_mean

WORST_FIRST = (INSUFFICIENT, INDICATIVE, FINAL)


def overall_result(playbook: Playbook, lessons: Mapping[str, LessonResult]) -> OverallResult:
    """Weighted means over the applicable lessons; the score is none where any of them is withheld."""
    counts = _add(lessons)
    taken = [(lesson, lessons[lesson.key]) for lesson in playbook.lessons if lessons[lesson.key].applicable]
    if not taken:
        return OverallResult(INSUFFICIENT, counts)
    status = min((result.status for _, result in taken), key=WORST_FIRST.index)
    low = _mean([(result.low, lesson.weight) for lesson, result in taken])
    high = _mean([(result.high, lesson.weight) for lesson, result in taken])
    completeness = _mean([(result.completeness, lesson.weight) for lesson, result in taken])
    if status == INSUFFICIENT:
        return OverallResult(status, counts, None, low, high, completeness)
    pairs = [(_known(result.score), lesson.weight) for lesson, result in taken]
    score = _mean(pairs)
    balanced = geometric.balanced(pairs)
    weakest, robust = _weakest(taken)
    return OverallResult(
        status=status,
        counts=counts,
        score=score,
        low=low,
        high=high,
        completeness=completeness,
        evidenced=_mean([(result.evidenced, lesson.weight) for lesson, result in taken]),
        balanced=balanced,
        unbalanced=geometric.is_unbalanced(pairs, score, balanced),
        weakest=weakest,
        weakest_robust=robust,
        weight_range=_weight_range(taken),
    )


def _weakest(taken: Sequence[tuple[Lesson, LessonResult]]) -> tuple[str, bool]:
    """The lesson with the least score, and whether it stays so however the weights move."""
    lesson, result = min(taken, key=lambda pair: _known(pair[1].score))
    end = _range(result).high
    robust = all(_range(other).low >= end for each, other in taken if each.key != lesson.key)
    return lesson.key, robust


def _weight_range(taken: Sequence[tuple[Lesson, LessonResult]]) -> Range:
    return Range(
        least_mean([(_range(result).low, lesson.weight) for lesson, result in taken]),
        greatest_mean([(_range(result).high, lesson.weight) for lesson, result in taken]),
    )


def _mean(pairs: Sequence[tuple[Fraction | None, Fraction]]) -> Fraction:
    weight = sum((weight for _, weight in pairs), Fraction(0))
    return sum((_known(value) * weight for value, weight in pairs), Fraction(0)) / weight


def _add(lessons: Mapping[str, LessonResult]) -> Counts:
    each = [result.counts for result in lessons.values()]
    return Counts(
        answered=sum(counts.answered for counts in each),
        dont_know=sum(counts.dont_know for counts in each),
        missing=sum(counts.missing for counts in each),
        not_applicable=sum(counts.not_applicable for counts in each),
    )


def _known(value: Fraction | None) -> Fraction:
    if value is None:
        raise AssertionError("a figure that the status says is there")
    return value


def _range(result: LessonResult) -> Range:
    if result.weight_range is None:
        raise AssertionError("a range that the status says is there")
    return result.weight_range
