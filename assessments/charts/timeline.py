"""Assessments in order of time → a picture in SVG's user units: dates from left to right, values from the foot up.

Marks and classes are those of drawing.py. A line is as many paths as it has unbroken parts, so that a break is a gap
for everybody; a dashed upright with a letter stands in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from assessments.charts.drawing import SHAPES, Axis, Text

Value = Fraction | int


@dataclass(frozen=True)
class TimeMark:
    """A point, or a bar from `value` up to `to`."""

    kind: str
    shape: str
    value: Value
    to: Value | None = None


@dataclass(frozen=True)
class Column:
    """One assessment: its day as a number, its date on two lines, its marks from the back, the figure above them."""

    day: int
    label: tuple[str, str]
    marks: tuple[TimeMark, ...] = ()
    figure: str = ""


@dataclass(frozen=True)
class Stroke:
    """A line's value at each column; it joins neighbours that both have one."""

    kind: str
    values: tuple[Value | None, ...]


@dataclass(frozen=True)
class Gap:
    """Where lines break: before the column of this number, under a letter."""

    at: int
    sign: str


@dataclass(frozen=True)
class Frame:
    """Measures in user units: `tall` is the plot alone, `least` between two columns where there is room."""

    name: str
    width: int
    tall: int
    left: int = 34
    right: int = 10
    least: int = 46


WIDE = Frame("wide", width=720, tall=220)
NARROW = Frame("narrow", width=340, tall=190)
SMALL = Frame("small", width=340, tall=110)
LOW = Frame("low", width=340, tall=84, left=18)
TOP, FOOT, SIDE = 44, 44, 28
FIGURE_ROOM = 26


@dataclass(frozen=True)
class Placed:
    """A mark in its place: its class and its path."""

    kind: str
    path: str


@dataclass(frozen=True)
class PlacedGap:
    path: str
    sign: Text


@dataclass(frozen=True)
class TimePicture:
    name: str
    width: int
    height: int
    caption: Text
    ticks: tuple[Text, ...]
    grid: str
    dates: tuple[Text, ...]
    strokes: tuple[Placed, ...]
    gaps: tuple[PlacedGap, ...]
    areas: tuple[Placed, ...]
    marks: tuple[Placed, ...]
    figures: tuple[Text, ...]
    places: tuple[float, ...]


def draw_time(
    columns: Sequence[Column], strokes: Sequence[Stroke], gaps: Sequence[Gap], axis: Axis, frame: Frame
) -> TimePicture:
    """Put every column, line and break in its place."""
    places = _places([column.day for column in columns], frame)
    heights = _Heights(axis, frame)
    foot = TOP + frame.tall
    return TimePicture(
        name=frame.name,
        width=frame.width,
        height=foot + FOOT,
        caption=Text(0, 14, axis.words),
        ticks=tuple(Text(frame.left - 8, heights.of(tick) + 4.5, str(tick)) for tick in axis.ticks),
        grid="".join(f"M{frame.left} {_n(heights.of(tick))}H{frame.width - frame.right}" for tick in axis.ticks),
        dates=tuple(_dates(columns, places, foot, frame)),
        strokes=tuple(
            path for stroke in strokes for path in _strokes(stroke, {gap.at for gap in gaps}, places, heights)
        ),
        gaps=tuple(_gap(gap, places, foot) for gap in gaps),
        areas=tuple(_placed(columns, places, heights, areas=True)),
        marks=tuple(_placed(columns, places, heights, areas=False)),
        figures=tuple(_figures(columns, places, heights)),
        places=places,
    )


@dataclass(frozen=True)
class _Heights:
    axis: Axis
    frame: Frame

    def of(self, value: Value) -> float:
        return round(TOP + self.frame.tall * (1 - float(value) / self.axis.most), 2)


def _places(days: Sequence[int], frame: Frame) -> tuple[float, ...]:
    """Where each column stands: apart by the days between, but never closer than `least` where there is room for it."""
    begin, end = frame.left + SIDE, frame.width - frame.right - SIDE
    if len(days) == 1:
        return ((begin + end) / 2,)
    steps = [max(0, after - before) for before, after in pairwise(days)]
    least = min(float(frame.least), (end - begin) / len(steps))
    spare, total = end - begin - least * len(steps), sum(steps)
    found = [float(begin)]
    for step in steps:
        found.append(found[-1] + least + spare * (step / total if total else 1 / len(steps)))
    return tuple(round(x, 2) for x in found)


def _strokes(stroke: Stroke, breaks: set[int], places: Sequence[float], heights: _Heights) -> Iterator[Placed]:
    """A path for each part of a line that joins two columns or more."""
    part: list[str] = []
    for at, (value, x) in enumerate(zip(stroke.values, places, strict=True)):
        if value is None or at in breaks:
            yield from _joined(stroke.kind, part)
            part = []
        if value is not None:
            part.append(f"{_n(x)} {_n(heights.of(value))}")
    yield from _joined(stroke.kind, part)


def _joined(kind: str, part: Sequence[str]) -> Iterator[Placed]:
    if len(part) > 1:
        yield Placed(kind, f"M{'L'.join(part)}")


def _placed(columns: Sequence[Column], places: Sequence[float], heights: _Heights, *, areas: bool) -> Iterator[Placed]:
    """The bars, which lie behind the lines, or the points, which lie on them."""
    for column, x in zip(columns, places, strict=True):
        for mark in column.marks:
            if (mark.to is not None) is areas:
                yield Placed(mark.kind, _path(mark, x, heights))


def _path(mark: TimeMark, x: float, heights: _Heights) -> str:
    y = heights.of(mark.value)
    if mark.to is None:
        return SHAPES[mark.shape](x, y, 0)
    return f"M{_n(x - 8)} {_n(heights.of(mark.to))}h16V{_n(y)}h-16z"


def _gap(gap: Gap, places: Sequence[float], foot: int) -> PlacedGap:
    x = round((places[gap.at - 1] + places[gap.at]) / 2, 2)
    return PlacedGap(f"M{_n(x)} {TOP - 8}V{foot}", Text(x, TOP - 14, gap.sign))


def _dates(columns: Sequence[Column], places: Sequence[float], foot: int, frame: Frame) -> Iterator[Text]:
    """The dates, from the last one back, each where it does not touch the one after it."""
    for x, column in _apart(columns, places, frame.least - 1):
        for line, words in enumerate(column.label):
            yield Text(x, foot + 20 + 16 * line, words)


def _figures(columns: Sequence[Column], places: Sequence[float], heights: _Heights) -> Iterator[Text]:
    for x, column in _apart(columns, places, FIGURE_ROOM):
        if column.figure:
            most = max((mark.value if mark.to is None else mark.to for mark in column.marks), default=0)
            yield Text(x, round(heights.of(most) - 12, 2), column.figure)


def _apart(columns: Sequence[Column], places: Sequence[float], room: float) -> list[tuple[float, Column]]:
    kept: list[tuple[float, Column]] = []
    for x, column in zip(reversed(places), reversed(columns), strict=True):
        if not kept or kept[-1][0] - x >= room:
            kept.append((x, column))
    return kept[::-1]


def _n(value: float) -> str:
    return f"{round(value, 2):g}"
