"""Workbooks as we write them: heads that stay, filters, typed cells, text that is never a formula, settled bytes.

openpyxl takes a text that begins with = for a formula, refuses control characters, and writes the time of day into the
file. What is written through here has none of that.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from textwrap import wrap
from typing import Any

from assessments.reports.office import holdable, settled

LONGEST_TEXT = 32_767
"""What a cell of Excel holds, in characters."""
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""An underscore that spreadsheet programs would take for the beginning of a letter written by its number."""
FACE, SIZE = "Calibri", 11
"""Of all cells, as Excel and openpyxl have it."""
LINE, HIGHEST = 15.0, 409.0
"""How high a line of a cell is, and the highest row that Excel knows, in points."""
LETTERS_IN_A_WIDTH = 1.0
"""How many letters of a text go into the width of a digit, by which columns are measured."""
WIDTH_OF_PAGE = 170
"""How wide the columns on a page of A4 may be and still be read."""
FORMATS = {
    "text": "@",
    "whole": "0",
    "weight": "General",
    "points": "0.0",
    "percent": "0%",
    "date": "yyyy-mm-dd",
    "time": "yyyy-mm-dd hh:mm",
}

Value = str | int | float | Fraction | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column: its head, its width in characters, and what its cells hold, one of `FORMATS`."""

    head: str
    width: int = 14
    holds: str = "text"


@dataclass(frozen=True)
class Held:
    """A value of another type than the rest of its column."""

    value: Value
    holds: str


def new_book() -> Any:
    """A workbook without sheets."""
    from openpyxl import Workbook

    book = Workbook()
    del book[book.active.title]
    return book


def add_table(
    book: Any,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence["Value | Held"]],
    *,
    note: str = "",
    frozen: int = 1,
) -> Any:
    """Add a sheet with one table: the head stays in sight and filters, each cell has the type of its column.

    So do the first `frozen` columns. A `note` stands above the head.
    """
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title[:31])
    top = 2 if note else 1
    if note:
        _as_note(put(sheet.cell(1, 1), note))
    heads = [sheet.cell(top, number) for number in range(1, len(columns) + 1)]
    for head, column in zip(heads, columns, strict=True):
        _as_head(put(head, column.head), column)
        sheet.column_dimensions[head.column_letter].width = column.width
    sheet.row_dimensions[top].height = _height(heads, columns, bold=True)
    last = top
    for last, row in enumerate(rows, top + 1):
        cells = [sheet.cell(last, number) for number in range(1, len(columns) + 1)]  # sheet[last] looks at every cell
        for cell, column, value in zip(cells, columns, row, strict=True):
            _put_into(cell, column, value)
        sheet.row_dimensions[last].height = _height(cells, columns)
    sheet.freeze_panes = sheet.cell(top + 1, frozen + 1)
    sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(columns))}{last}"
    _for_print(sheet, columns, top, frozen)
    return sheet


def _put_into(cell: Any, column: Column, value: "Value | Held") -> None:
    """What is of another type than its column stands where texts stand."""
    if isinstance(value, Held):
        put(cell, value.value, value.holds).alignment = _at("left", wrap=True)
    else:
        put(cell, value, column.holds)


def put(cell: Any, value: Value, holds: str = "text") -> Any:
    """Write one value: a text as text whatever it begins with, a fraction as a number, nothing for nothing."""
    if value is None or value == "":
        return cell
    if isinstance(value, str):
        cell.value = ESCAPE.sub(r"_x005F\g<0>", safe_text(value))
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
        cell.quotePrefix = True  # and so would Excel, once somebody has edited the cell
        cell.number_format = FORMATS["text"]
        cell.alignment = _at(None, wrap=True)
        return cell
    cell.value = float(value) if isinstance(value, Fraction) else value
    cell.number_format = FORMATS[holds]
    cell.alignment = _at("right", indent=1)
    return cell


@cache
def _at(side: str | None, *, wrap: bool = False, indent: int = 0) -> Any:
    """How a value stands in its cell: at the top. Made once, since a book has tens of thousands of cells."""
    from openpyxl.styles import Alignment

    return Alignment(horizontal=side, vertical="top", wrap_text=wrap, indent=indent)


def safe_text(text: str) -> str:
    """Text as a workbook can hold it: no control characters, line ends as one character, no longer than a cell."""
    return holdable(text)[:LONGEST_TEXT]


def written(book: Any, *, title: str, dated: date) -> bytes:
    """The workbook as bytes; the same book and date give the same bytes."""
    moment = datetime(dated.year, dated.month, dated.day)
    book.properties.title = safe_text(title)
    book.properties.creator = "Hub Playbook"
    book.properties.created = moment
    stream = io.BytesIO()
    book.save(stream)
    return settled(stream.getvalue(), moment)


def _height(cells: Sequence[Any], columns: Sequence[Column], *, bold: bool = False) -> float:
    """Room for the longest text of a row: what writes a file has to give it, or texts stand over one another."""
    letters = LETTERS_IN_A_WIDTH * (0.85 if bold else 1)
    lines = (
        _lines(cell.value, max(int(column.width * letters), 1)) for cell, column in zip(cells, columns, strict=True)
    )
    return min(LINE * max(1, *lines), HIGHEST)


def _lines(text: Any, letters: int) -> int:
    """In how many lines a text stands: counted word by word where it is short, else by its length."""
    if not isinstance(text, str):
        return 1
    if len(text) < 250:
        return sum(len(wrap(line, letters)) or 1 for line in text.split("\n"))
    return sum(len(line) // letters + 1 for line in text.split("\n")) + 1


def _as_head(cell: Any, column: Column) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side

    at_right = column.holds != "text"
    cell.font = Font(name=FACE, sz=SIZE, bold=True)
    cell.alignment = Alignment("right" if at_right else None, "bottom", indent=int(at_right), wrap_text=True)
    cell.border = Border(bottom=Side("medium"))


def _as_note(cell: Any) -> None:
    """It runs on over the empty cells beside it."""
    from openpyxl.styles import Alignment, Font

    cell.font = Font(name=FACE, sz=SIZE, italic=True)
    cell.alignment = Alignment(wrap_text=False, vertical="top")


def _for_print(sheet: Any, columns: Sequence[Column], top: int, frozen: int) -> None:
    """On A4, as many pages side by side as it takes to be read; head and first columns stand on each."""
    from openpyxl.utils import get_column_letter

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    pages = max(1, round(sum(column.width for column in columns) / WIDTH_OF_PAGE))
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{top}:{top}"
    sheet.print_title_cols = f"A:{get_column_letter(frozen)}"
    sheet.oddFooter.center.text = "&P / &N"
