"""Workbooks to fill in, and what people do to them: fill in, sort, move columns, re-save, and make mistakes."""

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import openpyxl

from assessments.interchange import Playbook
from assessments.interchange.filled import Entry, Filled, Standing, readable
from assessments.reports.fill_in import ToFillIn, fill_in_book
from assessments.reports.fill_in_reading import read_fill_in
from assessments.reports.fill_in_words import HEADS, in_words
from assessments.reports.spreadsheet import put
from tests.factories import playbook
from tests.findings_cast import HOSTILE

ASSESSMENT = 12
HEAD_ROW = 3
COLUMN = {name: number for number, name in enumerate(HEADS, 1)}
SKIPPED = "vision-kept-alive"
"""The third criterion of the first lesson; it may be not applicable. The first, right-path, may not."""

Change = Callable[[Any], object]


@cache
def small_book() -> Playbook:
    """The playbook with the first three criteria of its first two lessons: enough to be told apart, quick to write."""
    lessons = tuple(replace(lesson, criteria=lesson.criteria[:3]) for lesson in playbook().lessons[:2])
    return replace(playbook(), lessons=lessons)


def given(stands: Mapping[str, Entry] | None = None, book: Playbook | None = None) -> ToFillIn:
    """An open assessment in which this stands, at revision 1."""
    standing = {key: Standing(entry, 1) for key, entry in (stands or {}).items()}
    return ToFillIn(ASSESSMENT, "Harbour Quarter", book or playbook(), "en-gb", date(2026, 6, 1), standing)


@cache
def downloaded() -> bytes:
    """A workbook of the small playbook in which the first criterion has an answer and a note, and the third is not
    applicable."""
    stands = {"right-path": Entry(2, note="Minute 14"), SKIPPED: Entry("not_applicable", "It is one year old.")}
    return fill_in_book(given(stands, small_book()))


def changed(data: bytes, *changes: Change) -> bytes:
    """The workbook after somebody has changed it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for change in changes:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes, book: Playbook | None = None) -> Filled:
    book = book or small_book()
    return read_fill_in(data, {"en-gb": book, "cy": book}, ASSESSMENT)


def row_of(book: Any, key: str) -> tuple[Any, int]:
    """The sheet and the row of a criterion."""
    for sheet in book.worksheets[1:-2]:
        for row in range(HEAD_ROW + 1, sheet.max_row + 1):
            if sheet.cell(row, COLUMN["key"]).value == key:
                return sheet, row
    raise AssertionError(key)


def typed(key: str, column: str, value: Any) -> Change:
    """Write a value into a cell of a criterion's row, as it is."""

    def change(book: Any) -> None:
        sheet, row = row_of(book, key)
        cell = sheet.cell(row, COLUMN[column])
        cell.value = None
        if isinstance(value, str) and not value.startswith("=="):
            put(cell, value)
        else:
            cell.value = value[1:] if isinstance(value, str) else value

    return change


def without_hidden(book: Any) -> None:
    """Delete the hidden sheets."""
    del book["Lists"], book["As downloaded"]


def told(key: str, value: str) -> Change:
    """Another value in the hidden sheet that says what the file is for."""

    def change(book: Any) -> None:
        for row in book["As downloaded"].iter_rows(max_row=5):
            if row[0].value == key:
                row[1].value = value

    return change


# --- people at random -------------------------------------------------------------------------------------------------

PIECES = [
    "=SUM(A1:A9)", "+44 20 7946 0000", "-2 points", "@home", "'quoted", '"quoted"', " leading", "trailing ", "  ",
    "two  spaces", "a\nb", "\n\n", "\ta tab", "🏙️👩‍🔬 emoji", "مركز الابتكار", "\u202ertl\u202c", "\u00a0hard\u00a0",
    "line\u2028sep", "_x0041_", "_x000D_", "x005F_", "12", "3.0", "TRUE", "2026-11-22", "1e5", "#REF!", "{=1}",
    "<b>&amp;</b> ]]>", "\ufeffbom", "e\u0301", "\U0010fffd", "\u200b", "100 %", "Tŷ Gwyn", HOSTILE,
]  # fmt: skip


