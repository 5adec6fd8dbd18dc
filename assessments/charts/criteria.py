"""Each criterion's level beside its target for the declared stage."""

from collections.abc import Sequence
from typing import Any

from assessments.charts.chart import BAR, Chart, dashed, escaped, folded, hover, tone
from assessments.charts.drawing import Axis, Legend, Line, Mark
from assessments.findings import CriterionTold, Findings, level_words
from assessments.wording import gettext as _
from assessments.wording import ngettext


def criteria_chart(findings: Findings) -> Chart:
    """The chart of all criteria, lesson by lesson."""
    most = max(criterion.text.top for criterion in findings.criteria)
    axis = Axis(most, tuple(range(most + 1)), _("Level"))
    lines: list[Line] = []
    for lesson in findings.lessons:
        lines.append(Line(f"lesson {lesson.key}", f"{lesson.number}. {lesson.title}", heading=True))
        lines += [_line(criterion, most) for criterion in lesson.criteria]
    return Chart(
        key="criteria",
        title=_("The criteria against the targets for the stage {stage}").format(stage=findings.declared.name),
        sentence=_sentence(findings),
        columns=(_("Criterion"), _("Answer"), _("Target"), _("Evidence supports")),
        table=tuple(_cells(criterion) for criterion in findings.criteria),
        legend=_legend(some_unknown=bool(findings.to_find_out)),
        axis=axis,
        lines=tuple(lines),
        traces=_traces(findings.criteria),
    )


def _legend(*, some_unknown: bool) -> tuple[Legend, ...]:
    known = (Legend("level-3", "bar", _("Level answered")), Legend("target", "tick", _("Target for the stage")))
    return (*known, Legend("unknown", "bar", _("Not known: it can be anywhere"))) if some_unknown else known


def label(criterion: CriterionTold) -> str:
    return f"{criterion.number} {criterion.title}"


def _line(criterion: CriterionTold, most: int) -> Line:
    target = Mark("target", "tick", criterion.target)
    if criterion.level is not None:
        kind = f"level-{tone(criterion.level, criterion.text.top)}"
        level = Mark(kind, "bar", 0, criterion.level) if criterion.level else Mark(kind, "square", 0)
        return Line(criterion.key, label(criterion), (level, target), str(criterion.level))
    if criterion.is_unknown:
        unknown = Mark("unknown", "bar", 0, criterion.text.top)
        beside = criterion.target if 2 * criterion.target <= most else 0  # where the target does not cross the words
        words = Mark("words", "none", beside, text=criterion.answer_words)
        return Line(criterion.key, label(criterion), (unknown, target, words), "?")
    return Line(criterion.key, label(criterion), (Mark("words", "none", 0, text=_("Not applicable")),), _("n/a"))


def _cells(criterion: CriterionTold) -> tuple[str, ...]:
    supported = criterion.result.evidenced_level
    return (
        label(criterion),
        criterion.answer_words,
        _("None") if criterion.is_left_out else level_words(criterion.target),
        _("None") if supported is None else level_words(supported),
    )


def _traces(criteria: Sequence[CriterionTold]) -> list[dict[str, Any]]:
    known = [criterion for criterion in criteria if criterion.level is not None]
    return [
        _levels_trace([criterion for criterion in known if criterion.level]),
        _zeros_trace([criterion for criterion in known if not criterion.level]),
        _unknown_trace([criterion for criterion in criteria if criterion.is_unknown]),
        _targets_trace([criterion for criterion in criteria if not criterion.is_left_out]),
    ]


def _levels_trace(criteria: Sequence[CriterionTold]) -> dict[str, Any]:
    tones = [tone(criterion.level or 0, criterion.text.top) for criterion in criteria]
    return {
        "type": "bar",
        "orientation": "h",
        "name": _("Level answered"),
        "y": [criterion.key for criterion in criteria],
        "x": [criterion.level for criterion in criteria],
        "customdata": _told(criteria),
        "hovertemplate": hover(_("Level {level}: {words}"), level="x", words="customdata[1]"),
        "marker": {
            "color": [f"level-{each}" for each in tones],
            "line": {"color": [f"level-{each}-edge" for each in tones], "width": 1},
        },
        "meta": BAR,
    }


def _zeros_trace(criteria: Sequence[CriterionTold]) -> dict[str, Any]:
    """A bar of no length cannot be seen, so level 0 is a small square."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": level_words(0),
        "y": [criterion.key for criterion in criteria],
        "x": [0 for _ in criteria],
        "customdata": _told(criteria),
        "hovertemplate": hover(_("Level {level}: {words}"), level="x", words="customdata[1]"),
        "marker": {"color": "level-0", "size": 11, "symbol": "square", "line": {"color": "level-0-edge", "width": 1}},
        "cliponaxis": False,
    }


def _unknown_trace(criteria: Sequence[CriterionTold]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": _("Not known"),
        "y": [criterion.key for criterion in criteria],
        "x": [criterion.text.top for criterion in criteria],
        "customdata": [[escaped(label(criterion)), criterion.answer_words] for criterion in criteria],
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]}: it can be anywhere<extra></extra>",
        "marker": {"color": "paper", "line": {"color": "edge", "width": 0}},
        "meta": BAR
        | dashed(
            [(criterion.key, 0, criterion.text.top) for criterion in criteria],
            {"color": "edge", "width": 1, "dash": "4px,3px"},
        ),
    }


def _targets_trace(criteria: Sequence[CriterionTold]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": _("Target for the stage"),
        "y": [criterion.key for criterion in criteria],
        "x": [criterion.target for criterion in criteria],
        "customdata": [[escaped(label(criterion)), folded(criterion.target_descriptor)] for criterion in criteria],
        "hovertemplate": hover(_("Target, level {level}: {words}"), level="x", words="customdata[1]"),
        "marker": {"color": "target", "size": 16, "symbol": "line-ns", "line": {"width": 3, "color": "target"}},
        "cliponaxis": False,
    }


def _told(criteria: Sequence[CriterionTold]) -> list[list[str]]:
    return [[escaped(label(criterion)), folded(criterion.descriptor)] for criterion in criteria]


def _sentence(findings: Findings) -> str:
    known = [criterion for criterion in findings.criteria if criterion.level is not None]
    met = sum(not criterion.is_below_target for criterion in known)
    text = ngettext(
        "{met} of {number} criterion that has a level reaches the target for {stage}.",
        "{met} of {number} criteria that have a level reach the target for {stage}.",
        len(known),
    ).format(met=met, number=len(known), stage=findings.declared.name)
    if findings.to_find_out:
        number = len(findings.to_find_out)
        text += " " + ngettext("{number} is not known.", "{number} are not known.", number).format(number=number)
    return text
