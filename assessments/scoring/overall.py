"""The figures of the whole place, from those of its lessons."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from assessments.scoring import geometric
from assessments.scoring.inputs import Lesson, Playbook
from assessments.scoring.lessons import Claim
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


def overall_claim(claims: Sequence[Claim], weights: Sequence[int]) -> Claim:
    """The whole from its applicable lessons: the worst status, and the mean of the scores unless one is withheld.

    `weights` are the lessons' own, or whole numbers in the same proportion.
    """
    if not claims:
        return Claim(INSUFFICIENT)
    status = min((claim.status for claim in claims), key=WORST_FIRST.index)
    if status == INSUFFICIENT:
        return Claim(status)
    return Claim(status, weighted_mean([_known(claim.score) for claim in claims], weights))


def overall_result(playbook: Playbook, lessons: Mapping[str, LessonResult]) -> OverallResult:
    """Weighted means over the applicable lessons; the score is none where any of them is withheld."""
    counts = _add(lessons)
    taken = [(lesson, lessons[lesson.key]) for lesson in playbook.lessons if lessons[lesson.key].applicable]
    if not taken:
        return OverallResult(INSUFFICIENT, counts)
    weights = whole_numbers([lesson.weight for lesson, _ in taken])

    def mean(values: Iterable[Fraction | None]) -> Fraction:
        return weighted_mean([_known(value) for value in values], weights)

    status, score = overall_claim([Claim(result.status, result.score) for _, result in taken], weights)
    low, high = mean(result.low for _, result in taken), mean(result.high for _, result in taken)
    completeness = mean(result.completeness for _, result in taken)
    if score is None:
        return OverallResult(status, counts, None, low, high, completeness)
    pairs = [(_known(result.score), lesson.weight) for lesson, result in taken]
    balanced = geometric.balanced(pairs)
    weakest = weakest_of([(lesson.key, result.score) for lesson, result in taken])
    return OverallResult(
        status=status,
        counts=counts,
        score=score,
        low=low,
        high=high,
        completeness=completeness,
        evidenced=mean(result.evidenced for _, result in taken),
        balanced=balanced,
        unbalanced=geometric.is_unbalanced(pairs, score, balanced),
        weakest=weakest,
        weakest_robust=_is_robust(taken, weakest),
        weight_range=_weight_range(taken),
    )


def weakest_of(scores: Sequence[tuple[str, Fraction | None]]) -> str:
    """The key of the lesson with the least score, of ties the first; each must have one."""
    return min(scores, key=lambda pair: _known(pair[1]))[0]


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
