"""Workbooks as we write them: heads that stay, filters, typed cells, text that is never a formula, settled bytes.

openpyxl takes a text that begins with = for a formula, refuses control characters, and writes the time of day into the
file. What is written through here has none of that.
"""

import io
import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from textwrap import wrap
from typing import Any

from assessments.reports import spreadsheet_look as look
from assessments.reports.office import holdable, settled

LONGEST_TEXT = 32_767
"""What a cell of Excel holds, in characters."""
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""An underscore that spreadsheet programs would take for the beginning of a letter written by its number."""
LINE, AIR, HIGHEST = 15.0, 5.0, 409.0
"""How high a line of a cell is, what a row has beyond its lines, and the highest row that Excel knows, in points."""
HIGH = 4 * LINE + AIR
"""Texts of a row that is higher begin at its top; in others all stand in the middle."""
EDGES = 2
"""How much of a column's width, in digits, a text keeps free."""
LETTERS_IN_A_WIDTH = 1.0
"""How many letters of a text go into the width of a digit, by which columns are measured."""
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
    """One column: its head, its width in characters, what its cells hold, one of `FORMATS`, and if rows go by it."""

    head: str
    width: int = 14
    holds: str = "text"
    strong: bool = False


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
        look.as_note(put(sheet.cell(1, 1), note))
        sheet.row_dimensions[1].height = LINE + 2 * AIR
    heads = [sheet.cell(top, number) for number in range(1, len(columns) + 1)]
    for head, column in zip(heads, columns, strict=True):
        look.as_head(put(head, column.head), at_right=column.holds != "text")
        sheet.column_dimensions[head.column_letter].width = column.width
    sheet.row_dimensions[top].height = _height([column.head for column in columns], columns) + AIR
    styles: dict[Any, Any] = {}
    last = top
    for last, row in enumerate(rows, top + 1):
        plain = [value.value if isinstance(value, Held) else value for value in row]
        height = sheet.row_dimensions[last].height = _height(plain, columns)
        for number, (column, value) in enumerate(zip(columns, row, strict=True), 1):
            _put_into(sheet.cell(last, number), column, value, styles, top=height > HIGH)
    sheet.freeze_panes = sheet.cell(top + 1, frozen + 1)
    sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(columns))}{last}"
    width = sum(column.width for column in columns)
    look.for_print(sheet, width=width, titles=f"{top}:{top}", columns=f"A:{get_column_letter(frozen)}")
    return sheet


def _put_into(cell: Any, column: Column, value: "Value | Held", styles: dict[Any, Any], *, top: bool) -> None:
    """What is of another type than its column stands where texts stand. `styles` keeps those of the sheet."""
    held = isinstance(value, Held)
    plain, holds = (value.value, value.holds) if isinstance(value, Held) else (value, column.holds)
    kind = (held, holds, column.strong, top, type(None) if plain == "" else type(plain))
    if kind in styles:
        _fill(cell, None if plain == "" else plain)
        cell._style = copy(styles[kind])  # openpyxl has styles copied like this
    else:
        put(cell, plain, holds)
        look.as_body(cell, strong=column.strong)
        at_left = held or isinstance(plain, str)
        cell.alignment = look.at("left" if at_left else "right", wrap=at_left, top=top)
        styles[kind] = cell._style


def put(cell: Any, value: Value, holds: str = "text") -> Any:
    """Write one value: a text as text whatever it begins with, a fraction as a number, nothing for nothing."""
    if value is None or value == "":
        return cell
    _fill(cell, value)
    if isinstance(value, str):
        cell.quotePrefix = True  # Excel would take it for a formula, once somebody has edited the cell
        cell.number_format = FORMATS["text"]
        cell.alignment = look.at("left", wrap=True)
    else:
        cell.number_format = FORMATS[holds]
        cell.alignment = look.at("right")
    return cell


def _fill(cell: Any, value: Value) -> None:
    if isinstance(value, str):
        cell.value = ESCAPE.sub(r"_x005F\g<0>", safe_text(value))
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    else:
        cell.value = float(value) if isinstance(value, Fraction) else value


def safe_text(text: str) -> str:
    """Text as a workbook can hold it: no control characters, line ends as one character, no longer than a cell."""
    return holdable(text)[:LONGEST_TEXT]


def written(book: Any, *, title: str, dated: date) -> bytes:
    """The workbook as bytes; the same book and date give the same bytes."""
    moment = datetime(dated.year, dated.month, dated.day)
    book.properties.title = safe_text(title)
    book.properties.creator = "Hub Playbook"
    book.properties.created = moment
    for sheet in (each for each in book if each.sheet_state == "visible"):
        look.as_printed(sheet, safe_text(title))
    stream = io.BytesIO()
    book.save(stream)
    return settled(stream.getvalue(), moment)


def _height(values: Sequence[Value], columns: Sequence[Column]) -> float:
    """Room for the longest text of a row: what writes a file has to give it, or texts stand over one another."""
    letters = (max(int((column.width - EDGES) * LETTERS_IN_A_WIDTH), 1) for column in columns)
    lines = (_lines(value, most) for value, most in zip(values, letters, strict=True))
    return min(LINE * max(1, *lines) + AIR, HIGHEST)


def _lines(text: Any, letters: int) -> int:
    """In how many lines a text stands: counted word by word where it is short, else by its length."""
    if not isinstance(text, str):
        return 1
    if len(text) < 250:
        return sum(len(wrap(line, letters)) or 1 for line in text.split("\n"))
    return sum(len(line) // letters + 1 for line in text.split("\n")) + 1
