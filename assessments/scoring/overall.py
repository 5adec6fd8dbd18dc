"""The figures of the whole place, from those of its lessons."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from assessments.scoring import geometric
from assessments.scoring.inputs import Lesson, Playbook
from assessments.scoring.lessons import Figures
from assessments.scoring.proportion import weighted_mean, whole_numbers
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


def overall_figures(taken: Sequence[tuple[Lesson, Figures | LessonResult]]) -> Figures:
    """The whole from its applicable lessons: weighted means; the score is none where any of theirs is withheld."""
    if not taken:
        return Figures(INSUFFICIENT)
    weights = whole_numbers([lesson.weight for lesson, _ in taken])

    def mean(values: Iterable[Fraction | None]) -> Fraction:
        return weighted_mean([_known(value) for value in values], weights)

    status = min((result.status for _, result in taken), key=WORST_FIRST.index)
    return Figures(
        status,
        None if status == INSUFFICIENT else mean(result.score for _, result in taken),
        mean(result.low for _, result in taken),
        mean(result.high for _, result in taken),
        mean(result.completeness for _, result in taken),
    )


def overall_result(playbook: Playbook, lessons: Mapping[str, LessonResult]) -> OverallResult:
    """Weighted means over the applicable lessons; the score is none where any of them is withheld."""
    counts = _add(lessons)
    taken = [(lesson, lessons[lesson.key]) for lesson in playbook.lessons if lessons[lesson.key].applicable]
    status, score, low, high, completeness = overall_figures(taken)
    if score is None:
        return OverallResult(status, counts, None, low, high, completeness)
    pairs = [(_known(result.score), lesson.weight) for lesson, result in taken]
    balanced = geometric.balanced(pairs)
    weakest = weakest_of(taken)
    return OverallResult(
        status=status,
        counts=counts,
        score=score,
        low=low,
        high=high,
        completeness=completeness,
        evidenced=weighted_mean(
            [_known(result.evidenced) for _, result in taken], whole_numbers([lesson.weight for lesson, _ in taken])
        ),
        balanced=balanced,
        unbalanced=geometric.is_unbalanced(pairs, score, balanced),
        weakest=weakest,
        weakest_robust=_is_robust(taken, weakest),
        weight_range=_weight_range(taken),
    )


def weakest_of(taken: Sequence[tuple[Lesson, Figures | LessonResult]]) -> str:
    """The lesson with the least score, of ties the first; each must have a score."""
    return min(taken, key=lambda pair: _known(pair[1].score))[0].key


def _is_robust(taken: Sequence[tuple[Lesson, LessonResult]], weakest: str) -> bool:
    """Whether the weakest lesson stays so however the weights move."""
    end = next(_range(result).high for lesson, result in taken if lesson.key == weakest)
    return all(_range(other).low >= end for each, other in taken if each.key != weakest)


def _weight_range(taken: Sequence[tuple[Lesson, LessonResult]]) -> Range:
    return Range(
        least_mean([(_range(result).low, lesson.weight) for lesson, result in taken]),
        greatest_mean([(_range(result).high, lesson.weight) for lesson, result in taken]),
    )


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
