"""Places × lessons, or places × criteria, of one playbook: what the heat map shows as table and as picture.

Pure: standings in, plain values out. Places stand in the order in which they are given, or in that of one column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from assessments.findings import heat_words
from assessments.findings.cells import APART, MEANINGS, WITHHELD, Cell, criterion_cell, lesson_cell, meaning, score_cell
from assessments.findings.findings import Findings
from assessments.findings.held import Held, newest, source
from assessments.findings.portfolio import PlaceStanding
from assessments.findings.sentences import points
from assessments.interchange.documents import Playbook
from assessments.wording import gettext as _

LESSONS, CRITERIA = "lessons", "criteria"
OVERALL = "overall-score"
"""The key of the last column beside the lessons."""
EXAMPLES = {WITHHELD: "40–60?", APART: "50*"}
"""How a key shows what has another sign in each cell."""
LEAST_SUMMED_UP = 3
"""Fewer places than that need no lowest, median and highest."""


@dataclass(frozen=True)
class HeatColumn:
    """A lesson, a criterion or the whole. `number` as people say it (1 or 1.2); `lesson`: the title above it."""

    key: str
    number: str
    title: str
    lesson: str = ""
    top: int = 100

    @property
    def label(self) -> str:
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True)
class HeatRow:
    """A place with a cell for each column."""

    standing: PlaceStanding
    version: str
    on_newest: bool
    is_final: bool
    cells: tuple[Cell, ...]

    @property
    def note(self) -> str:
        """What else must be known of the place to read its row."""
        told = [] if self.on_newest else [_("version {version}").format(version=self.version)]
        return ", ".join([*told, *([] if self.is_final else [_("not submitted")])])


@dataclass(frozen=True)
class LeftOut:
    """A place that the heat map cannot show, and why."""

    standing: PlaceStanding
    why: str


@dataclass(frozen=True)
class HeatMap:
    by: str
    playbook: Playbook
    columns: tuple[HeatColumn, ...]
    rows: tuple[HeatRow, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def title(self) -> str:
        if self.by == LESSONS:
            return _("The places by lesson")
        return _("The places by criterion")

    @property
    def sentence(self) -> str:
        """What stands out, said only as far as the figures carry it."""
        if self.by == LESSONS:
            return heat_words.lessons(list(self.together()), [each.title for each in self._lessons], len(self.rows))
        return heat_words.criteria(self.often_below, len(self.rows))

    @property
    def scale(self) -> tuple[tuple[int, str], ...]:
        """The tones in words, each as (tone, from where to where)."""
        if self.by == LESSONS:
            return tuple(enumerate(("0–12", "13–37", "38–62", "63–87", "88–100")))
        tops = {column.top for column in self.columns}
        if tops == {4}:
            return tuple((level, _("Level {level}").format(level=level)) for level in range(5))
        return (0, _("lowest level")), (2, _("middle level")), (4, _("highest level"))

    @property
    def meanings(self) -> tuple[tuple[str, str, str], ...]:
        """What the cells without a figure mean, each as (kind, sign, words); only those that there are."""
        found = {cell.kind: cell.sign for row in self.rows for cell in row.cells}
        return tuple((kind, EXAMPLES.get(kind) or found[kind], meaning(kind)) for kind in MEANINGS if kind in found)

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """The titles above several columns, each with how many; nothing where there are none."""
        counts = {column.lesson: 0 for column in self.columns if column.lesson}
        for column in self.columns:
            if column.lesson:
                counts[column.lesson] += 1
        return tuple(counts.items())

    @property
    def summary(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Lowest, median and highest of each column and how many have a figure, where enough places are shown."""
        if len(self.rows) < LEAST_SUMMED_UP:
            return ()
        known = [self._values(at) for at in range(len(self.columns))]
        return (
            (_("Lowest"), tuple(self._said(min(each, default=None)) for each in known)),
            (_("Median"), tuple(self._said(median(each) if each else None) for each in known)),
            (_("Highest"), tuple(self._said(max(each, default=None)) for each in known)),
            (_("Places with a figure"), tuple(str(len(each)) for each in known)),
        )

    @property
    def often_below(self) -> tuple["OftenBelow", ...]:
        """How often each criterion is below its target, the most frequent first; only those that are at all."""
        found = [self._below(at, column) for at, column in enumerate(self.columns)]
        return tuple(sorted((each for each in found if each.below), key=lambda each: (-each.below, each.known)))

    def together(self) -> Iterator[tuple[Fraction, ...]]:
        """The figures of the places that have one for every lesson: they alone may be told across the lessons."""
        for row in self.rows:
            values = [cell.value for cell in row.cells[: len(self._lessons)]]
            if all(value is not None for value in values):
                yield tuple(value for value in values if value is not None)

    @property
    def _lessons(self) -> tuple[HeatColumn, ...]:
        return tuple(column for column in self.columns if column.key != OVERALL)

    def _values(self, at: int) -> list[Fraction]:
        return [value for row in self.rows if (value := row.cells[at].value) is not None]

    def _said(self, value: Fraction | None) -> str:
        """Points are whole; the median of levels can lie between two."""
        if value is None:
            return "–"
        return points(value) if self.by == LESSONS else f"{float(value):g}"

    def _below(self, at: int, column: HeatColumn) -> "OftenBelow":
        cells = [row.cells[at] for row in self.rows if row.cells[at].value is not None]
        return OftenBelow(column, sum(cell.below for cell in cells), len(cells))


