"""Lines and marks → a picture in SVG's user units: the template only puts down what is worked out here.

Every mark is a path with a class; the class is its colour, the path its shape, so that no mark is told by colour
alone. Nothing here knows what the marks mean.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import wrap

LEADING = 17
HEAD = 36  # caption, ticks and foot of a picture
ORDINARY, LONG_WORD = 0.6, 12  # how wide a letter is that the room for labels is reckoned with, in ems
TEXT_DROP = 4.5  # from the middle of a letter to its baseline


@dataclass(frozen=True)
class Mark:
    """Something in a row, in the units of the axis: at a point, or from one to another."""

    kind: str
    shape: str
    at: Fraction | int
    to: Fraction | int | None = None
    text: str = ""


@dataclass(frozen=True)
class Line:
    """A row: its label, its marks, and a figure at its end. `key` is unique in its chart."""

    key: str
    label: str
    marks: tuple[Mark, ...] = ()
    figure: str = ""
    strong: bool = False
    heading: bool = False


@dataclass(frozen=True)
class Axis:
    """From 0 to `most`."""

    most: int
    ticks: tuple[int, ...]
    words: str


@dataclass(frozen=True)
class Legend:
    kind: str
    shape: str
    words: str


@dataclass(frozen=True)
class Geometry:
    """Measures of one variant, in user units: `air` is added to a row's labels. `over`: they stand above the marks."""

    name: str
    width: int
    left: int
    right: int
    letters: int
    air: int
    over: bool = False


WIDE = Geometry("wide", width=720, left=272, right=84, letters=36, air=17)
PAPER = Geometry("paper", width=720, left=272, right=84, letters=36, air=8)
NARROW = Geometry("narrow", width=340, left=9, right=78, letters=46, air=37, over=True)


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Drawn:
    """A mark in its place: `x` is where it begins or its middle, `width` is 0 for a point."""

    kind: str
    x: float
    width: float
    path: str
    text: Text | None


@dataclass(frozen=True)
class Row:
    y: float
    labels: tuple[Text, ...]
    marks: tuple[Drawn, ...]
    figure: Text | None
    strong: bool


@dataclass(frozen=True)
class Picture:
    name: str
    width: int
    height: float
    top: int
    left: int
    right: int
    over: bool
    caption: Text
    ticks: tuple[Text, ...]
    grid: str
    rows: tuple[Row, ...]


def draw(lines: Sequence[Line], axis: Axis, geometry: Geometry) -> Picture:
    """Put every line and mark in its place."""
    top = 44 if geometry.over else 30
    ticks = [_at(tick, axis, geometry) for tick in axis.ticks]
    rows, grid, y = [], [], float(top)
    for line in lines:
        labels = in_lines(line.label, geometry.letters)
        height = _height(line, len(labels), geometry)
        row = _heading(line, labels, y) if line.heading else _row(line, labels, y, height, axis, geometry)
        rows.append(row)
        if not line.heading:
            grid.append(_grid(ticks, row.y, y, height, geometry))
        y += height
    return Picture(
        name=geometry.name,
        width=geometry.width,
        height=y + 6,
        top=top,
        left=geometry.left,
        right=geometry.right,
        over=geometry.over,
        caption=Text(0, 14 if geometry.over else top - 10, axis.words),
        ticks=tuple(Text(x, top - 10, str(tick)) for x, tick in zip(ticks, axis.ticks, strict=True)),
        grid="".join(grid),
        rows=tuple(rows),
    )


def sheets(lines: Sequence[Line], axis: Axis, height: float) -> tuple[Picture, ...]:
    """The pictures for paper: as many as it takes to keep each within `height`, parted at headings where it can be."""
    parts: list[list[Line]] = [[]]
    for group in _groups(lines):
        for block in (group,) if _tall(group) <= height else [[line] for line in group]:
            if parts[-1] and _tall([*parts[-1], *block]) > height:
                parts.append([])
            parts[-1] += block
    return tuple(draw(part, axis, PAPER) for part in parts)


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """A heading with what stands under it."""
    groups: list[list[Line]] = []
    for line in lines:
        if line.heading or not groups:
            groups.append([])
        groups[-1].append(line)
    return groups


def _tall(lines: Sequence[Line]) -> float:
    return HEAD + sum(_height(line, len(in_lines(line.label, PAPER.letters)), PAPER) for line in lines)


def in_lines(text: str, letters: int) -> list[str]:
    """The text in lines that have room for so many ordinary letters; fewer go in where they are wide, as in WWWW."""
    return wrap(text, room_for(text, letters)) or [""]


