"""A workbook that comes back: whatever was done to it, it reads, or it says what to do and where."""

import contextlib
import io
import re
import socket
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assessments.interchange.filled import Entry, Filled, freeze, thaw
from assessments.reports import fill_in_reading
from assessments.reports.fill_in import fill_in_book
from assessments.reports.fill_in_faults import WorkbookError
from assessments.reports.fill_in_package import opened
from assessments.reports.fill_in_reading import read_fill_in
from tests.factories import playbook
from tests.workbook_cast import (
    ASSESSMENT,
    COLUMN,
    HEAD_ROW,
    MISTAKES,
    SKIPPED,
    changed,
    downloaded,
    given,
    read,
    row_of,
    small_book,
    typed,
    with_part,
    without_hidden,
)

DOCS = (Path(__file__).parent.parent / "docs" / "workbook.md").read_text()
FIRST = small_book().criterion["right-path"]


def faults(data: bytes) -> list[str]:
    with pytest.raises(WorkbookError) as caught:
        read(data)
    return [str(fault) for fault in caught.value.faults]


def entries(filled: Filled) -> dict[str, Entry]:
    return {line.key: line.entry for line in filled.lines}


# --- mistakes ---------------------------------------------------------------------------------------------------------


def documented() -> dict[str, str]:
    _, _, rest = DOCS.partition("\n## What goes wrong, and what is said\n")
    return dict(re.findall(r"^\| (.+?) \| (.+) \|$", rest, re.MULTILINE)[1:])