@dataclass(frozen=True)
class OftenBelow:
    """In so many of the places that gave it a level a criterion is below its target."""

    column: HeatColumn
    below: int
    known: int

    @property
    def in_most(self) -> bool:
        return self.known > 1 and 2 * self.below > self.known


def playbooks_of(standings: Sequence[PlaceStanding]) -> tuple[tuple[str, str, int], ...]:
    """The playbooks that the places are on, each as (key, title, how many places), the most frequent first."""
    found: dict[str, list[Findings]] = {}
    for standing in standings:
        if standing.findings is not None:
            found.setdefault(standing.findings.playbook.key, []).append(standing.findings)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple((key, shown_playbook(each).title, len(each)) for key, each in ranked)


def heat_map(
    standings: Sequence[PlaceStanding], by: str = LESSONS, *, playbook: str = "", order: str = ""
) -> HeatMap | None:
    """The heat map of the places on one playbook, by its key, else of the playbook that most are on.

    `by` is LESSONS or CRITERIA. `order` is the key of a column, whose highest figures come first, or nothing for the
    order given. None where no place has answered anything.
    """
    known = [key for key, _title, _count in playbooks_of(standings)]
    if not known:
        return None
    key = playbook if playbook in known else known[0]
    taken = [(each, each.findings) for each in standings if each.findings and each.findings.playbook.key == key]
    shown, last = (
        shown_playbook([findings for _standing, findings in taken]),
        newest(source(f) for _standing, f in taken),
    )
    columns = tuple(_lesson_columns(shown) if by == LESSONS else _criterion_columns(shown))
    rows = [_row(standing, Held(findings, last), by, columns) for standing, findings in taken]
    left_out = tuple(LeftOut(each, _why(each.findings)) for each in standings if each not in [s for s, _f in taken])
    return HeatMap(by, shown, columns, tuple(_ordered(rows, columns, order)), left_out)


def shown_playbook(findings: Sequence[Findings]) -> Playbook:
    """Of findings on one playbook, its newest version as it is read."""
    last = newest(source(each) for each in findings)
    return next(each.playbook for each in findings if source(each).version == last.version)


def _lesson_columns(playbook: Playbook) -> Iterator[HeatColumn]:
    for number, lesson in enumerate(playbook.lessons, 1):
        yield HeatColumn(lesson.key, f"{number}.", lesson.title)
    yield HeatColumn(OVERALL, "", _("Overall"))


def _criterion_columns(playbook: Playbook) -> Iterator[HeatColumn]:
    for number, lesson in enumerate(playbook.lessons, 1):
        for criterion in lesson.criteria:
            above = f"{number}. {lesson.title}"
            yield HeatColumn(criterion.key, playbook.label[criterion.key], criterion.title, above, criterion.top)


def _row(standing: PlaceStanding, held: Held, by: str, columns: Sequence[HeatColumn]) -> HeatRow:
    if by == LESSONS:
        cells = [lesson_cell(held.lesson(column.key)) for column in columns[:-1]] + [score_cell(held.overall)]
    else:
        cells = [criterion_cell(held.criterion(column.key)) for column in columns]
    found = held.findings
    return HeatRow(standing, source(found).version, held.is_on_it, found.is_final, tuple(cells))


def _ordered(rows: list[HeatRow], columns: Sequence[HeatColumn], order: str) -> list[HeatRow]:
    at = next((at for at, column in enumerate(columns) if column.key == order), None)
    if at is None:
        return rows
    return sorted(rows, key=lambda row: -(-1 if (value := row.cells[at].value) is None else value))


def _why(findings: Findings | None) -> str:
    if findings is None:
        return _("Nothing has been answered yet.")
    return _("It is on another playbook: {playbook}.").format(playbook=findings.playbook.title)
