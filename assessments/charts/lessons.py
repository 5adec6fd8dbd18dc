"""Each lesson and the whole place on 0 to 100: the range, the score, and what the evidence supports."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.charts.chart import BAR, Chart, dashed, escaped
from assessments.charts.drawing import Axis, Legend, Line, Mark
from assessments.findings import Findings
from assessments.findings.sentences import listed, points, span
from assessments.scoring.result import LessonResult, OverallResult
from assessments.scoring.rounding import four_decimals
from assessments.wording import gettext as _


@dataclass(frozen=True)
class Scored:
    """A figure from 0 to 100 under a label; that of an empty key is of a whole place."""

    key: str
    label: str
    result: LessonResult | OverallResult
    status: str

    @property
    def range_words(self) -> str:
        return span(self.result.low, self.result.high)


def lessons_chart(findings: Findings) -> Chart:
    """The chart of the lessons and the overall score."""
    scored = [
        Scored(lesson.key, f"{lesson.number}. {lesson.title}", lesson.result, lesson.status_words)
        for lesson in findings.lessons
    ]
    scored.append(Scored("", _("Overall"), findings.overall, findings.status_words))
    lines = tuple(scored_line(each) for each in scored)
    return Chart(
        key="lessons",
        title=_("The lessons and the overall score"),
        sentence=_sentence(findings),
        columns=(_("Lesson"), _("Score"), _("Range"), _("Evidence supports"), _("State")),
        table=tuple(scored_cells(each) for each in scored),
        legend=scored_legend(scored),
        axis=points_axis(),
        lines=lines,
        traces=_traces(scored),
    )


def score_legend() -> Legend:
    return Legend("score", "disc", _("Score"))


def evidenced_legend() -> Legend:
    return Legend("evidenced", "diamond", _("Score that the evidence supports"))


def range_legend() -> Legend:
    return Legend("range", "bar", _("Range: where the score can lie once everything is known"))


def withheld_legend() -> Legend:
    return Legend("withheld", "bar", _("Range where the score is withheld"))


def points_axis() -> Axis:
    return Axis(100, (0, 25, 50, 75, 100), _("Points out of 100"))


def scored_legend(scored: Sequence[Scored]) -> tuple[Legend, ...]:
    """Only what is in the picture."""
    known = any(each.result.score is not None for each in scored)
    ranged = any(each.result.score is not None and each.result.low != each.result.high for each in scored)
    withheld = any(each.result.score is None and each.result.low is not None for each in scored)
    found = []
    if ranged:
        found.append(range_legend())
    if withheld:
        found.append(withheld_legend())
    if known:
        found += [score_legend(), evidenced_legend()]
    return tuple(found)


def scored_line(each: Scored) -> Line:
    """A row of a chart: its range, its score, what the evidence supports."""
    result, marks = each.result, []
    if result.low is not None and result.high is not None:
        marks.append(Mark("range" if result.score is not None else "withheld", "bar", result.low, result.high))
    if result.score is not None:
        marks.append(Mark("score", "disc", result.score))
    if result.evidenced is not None:
        marks.append(Mark("evidenced", "diamond", result.evidenced))
    figure = points(result.score) or (f"{each.range_words}?" if result.low is not None else _("n/a"))
    return Line(each.key, each.label, tuple(marks), figure, strong=not each.key)


def scored_cells(each: Scored) -> tuple[str, ...]:
    """A row of the table: label, score, range, what the evidence supports, how sure it is."""
    result = each.result
    none = _("Withheld") if result.low is not None else _("None")
    return (
        each.label,
        points(result.score) or none,
        each.range_words or _("None"),
        points(result.evidenced) or none,
        each.status,
    )


def _traces(scored: Sequence[Scored]) -> list[dict[str, Any]]:
    known = [each for each in scored if each.result.score is not None]
    return [
        _range_trace(scored),
        _points_trace(_("Score"), "score", "circle", known, [each.result.score for each in known]),
        _points_trace(_("Evidence supports"), "evidenced", "diamond", known, [each.result.evidenced for each in known]),
    ]


def _range_trace(scored: Sequence[Scored]) -> dict[str, Any]:
    ranged = [each for each in scored if each.result.low is not None and each.result.high is not None]
    low = [each.result.low or Fraction(0) for each in ranged]
    high = [each.result.high or Fraction(0) for each in ranged]
    unscored = [each.result.score is None for each in ranged]
    return {
        "type": "bar",
        "orientation": "h",
        "name": _("Range"),
        "y": [each.key for each in ranged],
        "base": [four_decimals(value) for value in low],
        "x": [four_decimals(end - begin) for begin, end in zip(low, high, strict=True)],
        "customdata": [
            [four_decimals(begin), four_decimals(end), escaped(each.label), each.range_words]
            for each, begin, end in zip(ranged, low, high, strict=True)
        ],
        "hovertemplate": "%{customdata[2]}<br>" + escaped(_("Range")) + ": %{customdata[3]}<extra></extra>",
        "marker": {
            "color": ["paper" if withheld else "range" for withheld in unscored],
            "line": {"color": "range-edge", "width": [0 if withheld else 1 for withheld in unscored]},
        },
        "meta": BAR
        | dashed(
            [
                (each.key, begin, end)
                for each, begin, end in zip(ranged, low, high, strict=True)
                if each.result.score is None
            ],
            {"color": "range-edge", "width": 1.5, "dash": "5px,3px"},
        ),
    }


def _points_trace(
    name: str, color: str, symbol: str, scored: Sequence[Scored], values: Sequence[Fraction | None]
) -> dict[str, Any]:
    hollow = color == "evidenced"
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "y": [each.key for each in scored],
        "x": [four_decimals(value) for value in values],
        "customdata": [[escaped(each.label), points(value)] for each, value in zip(scored, values, strict=True)],
        "hovertemplate": f"%{{customdata[0]}}<br>{escaped(name)}: %{{customdata[1]}}<extra></extra>",
        "marker": {
            "color": "paper" if hollow else color,
            "size": 11 if hollow else 15,
            "symbol": symbol,
            "line": {"width": 2.5 if hollow else 0, "color": color},
        },
        "cliponaxis": False,
    }


def _sentence(findings: Findings) -> str:
    scored = [lesson for lesson in findings.lessons if lesson.result.score is not None]
    withheld = [lesson.title for lesson in findings.lessons if lesson.result.applicable and lesson not in scored]
    if not scored:
        return _("No lesson has a score; the bars show where each can lie.") if withheld else _("No lesson applies.")
    if withheld:  # Any of them could be the strongest or the weakest.
        unknown = _("Too little is known for a score of {lessons}.").format(lessons=listed(withheld))
        return f"{unknown} {findings.weakest_sentence}"
    if not findings.weakest:
        return findings.weakest_sentence
    most = points(max(lesson.result.score or Fraction(0) for lesson in scored))
    best = [lesson.title for lesson in scored if points(lesson.result.score) == most]
    strongest = _("Strongest: {lesson}, {score} out of 100.").format(lesson=listed(best), score=most)
    return f"{strongest} {findings.weakest_sentence}"
