"""How a workbook to fill in looks: calm colours, white cells to write in, heads that stay, a page to print on."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

INK, SOFT, PAPER, SUNK, RULE, ACCENT = "1A2327", "4B565B", "FBFAF7", "F2F0EA", "DAD6CC", "12475A"
FAINT = "A9ABA6"
"""The colours of the pages (tokens.css), and one for what nobody needs to read."""


def dress_lesson(sheet: Any, widths: Mapping[str, int], head: int, *, open_columns: Sequence[int]) -> None:
    """A lesson's sheet: title, hint, heads in row `head`, and below them only `open_columns` open to be written in."""
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    for number, width in enumerate(widths.values(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    _line(sheet, 1, font(bold=True, size=15, color=ACCENT), 26)
    _line(sheet, 2, font(size=10, color=SOFT), 20)
    for cell in sheet[head]:
        cell.font = font(bold=True, size=10, color="FFFFFF")
        cell.fill = _fill(ACCENT)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[head].height = 30
    for row in sheet.iter_rows(min_row=head + 1, max_col=len(widths)):
        for number, cell in enumerate(row, 1):
            _cell(cell, is_open=number in open_columns)
        sheet.row_dimensions[row[0].row].height = height_of(row, list(widths.values()))
        row[1].font = font(bold=True, size=10, color=INK)
        row[-1].font = font(size=7, color=FAINT)
        row[-1].alignment = Alignment(vertical="top", shrink_to_fit=True)
    sheet.freeze_panes = sheet.cell(head + 1, 3)
    protect(sheet)
    for_print(sheet, f"{head}:{head}")


def height_of(cells: Iterable[Any], widths: Sequence[int], size: int = 10) -> float:
    """How high a row must be for its texts, in points, reckoned from their letters; Excel ends at 409.

    LibreOffice and Google Sheets give a row without a height the room of a single line.
    """
    lines = [lines_of(str(cell.value or ""), width) for cell, width in zip(cells, widths, strict=True)]
    return min(max(lines, default=1) * size * 1.28 + 4, 409)


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of so many letters, as its font runs."""
    return sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))


def _line(sheet: Any, row: int, letters: Any, height: int) -> None:
    from openpyxl.styles import Alignment

    sheet.cell(row, 1).font = letters
    sheet.cell(row, 1).alignment = Alignment(vertical="center")
    sheet.row_dimensions[row].height = height


def _cell(cell: Any, *, is_open: bool) -> None:
    from openpyxl.styles import Alignment, Border, Protection, Side

    side = Side("thin", color="727D82" if is_open else RULE)
    cell.border = Border(side, side, side, side)
    cell.font = font(size=10, color=INK if is_open else SOFT)
    cell.fill = _fill("FFFFFF" if is_open else SUNK)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.number_format = "@"
    cell.protection = Protection(locked=not is_open)


def close(cell: Any) -> None:
    """A cell in an open column that there is nothing to say in."""
    from openpyxl.styles import Border, Protection, Side

    side = Side("thin", color=RULE)
    cell.border = Border(side, side, side, side)
    cell.fill = _fill(SUNK)
    cell.protection = Protection(locked=True)


def protect(sheet: Any) -> None:
    """Only open cells can be written in. There is no password: it keeps slips out, not people."""
    sheet.protection.sheet = True
    sheet.protection.formatRows = sheet.protection.formatColumns = False  # which allows both


def hide(sheet: Any) -> None:
    """A sheet that people need not see."""
    sheet.sheet_state = "hidden"
    protect(sheet)


def for_print(sheet: Any, titles: str = "") -> None:
    """A4 across, as wide as the page, the heads on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if titles:
        sheet.print_title_rows = titles


def font(**looks: Any) -> Any:
    """A font of this file: one family, which every spreadsheet program has or stands in for."""
    from openpyxl.styles import Font

    return Font(name="Calibri", family=2, **looks)


def _fill(colour: str) -> Any:
    from openpyxl.styles import PatternFill

    return PatternFill("solid", fgColor=colour)