def test_the_document_tells_every_mistake() -> None:
    assert list(documented()) == list(MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_where_it_is_and_what_to_do(mistake: str) -> None:
    assert faults(MISTAKES[mistake]())[0] == documented()[mistake]


def test_all_faults_are_told_at_once() -> None:
    wrong = changed(
        downloaded(),
        typed("right-path", "answer", 9),
        typed("right-path", "note", "x" * 4001),
        typed(SKIPPED, "key", "?"),
    )
    assert [fault.split(": ")[1] for fault in faults(wrong)] == ["G4", "E4", "I6"]


def test_more_faults_than_anybody_reads_are_counted() -> None:
    def many(book: Any) -> None:
        sheet = book.worksheets[1]
        for row in range(HEAD_ROW + 10, HEAD_ROW + 310):
            sheet.cell(row, COLUMN["key"]).value = f"key {row}"

    told = faults(changed(downloaded(), many))
    assert (len(told), told[-1]) == (201, "And 100 more like these.")


# --- what still reads -------------------------------------------------------------------------------------------------


def test_an_untouched_workbook_says_what_was_downloaded() -> None:
    filled = read(downloaded())
    assert filled.is_whole
    assert entries(filled)["right-path"] == Entry(2, note="Minute 14")
    assert [line for line in filled.lines if not line.before or line.before.entry != line.entry] == []
    assert thaw(freeze(filled)) == filled


TYPED = {
    3: 3,
    "3": 3,
    " 3.0 ": 3,
    "Level 3": 3,
    "LEFEL 3": 3,
    "l3": 3,
    f"3: {FIRST.levels[3].descriptor}": 3,
    FIRST.levels[3].descriptor: 3,
    FIRST.levels[3].descriptor.upper() + "  ": 3,
    "3 - as we think": 3,
    "Don’t know": "dont_know",
    "don't  know": "dont_know",
    "Ddim yn gwybod": "dont_know",
    "?": "dont_know",
    "  ": None,
    None: None,
}


@pytest.mark.parametrize("value", TYPED)
def test_an_answer_typed_by_hand_is_known(value: object) -> None:
    filled = read(changed(downloaded(), typed("right-path", "answer", value)))
    assert entries(filled)["right-path"].answer == TYPED[value]


@pytest.mark.parametrize("value", ["n/a", "N/A", "Not applicable", "not applicable: as agreed", "Ddim yn berthnasol"])
def test_not_applicable_is_known_in_both_languages(value: str) -> None:
    filled = read(changed(downloaded(), typed(SKIPPED, "answer", value)))
    assert entries(filled)[SKIPPED] == Entry("not_applicable", "It is one year old.")


def test_a_reason_that_was_downloaded_goes_with_its_answer() -> None:
    filled = read(changed(downloaded(), typed(SKIPPED, "answer", 3)))
    assert entries(filled)[SKIPPED] == Entry(3)


def test_what_stands_without_a_reason_on_the_site_can_come_back_so() -> None:
    data = fill_in_book(given({SKIPPED: Entry("not_applicable")}, small_book()))
    assert entries(read(data))[SKIPPED] == Entry("not_applicable")


def test_a_note_longer_than_a_form_takes_comes_back_if_it_stood_there() -> None:
    data = fill_in_book(given({"right-path": Entry(note="x" * 5000)}, small_book()))
    assert len(entries(read(data))["right-path"].note) == 5000


def test_without_the_hidden_sheet_it_reads_and_says_so() -> None:
    filled = read(changed(downloaded(), without_hidden))
    assert (filled.is_whole, [line.before for line in filled.lines]) == (False, [None] * 6)
    assert entries(filled) == entries(read(downloaded()))


def test_a_sheet_that_is_gone_leaves_its_criteria_unsaid() -> None:
    filled = read(changed(downloaded(), lambda book: book.remove(book.worksheets[2])))
    assert list(entries(filled)) == [each.key for each in small_book().lessons[0].criteria]


def test_a_column_that_is_gone_leaves_its_part_unsaid() -> None:
    filled = read(changed(downloaded(), lambda book: book.worksheets[1].delete_cols(COLUMN["note"])))
    assert {line.says for line in filled.lines[:3]} == {frozenset({"answer"})}


def test_two_lessons_on_one_sheet_read(tmp_path: Path) -> None:
    def together(book: Any) -> None:
        first, second = book.worksheets[1:3]
        for row in second.iter_rows(min_row=HEAD_ROW, values_only=True):
            first.append(row)
        book.remove(second)

    assert entries(read(changed(downloaded(), together))) == entries(read(downloaded()))


def test_a_sheet_of_somebodys_own_is_left_alone() -> None:
    def own(book: Any) -> None:
        book.create_sheet("Costs").append(["Answer", "=1+1", 3])

    assert entries(read(changed(downloaded(), own))) == entries(read(downloaded()))


def test_a_copy_that_says_the_same_does_no_harm() -> None:
    def copied(book: Any) -> None:
        book.copy_worksheet(book.worksheets[1])

    assert entries(read(changed(downloaded(), copied))) == entries(read(downloaded()))


def test_a_download_in_welsh_reads_as_well() -> None:
    welsh = replace(given({"right-path": Entry(2, note="Nodyn")}, small_book()), language="cy")
    assert entries(read(fill_in_book(welsh)))["right-path"] == Entry(2, note="Nodyn")


def as_google_sheets(book: Any) -> None:
    """What is known of Google Sheets: hidden sheets are shown, validations and protection go, numbers are floats."""
    for sheet in book:
        sheet.sheet_state = "visible"
        sheet.data_validations.dataValidation = []
        sheet.protection.sheet = False
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.isdecimal():
                    cell.value = float(cell.value)


def test_what_google_sheets_drops_is_not_missed() -> None:
    data = changed(downloaded(), typed("right-path", "note", 44197.0), as_google_sheets)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            if not name.startswith("docProps/"):
                after.writestr(name, before.read(name))
    filled = read(stream.getvalue())
    assert filled.is_whole
    assert entries(filled) | {"right-path": Entry(2, note="44197")} == entries(filled)


def test_a_date_that_a_program_made_of_a_note_is_written_out() -> None:
    def as_date(book: Any) -> None:
        sheet, row = row_of(book, "right-path")
        cell = sheet.cell(row, COLUMN["note"])
        cell.value, cell.number_format = 44197, "yyyy-mm-dd"

    assert entries(read(changed(downloaded(), as_date)))["right-path"].note == "2021-01-01"


def test_rows_far_below_are_found() -> None:
    def far(book: Any) -> None:
        sheet = book.worksheets[1]
        sheet.move_range("A4:I4", rows=90_000)
        sheet["E90004"].value = 4
        sheet["XFD5"].value = "far to the right"

    assert entries(read(changed(downloaded(), far)))["right-path"].answer == 4


# --- files meant to do harm -------------------------------------------------------------------------------------------

BOMB = b"".join(
    [
        b'<!DOCTYPE x [<!ENTITY l0 "lol">',
        *(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12)),
        b"]>",
    ]
)


@pytest.fixture
def visits() -> Iterator[tuple[str, list[str]]]:
    """An address that notes who comes."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                came.append("somebody")
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd", came
        server.shutdown(socket.SHUT_RDWR)


PARTS = ["xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml", "[Content_Types].xml", "docProps/core.xml"]


@pytest.mark.parametrize("part", PARTS)
def test_a_bomb_of_entities_never_goes_off(part: str) -> None:
    told = documented()["a file with a document type"]
    assert faults(with_part(part, lambda text: BOMB + text)) == [told]
    encoded = with_part(part, lambda text: (BOMB + text).decode().encode("utf-16"))
    assert faults(encoded) == [told]


@pytest.mark.parametrize("part", PARTS)
def test_no_address_is_asked_and_no_file_is_read(part: str, visits: tuple[str, list[str]], tmp_path: Path) -> None:
    address, came = visits
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    for source in (address, secret.as_uri()):
        for head in (f'<!DOCTYPE x SYSTEM "{source}">', f'<!DOCTYPE x [<!ENTITY % e SYSTEM "{source}"> %e;]>'):
            told = faults(with_part(part, lambda text, head=head: head.encode() + text))  # type: ignore[misc]
            assert told == [documented()["a file with a document type"]]
    assert came == []


def test_even_openpyxl_alone_reads_no_file_for_an_entity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check above is one wall; behind it stands another: what openpyxl reads with resolves no external entity."""
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    head = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    data = with_part("xl/worksheets/sheet2.xml", lambda text: head + text.replace(b"Minute 14", b"&e;"))
    monkeypatch.setattr(fill_in_reading, "opened", io.BytesIO)
    with pytest.raises(WorkbookError):
        read(data)


