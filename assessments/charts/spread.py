"""How a group's levels spread on one criterion → the picture, its sentence and its table, from the same figures.

Levels stand side by side: a bar for how many gave each, under it its number, ringed where it is the suggested one, and
a disc at the mean; then a row for each role that may be shown, with how many gave each level. For phones, pages, paper
and walls: all in user units.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from assessments.charts.chart import labelled, tone
from assessments.charts.drawing import LEADING, TEXT_DROP, Text, in_lines
from assessments.findings.voices import RoleSpread, Spread
from assessments.findings.voices_words import hundredths, not_shown, tenths, told
from assessments.interchange.documents import Playbook
from assessments.wording import gettext as _
from assessments.wording import ngettext

GAP, CELL = 6, 30
UNDER = 62  # from the foot of the bars past the numbers of the levels to the end of the row with the mean


@dataclass(frozen=True)
class SpreadGeometry:
    """Measures in user units: `tall` is the highest bar. `over`: labels stand above their rows."""

    name: str
    width: int
    left: int
    right: int
    letters: int
    tall: int
    over: bool = False


WIDE = SpreadGeometry("wide", width=720, left=208, right=64, letters=27, tall=132)
NARROW = SpreadGeometry("narrow", width=340, left=0, right=44, letters=42, tall=104, over=True)


@dataclass(frozen=True)
class SpreadMark:
    """A shape; its class is its colour, never its only sign."""

    kind: str
    path: str


@dataclass(frozen=True)
class SpreadWord:
    """A text of a kind: of a class in charts.css."""

    kind: str
    at: Text


@dataclass(frozen=True)
class SpreadPicture:
    name: str
    width: int
    height: float
    grid: str
    marks: tuple[SpreadMark, ...]
    words: tuple[SpreadWord, ...]


@dataclass(frozen=True)
class SpreadRow:
    """A row of the picture and of the table: who, how many gave each level, their mean."""

    label: str
    counts: tuple[int, ...]
    mean: Fraction

    @property
    def answered(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class SpreadChart:
    """One criterion's picture. `rows` are the roles that may be shown, and what may be told of the others."""

    key: str
    title: str
    sentence: str
    spread: Spread
    rows: tuple[SpreadRow, ...]
    in_a_room: bool = False
    """Where naming a role is a choice, nothing is said of roles if none is told apart."""

    @cached_property
    def wide(self) -> SpreadPicture:
        """For desktops, walls and paper."""
        return _Sheet(self, WIDE).picture()

    @cached_property
    def narrow(self) -> SpreadPicture:
        """For phones."""
        return _Sheet(self, NARROW).picture()

    @property
    def columns(self) -> tuple[str, ...]:
        levels = [_("Level {level}").format(level=level) for level in range(self.spread.criterion.top + 1)]
        return (_("Role"), _("Gave a level"), _("Mean"), *levels)

    @property
    def table(self) -> tuple[tuple[str, ...], ...]:
        result = self.spread.result
        if result is None:
            return ()
        label = _("All") if self.spread.is_one_group else _("All, each role counting once")
        everyone = SpreadRow(label, self.spread.counts, result.mean)
        return tuple(_cells(row) for row in [*self.rows, everyone])

    @property
    def labelled(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        return labelled(self.columns, self.table)

    @property
    def figures(self) -> tuple[tuple[str, str], ...]:
        """The engine's figures with their names."""
        result = self.spread.result
        if result is None:
            return ()
        consensus = (
            _("None: fewer than three gave a level") if result.consensus is None else hundredths(result.consensus)
        )
        between = () if self.spread.is_one_group else ((_("Spread between roles"), tenths(result.spread)),)
        return (
            (_("Suggested level"), str(result.suggested)),
            (_("Mean"), tenths(result.mean)),
            (_("Consensus"), consensus),
            *between,
            (_("To discuss"), _("Yes") if result.discuss else _("No")),
        )

    @property
    def not_shown(self) -> str:
        return "" if self.in_a_room and self.spread.is_one_group else not_shown(self.spread)


def spread_chart(playbook: Playbook, spread: Spread, *, in_a_room: bool = False) -> SpreadChart:
    """The picture of what was given to one criterion. Role names are those of the playbook as it is read."""
    name = {role.key: role.name for role in playbook.roles}
    rows = [_row(name[each.role], each) for each in spread.roles]
    if spread.together and not spread.is_one_group:
        rows.append(_row(_("Others, together"), spread.together))
    return SpreadChart(
        key=spread.criterion.key,
        title=_("What was said on {number} {title}").format(
            number=playbook.label[spread.criterion.key], title=spread.criterion.title
        ),
        sentence=told(spread),
        spread=spread,
        rows=tuple(rows),
        in_a_room=in_a_room,
    )


def _row(label: str, found: RoleSpread) -> SpreadRow:
    return SpreadRow(label, found.counts, found.mean)


def _cells(row: SpreadRow) -> tuple[str, ...]:
    return (row.label, str(row.answered), tenths(row.mean), *(str(count) for count in row.counts))


@dataclass(frozen=True)
class _Sheet:
    chart: SpreadChart
    geometry: SpreadGeometry

    def picture(self) -> SpreadPicture:
        foot = self._foot
        places = list(self._places(foot + UNDER + 8))
        height = places[-1][1] + CELL + GAP if places else foot + UNDER
        marks = [*self._bars(foot), *self._ring(foot), *self._disc(foot)]
        words = [*self._all(foot), *self._numbers(foot), *self._mean(foot)]
        for row, y in places:
            marks += self._boxes(row, y)
            words += self._role(row, y)
        return SpreadPicture(
            name=self.geometry.name,
            width=self.geometry.width,
            height=height,
            grid=self._grid(foot, places),
            marks=tuple(marks),
            words=tuple(words),
        )

    @property
    def _foot(self) -> float:
        """Where the bars stand."""
        return self.geometry.tall + (46 if self.geometry.over else 24)

    @property
    def _top(self) -> int:
        return self.chart.spread.criterion.top

    @property
    def _column(self) -> float:
        return (self.geometry.width - self.geometry.left - self.geometry.right) / (self._top + 1)

    def _x(self, level: Fraction | int) -> float:
        """The middle of a level's column; of a mean, between two."""
        return self.geometry.left + self._column * (float(level) + 0.5)

    def _places(self, y: float) -> Iterator[tuple[SpreadRow, float]]:
        """Where the cells of each role begin."""
        for row in self.chart.rows:
            lines = len(self._label(row))
            if self.geometry.over:
                y += LEADING * lines + 6
                yield row, y
                y += CELL + GAP
            else:
                tall = max(CELL, LEADING * lines)
                yield row, y + (tall - CELL) / 2
                y += tall + GAP

    def _label(self, row: SpreadRow) -> list[str]:
        return in_lines(_counted(row), self.geometry.letters)

    def _grid(self, foot: float, places: Sequence[tuple[SpreadRow, float]]) -> str:
        """The ground of the bars, the line that the mean moves on, and one under every role's cells."""
        left, right = self.geometry.left, self.geometry.width - self.geometry.right
        lines = [f"M{_n(left)} {_n(foot)}H{_n(right)}", f"M{_n(self._x(0))} {_n(foot + 46)}H{_n(self._x(self._top))}"]
        return "".join([*lines, *(f"M{_n(left)} {_n(y + CELL + GAP / 2)}H{_n(right)}" for _row, y in places)])

    def _bars(self, foot: float) -> Iterator[SpreadMark]:
        most, wide = max(self.chart.spread.counts), self._column * 0.62
        for level, count in enumerate(self.chart.spread.counts):
            if count:
                tall = self.geometry.tall * count / most
                begin = self._x(level) - wide / 2
                path = f"M{_n(begin)} {_n(foot)}v{_n(-tall)}h{_n(wide)}v{_n(tall)}z"
                yield SpreadMark(f"level-{tone(level, self._top)}", path)

    def _all(self, foot: float) -> Iterator[SpreadWord]:
        number = self.chart.spread.answered
        words = ngettext("{number} gave a level", "{number} gave a level", number).format(number=number)
        yield SpreadWord("strong", Text(0, 16 if self.geometry.over else foot - 2 - TEXT_DROP, words))
        most = max(self.chart.spread.counts) or 1
        for level, count in enumerate(self.chart.spread.counts):
            if count:
                yield SpreadWord(
                    "number", Text(self._x(level), foot - self.geometry.tall * count / most - 7, str(count))
                )

    def _numbers(self, foot: float) -> Iterator[SpreadWord]:
        if not self.geometry.over:
            yield SpreadWord("soft", Text(0, foot + 21, _("Level")))
        for level in range(self._top + 1):
            yield SpreadWord("number", Text(self._x(level), foot + 21, str(level)))

    def _ring(self, foot: float) -> Iterator[SpreadMark]:
        if self.chart.spread.result:
            x, y = self._x(self.chart.spread.result.suggested), foot + 16
            yield SpreadMark("suggested", f"M{_n(x - 15)} {_n(y - 12)}h30v24h-30z")

    def _disc(self, foot: float) -> Iterator[SpreadMark]:
        if self.chart.spread.result:
            x, y = self._x(self.chart.spread.result.mean), foot + 46
            yield SpreadMark("mean", f"M{_n(x - 7)} {_n(y)}a7 7 0 1 0 14 0a7 7 0 1 0-14 0z")

    def _mean(self, foot: float) -> Iterator[SpreadWord]:
        if self.chart.spread.result:
            y = foot + 46 + TEXT_DROP
            if not self.geometry.over:
                yield SpreadWord("soft", Text(0, y, _("Mean")))
            yield SpreadWord("figure", Text(self.geometry.width, y, tenths(self.chart.spread.result.mean)))

    def _boxes(self, row: SpreadRow, y: float) -> Iterator[SpreadMark]:
        wide = self._column - 4
        for level, count in enumerate(row.counts):
            if count:
                path = f"M{_n(self._x(level) - wide / 2)} {_n(y)}h{_n(wide)}v{CELL}h{_n(-wide)}z"
                yield SpreadMark(f"level-{tone(level, self._top)}", path)

    def _role(self, row: SpreadRow, y: float) -> Iterator[SpreadWord]:
        lines, middle = self._label(row), y + CELL / 2 + TEXT_DROP
        first = y - 7 - LEADING * (len(lines) - 1) if self.geometry.over else middle - LEADING * (len(lines) - 1) / 2
        for line, words in enumerate(lines):
            yield SpreadWord("text", Text(0, first + LEADING * line, words))
        for level, count in enumerate(row.counts):
            if count:
                yield SpreadWord(f"on-{tone(level, self._top)}", Text(self._x(level), middle, str(count)))
        yield SpreadWord("figure", Text(self.geometry.width, middle, tenths(row.mean)))


def _counted(row: SpreadRow) -> str:
    return _("{role} ({number})").format(role=row.label, number=row.answered)


def _n(value: float) -> str:
    return f"{round(value, 2):g}"