def words(rng: random.Random, most: int = 4000) -> str:
    """A text as nasty as people and spreadsheets can make it."""
    if rng.random() < 0.05:
        return "ab c" * (most // 4)
    return "".join(rng.choice(PIECES) + rng.choice(["", " ", "\n"]) for _ in range(rng.randint(1, 4)))[:most]


def random_entry(rng: random.Random, book: Playbook, key: str, *, longest: int) -> Entry:
    """What may stand on the site: any answer and note, or nothing."""
    answers: list[int | str | None] = [*range(book.criterion[key].top + 1), "dont_know", None]
    if book.criterion[key].not_applicable:
        answers.append("not_applicable")
    answer = rng.choice(answers)
    reason = words(rng, 900) if answer == "not_applicable" else ""
    return Entry(answer, reason, readable(words(rng, longest)) if rng.random() < 0.6 else "")


def hand_written(rng: random.Random, book: Playbook, key: str, answer: int | str | None) -> Any:
    """An answer as a person chooses or types it."""
    criterion = book.criterion[key]
    if answer is None:
        return None
    if answer == "dont_know":
        return rng.choice(["Don’t know", "don't know", "DONT KNOW", "ddim yn gwybod", "?"])
    if answer == "not_applicable":
        return rng.choice([in_words(criterion, answer), "n/a", "Not applicable", "Ddim yn berthnasol"])
    text = criterion.levels[int(answer)].descriptor
    return rng.choice(
        [in_words(criterion, answer), answer, float(answer), f" {answer} ", f"Level {answer}", f"lefel {answer}", text,
         text.upper(), f"{answer}) {text}", f"{answer}.0"]
    )  # fmt: skip


def filled_in_at_random(rng: random.Random, book: Playbook) -> tuple[bytes, dict[str, Entry]]:
    """A download that somebody has filled in here and there, sorted and rearranged, and what it then says by key."""
    stands = {key: random_entry(rng, book, key, longest=5000) for key in book.criterion if rng.random() < 0.7}
    wanted = {key: stands.get(key, Entry()) for key in book.criterion}
    changes: list[Change] = []
    for key in book.criterion:
        if rng.random() < 0.5:
            entry = random_entry(rng, book, key, longest=3900)
            changes += [
                typed(key, "answer", hand_written(rng, book, key, entry.answer)),
                typed(key, "reason", entry.reason),
                typed(key, "note", entry.note),
            ]
            wanted[key] = as_read(entry, wanted[key])
    gone = rearranged_at_random(rng, changes, book)
    data = changed(fill_in_book(given(stands, book)), *changes)
    return data, {key: entry for key, entry in wanted.items() if key not in gone}


def as_read(entry: Entry, stood: Entry) -> Entry:
    """What was typed as it is taken over: as a form takes it, without spaces at its ends, unless it stood there."""
    note = entry.note if entry.note == stood.note else readable(entry.note).strip()
    reason = entry.reason if entry.reason == stood.reason else readable(entry.reason).strip()
    return Entry(entry.answer, reason, note)


def rearranged_at_random(rng: random.Random, changes: list[Change], book: Playbook) -> set[str]:
    """Sort rows and columns, rename and move sheets, leave one out; the keys that are gone with it."""
    gone: set[str] = set()
    lessons = [{each.key for each in lesson.criteria} for lesson in book.lessons]
    if rng.random() < 0.2:
        gone = rng.choice(lessons)
        changes.append(lambda book: book.remove(row_of(book, sorted(gone)[0])[0]))
    if rng.random() < 0.7:
        changes.append(lambda book: shuffle_all(rng, book))
    if rng.random() < 0.5:
        changes.append(lambda book: book.move_sheet(book.worksheets[-1], -rng.randint(1, 3)))
    if rng.random() < 0.5:
        changes.append(lambda book: setattr(book.worksheets[1], "title", "Our notes"))
    return gone


def shuffle_all(rng: random.Random, book: Any) -> None:
    for sheet in book.worksheets[1:-2]:
        shuffle(rng, sheet)


def shuffle(rng: random.Random, sheet: Any) -> None:
    """Rows and columns in another order, with empty ones and one of somebody's own in between; heads in capitals."""
    table = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD_ROW)]
    head, rows = [str(each).upper() + " " for each in table[0]], table[1:]
    rng.shuffle(rows)
    order = [*range(len(head)), None, None]
    rng.shuffle(order)
    sheet.delete_rows(1, sheet.max_row)
    for row, values in enumerate([[], head, [], *rows, []], 1):
        for column, source in enumerate(order, 1):
            if source is not None and values:
                _again(sheet.cell(row, column), values[source])
            elif values and row > 2:
                sheet.cell(row, column).value = "mine"