def room_for(text: str, letters: int) -> int:
    """How many letters of this text take no more room than so many ordinary ones."""
    widest = max((_mean(word) for word in [text, *text.split()] if len(word) > LONG_WORD), default=0.0)
    return letters if widest <= ORDINARY else max(4, int(letters * ORDINARY / widest))


def _mean(word: str) -> float:
    """How wide a letter of the word is on average, in ems."""
    return sum(_width(letter) for letter in word) / len(word)


def _width(letter: str) -> float:
    if letter in "MWmw@%" or unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return 0.72 if letter.isupper() else 0.56


def key_to(legend: Legend) -> str:
    """The symbol of a legend as a path in a box of 26 by 18."""
    return SHAPES[legend.shape](2 if legend.shape in LONG else 13, 9, 22)


def _height(line: Line, labels: int, geometry: Geometry) -> float:
    return LEADING * labels + (15 if line.heading else geometry.air)


def _heading(line: Line, labels: Sequence[str], y: float) -> Row:
    first = y + 22
    return Row(y, tuple(Text(0, first + LEADING * i, each) for i, each in enumerate(labels)), (), None, strong=True)


def _row(line: Line, labels: Sequence[str], top: float, height: float, axis: Axis, geometry: Geometry) -> Row:
    if geometry.over:
        middle = top + LEADING * len(labels) + 20
        first = top + LEADING + 2
    else:
        middle = top + height / 2
        first = middle - LEADING * (len(labels) - 1) / 2 + TEXT_DROP
    return Row(
        y=middle,
        labels=tuple(Text(0, round(first + LEADING * i, 2), each) for i, each in enumerate(labels)),
        marks=tuple(_drawn(mark, middle, axis, geometry) for mark in line.marks),
        figure=Text(geometry.width, middle + TEXT_DROP, line.figure) if line.figure else None,
        strong=line.strong,
    )


def _drawn(mark: Mark, y: float, axis: Axis, geometry: Geometry) -> Drawn:
    x = _at(mark.at, axis, geometry)
    width = 0.0 if mark.to is None else round(_at(mark.to, axis, geometry) - x, 2)
    text = Text(x + 7, y + TEXT_DROP, mark.text) if mark.text else None
    return Drawn(mark.kind, x, width, SHAPES[mark.shape](x, y, width), text)


def _grid(ticks: Sequence[float], middle: float, top: float, height: float, geometry: Geometry) -> str:
    """Upright lines through a row, behind its marks only where labels stand above them."""
    begin, length = (middle - 12, 24.0) if geometry.over else (top, height)
    return "".join(f"M{_n(x)} {_n(begin)}v{_n(length)}" for x in ticks)


def _at(value: Fraction | int, axis: Axis, geometry: Geometry) -> float:
    """Where a value lies across the picture."""
    span = geometry.width - geometry.left - geometry.right
    return round(geometry.left + float(value) / axis.most * span, 2)


# --- Shapes: paths round the middle of a row ------------------------------------------------------------------------


def _bar(x: float, y: float, width: float) -> str:
    return f"M{_n(x)} {_n(y - 8)}h{_n(width)}v16h{_n(-width)}z"


def _disc(x: float, y: float, width: float) -> str:
    return f"M{_n(x - 7)} {_n(y)}a7 7 0 1 0 14 0a7 7 0 1 0-14 0z"


def _diamond(x: float, y: float, width: float) -> str:
    return f"M{_n(x)} {_n(y - 6)}l6 6-6 6-6-6z"


def _tick(x: float, y: float, width: float) -> str:
    return f"M{_n(x)} {_n(y - 11)}v22"


def _square(x: float, y: float, width: float) -> str:
    return f"M{_n(x - 4)} {_n(y - 8)}h8v16h-8z"


def _arrow(x: float, y: float, width: float) -> str:
    """From `x` to `x + width`, which may lie to the left."""
    back = -9 if width > 0 else 9
    return f"M{_n(x)} {_n(y)}h{_n(width)}m{back} -6l{-back} 6 {back} 6"


def _arrow_back(x: float, y: float, width: float) -> str:
    return _arrow(x + width, y, -width)


def _none(x: float, y: float, width: float) -> str:
    return ""


SHAPES: dict[str, Callable[[float, float, float], str]] = {
    "bar": _bar,
    "disc": _disc,
    "diamond": _diamond,
    "tick": _tick,
    "square": _square,
    "arrow": _arrow,
    "arrow-back": _arrow_back,
    "none": _none,
}
LONG = {"bar", "arrow", "arrow-back"}


def _n(value: float) -> str:
    return f"{round(value, 2):g}"
