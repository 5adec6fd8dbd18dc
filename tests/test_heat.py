"""Places held beside one another: what is the same question, what is no figure, what is clear; and its drawings."""

from dataclasses import replace
from fractions import Fraction

import pytest

from assessments.charts.beside import lessons_beside_chart, overall_chart
from assessments.charts.drawing import in_lines, room_for
from assessments.charts.heat import draw_heat, sheets
from assessments.findings import Findings
from assessments.findings.beside import Beside, beside, clear_sentence
from assessments.findings.cells import APART, DONT_KNOW, LEVEL, MISSING, NOT_APPLICABLE, OTHERWISE, SCORE, WITHHELD
from assessments.findings.heat import CRITERIA, LESSONS, OVERALL, HeatMap, heat_map, playbooks_of
from assessments.findings.held import Held, newest
from assessments.findings.portfolio import PlaceStanding
from assessments.interchange import Playbook
from assessments.interchange.documents import Follows, Lesson
from assessments.scoring.result import OverallResult
from tests.factories import playbook
from tests.findings_cast import findings
from tests.history_cast import second, third
from tests.portfolio_cast import HOSTILE_NAME, demos, many, standing
from tests.versions_cast import FIRST

Given = dict[str, int | str]


def at(level: int, book: Playbook | None = None, **other: int | str) -> Findings:
    """Findings where every criterion has this level, but for those named with an underscore for each hyphen."""
    book = book or playbook()
    given: Given = dict.fromkeys(book.criterion, level)
    given |= {key.replace("_", "-"): value for key, value in other.items()}
    return findings({key: value for key, value in given.items() if value != "missing"}, book=book)


def places(*found: Findings | None) -> list[PlaceStanding]:
    return [standing(number, f"Place {number}", each) for number, each in enumerate(found, 1)]


def mapped(standings: list[PlaceStanding], by: str = CRITERIA, *, order: str = "") -> HeatMap:
    found = heat_map(standings, by, order=order)
    assert found is not None
    return found


def kinds(found: HeatMap, row: int = 0) -> dict[str, str]:
    return {column.key: cell.kind for column, cell in zip(found.columns, found.rows[row].cells, strict=True)}


def put(*found: Findings | None) -> Beside:
    told = beside(places(*found))
    assert told is not None
    return told


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_the_newest_version_is_the_one_that_none_follows() -> None:
    one, two, three = playbook(), second(), third()
    assert newest([two, one]).version == "2.0"
    assert newest([three, one, two]).version == "3.0"
    later = replace(one, version="1.10")
    assert newest([replace(one, version="1.9"), later]).version == "1.10"
    turned = replace(one, version="0.9", follows=Follows("1.0", {}, ()))
    assert newest([one, turned]).version == "0.9"


def test_an_older_version_has_a_figure_where_the_map_says_that_it_may_be_compared() -> None:
    found = mapped(places(at(2), at(3, second())))
    old = kinds(found)
    assert [key for key, kind in old.items() if kind == OTHERWISE] == [
        "vision-kept-alive",
        "collective-leadership",
        "night-life",
        "citizens",
        "citizens-decide",
    ]
    assert old["shared-vision"] == LEVEL
    assert [row.note for row in found.rows] == ["version 1.0, not submitted", "not submitted"]
    assert set(kinds(found, 1).values()) == {LEVEL}


def test_lessons_that_changed_are_asked_otherwise_and_so_is_the_whole() -> None:
    found = mapped(places(at(2), at(3, second())), LESSONS)
    assert list(kinds(found).values()) == [OTHERWISE, OTHERWISE, SCORE, OTHERWISE, OTHERWISE]
    assert set(kinds(found, 1).values()) == {SCORE}


def test_between_versions_without_a_map_only_the_same_words_count() -> None:
    unmapped = replace(second(), follows=None)
    held = Held(at(2), unmapped)
    assert held.criterion("right-path") is not None
    assert held.criterion("night-life") is None
    reworded = replace(playbook(), version="1.1", lessons=tuple(_asked_anew(playbook())))
    held = Held(at(2), reworded)
    assert held.criterion("right-path") is None
    assert held.criterion("citizens") is not None
    assert held.lesson(playbook().lessons[0].key) is None
    assert held.lesson(playbook().lessons[3].key) is not None
    assert held.overall is None


def _asked_anew(book: Playbook) -> list[Lesson]:
    first, *others = book.lessons
    question = replace(first.criteria[0], question="Something else?")
    return [replace(first, criteria=(question, *first.criteria[1:])), *others]


def test_a_place_on_another_playbook_is_listed_with_the_reason() -> None:
    other = findings({"same": 1}, book=FIRST, stage="late")
    found = heat_map(places(at(1), at(2), other, None), CRITERIA)
    assert found is not None
    assert [row.standing.name for row in found.rows] == ["Place 1", "Place 2"]
    assert [(each.standing.name, each.why) for each in found.left_out] == [
        ("Place 3", "It is on another playbook: The small one."),
        ("Place 4", "Nothing has been answered yet."),
    ]
    assert [(key, count) for key, _title, count in playbooks_of(places(at(1), at(2), other))] == [
        (playbook().key, 2),
        ("small", 1),
    ]
    small = heat_map(places(at(1), at(2), other), CRITERIA, playbook="small")
    assert small is not None
    assert [row.standing.name for row in small.rows] == ["Place 3"]
    assert heat_map(places(None, None)) is None


