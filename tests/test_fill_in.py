"""The workbook to fill in: what it offers, what is open to be written in, and that texts stay texts."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from assessments.interchange.documents import Evidence
from assessments.interchange.filled import Entry, Standing
from assessments.reports.fill_in import ToFillIn, fill_in_book, sheet_name
from assessments.reports.fill_in_words import options
from tests.factories import playbook
from tests.findings_cast import HOSTILE
from tests.workbook_cast import COLUMN, HEAD_ROW, SKIPPED, given, row_of, small_book


def opened(to_fill_in: ToFillIn) -> Any:
    return openpyxl.load_workbook(io.BytesIO(fill_in_book(to_fill_in)))


def test_the_same_answers_give_the_same_bytes() -> None:
    stands = {"right-path": Entry(2, note="A note")}
    assert fill_in_book(given(stands)) == fill_in_book(given(stands))
    assert fill_in_book(given(stands)) != fill_in_book(given({"right-path": Entry(3, note="A note")}))


def test_there_is_a_sheet_a_lesson_and_a_row_a_criterion() -> None:
    book = opened(given())
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("Instructions", "visible"),
        ("1 The long path", "visible"),
        ("2 Local foundations", "visible"),
        ("3 The fundamentals", "visible"),
        ("4 Everyone has a role", "visible"),
        ("Lists", "hidden"),
        ("As downloaded", "hidden"),
    ]
    keys = [row[COLUMN["key"] - 1].value for sheet in book.worksheets[1:5] for row in sheet.iter_rows(min_row=4)]
    assert keys == list(playbook().criterion)
    assert [sheet.freeze_panes for sheet in book.worksheets[1:5]] == ["C4"] * 4


def test_each_list_offers_every_level_in_full_then_the_others() -> None:
    book = opened(given())
    for sheet in book.worksheets[1:5]:
        lists = {
            str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation if each.type == "list"
        }
        rows = range(HEAD_ROW + 1, sheet.max_row + 1)
        assert list(lists) == [sheet.cell(row, COLUMN["answer"]).coordinate for row in rows]
        for row in rows:
            criterion = playbook().criterion[sheet.cell(row, COLUMN["key"]).value]
            place = lists[sheet.cell(row, COLUMN["answer"]).coordinate].removeprefix("'Lists'!").replace("$", "")
            offered = [cell.value for (cell,) in book["Lists"][place]]
            assert offered == [text for _value, text in options(criterion)]
            assert offered[0] == f"0: {criterion.levels[0].descriptor}"
            assert ("Not applicable: " in offered[-1]) == bool(criterion.not_applicable)
            below = book["Lists"].cell(len(offered) + 2, list(playbook().criterion).index(criterion.key) + 1)
            assert below.value is None


def test_only_what_is_filled_in_is_open_and_no_password_is_set() -> None:
    book = opened(given())
    assert {(sheet.protection.sheet, sheet.protection.password) for sheet in book} == {(True, None)}
    for key in ("right-path", SKIPPED):
        sheet, row = row_of(book, key)
        open_columns = [name for name, column in COLUMN.items() if not sheet.cell(row, column).protection.locked]
        assert open_columns == (["answer", "reason", "note"] if key == SKIPPED else ["answer", "note"])


def test_what_stands_on_the_site_is_filled_in_and_evidence_is_listed() -> None:
    pieces = (Evidence(3, date(2025, 6, 1), "=Vision"), Evidence(1))
    stands = {
        "right-path": Standing(Entry(2, note="Minute 14"), 3, pieces),
        SKIPPED: Standing(Entry("not_applicable", "One year old."), 1, waits=True),
    }
    book = opened(replace(given(), stands=stands, last_saved=date(2026, 3, 3)))
    sheet, row = row_of(book, "right-path")
    cells = {name: sheet.cell(row, column).value for name, column in COLUMN.items()}
    assert cells["answer"] == f"2: {playbook().criterion['right-path'].levels[2].descriptor}"
    assert (cells["reason"], cells["note"], cells["number"]) == (None, "Minute 14", "1.1")
    assert cells["evidence"] == "• =Vision (1 Jun 2025)\n• Untitled"
    sheet, row = row_of(book, SKIPPED)
    assert sheet.cell(row, COLUMN["title"]).value.endswith("\n(Needs another look)")
    assert sheet.cell(row, COLUMN["reason"]).value == "One year old."
    assert book["Instructions"]["A3"].value.endswith("The answers are those on the site, last saved on 3 March 2026.")


def test_no_text_of_anybody_becomes_a_formula_whatever_stands_in_it() -> None:
    book = small_book()
    nasty = replace(book.lessons[0], title=f"=[1]/*?:'{HOSTILE}", criteria=book.lessons[0].criteria)
    playbook_ = replace(book, lessons=(nasty, *book.lessons[1:]), title="=1+1")
    stands = dict(
        zip(book.criterion, [Entry(note=text) for text in ("=1+1", "+1", "-1", "@a", HOSTILE, "'")], strict=True)
    )
    found = opened(replace(given(stands, playbook_), place="=cmd|' /C calc'!A0"))
    cells = [cell for sheet in found for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.quotePrefix for cell in cells} == {True}
    sheet, row = row_of(found, "right-path")
    assert sheet.cell(row, COLUMN["note"]).value == "=1+1"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The long path", "1 The long path"),
        ("What: a [path]/way?*\\", "1 What a path way"),
        ("x" * 40, "1 " + "x" * 29),
        ("The fundamentals'", "1 The fundamentals"),
        ("", "1"),
    ],
)
def test_a_sheet_is_named_within_what_a_name_may_hold(title: str, name: str) -> None:
    assert sheet_name(1, title) == name


def test_a_welsh_reader_gets_a_welsh_workbook() -> None:
    stands = {"right-path": Standing(evidence=(Evidence(1),))}
    book = opened(replace(given(), language="cy", stands=stands, last_saved=date(2026, 3, 3)))
    assert book.sheetnames[0] == "Cyfarwyddiadau"
    last = "Yr atebion ar y wefan yw’r rhain, cadwyd ddiwethaf ar 3 Mawrth 2026."
    assert book["Cyfarwyddiadau"]["A3"].value.endswith(last)
    heads = [cell.value for cell in book.worksheets[1][HEAD_ROW]]
    assert heads[COLUMN["answer"] - 1 : COLUMN["answer"] + 2] == ["Ateb", "Pam nad yw’n berthnasol", "Nodyn"]
    sheet, row = row_of(book, "right-path")
    assert "Ddim yn gwybod" in sheet.cell(row, COLUMN["levels"]).value
    assert sheet.cell(row, COLUMN["evidence"]).value == "• Di-deitl"
