"""The criteria that moved since the last assessment: from which level to which."""

from collections.abc import Sequence
from typing import Any

from assessments.charts.chart import BEAM, Chart, escaped, hover
from assessments.charts.criteria import label
from assessments.charts.drawing import Axis, Legend, Line, Mark
from assessments.findings import ChangeTold, MoveTold, level_words
from assessments.wording import gettext as _
from assessments.wording import pgettext

UP, DOWN = "score", "target"  # the tokens that they wear


def change_chart(change: ChangeTold) -> Chart:
    """The chart of what moved; `change` must hold a move."""
    most = max(move.criterion.text.top for move in change.moves)
    axis = Axis(most, tuple(range(most + 1)), _("Level"))
    lines = tuple(_line(move) for move in change.moves)
    return Chart(
        key="change",
        title=_("The criteria that moved since last time"),
        sentence=change.sentence,
        columns=(_("Criterion"), _("Before"), _("Now"), pgettext("how far something moved", "Change")),
        table=tuple(
            (label(move.criterion), level_words(move.before), level_words(move.now), move.words_with_caution)
            for move in change.moves
        ),
        legend=_legend(),
        axis=axis,
        lines=lines,
        traces=_traces(change.moves),
    )


def _legend() -> tuple[Legend, ...]:
    return (
        Legend("before", "disc", _("Before")),
        Legend("up", "arrow", _("Up to now")),
        Legend("down", "arrow-back", _("Down to now")),
    )


def _line(move: MoveTold) -> Line:
    arrow = Mark("up" if move.by > 0 else "down", "arrow", move.before, move.now)
    marks = (Mark("before", "disc", move.before), arrow)
    return Line(
        move.criterion.key, label(move.criterion), marks, f"{move.by:+d}{'*' * bool(move.caution)}".replace("-", "−")
    )


def _traces(moves: Sequence[MoveTold]) -> list[dict[str, Any]]:
    up, down = [move for move in moves if move.by > 0], [move for move in moves if move.by < 0]
    return [
        _steps(_("Up"), UP, up),
        _steps(_("Down"), DOWN, down),
        _marks(_("Before"), moves, [move.before for move in moves], "circle", ["paper" for _ in moves], "ink"),
        _marks(_("Now, up"), up, [move.now for move in up], "triangle-right", [UP for _ in up], UP),
        _marks(_("Now, down"), down, [move.now for move in down], "triangle-left", [DOWN for _ in down], DOWN),
    ]


def _steps(name: str, color: str, moves: Sequence[MoveTold]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": [move.criterion.key for move in moves],
        "base": [min(move.before, move.now) for move in moves],
        "x": [abs(move.by) for move in moves],
        "hoverinfo": "skip",
        "marker": {"color": color},
        "meta": BEAM,
    }


def _marks(
    name: str, moves: Sequence[MoveTold], levels: Sequence[int], symbol: str, colors: Sequence[str], edge: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "y": [move.criterion.key for move in moves],
        "x": list(levels),
        "customdata": [[escaped(label(move.criterion)), move.before, move.now] for move in moves],
        "hovertemplate": hover(_("Level {before} before, {now} now"), before="customdata[1]", now="customdata[2]"),
        "marker": {"color": list(colors), "size": 14, "symbol": symbol, "line": {"width": 2, "color": edge}},
        "cliponaxis": False,
    }
