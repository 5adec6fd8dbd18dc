"""How our workbooks look: heads on a ground of colour, thin rules, names in bold, and what each printed page is of.

Each style is made once: a book has tens of thousands of cells.
"""

from functools import cache
from typing import Any

from assessments.reports.sheets import light_colours

FACE, SIZE = "Calibri", 11
"""Of all cells, as Excel and openpyxl have it."""
LONGEST_HEAD = {"landscape": 70, "portrait": 52}
"""Most letters of what stands over each printed page; Excel has room for 255 with all marks, and & counts twice."""
UPRIGHT_WIDTH = 135
"""How wide the columns may be together, in digits, to stand on an upright page of A4."""
READABLE_WIDTH = 262
"""How wide they may be and still be read on one page of A4 across: in letters of 6 points."""
WIDTH_OF_PAGE = 170
"""How wide they are on each page where one is not enough."""


def as_head(cell: Any, *, at_right: bool) -> None:
    """The head of a column."""
    from openpyxl.styles import Alignment

    cell.font = _font(bold=True, colour="accent-ink", size=10)
    cell.fill = _fill("accent")
    cell.alignment = Alignment("right" if at_right else "left", "center", indent=1, wrap_text=True)


def as_note(cell: Any) -> None:
    """It runs on over the empty cells beside it."""
    from openpyxl.styles import Alignment

    cell.font = _font(italic=True, colour="ink-soft")
    cell.alignment = Alignment(horizontal="left", vertical="center", indent=1)


def as_body(cell: Any, *, strong: bool) -> None:
    """A cell of a table, empty or not: a thin rule below, and bold what its row goes by."""
    cell.font = _font(bold=strong, colour="ink")
    cell.border = _rule()


@cache
def at(side: str, *, wrap: bool = False, top: bool = False) -> Any:
    """How a value stands in its cell: off the edge, so that neighbours never touch; at the `top` of a high row."""
    from openpyxl.styles import Alignment

    return Alignment(horizontal=side, vertical="top" if top else "center", wrap_text=wrap, indent=1)


def for_print(sheet: Any, *, width: float, titles: str, columns: str) -> None:
    """On A4, `width` digits wide, on as few pages as can be read; `titles` and `columns` stand on each."""
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "portrait" if width <= UPRIGHT_WIDTH else "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    pages = 1 if width <= READABLE_WIDTH else max(2, round(width / WIDTH_OF_PAGE))
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows, sheet.print_title_cols = titles, columns


def as_printed(sheet: Any, title: str) -> None:
    """What stands over and under each printed page of a sheet: of what it is, the sheet's name, the page's number."""
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.header, margins.bottom, margins.footer = 0.8, 0.4, 0.7, 0.35
    accent, soft = _hex("accent"), _hex("ink-soft")
    _say(sheet.oddHeader.left, _escaped(title, LONGEST_HEAD[sheet.page_setup.orientation]), 12, accent, f"{FACE},Bold")
    _say(sheet.oddHeader.right, "&A", 12, accent, f"{FACE},Regular")
    _say(sheet.oddFooter.left, "Hub Playbook", 9, soft, f"{FACE},Regular")
    _say(sheet.oddFooter.right, "&P / &N", 9, soft, f"{FACE},Regular")


def _say(part: Any, text: str, size: int, colour: str, face: str) -> None:
    part.text, part.size, part.color, part.font = text, size, colour, face


def _escaped(title: str, most: int) -> str:
    """In one line, without its middle if it is too long, since a date stands last; an & alone would begin a command."""
    line = " ".join(title.split())
    if len(line) > most:
        line = f"{line[: most - 32]}… {line[-30:]}"
    return line.replace("&", "&&")


@cache
def _font(*, colour: str, bold: bool = False, italic: bool = False, size: int = SIZE) -> Any:
    from openpyxl.styles import Font

    return Font(name=FACE, sz=size, bold=bold, italic=italic, color=_hex(colour))


@cache
def _fill(colour: str) -> Any:
    from openpyxl.styles import PatternFill

    return PatternFill("solid", fgColor=_hex(colour))


@cache
def _rule() -> Any:
    from openpyxl.styles import Border, Side

    return Border(bottom=Side("thin", color=_hex("rule")))


def _hex(name: str) -> str:
    return light_colours()[name].strip("#").upper()
