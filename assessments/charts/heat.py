"""A heat map → a picture in SVG's user units: a box for each cell, its sign in it, heads above, names beside.

Boxes of one kind are one path, so that fifty places of 27 criteria stay a small file. What is no figure has no tone:
a dashed box or none, and a sign that the key explains.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import shorten, wrap

from assessments.charts.drawing import LEADING, TEXT_DROP, Text, room_for
from assessments.findings.cells import APART, DONT_KNOW, MISSING, WITHHELD, Cell
from assessments.findings.heat import LESSONS, HeatColumn, HeatMap, HeatRow

DASHED = {DONT_KNOW: "unknown", MISSING: "unknown", WITHHELD: "withheld", APART: "withheld"}
EDGE = 12
MARGIN, TITLE = 16, 36
LEAST_WIDTH = 520
NAME_LETTERS, NAME_LINES = 30, 2


@dataclass(frozen=True)
class HeatGeometry:
    """Measures in user units: a cell, the room for names, the letters of a head and of a head above several columns."""

    name: str
    cell: int
    tall: int
    left: int
    letters: int


BY_LESSON = HeatGeometry("heat-lessons", cell=104, tall=40, left=216, letters=13)
BY_CRITERION = HeatGeometry("heat-criteria", cell=28, tall=28, left=216, letters=4)


@dataclass(frozen=True)
class HeatBoxes:
    """All boxes of one kind."""

    kind: str
    path: str


@dataclass(frozen=True)
class HeatSign:
    kind: str
    at: Text


@dataclass(frozen=True)
class HeatPicture:
    """`heads` stand above columns, `above` over the columns of a lesson, `names` beside rows, `notes` at the foot."""

    name: str
    width: int
    height: float
    above: tuple[Text, ...]
    heads: tuple[Text, ...]
    names: tuple[Text, ...]
    boxes: tuple[HeatBoxes, ...]
    signs: tuple[HeatSign, ...]
    rules: str
    notes: tuple[Text, ...]

    @property
    def page_width(self) -> float:
        """Of a page that holds the picture alone, with its margin."""
        return self.width + 2 * MARGIN

    @property
    def page_height(self) -> float:
        """The same with a title over it."""
        return self.height + 2 * MARGIN + TITLE


def draw_heat(
    found: HeatMap,
    *,
    rows: slice = slice(None),
    columns: slice = slice(None),
    key: bool = True,
    least: int = LEAST_WIDTH,
) -> HeatPicture:
    """The picture, or the part of it that has these rows and columns, at least so many user units wide.

    `key`: with what the numbers and signs mean at its foot.
    """
    return _Sheet(found, _geometry(found), found.columns[columns], columns, found.rows[rows], least).picture(key=key)


def sheets(found: HeatMap, height: float) -> list[slice]:
    """Which rows go on which sheet, so that those of each are at most so high, and all about the same."""
    talls = [_tall(_lines(row), _geometry(found)) for row in found.rows]
    parts = _filled(talls, height)
    while height > 100 and len(fewer := _filled(talls, height - 20)) == len(parts):
        parts, height = fewer, height - 20
    return parts


def _filled(talls: Sequence[float], height: float) -> list[slice]:
    parts, begin, used = [], 0, 0.0
    for at, tall in enumerate(talls):
        if at > begin and used + tall > height:
            parts.append(slice(begin, at))
            begin, used = at, 0.0
        used += tall
    return [*parts, slice(begin, len(talls))]


def _geometry(found: HeatMap) -> HeatGeometry:
    return BY_LESSON if found.by == LESSONS else BY_CRITERION


@dataclass(frozen=True)
class _Sheet:
    found: HeatMap
    geometry: HeatGeometry
    columns: tuple[HeatColumn, ...]
    taken: slice
    rows: tuple[HeatRow, ...]
    least: int

    def picture(self, *, key: bool) -> HeatPicture:
        above, heads = list(self._above()), list(self._heads())
        y, places = self._top, []
        names: list[Text] = []
        for row in self.rows:
            lines = _lines(row)
            tall = _tall(lines, self.geometry)
            names += _beside(lines, y + tall / 2)
            places.append((row.cells[self.taken], y, tall))
            y += tall
        notes = list(self._notes(y + 28)) if key else []
        return HeatPicture(
            name=self.geometry.name,
            width=self._width,
            height=max([y, *(note.y for note in notes)]) + EDGE,
            above=tuple(above),
            heads=tuple(heads),
            names=tuple(names),
            boxes=tuple(self._boxes(places)),
            signs=tuple(self._signs(places)),
            rules="".join(f"M0 {_n(row_y)}H{self._width}" for _cells, row_y, _tall in places),
            notes=tuple(notes),
        )

    @property
    def _width(self) -> int:
        return max(self.geometry.left + self.geometry.cell * len(self.columns) + EDGE, self.least)

    @property
    def _top(self) -> float:
        """Where the first row begins: under the heads of the columns and those above them."""
        lines = max((len(self._head(column)) for column in self.columns), default=1)
        return LEADING * (lines + max((len(each) for _x, each in self._groups()), default=0)) + 14.0

    def _x(self, at: int) -> float:
        """The middle of a column."""
        return self.geometry.left + self.geometry.cell * (at + 0.5)

    def _head(self, column: HeatColumn) -> list[str]:
        words = column.label if self.found.by == LESSONS else column.number
        return wrap(words, self.geometry.letters) or [""]

    def _heads(self) -> Iterator[Text]:
        for at, column in enumerate(self.columns):
            lines = self._head(column)
            for line, words in enumerate(lines):
                yield Text(self._x(at), self._top - 10 - LEADING * (len(lines) - 1 - line), words)

    def _groups(self) -> Iterator[tuple[float, list[str]]]:
        """Where each lesson begins, above its criteria, and its title in lines that fit."""
        begins = [at for at, each in enumerate(self.columns) if at == 0 or each.lesson != self.columns[at - 1].lesson]
        for begin, end in zip(begins, [*begins[1:], len(self.columns)], strict=True):
            if title := self.columns[begin].lesson:
                letters = max(4, round((end - begin) * self.geometry.cell / 7.4))
                yield self.geometry.left + self.geometry.cell * begin, _cut(title, letters, 2)

    def _above(self) -> Iterator[Text]:
        for x, lines in self._groups():
            for line, words in enumerate(lines):
                yield Text(x + 4, 16 + LEADING * line, words)

    def _boxes(self, places: Sequence[tuple[Sequence[Cell], float, float]]) -> Iterator[HeatBoxes]:
        paths: dict[str, list[str]] = {}
        for cells, y, tall in places:
            for at, cell in enumerate(cells):
                if kind := _box(cell):
                    x, width = self.geometry.left + self.geometry.cell * at + 1, self.geometry.cell - 2
                    paths.setdefault(kind, []).append(f"M{_n(x)} {_n(y + 1)}h{width}v{_n(tall - 2)}h-{width}z")
        return (HeatBoxes(kind, "".join(paths[kind])) for kind in sorted(paths))

    def _signs(self, places: Sequence[tuple[Sequence[Cell], float, float]]) -> Iterator[HeatSign]:
        for cells, y, tall in places:
            for at, cell in enumerate(cells):
                kind, middle = "soft" if cell.tone is None else str(cell.tone), y + tall / 2 + TEXT_DROP
                if self.found.by == LESSONS and cell.detail:
                    yield HeatSign(kind, Text(self._x(at), middle - 7, cell.sign))
                    yield HeatSign(f"{kind} plot-small", Text(self._x(at), middle + 9, cell.detail))
                else:
                    yield HeatSign(kind, Text(self._x(at), middle, cell.sign))

    def _notes(self, y: float) -> Iterator[Text]:
        """What the numbers and the signs mean, in two columns where there is room."""
        told = [column.label for column in self.columns] if self.found.by != LESSONS else []
        told += [f"{sign}  {words}" for _kind, sign, words in self.found.meanings]
        wide = 2 if self._width > 700 else 1
        letters = round((self._width - EDGE) / wide / 7)
        half = -(-len(told) // wide)
        for at, words in enumerate(told):
            yield Text(
                self._width / wide * (at // half), y + LEADING * (at % half), shorten(words, letters, placeholder="…")
            )


def _box(cell: Cell) -> str:
    """The kind of box that a cell has; nothing for none."""
    return f"level-{cell.tone}" if cell.tone is not None else DASHED.get(cell.kind, "")


def _lines(row: HeatRow) -> list[str]:
    """A place's name, cut where it is too long, and what else must be known of it."""
    return _cut(row.standing.name, NAME_LETTERS, NAME_LINES) + ([row.note] if row.note else [])


def _tall(lines: Sequence[str], geometry: HeatGeometry) -> float:
    return max(geometry.tall, LEADING * len(lines) + 6)


def _cut(text: str, letters: int, lines: int) -> list[str]:
    return wrap(text, room_for(text, letters), max_lines=lines, placeholder="…") or [""]


def _beside(lines: Sequence[str], middle: float) -> Iterator[Text]:
    first = middle - LEADING * (len(lines) - 1) / 2 + TEXT_DROP
    for at, words in enumerate(lines):
        yield Text(0, round(first + LEADING * at, 2), words)


def _n(value: float) -> str:
    return f"{round(value, 2):g}"
