"""Charts: the picture, the live figure, the sentence and the table hold the engine's figures and nothing else."""

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from django.conf import settings
from hypothesis import given

from assessments.charts import Chart, change_chart, charts, criteria_chart, lessons_chart
from assessments.charts.chart import PAGE, escaped, folded
from assessments.charts.drawing import NARROW, PAPER, SHAPES, WIDE, Geometry, Picture
from assessments.findings import Findings, PlaceFacts, assess
from assessments.interchange import Answers, Playbook
from assessments.scoring.result import LessonResult, OverallResult
from assessments.scoring.rounding import four_decimals, whole
from tests.findings_cast import DEMOS, demo, findings, long_playbook, nasty
from tests.strategies import assessed

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (CSS / "tokens.css").read_text().split("@media")[0]))
GEOMETRIES = {"wide": WIDE, "narrow": NARROW, "paper": PAPER}
EVERY = [*DEMOS, "nasty", "long"]


def told(name: str) -> Findings:
    if name == "long":
        answers: dict[str, int | str] = {f"criterion-{number}": 1 for number in range(0, 60, 2)}
        return findings(answers, book=long_playbook(), stage="second")
    return nasty() if name == "nasty" else demo(name)


def points(value: Fraction | None) -> str:
    return "" if value is None else str(whole(value))


def at(x: float, most: int, geometry: Geometry) -> float:
    """Back from user units to the units of the axis."""
    return (x - geometry.left) / (geometry.width - geometry.left - geometry.right) * most


def marks(picture: Picture, *kinds: str) -> list[tuple[float, float]]:
    """Where every mark of these kinds begins and ends, row by row, in the units of the axis of 0 to 100 or 0 to 4."""
    return [(mark.x, mark.x + mark.width) for row in picture.rows for mark in row.marks if mark.kind in kinds]


def trace(chart: Chart, name: str) -> Mapping[str, Any]:
    (found,) = [each for each in chart.plotly["data"] if each["name"] == name]
    return dict(found)


# --- Every chart -----------------------------------------------------------------------------------------------------


