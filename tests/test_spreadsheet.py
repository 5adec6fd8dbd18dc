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


def test_the_same_book_has_the_same_bytes() -> None:
    assert workbook() == workbook()
