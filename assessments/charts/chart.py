"""One chart as plain values: its lines and marks in the units of the axis, and what is made from them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from assessments.charts.drawing import NARROW, WIDE, Axis, Legend, Line, Picture, draw, key_to, sheets
from assessments.scoring.rounding import whole

PAGE = 480
"""How tall a picture may be in print, in user units: with its title it takes half of an A4 page."""


@dataclass(frozen=True)
class Chart:
    """The same data as picture, as Plotly figure, as sentence and as table.

    `columns` has one head for each cell of a row, `traces` are the data of the Plotly figure.
    """

    key: str
    title: str
    sentence: str
    columns: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    legend: tuple[Legend, ...]
    axis: Axis
    lines: tuple[Line, ...]
    traces: list[dict[str, Any]] = field(repr=False)

    @cached_property
    def wide(self) -> Picture:
        """For desktops: labels beside the marks."""
        return draw(self.lines, self.axis, WIDE)

    @cached_property
    def narrow(self) -> Picture:
        """For phones: labels above the marks."""
        return draw(self.lines, self.axis, NARROW)

    @cached_property
    def plotly(self) -> dict[str, Any]:
        """The live figure, as JSON takes it."""
        return {"data": self.traces, "layout": layout(self.lines, self.axis, (self.wide, self.narrow))}

    @cached_property
    def paper(self) -> tuple[Picture, ...]:
        """For print: one picture where it fits on a page."""
        return sheets(self.lines, self.axis, PAGE)

    @property
    def labelled(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """The table's rows, each as (head of the row, the other cells with the heads of their columns)."""
        return labelled(self.columns, self.table)

    @property
    def symbols(self) -> tuple[tuple[str, str, str], ...]:
        """The legend, each as (kind, path of the symbol, words)."""
        return tuple((each.kind, key_to(each), each.words) for each in self.legend)


def labelled(
    columns: Sequence[str], table: Sequence[Sequence[str]]
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The rows of a table, each as (head of the row, the other cells with the heads of their columns)."""
    return tuple((row[0], tuple(zip(columns[1:], row[1:], strict=True))) for row in table)


def tone(level: int, top: int) -> int:
    """Which of the five level colours a level of 0 to `top` wears."""
    return whole(Fraction(4 * level, top))


BAR, BEAM = {"thickness": 16}, {"thickness": 3}
"""How thick bars are, in user units, as `meta` of a trace."""


def dashed(boxes: Sequence[tuple[str, Fraction | int, Fraction | int]], line: dict[str, Any]) -> dict[str, Any]:
    """More `meta`: bars, each as (key, begin, end), whose edge is dashed. Plotly has no such bars, only such shapes."""
    return {"dashed": {"boxes": [[key, float(begin), float(end)] for key, begin, end in boxes], "line": line}}


def layout(lines: Sequence[Line], axis: Axis, pictures: Sequence[Picture]) -> dict[str, Any]:
    """Plotly's layout for horizontal rows, told apart by key.

    `meta` holds where the pictures have their rows and labels, so that a live figure looks like them.
    """
    return {
        "barmode": "overlay",
        "showlegend": False,
        "meta": {picture.name: _places(picture, lines) for picture in pictures},
        "xaxis": {
            "range": [0, axis.most],
            "tickvals": list(axis.ticks),
            "title": {"text": axis.words},
            "side": "top",
            "fixedrange": True,
            "zeroline": False,
        },
        "yaxis": {
            "type": "category",
            "range": [len(lines) - 0.5, -0.5],
            "categoryorder": "array",
            "categoryarray": [line.key for line in lines],
            "showticklabels": False,
            "fixedrange": True,
        },
    }


def _places(picture: Picture, lines: Sequence[Line]) -> dict[str, Any]:
    """Where things stand in a picture, in user units."""
    return {
        "height": picture.height,
        "top": picture.top,
        "left": picture.left,
        "right": picture.right,
        "caption": {"y": picture.caption.y, "text": escaped(picture.caption.text)},
        "rows": {line.key: row.y for line, row in zip(lines, picture.rows, strict=True)},
        "grid": [row.y for line, row in zip(lines, picture.rows, strict=True) if picture.over and not line.heading],
        "texts": [
            {"x": text.x, "y": text.y, "text": _bold(text.text, row.strong)}
            for row in picture.rows
            for text in row.labels
        ],
        "figures": [{"y": row.figure.y, "text": _bold(row.figure.text)} for row in picture.rows if row.figure],
        "words": [
            {"at": float(mark.at), "y": drawn.text.y, "text": escaped(drawn.text.text)}
            for line, row in zip(lines, picture.rows, strict=True)
            for mark, drawn in zip(line.marks, row.marks, strict=True)
            if drawn.text
        ],
    }


def _bold(text: str, strong: bool = True) -> str:
    return f"<b>{escaped(text)}</b>" if strong else escaped(text)


def escaped(text: str) -> str:
    """Text as Plotly takes it: it reads a little HTML in every label and hover box."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def hover(said: str, /, **places: str) -> str:
    """What a hover box says: the row's name, then what is said; Plotly puts its values where that has places."""
    values = {name: f"%{{{value}}}" for name, value in places.items()}
    return f"<b>%{{customdata[0]}}</b><br>{escaped(said).format(**values)}<extra></extra>"


def folded(text: str, letters: int = 60) -> str:
    """Text in lines of about so many letters, for Plotly."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= letters:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "<br>".join(escaped(each) for each in [*lines, line])