# --- Cells ------------------------------------------------------------------------------------------------------------


def test_what_is_no_level_is_told_apart_and_never_a_zero() -> None:
    given = at(0, shared_vision="dont_know", citizens="missing", vision_kept_alive="not_applicable")
    found = mapped(places(given))
    told = kinds(found)
    assert [told[key] for key in ("right-path", "shared-vision", "citizens", "vision-kept-alive")] == [
        LEVEL,
        DONT_KNOW,
        MISSING,
        NOT_APPLICABLE,
    ]
    cells = {cell.kind: cell for cell in found.rows[0].cells}
    assert {kind: (cell.sign, cell.tone) for kind, cell in cells.items()} == {
        LEVEL: ("0", 0),
        DONT_KNOW: ("?", None),
        MISSING: ("–", None),
        NOT_APPLICABLE: ("n/a", None),
    }
    assert [words for _kind, _sign, words in found.meanings] == ["Don’t know", "No answer", "Not applicable"]


def test_a_withheld_score_is_a_range_and_no_figure() -> None:
    found = mapped(list(demos()), LESSONS)
    cell = found.rows[0].cells[-1]
    assert (cell.kind, cell.sign, cell.value, cell.words) == (
        WITHHELD,
        "3 to 82?",
        None,
        "Withheld; it lies between 3 and 82",
    )


def test_a_lesson_that_mostly_does_not_apply_is_not_counted() -> None:
    optional = [each.key for each in playbook().lessons[0].criteria if each.not_applicable]
    skipped = {key.replace("-", "_"): "not_applicable" for key in optional}
    caveats = [lesson.caveat for lesson in at(2, None, **skipped).lessons]
    heavy = playbook().lessons[0].criteria
    light = {each.key for each in heavy} - set(optional)
    book = replace(
        playbook(),
        lessons=(
            replace(
                playbook().lessons[0],
                criteria=tuple(replace(each, weight=each.weight * (1 if each.key in light else 9)) for each in heavy),
            ),
            *playbook().lessons[1:],
        ),
    )
    assert caveats[0] == ""
    found = mapped(places(at(2, book, **skipped)), LESSONS)
    cell = found.rows[0].cells[0]
    assert (cell.kind, cell.sign, cell.value, cell.tone) == (APART, "50*", None, None)
    assert "not to be compared" in cell.words


# --- Order, summary, sentence -----------------------------------------------------------------------------------------


def test_rows_stand_as_given_or_by_one_column_with_the_unknown_last() -> None:
    standings = places(at(1), at(3), at(2, right_path="dont_know"))
    assert [row.standing.name[-1] for row in mapped(standings).rows] == ["1", "2", "3"]
    assert [row.standing.name[-1] for row in mapped(standings, order="right-path").rows] == ["2", "1", "3"]
    assert [row.standing.name[-1] for row in mapped(standings, LESSONS, order=OVERALL).rows] == ["2", "3", "1"]


def test_three_places_are_summed_up_and_two_are_not() -> None:
    assert mapped(places(at(1), at(3))).summary == ()
    summary = mapped(places(at(1), at(4), at(2, right_path="dont_know"))).summary
    assert [(head, cells[0], cells[1]) for head, cells in summary] == [
        ("Lowest", "1", "1"),
        ("Median", "2.5", "2"),
        ("Highest", "4", "4"),
        ("Places with a figure", "2", "3"),
    ]


def test_the_sentence_names_the_strongest_and_the_weakest_lesson_by_places_that_have_all() -> None:
    keys = [each.key.replace("-", "_") for each in playbook().lessons[1].criteria]
    weak = at(3, None, **dict.fromkeys(keys, 1))
    found = mapped(places(weak, weak, findings({"right-path": 4})), LESSONS)
    assert found.sentence == (
        "By the medians of 2 places. Strongest: The long path, The fundamentals and Everyone has a role, 75 out of "
        "100. Weakest: Local foundations, 25. 1 place without such a score for every lesson is not counted."
    )
    assert mapped(places(at(2)), LESSONS).sentence == "No lesson stands out: each has a median of 50 out of 100."
    assert mapped(places(findings({"right-path": 4})), LESSONS).sentence.startswith("No place has a score for every")


def test_below_target_is_counted_where_there_is_a_level() -> None:
    found = mapped(places(at(4, right_path=0), at(4, right_path=0), at(4, right_path="dont_know")))
    assert [(each.column.key, each.below, each.known, each.in_most) for each in found.often_below] == [
        ("right-path", 2, 2, True)
    ]
    assert found.sentence == (
        "Most often below the target for the stage that the place declared: 1.1 The right path for this place, "
        "in 2 of 3."
    )
    assert mapped(places(at(4))).sentence == "No criterion that has a level is below its target in any of the places."


