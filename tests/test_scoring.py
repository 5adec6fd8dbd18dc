"""The scoring contract, case by case where an example says more than a property."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from assessments.scoring import (
    DONT_KNOW,
    NOT_APPLICABLE,
    Answers,
    Criterion,
    Evidence,
    Lesson,
    Playbook,
    Respondent,
    Result,
    ScoringError,
    Stage,
    change,
    score,
    score_document,
)
from assessments.scoring.evidence import best_grade, cap, counted_grade, stale_before
from assessments.scoring.frozen import freeze, thaw
from assessments.scoring.rounding import half_up, whole

TODAY = date(2026, 11, 22)


def criterion(key: str, weight: int = 1, top: int = 4, *, skip: bool = False, target: int = 0) -> Criterion:
    return Criterion(key, Fraction(weight), tuple(f"{key}{n}" for n in range(top + 1)), skip, {"one": 0, "two": target})


def playbook(*lessons: tuple[int, list[Criterion]], gates: dict[str, int] | None = None) -> Playbook:
    return Playbook(
        tuple(Lesson(f"l{n}", Fraction(weight), tuple(criteria)) for n, (weight, criteria) in enumerate(lessons, 1)),
        (Stage("one"), Stage("two", gates or {})),
        ("council", "business"),
    )


def scored(book: Playbook, **given: int | str) -> Result:
    return score(book, Answers(TODAY, "two", given))


# --- status and withholding ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered", "status", "shown"),
    [(10, "final", True), (7, "indicative", True), (6, "insufficient", False), (0, "insufficient", False)],
)
def test_a_score_is_shown_from_seven_tenths(answered: int, status: str, shown: bool) -> None:
    book = playbook((1, [criterion(f"c{n}") for n in range(10)]))
    result = scored(book, **{f"c{n}": 2 for n in range(answered)})
    lesson = result.lessons["l1"]
    assert (lesson.status, lesson.score is not None, result.overall.score is not None) == (status, shown, shown)
    assert (lesson.low, lesson.high) == (5 * answered, 100 - 5 * answered)


def test_one_withheld_lesson_withholds_the_overall_score_but_not_the_points() -> None:
    book = playbook((1, [criterion("a", target=4)]), (1, [criterion("b"), criterion("c")]))
    result = scored(book, a=1, b=2)
    assert (result.overall.score, result.overall.weakest, result.overall.balanced) == (None, None, None)
    assert (result.overall.evidenced, result.overall.weight_range, result.overall.weakest_robust) == (None, None, None)
    assert result.criteria["b"].points == 50
    assert [priority.criterion for priority in result.priorities] == ["a"]


def test_a_lesson_that_does_not_apply_leaves_the_overall() -> None:
    book = playbook((3, [criterion("a", skip=True)]), (1, [criterion("b")]))
    result = scored(book, a=NOT_APPLICABLE, b=3)
    assert score_document(result)["lessons"]["l1"] == {
        "score": None,
        "low": None,
        "high": None,
        "completeness": None,
        "status": "not_applicable",
        "comparable": False,
        "evidenced": None,
        "weight_range": None,
        "counts": {"answered": 0, "dont_know": 0, "missing": 0, "not_applicable": 1},
    }
    assert (result.overall.score, result.overall.weakest, result.overall.weakest_robust) == (75, "l2", True)
    assert result.overall.counts.not_applicable == 1


def test_nothing_applies() -> None:
    result = scored(playbook((1, [criterion("a", skip=True)])), a=NOT_APPLICABLE)
    overall = result.overall
    assert (overall.status, overall.score, overall.low, overall.completeness) == ("insufficient", None, None, None)


@pytest.mark.parametrize(("skipped", "comparable"), [(1, True), (2, False)])
def test_comparable_up_to_a_quarter(skipped: int, comparable: bool) -> None:
    book = playbook((1, [criterion(f"c{n}", skip=True) for n in range(4)]))
    answers = {f"c{n}": NOT_APPLICABLE if n < skipped else 2 for n in range(4)}
    assert scored(book, **answers).lessons["l1"].comparable is comparable


# --- evidence -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assessed", "edge"),
    [
        (date(2026, 11, 22), date(2024, 11, 22)),
        (date(2028, 2, 29), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2024, 2, 28)),
        (date(2, 1, 1), date.min),
        (date(1, 6, 1), date.min),
    ],
)
def test_twenty_four_months_back(assessed: date, edge: date) -> None:
    assert stale_before(assessed) == edge


@pytest.mark.parametrize(
    ("piece", "counts"),
    [
        (Evidence(3, date(2024, 11, 22)), 3),
        (Evidence(3, date(2024, 11, 21)), 2),
        (Evidence(0, date(2000, 1, 1)), 0),
        (Evidence(3, None), 3),
        (Evidence(3, date(2027, 1, 1)), 3),
    ],
    ids=["on the edge", "a day older", "never below 0", "undated", "dated later"],
)
def test_old_evidence_counts_one_grade_lower(piece: Evidence, counts: int) -> None:
    assert counted_grade(piece, TODAY) == counts


def test_the_best_of_several_pieces_counts() -> None:
    assert best_grade([Evidence(1), Evidence(4, date(2020, 1, 1)), Evidence(2)], TODAY) == 3
    assert best_grade([], TODAY) == 0


@pytest.mark.parametrize(
    ("top", "caps"), [(4, [1, 2, 3, 4, 4]), (1, [0, 0, 0, 1, 1]), (2, [0, 1, 1, 2, 2]), (5, [1, 2, 3, 5, 5])]
)
def test_how_far_each_grade_carries(top: int, caps: list[int]) -> None:
    assert [cap(criterion("a", top=top), grade) for grade in range(5)] == caps


# --- overall ------------------------------------------------------------------------------------------------------


def test_exactly_five_points_apart_is_unbalanced() -> None:
    # (0 + 25)(75 + 25) = 50², so the balanced score is 25 and the plain mean 37.5; weights 16 : 9 and 4 : 1 miss.
    book = playbook((1, [criterion("a", top=20)]), (1, [criterion("b", top=20)]))
    for a, b in [(0, 15), (3, 15), (5, 20)]:
        result = scored(book, a=a, b=b).overall
        assert result.score is not None
        assert result.balanced is not None
        assert result.unbalanced is (result.score - result.balanced >= 5)


def test_a_tie_at_five_points_is_decided_exactly() -> None:
    # Scores s and s + 2d with equal weights: balanced = sqrt((s+25)(s+2d+25)) - 25. With s + 25 = 40 and d = 25 the
    # root of 40 × 90 = 3600 is 60, the mean of the shifted scores 65: five points exactly.
    book = playbook((1, [criterion("a", top=20)]), (1, [criterion("b", top=20)]))
    result = scored(book, a=3, b=13).overall
    assert (result.score, result.balanced, result.unbalanced) == (40, 35, True)


def test_a_hair_less_than_five_points_is_not_unbalanced() -> None:
    """The same lessons with weights 1001 and 1000, whose exact tie no multiplying out could reach."""
    book = playbook((1001, [criterion("a", top=20)]), (1000, [criterion("b", top=20)]))
    result = scored(book, a=3, b=13).overall
    assert result.score is not None
    assert result.balanced is not None
    assert result.unbalanced is (result.score - result.balanced >= 5)


def test_the_weakest_of_equals_is_the_first() -> None:
    book = playbook((1, [criterion("a")]), (1, [criterion("b")]), (1, [criterion("c")]))
    assert scored(book, a=3, b=1, c=1).overall.weakest == "l2"


def test_ranges_that_only_touch_are_robust() -> None:
    book = playbook((1, [criterion("a")]), (1, [criterion("b")]))
    assert scored(book, a=2, b=2).overall.weakest_robust is True


def test_another_lesson_could_be_weaker() -> None:
    book = playbook((1, [criterion("a"), criterion("b")]), (1, [criterion("c"), criterion("d")]))
    assert scored(book, a=0, b=4, c=1, d=4).overall.weakest_robust is False


# --- stages and priorities ----------------------------------------------------------------------------------------

GATED = playbook((1, [criterion("a", target=3), criterion("b", skip=True, target=4)]), gates={"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("given", "evidenced", "high", "blocking"),
    [
        ({"a": 1, "b": 2}, "two", "two", []),
        ({"a": 0, "b": 2}, "one", "one", [("a", 1, 0)]),
        ({}, "one", "two", [("a", 1, None), ("b", 2, None)]),
        ({"a": DONT_KNOW, "b": NOT_APPLICABLE}, "one", "two", [("a", 1, None)]),
        ({"a": 1, "b": NOT_APPLICABLE}, "two", "two", []),
    ],
    ids=["met", "below", "unknown", "unknown and waived", "waived"],
)
def test_gates(
    given: dict[str, int | str], evidenced: str, high: str, blocking: list[tuple[str, int, int | None]]
) -> None:
    stage = scored(GATED, **given).stage
    assert (stage.evidenced, stage.evidenced_high) == (evidenced, high)
    assert [(block.criterion, block.needed, block.answered) for block in stage.blocking] == blocking


def test_a_stage_beyond_an_unmet_one_is_not_reached() -> None:
    book = replace(GATED, stages=(Stage("one"), Stage("two", {"a": 4}), Stage("three", {})))
    book = replace(
        book,
        lessons=(
            replace(book.lessons[0], criteria=(replace(criterion("a"), targets={"one": 0, "two": 0, "three": 0}),)),
        ),
    )
    assert scored(book, a=3).stage.evidenced == "one"


def test_priorities_blocking_first_then_by_gain_then_in_order() -> None:
    criteria = [
        criterion("a", 1, target=2),
        criterion("b", 5, target=2),
        criterion("c", 5, target=2),
        criterion("d", 1, target=4),
    ]
    book = playbook((1, criteria), gates={"d": 2})
    result = scored(book, a=1, b=1, c=1, d=1)
    assert [(each.criterion, each.gap) for each in result.priorities] == [("d", 3), ("b", 1), ("c", 1), ("a", 1)]
    assert result.priorities[0].gain == 100 * Fraction(1, 12) * Fraction(3, 4)


def test_no_priority_for_what_is_unknown_or_at_its_target() -> None:
    book = playbook((1, [criterion("a", target=2), criterion("b", target=2), criterion("c", target=2)]))
    assert scored(book, a=2, b=DONT_KNOW).priorities == ()


# --- several respondents ------------------------------------------------------------------------------------------


def collective(*given: tuple[str, int | str], top: int = 4) -> dict[str, object]:
    book = playbook((1, [criterion("a", top=top)]))
    people = tuple(Respondent(role, {"a": answer}) for role, answer in given)
    document = score_document(score(book, Answers(TODAY, "one", {}, respondents=people)))
    found: dict[str, object] = document["collective"].get("a", {})
    return found


def test_each_role_counts_once() -> None:
    found = collective(("council", 4), ("council", 4), ("council", 4), ("business", 0))
    assert (found["mean"], found["spread"], found["suggested"], found["respondents"]) == (2.0, 4.0, 0, 4)


@pytest.mark.parametrize(
    ("levels", "consensus"),
    [([3, 3, 3], 1.0), ([0, 4], None), ([2], None), ([0, 0, 4, 4], 0.0)],
    ids=["all agree", "two people", "one person", "split between the ends"],
)
def test_consensus(levels: list[int], consensus: float | None) -> None:
    assert collective(*[("council", level) for level in levels])["consensus"] == consensus


@pytest.mark.parametrize(("low", "high", "discuss"), [(1, 2, False), (1, 3, True), (2, 2, False)])
def test_discuss_from_half_the_scale(low: int, high: int, discuss: bool) -> None:
    assert collective(("council", low), ("business", high))["discuss"] is discuss


def test_a_criterion_without_a_level_is_left_out() -> None:
    assert collective(("council", DONT_KNOW)) == {}


def test_collective_only_where_respondents_are_named() -> None:
    assert "collective" not in score_document(scored(playbook((1, [criterion("a")])), a=1))


# --- change -------------------------------------------------------------------------------------------------------


def test_change_compares_what_means_the_same() -> None:
    before = playbook((1, [criterion("a"), criterion("b"), criterion("c"), criterion("d")]))
    changed = [
        criterion("a"),
        criterion("b", weight=2),
        replace(criterion("c"), levels=("x", "y", "z", "p", "q")),
        criterion("d"),
    ]
    now = playbook((1, changed))
    found = change((before, scored(before, a=1, b=1, c=1, d=2)), (now, scored(now, a=3, b=3, c=3, d=2)))
    assert found.compared == ("a", "d")
    assert [(move.criterion, move.before, move.now, move.by) for move in found.moves] == [("a", 1, 3, 2)]


@pytest.mark.parametrize(("before", "now", "clear"), [(1, 2, True), (2, 1, True), (2, 2, False)])
def test_clear_only_where_the_ranges_do_not_overlap(before: int, now: int, clear: bool) -> None:
    book = playbook((1, [criterion("a")]))
    assert change((book, scored(book, a=before)), (book, scored(book, a=now))).clear is clear


# --- errors and numbers -------------------------------------------------------------------------------------------


def test_what_does_not_fit_is_named_all_at_once() -> None:
    book = playbook((1, [criterion("a"), criterion("b")]))
    answers = Answers(
        TODAY,
        "three",
        {"a": 5, "b": NOT_APPLICABLE, "c": 1},
        {"d": (Evidence(2),)},
        (Respondent("citizen", {"a": -1}),),
    )
    with pytest.raises(ScoringError) as error:
        score(book, answers)
    named = [word for word in ("three", "“a”", "“b”", "“c”", "“d”", "citizen", "-1") if word not in str(error.value)]
    assert named == []


@pytest.mark.parametrize("answer", [True, 1.0, "1", "maybe", None])
def test_an_answer_of_another_kind_is_refused(answer: object) -> None:
    with pytest.raises(ScoringError):
        scored(playbook((1, [criterion("a")])), a=answer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [("0.5", 0, "1"), ("2.5", 0, "3"), ("62.49999", 0, "62"), ("0.00005", 4, "0.0001"), ("0.00004999", 4, "0")],
)
def test_half_up(value: str, decimals: int, rounded: str) -> None:
    assert half_up(Fraction(value), decimals) == Fraction(rounded)


def test_pages_round_the_exact_figure_once() -> None:
    assert whole(Fraction("61.49996")) == 61  # twice rounded it would be 61.5, then 62


def test_a_frozen_result_is_the_result() -> None:
    book = playbook((1, [criterion("a", target=4), criterion("b", 3)]), (2, [criterion("c")]), gates={"a": 3})
    people = (Respondent("council", {"a": 1}), Respondent("business", {"a": 2}), Respondent("council", {"a": 4}))
    result = score(book, Answers(TODAY, "two", {"a": 1, "b": 2, "c": 4}, {"a": (Evidence(2),)}, people))
    assert thaw(json.loads(json.dumps(freeze(result)))) == result
