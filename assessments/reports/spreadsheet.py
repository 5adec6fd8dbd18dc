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
from typing import Any

from assessments.reports.office import holdable, settled

LONGEST_TEXT = 32_767
"""What a cell of Excel holds, in characters."""
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""An underscore that spreadsheet programs would take for the beginning of a letter written by its number."""
FORMATS = {
    "text": "@",
    "whole": "0",
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


def new_book() -> Any:
    """A workbook without sheets."""
    from openpyxl import Workbook

    book = Workbook()
    del book[book.active.title]
    return book


def add_table(book: Any, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Any:
    """Add a sheet with one table: the head stays in sight and filters, each cell has the type of its column."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title[:31])
    for number, column in enumerate(columns, 1):
        put(sheet.cell(1, number), column.head).font = Font(bold=True)
        sheet.cell(1, number).alignment = Alignment(wrap_text=True, vertical="bottom")
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    for line, row in enumerate(rows, 2):
        for number, (column, value) in enumerate(zip(columns, row, strict=True), 1):
            put(sheet.cell(line, number), value, column.holds)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    _for_print(sheet)
    return sheet


def put(cell: Any, value: Value, holds: str = "text") -> Any:
    """Write one value: a text as text whatever it begins with, a fraction as a number, nothing for nothing."""
    from openpyxl.styles import Alignment

    if value is None or value == "":
        return cell
    if isinstance(value, str):
        cell.value = ESCAPE.sub(r"_x005F\g<0>", safe_text(value))
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
        cell.quotePrefix = True  # and so would Excel, once somebody has edited the cell
        cell.number_format = FORMATS["text"]
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell
    cell.value = float(value) if isinstance(value, Fraction) else value
    cell.number_format = FORMATS[holds]
    cell.alignment = Alignment(vertical="top")
    return cell


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


def _for_print(sheet: Any) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
