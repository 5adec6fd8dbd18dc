"""Workbooks: text stays text, numbers are numbers, the same book has the same bytes, LibreOffice reads them."""

import io
from datetime import date
from fractions import Fraction

import openpyxl

from assessments.reports.spreadsheet import Column, add_table, new_book, written

NASTY = [
    "=1+1",
    "+44 20 7946 0000",
    "-2 points",
    "@SUM(A1)",
    "\tTab",
    "a\x00b\x1fc",
    "x" * 40_000,
    "12",
    "=HYPERLINK('x')",
]


def workbook() -> bytes:
    book = new_book()
    columns = [Column("Text", 40), Column("Points", holds="points"), Column("Date", holds="date")]
    add_table(book, "A sheet", columns, [[text, Fraction(1, 3), date(2026, 2, 28)] for text in NASTY])
    return written(book, title="=A title", dated=date(2026, 2, 28))


def test_no_text_becomes_a_formula_and_types_stay() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()))["A sheet"]
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[0].data_type for row in rows] == ["s"] * len(NASTY)
    assert [row[0].quotePrefix for row in rows] == [True] * len(NASTY)
    assert rows[0][0].value == "=1+1"
    assert (rows[5][0].value, len(rows[6][0].value), rows[7][0].value) == ("a\ufffdb\ufffdc", 32_767, "12")
    assert {row[1].data_type for row in rows} == {"n"}
    assert {row[2].value.date() for row in rows} == {date(2026, 2, 28)}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", f"A1:C{len(NASTY) + 1}")


def test_each_printed_page_says_of_what_it_is() -> None:
    def head(title: str) -> str:
        book = new_book()
        add_table(book, "A sheet", [Column("Text")], [["R&D"]])
        sheet = openpyxl.load_workbook(io.BytesIO(written(book, title=title, dated=date(2026, 2, 28)))).worksheets[0]
        return str(sheet.oddHeader.left.text)

    assert head("R&D of\nP&P") == "R&&D of P&&P"
    assert head("x" * 120 + ": report of 28 February 2026") == "x" * 20 + "… xx: report of 28 February 2026"


def test_heads_stand_on_a_ground_and_rows_are_ruled() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()))["A sheet"]
    assert {(cell.fill.fgColor.rgb, cell.font.color.rgb, cell.font.b) for cell in sheet[1]} == {
        ("0012475A", "00FFFFFF", True)
    }
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {(cell.border.bottom.style, cell.alignment.indent) for cell in cells} == {("thin", 1)}


def test_the_same_book_has_the_same_bytes() -> None:
    assert workbook() == workbook()