def coloured(value: Any, key: str = "") -> Any:
    """The figure with its colours' names replaced as the page does it; a name that is no token raises KeyError."""
    if isinstance(value, Mapping):
        return {name: coloured(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [coloured(each, key) for each in value]
    if key in {"color", "fgcolor", "bgcolor"}:
        return TOKENS.get(f"chart-{value}") or TOKENS[value]
    return value


@pytest.mark.parametrize("name", EVERY)
def test_plotly_knows_every_part_of_every_figure(name: str) -> None:
    for chart in charts(told(name)):
        figure = coloured(json.loads(json.dumps(chart.plotly)))
        assert go.Figure(figure).to_plotly_json().keys() == {"data", "layout"}


def test_plotly_would_find_a_fault() -> None:
    figure = coloured(lessons_chart(demo("tenterclough-mills-2026")).plotly)
    figure["data"][0]["orientatoin"] = "h"
    with pytest.raises(ValueError, match="orientatoin"):
        go.Figure(figure)


@pytest.mark.parametrize("name", EVERY)
def test_every_mark_has_its_colour_and_shape(name: str) -> None:
    sheet = (CSS / "charts.css").read_text()
    kinds = {mark.kind for chart in charts(told(name)) for row in chart.wide.rows for mark in row.marks}
    kinds |= {each.kind for chart in charts(told(name)) for each in chart.legend}
    assert kinds - set(re.findall(r"\.plot-([\w-]+) \{", sheet)) == set()


def test_marks_of_one_chart_differ_in_shape() -> None:
    """Never colour alone: no two entries of a legend have the same path, but a dashed bar beside a whole one."""
    for chart in charts(demo("tenterclough-mills-2026")):
        paths = [path for _, path, _ in chart.symbols]
        assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("name", EVERY)
def test_rows_follow_one_another_and_stay_inside(name: str) -> None:
    for chart in charts(told(name)):
        for picture in (chart.wide, chart.narrow, *chart.paper):
            places = [label.y for row in picture.rows for label in row.labels]
            assert all(after - before >= 16 for before, after in pairwise(places)), chart.key
            assert max(places) < picture.height
            assert picture.rows[-1].y + 11 <= picture.height
            drawn = [mark for row in picture.rows for mark in row.marks]
            edges = [edge for mark in drawn for edge in (mark.x, mark.x + mark.width)]
            assert min(edges) >= picture.left
            assert max(edges) <= picture.width - picture.right


@pytest.mark.parametrize("name", EVERY)
def test_labels_fit_their_lines(name: str) -> None:
    for chart in charts(told(name)):
        for picture in (chart.wide, chart.narrow, *chart.paper):
            letters = [len(label.text) for row in picture.rows for label in row.labels]
            assert max(letters) <= GEOMETRIES[picture.name].letters


@pytest.mark.parametrize("name", EVERY)
def test_paper_holds_every_row_once_and_no_picture_is_taller_than_its_page(name: str) -> None:
    for chart in charts(told(name)):
        assert all(picture.height <= PAGE for picture in chart.paper)
        on_paper = [label.text for picture in chart.paper for row in picture.rows for label in row.labels]
        assert on_paper == [label.text for row in chart.wide.rows for label in row.labels]


def test_a_chart_is_parted_at_headings_or_where_it_must_be() -> None:
    parted = criteria_chart(demo("tenterclough-mills-2026")).paper
    assert [picture.rows[0].labels[0].text for picture in parted] == ["1. The long path", "3. The fundamentals"]
    assert len(criteria_chart(told("long")).paper) == 9


@pytest.mark.parametrize("name", EVERY)
def test_the_live_figure_has_its_rows_where_the_pictures_have_them(name: str) -> None:
    for chart in charts(told(name)):
        for picture in (chart.wide, chart.narrow):
            places = chart.plotly["layout"]["meta"][picture.name]
            assert list(places["rows"].values()) == [row.y for row in picture.rows]
            assert list(places["rows"]) == chart.plotly["layout"]["yaxis"]["categoryarray"]
            assert [each["y"] for each in places["texts"]] == [label.y for row in picture.rows for label in row.labels]
            assert (places["height"], places["left"]) == (picture.height, picture.left)
        for each in chart.plotly["data"]:
            assert set(each["y"]) <= set(places["rows"])


@pytest.mark.parametrize("name", EVERY)
def test_what_the_pictures_show_of_a_row_not_known_the_live_figure_shows(name: str) -> None:
    """The bars with a dashed edge and the words within, each with the same span; no other bar is dashed."""
    for chart in charts(told(name)):
        dashed = [each["meta"]["dashed"] for each in chart.plotly["data"] if "dashed" in each.get("meta", {})]
        boxes = sorted((key, begin, end) for each in dashed for key, begin, end in each["boxes"])
        kinds = {"withheld", "unknown"}
        assert boxes == sorted(
            (line.key, float(mark.at), float(mark.to or 0))
            for line in chart.lines
            for mark in line.marks
            if mark.kind in kinds
        )
        sheet = (CSS / "charts.css").read_text()
        for kind in kinds & {each.kind for each in chart.legend}:
            (dashes,) = re.findall(rf"\.plot-{kind} {{.*stroke-dasharray: (\d) (\d);", sheet)
            assert [each["line"]["dash"] for each in dashed] == ["{}px,{}px".format(*dashes)]
        for picture, geometry in ((chart.wide, WIDE), (chart.narrow, NARROW)):
            words = chart.plotly["layout"]["meta"][picture.name]["words"]
            drawn = [mark.text for row in picture.rows for mark in row.marks if mark.text]
            assert [(each["y"], each["text"]) for each in words] == [(text.y, escaped(text.text)) for text in drawn]
            places = [at(text.x - 7, chart.axis.most, geometry) for text in drawn]
            assert [each["at"] for each in words] == [pytest.approx(place, abs=0.01) for place in places]


def test_names_on_a_phone_stand_between_the_lines_of_the_grid() -> None:
    for chart in charts(demo("aldenmoor-science-quarter")):
        places = chart.plotly["layout"]["meta"]["narrow"]
        assert len(places["grid"]) == sum(not line.heading for line in chart.lines)
        names = [text["y"] for text in places["texts"]]
        assert not [y for y in names for row in places["grid"] if row - 12 < y - 4.5 < row + 12]
        assert chart.plotly["layout"]["meta"]["wide"]["grid"] == []


def test_words_in_a_bar_are_not_crossed_by_the_target() -> None:
    for chart in map(criteria_chart, map(told, EVERY)):
        for picture in (chart.wide, chart.narrow, *chart.paper):
            for row in picture.rows:
                ticks = [mark.x for mark in row.marks if mark.kind == "target"]
                words = [mark.text for mark in row.marks if mark.text]
                assert not [x for x in ticks for text in words if text.x - 5 < x < text.x + 6 * len(text.text)]


@given(assessed())
def test_any_result_can_be_drawn(both: tuple[Playbook, Answers]) -> None:
    for chart in charts(assess(*both, PlaceFacts("Here", "Other", "Wales", ""))):
        assert json.loads(json.dumps(chart.plotly)) == chart.plotly
        assert {len(row) for row in chart.table} <= {len(chart.columns)}
        assert all(cell for row in chart.table for cell in row)
        assert len(chart.wide.rows) == len(chart.narrow.rows) == len(chart.lines)
        assert chart.sentence != ""


def test_paths_are_drawn_from_where_they_are_said_to_be() -> None:
    numbers = {shape: re.findall(r"-?[\d.]+", draw(100, 50, 30)) for shape, draw in SHAPES.items()}
    assert {shape: [float(each) for each in found[:3]] for shape, found in numbers.items()} == {
        "bar": [100, 42, 30],
        "disc": [93, 50, 7],
        "diamond": [100, 44, 6],
        "tick": [100, 39, 22],
        "square": [96, 42, 8],
        "arrow": [100, 50, 30],
        "arrow-back": [130, 50, -30],
        "none": [],
    }


def test_text_is_only_text_in_a_live_figure() -> None:
    assert escaped('<b>R&D</b> "x"') == '&lt;b&gt;R&amp;D&lt;/b&gt; "x"'
    assert folded("one <i>two</i> three", 8) == "one<br>&lt;i&gt;two&lt;/i&gt;<br>three"
    chart = criteria_chart(told("long"))
    assert "<b>&</b>" not in json.dumps(chart.plotly, ensure_ascii=False)
    assert chart.table[0][0].endswith("<b>&</b>")


# --- The lessons -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_the_lessons_chart_holds_the_engines_figures(name: str) -> None:
    found = told(name)
    chart = lessons_chart(found)
    results: list[LessonResult | OverallResult] = [*found.result.lessons.values(), found.overall]
    keys = [*found.result.lessons, ""]
    scored = [(key, each) for key, each in zip(keys, results, strict=True) if each.score is not None]
    ranged = [(key, each) for key, each in zip(keys, results, strict=True) if each.low is not None]

    bars = trace(chart, "Range")
    assert bars["y"] == [key for key, _ in ranged]
    assert bars["base"] == [four_decimals(each.low) for _, each in ranged]
    assert bars["x"] == [four_decimals((each.high or Fraction(0)) - (each.low or Fraction(0))) for _, each in ranged]
    assert [custom[:2] for custom in bars["customdata"]] == [
        [four_decimals(each.low), four_decimals(each.high)] for _, each in ranged
    ]
    for label, figures in (
        ("Score", [each.score for _, each in scored]),
        ("Evidence supports", [each.evidenced for _, each in scored]),
    ):
        assert trace(chart, label)["y"] == [key for key, _ in scored]
        assert trace(chart, label)["x"] == [four_decimals(each) for each in figures]
        assert [custom[1] for custom in trace(chart, label)["customdata"]] == [points(each) for each in figures]

    for picture, geometry in ((chart.wide, WIDE), (chart.narrow, NARROW)):
        spans = [(at(x, 100, geometry), at(end, 100, geometry)) for x, end in marks(picture, "range", "withheld")]
        assert spans == [
            (pytest.approx(float(each.low or 0), abs=0.01), pytest.approx(float(each.high or 0), abs=0.01))
            for _, each in ranged
        ]
        for kind, figures in (("score", [e.score for _, e in scored]), ("evidenced", [e.evidenced for _, e in scored])):
            drawn = [at(x, 100, geometry) for x, _ in marks(picture, kind)]
            assert drawn == [pytest.approx(float(each or 0), abs=0.01) for each in figures]

    assert [row[1] for row in chart.table] == [points(each.score) or "Withheld" for each in results]
    assert [row[3] for row in chart.table] == [points(each.evidenced) or "Withheld" for each in results]
    assert [row.figure.text for row in chart.wide.rows if row.figure] == [
        points(each.score) or f"{points(each.low)} to {points(each.high)}?" for each in results
    ]


def test_a_withheld_score_is_nowhere_in_its_chart() -> None:
    chart = lessons_chart(demo("saltmarsh-quay"))
    assert [each["y"] for each in chart.plotly["data"][1:]] == [[], []]
    assert marks(chart.wide, "score", "evidenced", "range") == []
    assert chart.table[0][1:] == ("Withheld", "5 to 65", "Withheld", "Withheld")
    assert trace(chart, "Range")["marker"]["line"]["width"] == [0] * 5
    assert [key for key, _, _ in trace(chart, "Range")["meta"]["dashed"]["boxes"]] == chart.plotly["data"][0]["y"]
    assert [each.kind for each in chart.legend] == ["withheld"]
    assert chart.sentence == "No lesson has a score; the bars show where each can lie."


def test_a_lesson_that_does_not_apply_has_no_mark() -> None:
    nothing: dict[str, int | str] = {criterion.key: "not_applicable" for criterion in long_playbook().criteria()}
    chart = lessons_chart(findings(nothing, book=long_playbook(), stage="first"))
    assert [row.marks for row in chart.wide.rows] == [(), ()]
    assert [row.figure.text for row in chart.wide.rows if row.figure] == ["n/a", "n/a"]
    assert chart.table[0] == ("1. The only lesson", "None", "None", "None", "Not applicable")
    assert chart.sentence == "No lesson applies."


def test_lesson_sentences() -> None:
    told = demo("tenterclough-mills-2026")
    assert lessons_chart(told).sentence == f"Strongest: The long path, 71 out of 100. {told.weakest_sentence}"
    one = findings({f"criterion-{number}": 1 for number in range(60)}, book=long_playbook(), stage="first")
    assert lessons_chart(one).sentence == "Only one lesson applies, so none is weaker than another."


# --- The criteria ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_the_criteria_chart_holds_the_engines_answers(name: str) -> None:
    found = told(name)
    chart = criteria_chart(found)
    most = max(criterion.text.top for criterion in found.criteria)
    known = [criterion for criterion in found.criteria if criterion.level is not None]
    aimed = [criterion for criterion in found.criteria if not criterion.is_left_out]

    levels = dict(zip(trace(chart, "Level answered")["y"], trace(chart, "Level answered")["x"], strict=True))
    levels |= dict(zip(trace(chart, "Level 0")["y"], trace(chart, "Level 0")["x"], strict=True))
    answers = {key: each.answer for key, each in found.result.criteria.items() if isinstance(each.answer, int)}
    assert levels == answers
    targets = trace(chart, "Target for the stage")
    stage = found.result.stage.declared
    assert dict(zip(targets["y"], targets["x"], strict=True)) == {c.key: c.text.targets[stage] for c in aimed}
    assert trace(chart, "Not known")["y"] == [criterion.key for criterion in found.to_find_out]

    kinds = [f"level-{tone}" for tone in range(5)]
    for picture, geometry in ((chart.wide, WIDE), (chart.narrow, NARROW)):
        drawn = [at(end, most, geometry) for _, end in marks(picture, *kinds)]
        assert drawn == [pytest.approx(criterion.level, abs=0.001) for criterion in known]
        ticks = [at(x, most, geometry) for x, _ in marks(picture, "target")]
        assert ticks == [pytest.approx(criterion.target, abs=0.001) for criterion in aimed]

    supported = [found.result.criteria[criterion.key].evidenced_level for criterion in found.criteria]
    assert [row[1] for row in chart.table] == [criterion.answer_words for criterion in found.criteria]
    assert [row[3] for row in chart.table] == ["None" if each is None else f"Level {each}" for each in supported]


def test_criteria_sentences() -> None:
    assert criteria_chart(demo("aldenmoor-science-quarter")).sentence == (
        "16 of 21 criteria that have a level reach the target for Forming. 5 are not known."
    )
    assert criteria_chart(findings({"right-path": 4})).sentence == (
        "1 of 1 criterion that has a level reaches the target for Forming. 26 are not known."
    )
    assert [each.kind for each in criteria_chart(demo("tenterclough-mills-2026")).legend] == ["level-3", "target"]


# --- Change ----------------------------------------------------------------------------------------------------------


def test_the_change_chart_holds_what_moved() -> None:
    change = demo("tenterclough-mills-2026").change
    assert change is not None
    chart = change_chart(change)
    moves = {move.criterion.key: (move.before, move.now) for move in change.moves}
    before = trace(chart, "Before")
    assert {key: now for key, (now, _) in moves.items()} == dict(zip(before["y"], before["x"], strict=True))
    now: dict[str, int] = {}
    for name in ("Now, up", "Now, down"):
        now |= dict(zip(trace(chart, name)["y"], trace(chart, name)["x"], strict=True))
    assert now == {key: level for key, (_, level) in moves.items()}
    spans = marks(chart.wide, "up", "down")
    assert [(round(at(x, 4, WIDE), 3), round(at(end, 4, WIDE), 3)) for x, end in spans] == list(moves.values())
    assert chart.table[2] == ("1.6 Collective, generous leadership", "Level 3", "Level 2", "1 level down")
    assert [row.figure.text for row in chart.wide.rows if row.figure][:3] == ["+1", "+1", "−1"]


def test_there_is_no_chart_of_change_where_nothing_moved() -> None:
    found = demo("aldenmoor-science-quarter")
    assert [chart.key for chart in charts(found)] == ["lessons", "criteria"]
    assert [chart.key for chart in charts(demo("tenterclough-mills-2026"))] == ["lessons", "criteria", "change"]