def test_links_to_other_workbooks_are_not_followed(visits: tuple[str, list[str]]) -> None:
    address, came = visits
    link = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" Target="{address}" \
TargetMode="External"/></Relationships>'
    )
    data = with_part("xl/externalLinks/_rels/externalLink1.xml.rels", lambda _: link.encode())
    assert entries(read(data)) == entries(read(downloaded()))
    assert came == []


def test_a_directory_that_lies_about_sizes_is_not_believed() -> None:
    data = with_part("xl/worksheets/sheet2.xml", lambda text: text + b"<!-- " + b" " * 60_000_000 + b"-->")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet2.xml").file_size
    lying = data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert faults(data) == [documented()["a file that swells"]]
    assert faults(lying) == [documented()["half of a file"]]


def test_a_million_elements_are_too_many() -> None:
    data = with_part(
        "xl/worksheets/sheet2.xml", lambda text: text.replace(b"<sheetData>", b"<sheetData>" + b"<row/>" * 1_000_001)
    )
    assert faults(data) == [documented()["a file that swells"]]


@pytest.mark.parametrize(
    ("part", "before", "many"),
    [
        ("xl/styles.xml", b"</styleSheet>", b"<cellXfs>" + b"<xf/>" * 20_001 + b"</cellXfs>"),
        ("xl/styles.xml", b"</styleSheet>", b"<fonts>" + b"<sheetData/>" * 20_001 + b"</fonts>"),
        ("xl/workbook.xml", b"</workbook>", b"<definedNames>" + b"<si/>" * 20_001 + b"</definedNames>"),
        ("xl/worksheets/sheet2.xml", b"</worksheet>", b"<hyperlink/>" * 20_001),
    ],
)
def test_what_is_costly_to_read_has_a_limit_of_its_own_whatever_it_is_called(
    part: str, before: bytes, many: bytes
) -> None:
    data = with_part(part, lambda text: text.replace(before, many + before))
    assert faults(data) == [documented()["a file that swells"]]


def test_tens_of_thousands_of_cells_that_somebody_added_are_read() -> None:
    added = b"<row>" + b"<c/>" * 100 + b"</row>"
    data = with_part(
        "xl/worksheets/sheet2.xml", lambda text: text.replace(b"</sheetData>", added * 300 + b"</sheetData>")
    )
    assert entries(read(data)) == entries(read(downloaded()))


def test_a_packing_that_no_program_uses_is_not_opened() -> None:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(downloaded())) as parts,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive,
    ):
        for name in parts.namelist():
            archive.writestr(name, parts.read(name))
    assert faults(packed.getvalue()) == [documented()["half of a file"]]


def test_hundreds_of_sheets_are_too_many() -> None:
    def many(book: Any) -> None:
        for number in range(201):
            book.create_sheet(f"More {number}")

    assert faults(changed(downloaded(), many)) == [
        "The workbook has more than 200 sheets. Delete those that you added."
    ]


def test_rows_at_the_end_of_many_sheets_are_too_many() -> None:
    def last(book: Any) -> None:
        for sheet in book.worksheets[1:3]:
            sheet.cell(1_048_576, 1).value = "end"

    assert faults(changed(downloaded(), last)) == [
        "The sheets have too many rows. Copy your answers into a new download."
    ]


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("text", [b"", b"<x/>", b"<worksheet>", b"\xff\xfe\x00", b"<sst><si><t>a</t></si></sst>"])
def test_whatever_stands_in_a_part_it_reads_or_is_refused(part: str, text: bytes) -> None:
    with contextlib.suppress(WorkbookError):
        assert read(with_part(part, lambda _: text)).lines


def test_only_xml_reaches_openpyxl() -> None:
    data = with_part("xl/vbaProject.bin", lambda _: b"macro")
    with zipfile.ZipFile(opened(data)) as package:
        assert [name for name in package.namelist() if not name.endswith((".xml", ".rels"))] == []


def test_a_workbook_for_the_whole_playbook_reads_the_same_way() -> None:
    books = {"en-gb": playbook(), "cy": playbook()}
    assert len(read_fill_in(fill_in_book(given()), books, ASSESSMENT).lines) == 27
