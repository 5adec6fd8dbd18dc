"""A workbook that came back → its lines, or everything that is wrong with it, each with its sheet and cell.

Rows are known by their keys and columns by their heads, in whatever order they stand and on whatever sheet. Nothing is
taken over by halves: where something is wrong, nothing is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from assessments.interchange import filled
from assessments.interchange.documents import Playbook
from assessments.interchange.faults import shortened
from assessments.interchange.filled import (
    LONGEST_NOTE,
    LONGEST_REASON,
    NOT_APPLICABLE,
    Before,
    Entry,
    Filled,
    Line,
    readable,
)
from assessments.reports.fill_in_answers import Answering, NoAnswer
from assessments.reports.fill_in_faults import MOST_TOLD, SheetFault, WorkbookError, refused
from assessments.reports.fill_in_package import damaged, meant, opened
from assessments.reports.fill_in_words import ANSWER, KEY, LISTS, NOTE, READ, REASON, heads_in_every_language, plain

MOST_SHEETS = 200
MOST_CELLS = 1_500_000
"""Of all sheets, empty ones too; an empty row counts as one. A sheet has at most 1,048,576 rows."""


@dataclass(frozen=True)
class Cell:
    """A cell that holds something, `at` its place, such as C4."""

    value: Any
    at: str
    is_formula: bool = False


Row = Mapping[int, Cell]
"""The cells of a row that hold something, by column."""


def read_fill_in(data: bytes, playbooks: Mapping[str, Playbook], assessment: int) -> Filled:
    """The lines of a workbook, in playbook order. Raises WorkbookError with all that is wrong.

    `playbooks`: the version that the assessment is on, in every language of the site. A criterion that the workbook
    has no row for has no line; without its hidden sheet it is read all the same, and its lines know no `before`.
    """
    playbook = next(iter(playbooks.values()))
    sheets = list(_sheets(opened(data)))
    before = _downloaded(sheets, playbook, assessment)
    reading = _Reading(Answering(playbooks), before or {})
    for title, rows in sheets:
        if title != LISTS and not _is_ours(rows):
            reading.sheet(title, rows)
    if not reading.lines and not reading.faults:
        raise refused(_("No answers were found in this file. Upload the workbook that you downloaded here."))
    reading.finish()
    lines = tuple(reading.lines[key].line for key in playbook.criterion if key in reading.lines)
    return Filled(lines, is_whole=before is not None)


# --- the cells --------------------------------------------------------------------------------------------------------


def _sheets(package: Any) -> Iterator[tuple[str, list[Row]]]:
    """The sheets with their rows that hold something. Raises WorkbookError for what openpyxl cannot make sense of."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(package, read_only=True, keep_links=False)
        found = [sheet for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")]
        if len(found) > MOST_SHEETS:
            raise refused(_many("sheets"))
        seen = 0
        for sheet in found:
            sheet.reset_dimensions()
            rows: list[Row] = []
            for cells in sheet.iter_rows():
                seen += len(cells) or 1
                if seen > MOST_CELLS:
                    raise refused(_many("rows"))
                if row := _row(cells):
                    rows.append(row)
            yield sheet.title, rows
    except WorkbookError:
        raise
    except Exception as error:  # it raises what it likes for a part that is not as it should be
        raise refused(damaged()) from error


def _many(what: str) -> str:
    if what == "sheets":
        return _("The workbook has more than {most} sheets. Delete those that you added.").format(most=MOST_SHEETS)
    return _("The sheets have too many rows. Copy your answers into a new download.")


def _row(cells: Sequence[Any]) -> Row:
    return {
        column: Cell(
            meant(cell.value) if isinstance(cell.value, str) else cell.value, cell.coordinate, cell.data_type == "f"
        )
        for column, cell in enumerate(cells)
        if cell.value is not None and cell.value != ""
    }


def _text(cell: Cell | None) -> str:
    """What a cell says as text: a number or a date that a program made of it is written out again."""
    if cell is None:
        return ""
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\r", "\n") if not isinstance(value, timedelta) else str(value)


# --- what was downloaded ----------------------------------------------------------------------------------------------


def _downloaded(
    sheets: Sequence[tuple[str, list[Row]]], playbook: Playbook, assessment: int
) -> dict[str, Before] | None:
    """What stood at each criterion when the file was made; None where the hidden sheet is gone.

    Raises WorkbookError where the file was made for something else.
    """
    for title, rows in sheets:
        texts = [[_text(row.get(column)) for column in range(6)] for row in rows]
        if any(cells[0].strip() == "schema" and cells[1].strip() == filled.SCHEMA for cells in texts[:10]):
            said = {cells[0].strip(): cells[1].strip() for cells in texts[:10]}
            _check_meant(said, playbook, assessment, title)
            return {cells[0].strip(): _before(cells) for cells in texts if cells[0].strip() in playbook.criterion}
    return None


def _check_meant(said: Mapping[str, str], playbook: Playbook, assessment: int, title: str) -> None:
    if said.get("playbook", playbook.key) != playbook.key:
        raise refused(
            _("This file is for the playbook {theirs}; the assessment is on {ours}. Download a new file here.").format(
                theirs=shortened(said["playbook"]), ours=playbook.key
            )
        )
    if said.get("assessment", str(assessment)) != str(assessment):
        raise refused(
            _("This file was downloaded from another assessment. Upload it there, or download a new one here.")
        )
    if said.get("version", playbook.version) != playbook.version:
        raise refused(
            _(
                "This file is for version {theirs}; the assessment is on version {ours} now. Download a new file, and "
                "copy your answers into it."
            ).format(theirs=shortened(said["version"]), ours=playbook.version)
        )


def _before(cells: Sequence[str]) -> Before:
    _key, revision, mark, answer, reason, note = cells
    number = revision.strip()
    entry = Entry(int(answer) if answer.strip().isdecimal() else answer.strip() or None, reason, note)
    return Before(entry, int(number) if number.isdecimal() and len(number) < 10 else 0, mark.strip())


# --- the lines --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    line: Line
    sheet: str
    at: str


class _Reading:
    """Collects lines and faults, sheet by sheet."""

    def __init__(self, answering: Answering, before: Mapping[str, Before]) -> None:
        self.answering, self.before = answering, before
        self.heads = heads_in_every_language()
        self.lines: dict[str, _Found] = {}
        self.faults: list[SheetFault] = []

    def finish(self) -> None:
        """Raise WorkbookError if anything was wrong."""
        if self.faults:
            more = len(self.faults) - MOST_TOLD
            rest = [SheetFault(_("And {count} more like these.").format(count=more))] if more > 0 else []
            raise WorkbookError([*self.faults[:MOST_TOLD], *rest])

    def sheet(self, title: str, rows: Sequence[Row]) -> None:
        """Read one sheet. What has no heads of ours is somebody's own, unless it has our keys."""
        columns: dict[str, int] = {}
        lost = None
        for row in rows:
            heads = self._heads(row)
            if {KEY, ANSWER} <= heads.keys() or {KEY, NOTE} <= heads.keys():
                columns = heads
            elif columns:
                self._line(title, columns, row)
            elif lost is None:
                lost = self._stray(row)
        if lost is not None and not columns:
            self._fault(title, lost, _("The heads of this sheet are gone. Write Key and Answer above their columns."))

    def _heads(self, row: Row) -> dict[str, int]:
        found: dict[str, int] = {}
        for column, cell in row.items():
            name = self.heads.get(plain(cell.value).strip(" :*"))
            if name and name not in found:
                found[name] = column
        return found

    def _stray(self, row: Row) -> str | None:
        """Where a key stands in a row of a sheet without heads."""
        keys = self.answering.criterion
        return next((cell.at for cell in row.values() if isinstance(cell.value, str) and cell.value in keys), None)

    def _fault(self, sheet: str, cell: str, message: str) -> None:
        self.faults.append(SheetFault(message, sheet, cell))

    def _line(self, title: str, columns: Mapping[str, int], row: Row) -> None:
        cells = {name: row[columns[name]] for name in READ if name in columns and columns[name] in row}
        if not cells:
            return
        formulas = [cell for cell in cells.values() if cell.is_formula]
        for cell in formulas:
            self._fault(title, cell.at, _("holds a formula. Write the text or the number itself."))
        key = self._key(title, cells) if KEY not in cells or not cells[KEY].is_formula else None
        if key is None or formulas:
            return
        says = frozenset(part for part, name in ((filled.ANSWER, ANSWER), (filled.NOTE, NOTE)) if name in columns)
        line = Line(key, self._entry(title, key, cells), self.before.get(key), says)
        self._keep(_Found(line, title, cells[KEY].at))

    def _key(self, title: str, cells: Mapping[str, Cell]) -> str | None:
        if KEY not in cells:
            at = next(iter(cells.values())).at
            self._fault(
                title, at, _("stands in a row without a key. Copy the key of the criterion from a new download.")
            )
            return None
        key = _text(cells[KEY]).strip()
        if key not in self.answering.criterion:
            words = _("“{key}” is the key of no criterion. Copy the right one from a new download, or clear the row.")
            self._fault(title, cells[KEY].at, words.format(key=shortened(key)))
            return None
        return key

    def _keep(self, found: _Found) -> None:
        first = self.lines.setdefault(found.line.key, found)
        if first is not found and first.line != found.line:
            words = _(
                "“{key}” stands here a second time and says something else; first in {sheet}, {cell}. Keep one row."
            )
            told = words.format(key=shortened(found.line.key), sheet=first.sheet, cell=first.at)
            self._fault(found.sheet, found.at, told)

    def _entry(self, title: str, key: str, cells: Mapping[str, Cell]) -> Entry:
        before = self.before.get(key)
        stood = before.entry if before else Entry()
        note = self._short(title, cells.get(NOTE), stood.note, LONGEST_NOTE)
        reason = self._short(title, cells.get(REASON), stood.reason, LONGEST_REASON)
        try:
            answer = self.answering.answer(key, cells[ANSWER].value if ANSWER in cells else None)
        except NoAnswer as problem:
            self._fault(title, cells[ANSWER].at, str(problem))
            return Entry(note=note)
        entry = Entry(answer, reason, note)
        if answer != NOT_APPLICABLE:
            if reason.strip() and reason != stood.reason:
                told = _("gives a reason, but the answer is not “Not applicable”. Choose that, or move it to the note.")
                self._fault(title, cells[REASON].at, told)
            return replace(entry, reason="")
        if not reason.strip() and stood.choice != entry.choice:
            told = _("says “Not applicable” without a reason. Write beside it why it does not apply.")
            self._fault(title, cells[ANSWER].at, told)
        return entry

    def _short(self, title: str, cell: Cell | None, stood: str, most: int) -> str:
        """A text that is short enough, or stood there before."""
        text = _text(cell)
        if text == stood:
            return text
        text = readable(text).strip()
        if cell and len(text) > most:
            words = _("has {count} characters; at most {most} can be kept. Shorten it.")
            self._fault(title, cell.at, words.format(count=len(text), most=most))
        return text


def _is_ours(rows: Sequence[Row]) -> bool:
    """Whether a sheet is the hidden one that says what was downloaded."""
    return any(_text(cell) == filled.SCHEMA for row in rows[:10] for cell in row.values())