def _again(cell: Any, value: Any) -> None:
    """A value that stood in another cell."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


# --- mistakes ---------------------------------------------------------------------------------------------------------


def zipped(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def with_part(name: str, change: Callable[[bytes], bytes], data: bytes | None = None) -> bytes:
    """The workbook with the bytes of one part changed; the part is made where there is none."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data or downloaded())) as before,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for each in before.namelist():
            if each != name:
                after.writestr(each, before.read(each))
        after.writestr(name, change(before.read(name) if name in before.namelist() else b""))
    return stream.getvalue()


def twice(book: Any) -> None:
    """Copy a sheet, as people do before they try something, and answer otherwise in the copy."""
    copy = book.copy_worksheet(book.worksheets[1])
    copy.title = "Copy"
    copy.cell(HEAD_ROW + 1, COLUMN["answer"]).value = 4


def without_heads(book: Any) -> None:
    book.worksheets[1].delete_rows(1, HEAD_ROW)


ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

MISTAKES: dict[str, Callable[[], bytes]] = {
    "a level that there is not": lambda: changed(downloaded(), typed("right-path", "answer", 7)),
    "an answer in one’s own words": lambda: changed(downloaded(), typed("right-path", "answer", "quite good")),
    "two answers at once": lambda: changed(downloaded(), typed("right-path", "answer", "2-3")),
    "a number between two levels": lambda: changed(downloaded(), typed("right-path", "answer", 2.5)),
    "the number of one level, the words of another": lambda: changed(
        downloaded(), typed("right-path", "answer", f"4: {small_book().criterion['right-path'].levels[1].descriptor}")
    ),
    "not applicable where it may not be said": lambda: changed(downloaded(), typed("right-path", "answer", "n/a")),
    "not applicable without a reason": lambda: changed(downloaded(), typed(SKIPPED, "reason", None)),
    "a reason beside a level": lambda: changed(
        downloaded(), typed(SKIPPED, "answer", 3), typed(SKIPPED, "reason", "Not for us.")
    ),
    "a note that is too long": lambda: changed(downloaded(), typed("right-path", "note", "x" * 4001)),
    "a formula": lambda: changed(downloaded(), typed("right-path", "note", "==A1")),
    "a key typed over": lambda: changed(downloaded(), typed("right-path", "key", "right path")),
    "a key deleted": lambda: changed(downloaded(), typed("right-path", "key", None)),
    "a sheet copied and filled in differently": lambda: changed(downloaded(), twice),
    "the heads deleted": lambda: changed(downloaded(), without_heads),
    "the file of another assessment": lambda: changed(downloaded(), told("assessment", "99")),
    "the file of an earlier version": lambda: changed(downloaded(), told("version", "0.9")),
    "the file of another playbook": lambda: changed(downloaded(), told("playbook", "town-hubs")),
    "some other workbook": lambda: changed(zero_book()),
    "saved as CSV": lambda: b"Number,Criterion,Answer\n1.1,The right path,3\n",
    "an old Excel file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "a workbook with a password": lambda: (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le")
    ),
    "an OpenDocument file": lambda: zipped(
        **{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}
    ),
    "a Word document": lambda: zipped(**{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}),
    "an empty file": lambda: b"",
    "half of a file": lambda: downloaded()[:9000],
    "a file with pictures of 6 MB": lambda: downloaded() + bytes(6 * 1024 * 1024),
    "a file that swells": lambda: with_part("xl/media/bomb.bin", lambda _: bytes(50 * 1024 * 1024)),
    "a file with a document type": lambda: with_part("xl/workbook.xml", lambda text: ENTITY + text),
}
"""What people do, and hostile people; docs/workbook.md says what each is told, first."""


def zero_book() -> bytes:
    """A workbook of somebody's own."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"].value = "Budget"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
