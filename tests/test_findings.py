"""Findings: the words round the engine's figures, and workings that add up to them exactly."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from assessments.charts import lessons_chart
from assessments.findings import EvidenceTold, Findings, PlaceFacts, Working, assess, sentences
from assessments.findings.told import web_address
from assessments.interchange import Answers, Playbook, documents
from assessments.scoring.result import Counts, LessonResult, OverallResult, Range
from tests.factories import playbook
from tests.findings_cast import DEMOS, LINKS, demo, findings, long_playbook, nasty
from tests.strategies import assessed

COUNTS = Counts(1, 0, 0, 0)
PLACE = PlaceFacts("Here", "Other", "Wales", "")


def total(values: Sequence[Fraction | None]) -> Fraction:
    return sum((value for value in values if value is not None), Fraction(0))


# --- Why this number -------------------------------------------------------------------------------------------------


def faults_of(working: Working) -> list[str]:
    """Every figure that the parts of a working do not add up to, exactly."""
    sums = {
        "score": total([part.adds for part in working.parts]),
        "evidenced": total([part.evidenced_adds for part in working.parts]),
        "low": total([part.least for part in working.parts]),
        "high": total([part.most for part in working.parts]),
    }
    given_figures = {name: getattr(working, name) for name in sums}
    return [name for name, figure in given_figures.items() if figure is not None and figure != sums[name]]


def workings(told: Findings) -> dict[str, Working]:
    return {"overall": told.working} | {lesson.key: lesson.working for lesson in told.lessons}


def assert_workings_add_up(told: Findings) -> None:
    assert [(name, faults_of(working)) for name, working in workings(told).items() if faults_of(working)] == []
    for lesson in told.lessons:
        result, working = lesson.result, lesson.working
        assert (working.score, working.evidenced, working.low, working.high) == (
            result.score,
            result.evidenced,
            result.low,
            result.high,
        )


@pytest.mark.parametrize("name", [*DEMOS, "nasty"])
def test_workings_add_up_to_the_engines_figures(name: str) -> None:
    assert_workings_add_up(nasty() if name == "nasty" else demo(name))


@given(assessed())
def test_workings_of_any_answers_to_any_playbook_add_up(both: tuple[Playbook, Answers]) -> None:
    assert_workings_add_up(assess(*both, PLACE))


def test_a_working_that_does_not_add_up_would_be_found() -> None:
    working = demo("tenterclough-mills-2026").working
    first = replace(working.parts[0], adds=Fraction(1), most=Fraction(1))
    assert faults_of(replace(working, parts=(first, *working.parts[1:]))) == ["score", "high"]


def test_shares_of_what_counts_are_the_whole() -> None:
    for lesson in demo("aldenmoor-science-quarter").lessons:
        assert total([part.share for part in lesson.working.parts]) == 1
        assert total([part.span_share for part in lesson.working.parts]) == 1
        assert total([criterion.lesson_share for criterion in lesson.criteria]) == 1
    assert total([c.overall_share for c in demo("aldenmoor-science-quarter").criteria]) == 1


def test_unknown_rows_count_in_the_range_only_and_left_out_ones_nowhere() -> None:
    parts = {part.number: part for lesson in demo("aldenmoor-science-quarter").lessons for part in lesson.working.parts}
    assert (parts["2.4"].answer, parts["2.4"].unknown, parts["2.4"].adds, parts["2.4"].least) == (
        "Don’t know",
        True,
        None,
        0,
    )
    assert (parts["2.6"].answer, parts["2.6"].unknown) == ("No answer", True)
    assert (parts["1.3"].left_out, parts["1.3"].unknown, parts["1.3"].span_share) == (True, False, None)


# --- Sentences -------------------------------------------------------------------------------------------------------


def overall(**figures: Any) -> OverallResult:
    return OverallResult(figures.pop("status", "final"), COUNTS, **figures)


STAGES = ["Exploring", "Forming", "Scaling"]


@pytest.mark.parametrize(
    ("declared", "supported", "possible", "said"),
    [
        ("Forming", "Forming", "Forming", "The place declares Forming, and its answers support it."),
        ("Scaling", "Forming", "Forming", "The place declares Scaling; its answers support Forming."),
        (
            "Exploring",
            "Forming",
            "Forming",
            "The place declares Exploring; its answers support a later stage, Forming.",
        ),
        (
            "Forming",
            "Exploring",
            "Scaling",
            "The place declares Forming; its answers support Exploring. "
            "With what is not yet known it could be as far as Scaling.",
        ),
    ],
)
def test_stage_sentences(declared: str, supported: str, possible: str, said: str) -> None:
    numbers = [STAGES.index(name) for name in (declared, supported, possible)]
    assert sentences.stage(numbers[0], numbers[1], numbers[2], STAGES) == said


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (overall(), "Every criterion was answered not applicable, so there is no score."),
        (
            overall(score=Fraction(125, 2), low=Fraction(125, 2), high=Fraction(125, 2)),
            "63 out of 100. Every criterion that applies has a level.",
        ),
        (
            overall(status="indicative", score=Fraction(50), low=Fraction(40), high=Fraction(121, 2)),
            "50 out of 100 so far. It is provisional: once everything is known it will lie between 40 and 61.",
        ),
        (
            overall(status="insufficient", low=Fraction(10), high=Fraction(90)),
            "The score is withheld, because too little is known of A, B and C. "
            "Once everything is known it will lie between 10 and 90.",
        ),
    ],
)
def test_score_sentences(result: OverallResult, said: str) -> None:
    assert sentences.score(result, ["A", "B", "C"]) == said


@pytest.mark.parametrize(
    ("score", "evidenced", "said"),
    [
        (None, None, "No evidenced score is shown while the score is withheld."),
        (Fraction(60), Fraction(60), "The evidence attached supports the claimed score of 60 in full."),
        (
            Fraction(604, 10),
            Fraction(598, 10),
            "The evidence attached supports all but a fraction of a point of the claimed 60.",
        ),
        (Fraction(48), Fraction(39), "Claimed: 48. The evidence attached supports 39."),
    ],
)
def test_evidence_sentences_compare_the_exact_figures(
    score: Fraction | None, evidenced: Fraction | None, said: str
) -> None:
    assert sentences.evidence(overall(score=score, evidenced=evidenced)) == said


@pytest.mark.parametrize(
    ("titles", "lessons", "robust", "said"),
    [
        ((), 3, False, "No lesson can be called the weakest while the score is withheld."),
        (
            ("Roots",),
            3,
            True,
            "Roots is the weakest lesson, at 30 out of 100. "
            "It stays the weakest even if every weight is off by a quarter.",
        ),
        (
            ("Roots",),
            3,
            False,
            "Roots is the weakest lesson, at 30 out of 100. "
            "Another lesson could be the weakest if the weights were up to a quarter different.",
        ),
        (("Roots", "Wings"), 3, True, "Roots and Wings are the weakest lessons, each at 30 out of 100."),
        (
            ("Roots", "Wings"),
            3,
            False,
            "Roots and Wings are the weakest lessons, each at 30 out of 100. "
            "Which lesson is the weakest could change if the weights were up to a quarter different.",
        ),
        (("Roots", "Wings"), 2, False, "No lesson stands out as the weakest: each is at 30 out of 100."),
        (("Roots",), 1, True, "Only one lesson applies, so none is weaker than another."),
    ],
)
def test_weakest_sentences(titles: tuple[str, ...], lessons: int, robust: bool, said: str) -> None:
    assert sentences.weakest(titles, lessons, Fraction(30), robust=robust) == said


def test_the_tag_says_what_the_sentence_says() -> None:
    tags = [sentences.weakest_tag(level, robust=robust) for level, robust in [(1, True), (1, False), (2, True)]]
    assert tags == ["Weakest", "Weakest by these weights", "Joint weakest"]


def with_scores(*scores: Fraction | None) -> Findings:
    """Findings of the demo playbook whose lessons have these scores; with one withheld the overall score is."""
    told = demo("tenterclough-mills-2026")
    given_scores = dict(zip([lesson.key for lesson in told.lessons], scores, strict=True))
    lessons = {key: replace(told.result.lessons[key], score=score) for key, score in given_scores.items()}
    known = {key: score for key, score in given_scores.items() if score is not None}
    least = min(known, key=lambda key: known[key]) if len(known) == len(scores) else None
    whole = replace(told.overall, weakest=least, weakest_robust=None if least is None else False)
    return replace(told, result=replace(told.result, lessons=lessons, overall=whole))


@pytest.mark.parametrize(
    ("scores", "weakest"),
    [
        ((Fraction(40), Fraction(32), Fraction(50), Fraction(60)), [2]),
        ((Fraction(40), Fraction(32), Fraction(50), Fraction(97, 3)), [2, 4]),
        ((Fraction(97, 3), Fraction(32), Fraction(32), Fraction(32)), []),
        ((Fraction(40), Fraction(32), None, Fraction(60)), []),
    ],
)
def test_chart_and_tags_name_the_lessons_that_the_sentence_names(
    scores: tuple[Fraction | None, ...], weakest: list[int]
) -> None:
    told = with_scores(*scores)
    assert [lesson.number for lesson in told.weakest] == weakest
    named = [lesson.number for lesson in told.lessons if lesson.title in told.weakest_sentence]
    assert (named, lessons_chart(told).sentence.endswith(told.weakest_sentence)) == (weakest, True)
    assert [lesson.number for lesson in told.lessons if lesson.is_weakest] == weakest


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, ""),
        (Range(Fraction(50), Fraction(50)), "The score stays 50 even if every weight is off by up to a quarter."),
        (
            Range(Fraction(50), Fraction(604, 10)),
            "If every weight were off by up to a quarter, the score would lie between 50 and 60.",
        ),
        (
            Range(Fraction(501, 10), Fraction(502, 10)),
            "If every weight were off by up to a quarter, the score would lie at about 50.",
        ),
    ],
)
def test_weight_sentences(found: Range | None, said: str) -> None:
    assert sentences.weights(found) == said


def test_balance_is_only_spoken_of_where_it_is_lost() -> None:
    assert sentences.balance(overall(unbalanced=False, balanced=Fraction(50), score=Fraction(52))) == ""
    assert sentences.balance(overall(unbalanced=True, balanced=Fraction(40), score=Fraction(52))) == (
        "A strong lesson hides a weak one. Counted so that it cannot, the score is 40 in place of 52."
    )


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (Fraction(1, 3), "less than 1 point"),
        (Fraction(1, 2), "1 point"),
        (Fraction(3, 2), "2 points"),
        (Fraction(100), "100 points"),
    ],
)
def test_gains_in_words(gain: Fraction, said: str) -> None:
    assert sentences.gain(gain) == said


def test_lessons_in_one_sentence() -> None:
    book = long_playbook()
    everything: dict[str, int | str] = {criterion.key: "not_applicable" for criterion in book.criteria()}
    nothing = findings(everything, book=book, stage="first")
    assert nothing.lessons[0].sentence == (
        "Every criterion of this lesson was answered not applicable, so it has no score."
    )
    assert nothing.score_sentence == "Every criterion was answered not applicable, so there is no score."
    assert demo("saltmarsh-quay").lessons[0].sentence == (
        "The score is withheld: 40% of the lesson, by weight, has a level. It lies between 5 and 65."
    )
    assert [lesson.sentence for lesson in demo("aldenmoor-science-quarter").lessons][:2] == [
        "51 out of 100. Evidence supports 51.",
        "32 out of 100, provisional: between 23 and 53 once everything is known. Evidence supports 32.",
    ]


def test_a_lesson_with_much_left_out_is_not_to_be_compared() -> None:
    apart = LessonResult("final", False, COUNTS, Fraction(50), Fraction(50), Fraction(50), Fraction(1), Fraction(50))
    assert sentences.caveat(apart) == (
        "More than a quarter of this lesson’s weight is not applicable here, "
        "so its score should not be compared with another place’s."
    )
    assert sentences.caveat(replace(apart, comparable=True)) == ""


def test_change_sentences() -> None:
    before = overall(score=Fraction(48), low=Fraction(45), high=Fraction(52))
    now = overall(score=Fraction(60), low=Fraction(60), high=Fraction(60))
    assert sentences.change(25, 16, 2, before, now, clear=True) == (
        "Of 25 criteria compared, 16 went up, 2 went down and 7 stayed. Overall: 48 before, 60 now. "
        "The change is clear: the ranges before and now do not overlap."
    )
    assert sentences.change(1, 0, 0, overall(), now, clear=False) == (
        "Of 1 criterion compared, 0 went up, 0 went down and 1 stayed. "
        "The overall change is not clear: the ranges before and now touch or overlap."
    )
    assert sentences.change(0, 0, 0, before, now, clear=True) == "No criterion can be compared with last time."


# --- Parts -----------------------------------------------------------------------------------------------------------


def test_priorities_are_the_engines_with_their_next_step() -> None:
    told = demo("tenterclough-mills-2026")
    assert [(each.criterion.key, each.gap, each.gain, each.blocks, each.next_step) for each in told.priorities] == [
        (
            each.criterion,
            each.gap,
            each.gain,
            each.criterion in {block.criterion for block in told.result.stage.blocking},
            playbook()
            .criterion[each.criterion]
            .levels[int(told.result.criteria[each.criterion].answer or 0)]
            .next_step,
        )
        for each in told.result.priorities
    ]
    assert told.first_priorities == told.priorities[:5]
    assert told.priorities[0].blocks


def test_what_blocks_is_told_in_the_needed_levels_words() -> None:
    blocks = demo("saltmarsh-quay").blocking
    assert [(each.criterion.number, each.needed, each.answered) for each in blocks] == [
        ("1.1", 2, 1),
        ("1.2", 2, 0),
        ("4.5", 1, None),
    ]
    assert blocks[2].needed_words == playbook().criterion["academic-anchors"].levels[1].descriptor


def test_the_path_says_what_is_reached_and_what_its_gates_need() -> None:
    stages = demo("tenterclough-mills-2026").stages
    assert [(each.text.key, each.reached, each.supported, each.declared) for each in stages] == [
        ("exploring", True, False, False),
        ("forming", True, False, False),
        ("first-cycle", True, True, False),
        ("gathering-pace", False, False, True),
        ("scaling", False, False, False),
        ("whole-place-return", False, False, False),
    ]
    assert {gate.criterion.key: gate.needed for gate in stages[3].gates} == dict(playbook().stages[3].gates)


def test_criteria_say_what_they_are() -> None:
    told = demo("aldenmoor-science-quarter").criterion
    given_words = {key: told[key].answer_words for key in ("right-path", "vision-kept-alive", "global-links")}
    assert given_words == {
        "right-path": "Level 2 of 4",
        "vision-kept-alive": "Not applicable",
        "global-links": "No answer",
    }
    assert (told["right-path"].is_below_target, told["shared-vision"].is_below_target) == (True, False)
    assert (told["vision-kept-alive"].is_left_out, told["global-links"].is_unknown) == (True, True)


def test_moves_are_told_with_what_was_said_before() -> None:
    change = demo("tenterclough-mills-2026").change
    assert change is not None
    move = next(each for each in change.moves if each.criterion.key == "collective-leadership")
    assert (move.before, move.now, move.words) == (3, 2, "1 level down")
    assert move.was == playbook().criterion["collective-leadership"].levels[3].descriptor
    assert (change.compared, len(change.moves), change.up, change.down) == (25, 18, 16, 2)
    assert change.left_out_sentence == (
        "2 criteria are not compared: new since, without a level in one of the two, "
        "or with other levels or weight then."
    )


def test_evidence_older_than_24_months_counts_one_grade_lower() -> None:
    pieces = (documents.Evidence(4, date(2024, 5, 31)), documents.Evidence(4, date(2024, 6, 1)), documents.Evidence(2))
    told = findings({"right-path": 2}, evidence={"right-path": pieces}).criterion["right-path"].evidence
    assert [(each.stale, each.counted_words, each.title) for each in told] == [
        (True, "Dated public document or statistic", "Untitled"),
        (False, "Independent check", "Untitled"),
        (False, "Own document", "Untitled"),
    ]


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        *zip(LINKS, [True, True, False, False, False, False, False, True], strict=True),
        ("", False),
        ("HTTPS://EXAMPLE.ORG/", True),
        ("http:///no-host", False),
        ("https://example.org/a b", False),
        ("https://example.org/\u202etxt", False),
        ("//example.org/", False),
        (" https://example.org/", False),
    ],
)
def test_only_web_addresses_can_be_followed(link: str, leads: bool) -> None:
    assert web_address(link) == (link if leads else "")
    piece = documents.Evidence(2, None, "A paper", link)
    assert EvidenceTold(piece, 2, False).href == (link if leads else "")
