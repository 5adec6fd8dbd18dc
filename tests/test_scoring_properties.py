"""What must hold of every playbook and every set of answers."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessments import scoring
from assessments.interchange import Answers, Playbook, scorable_answers
from assessments.scoring import Result, score
from assessments.scoring.frozen import freeze, thaw
from assessments.scoring.result import LessonResult, OverallResult
from tests.strategies import assessed, reweighed, scorable

Pair = tuple[Playbook, Answers]


def result_of(pair: Pair) -> Result:
    return score(scorable(pair[0]), scorable_answers(pair[1]))


def parts_of(result: Result) -> list[OverallResult | LessonResult]:
    """The whole and its lessons, which hold the same kinds of figure."""
    return [result.overall, *result.lessons.values()]


def figures(result: Result) -> list[tuple[Fraction | None, Fraction | None, Fraction | None]]:
    return [(part.low, part.score, part.high) for part in parts_of(result)]


@given(assessed())
def test_bounds(pair: Pair) -> None:
    for low, figure, high in figures(result_of(pair)):
        if low is not None and high is not None:
            assert 0 <= low <= high <= 100
            assert figure is None or low <= figure <= high


@given(assessed())
def test_evidence_never_adds(pair: Pair) -> None:
    result = result_of(pair)
    for part in parts_of(result):
        assert (part.evidenced is None) == (part.score is None)
        if part.evidenced is not None and part.score is not None:
            assert 0 <= part.evidenced <= part.score


@given(assessed())
def test_the_balanced_score_is_never_above_the_plain_one(pair: Pair) -> None:
    overall = result_of(pair).overall
    if overall.balanced is not None and overall.score is not None:
        assert overall.balanced + Fraction(1, 10**29) >= 0
        assert overall.balanced <= overall.score + Fraction(1, 10**29)


@given(assessed(), st.data())
def test_raising_an_answer_lowers_nothing(pair: Pair, data: st.DataObject) -> None:
    playbook, answers = pair
    raisable = [
        criterion for criterion in playbook.criteria() if _is_level(answers.answers.get(criterion.key), criterion.top)
    ]
    assume(raisable)
    criterion = data.draw(st.sampled_from(raisable))
    raised = {**answers.answers, criterion.key: int(answers.answers[criterion.key]) + 1}
    before, after = result_of(pair), result_of((playbook, replace(answers, answers=raised)))
    pairs = zip(parts_of(before), parts_of(after), strict=True)
    for old, new in pairs:
        for name in ("low", "high", "score", "evidenced"):
            was, now = getattr(old, name), getattr(new, name)
            assert (was is None) == (now is None)
            assert was is None or now >= was
    order = list(playbook.stage)
    assert order.index(after.stage.evidenced) >= order.index(before.stage.evidenced)
    assert order.index(after.stage.evidenced_high) >= order.index(before.stage.evidenced_high)


def _is_level(answer: object, top: int) -> bool:
    return isinstance(answer, int) and answer < top


@given(assessed(), st.fractions(Fraction(1, 50), 50), st.fractions(Fraction(1, 50), 50))
def test_scaling_all_weights_changes_nothing(pair: Pair, criteria: Fraction, lessons: Fraction) -> None:
    playbook, answers = scorable(pair[0]), scorable_answers(pair[1])
    scaled = reweighed(
        playbook,
        dict.fromkeys(playbook.criterion, criteria),
        {lesson.key: lessons for lesson in playbook.lessons},
    )
    assert score(scaled, answers) == score(playbook, answers)


@given(assessed(), st.randoms(use_true_random=False))
def test_the_order_of_criteria_changes_no_figure(pair: Pair, random: "st.Random") -> None:  # type: ignore[name-defined]
    playbook, answers = scorable(pair[0]), scorable_answers(pair[1])
    shuffled = replace(
        playbook,
        lessons=tuple(
            replace(lesson, criteria=tuple(random.sample(lesson.criteria, len(lesson.criteria))))
            for lesson in playbook.lessons
        ),
    )
    one, other = score(playbook, answers), score(shuffled, answers)
    assert (other.overall, other.lessons, other.criteria) == (one.overall, one.lessons, one.criteria)
    assert sorted(map(str, other.priorities)) == sorted(map(str, one.priorities))
    assert (other.stage.evidenced, other.stage.evidenced_high) == (one.stage.evidenced, one.stage.evidenced_high)


@given(assessed(), st.data())
def test_answering_an_unknown_narrows_the_range(pair: Pair, data: st.DataObject) -> None:
    playbook, answers = pair
    unknown = [c for c in playbook.criteria() if answers.answers.get(c.key) in (None, scoring.DONT_KNOW)]
    assume(unknown)
    criterion = data.draw(st.sampled_from(unknown))
    level = data.draw(st.integers(0, criterion.top))
    known = replace(answers, answers={**answers.answers, criterion.key: level})
    before, after = result_of(pair).overall, result_of((playbook, known)).overall
    assert before.low is not None
    assert before.high is not None
    assert after.low is not None
    assert after.high is not None
    assert before.low <= after.low <= after.high <= before.high
    assert after.high - after.low < before.high - before.low


@given(assessed(), st.data())
def test_the_weight_range_holds_every_sampled_weighting(pair: Pair, data: st.DataObject) -> None:
    playbook, answers = scorable(pair[0]), scorable_answers(pair[1])
    # Weights decide what is withheld too, so compare where all is known or not applicable.
    full = {c.key: answers.answers.get(c.key, 0) for c in playbook.criteria()}
    full = {key: 0 if answer == scoring.DONT_KNOW else answer for key, answer in full.items()}
    answers = replace(answers, answers=full)
    shift = st.sampled_from([Fraction(3, 4), Fraction(1), Fraction(5, 4), Fraction(9, 10), Fraction(6, 5)])
    moved = reweighed(
        playbook,
        {key: data.draw(shift) for key in playbook.criterion},
        {lesson.key: data.draw(shift) for lesson in playbook.lessons},
    )
    one, other = score(playbook, answers), score(moved, answers)
    pairs = zip(parts_of(one), parts_of(other), strict=True)
    for part, sampled in pairs:
        if part.weight_range is not None and sampled.score is not None:
            assert part.weight_range.low <= sampled.score <= part.weight_range.high
            assert part.score is not None
            assert part.weight_range.low <= part.score <= part.weight_range.high


@given(assessed())
@settings(max_examples=60)
def test_a_frozen_result_is_the_result(pair: Pair) -> None:
    result = result_of(pair)
    assert thaw(freeze(result)) == result


@given(assessed())
def test_priorities_never_promise_more_than_there_is_to_win(pair: Pair) -> None:
    result = result_of(pair)
    low, high = result.overall.low, result.overall.high
    if low is not None and high is not None:
        assert sum((each.gain for each in result.priorities), Fraction(0)) <= 100 - low