# --- Side by side -----------------------------------------------------------------------------------------------------


def ranged(low: int, high: int) -> OverallResult:
    counts = at(1).overall.counts
    return OverallResult("indicative", counts, Fraction(low + high, 2), Fraction(low), Fraction(high))


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        ([(10, 20), (20, 30)], "No difference is clear: the ranges touch or overlap."),
        ([(10, 20), (30, 40)], "B lies clearly above A."),
        (
            [(10, 20), (30, 40), (15, 50)],
            "B lies clearly above A. Between the others no difference is clear: their ranges touch or overlap.",
        ),
        ([(1, 2), (3, 4), (5, 6)], "C lies clearly above A and B. B lies clearly above A."),
    ],
)
def test_only_ranges_that_share_no_point_are_called_different(ranges: list[tuple[int, int]], said: str) -> None:
    assert clear_sentence([(name, ranged(*each)) for name, each in zip("ABC", ranges, strict=False)]) == said


def test_figures_that_look_the_same_are_not_called_different() -> None:
    one, other = ranged(60, 60), replace(ranged(60, 60), low=Fraction(601, 10), high=Fraction(601, 10))
    assert clear_sentence([("A", one), ("B", other)]).startswith("No difference is clear")
    assert clear_sentence([("A", one), ("B", None)]).startswith("Fewer than two")


def test_a_name_does_not_turn_the_words_round_it() -> None:
    said = clear_sentence([(HOSTILE_NAME, ranged(1, 2)), ("B", ranged(3, 4))])
    assert said == f"B lies clearly above \u2068{HOSTILE_NAME}\u2069."


def test_criteria_come_in_the_order_of_how_far_the_places_are_apart() -> None:
    told = put(at(1, right_path=4, citizens="dont_know"), at(1, right_path=0, shared_vision=2))
    assert [each.number for each in told.criteria][:2] == ["1.1", "1.2"]
    assert [each.spread for each in told.criteria][:3] == [Fraction(1), Fraction(1, 4), Fraction(0)]
    assert (told.criteria[-1].number, told.criteria[-1].spread) == ("4.9", None)


def test_places_asked_otherwise_stand_beside_and_are_not_compared() -> None:
    other = findings({"same": 1}, book=FIRST, stage="late")
    told = put(at(1), at(3, second()), other, None)
    assert [place.name for place in told.otherwise] == ["Place 1", "Place 3"]
    assert [each.name for each in told.without] == ["Place 4"]
    assert told.overall_sentence == "Fewer than two of the places have a figure that can be compared."
    sentences = {lesson.title: said for lesson, said in told.lessons_told}
    assert sentences["The fundamentals"] == "Place 2 lies clearly above Place 1."
    chart = lessons_beside_chart(told)
    assert [line.figure for line in chart.lines if not line.heading][:3] == ["×", "75", "×"]
    assert beside(places(None)) is None


# --- Drawings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [LESSONS, CRITERIA])
def test_everything_drawn_lies_within_the_picture(by: str) -> None:
    picture = draw_heat(mapped(list(many(6)), by))
    texts = [*picture.above, *picture.heads, *picture.names, *picture.notes, *(sign.at for sign in picture.signs)]
    assert all(0 <= each.x <= picture.width and 0 < each.y < picture.height for each in texts)
    assert [text.text for text in picture.names][-2:] == ["Place 06", "not submitted"]


def test_each_figure_has_a_box_of_its_tone_and_what_is_none_has_not() -> None:
    found = mapped(places(at(3, shared_vision="dont_know", vision_kept_alive="not_applicable")))
    picture = draw_heat(found)
    assert {boxes.kind: boxes.path.count("M") for boxes in picture.boxes} == {"level-3": 25, "unknown": 1}
    assert [sign.at.text for sign in picture.signs][:3] == ["3", "?", "n/a"]


def test_rows_are_shared_out_evenly_between_sheets() -> None:
    found = mapped(list(many(30)))
    parts = sheets(found, 480)
    sizes = [part.stop - part.start for part in parts]
    assert (sum(sizes), len(sizes)) == (30, 3)
    assert max(sizes) - min(sizes) <= 2


def test_the_overall_chart_has_a_row_for_each_place_that_answered() -> None:
    chart = overall_chart(demos())
    assert [line.label for line in chart.lines] == [each.name for each in demos()[:4]]
    assert [line.figure for line in chart.lines] == ["3 to 82?", "37", "48", "60"]


def test_wide_letters_get_fewer_to_a_line() -> None:
    assert room_for("A place with an ordinary name", 30) == 30
    assert room_for("The UK", 30) == 30
    assert 17 <= room_for("W" * 120, 30) <= 18
    assert [len(line) for line in in_lines("M" * 40, 30)] == [18, 18, 4]
