"""The report as a Word document: the words of the printed one, real styles, and nothing in it that anybody planted."""

import base64
import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from assessments.findings import Findings
from assessments.reports.branding import Branding
from assessments.reports.figures import lifted
from assessments.reports.making import make
from assessments.reports.markup import Element, parsed
from assessments.reports.options import Options, Seal
from assessments.reports.report import report_html
from assessments.reports.word import plain_address
from assessments.reports.word_runs import PLAIN, Run, begins_right_to_left, by_direction, closed, flowing
from tests.findings_cast import HOSTILE, LINKS, PLACE, demo, findings, nasty
from tests.office import convert
from tests.test_report_languages import welsh

EVERY = ["new", "welsh", "nasty"]
"""Nothing answered, some chapters; everything, in Welsh and branded; the worst that can be written."""
MARKS_OF_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
LOGO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAECAIAAAA8r+mnAAAAEUlEQVR42mMQco/CihioJwEAVmAWYUmFUfMAAAAASUVORK5CYII="
)
BRANDING = Branding("Cwm Advisers <b>", "#7a3b74", "#7a1b14", "hello@cwm.example", "No advice <i>.", LOGO)
CHAPTERS_OF_NEW = ("summary", "lessons", "unknown")
TURNED = {"right", "to", "left;"}
"""Words that a mark of direction in the hostile text turns round, as it should."""
# The order that the schema of WordprocessingML asks for, of what we write.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore numPr pBdr shd tabs bidi spacing ind jc outlineLvl",
    "rPr": "rStyle rFonts b bCs color sz szCs u bdr shd rtl lang",
    "tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
    "tcPr": "tcW gridSpan tcBorders vAlign",
}


@cache
def told(name: str) -> Findings:
    if name == "new":
        return findings({})
    return nasty() if name == "nasty" else welsh(demo("tenterclough-mills-2026"))


def options(name: str) -> Options:
    if name == "welsh":
        return Options("word", language="cy", branding=BRANDING)
    return Options("word", chapters=CHAPTERS_OF_NEW, appendix=False) if name == "new" else Options("word")


@cache
def made(name: str) -> bytes:
    return make(told(name), options(name))


def document(name: str) -> Any:
    return docx.Document(io.BytesIO(made(name)))


@cache
def page(name: str) -> Element:
    return parsed(lifted(report_html(told(name), replace(options(name), kind="full")))[0])


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What LibreOffice shows: the words of each page, by document. One start for all."""
    folder = tmp_path_factory.mktemp("word")
    files = [folder / f"{name}.docx" for name in EVERY]
    for file in files:
        file.write_bytes(made(file.stem))
    return {pdf.stem: _pages(pdf) for pdf in convert(files, "pdf", folder / "pdf")}


def _pages(pdf: Path) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def words(element: Any) -> str:
    """All that is written in an element, without spaces, and without the contents."""
    contents = set(element.iter(qn("w:sdt")))
    texts = (each.text or "" for each in element.iter(qn("w:t")) if not contents & set(each.iterancestors()))
    return squeezed("".join(texts))


def squeezed(text: str) -> str:
    return MARKS_OF_DIRECTION.sub("", "".join(text.split()))


def said(element: Element) -> str:
    """All that the page says, without spaces, and without its contents."""
    if "contents" in element.classes:
        return ""
    return "".join(each if isinstance(each, str) else said(each) for each in element.children)


def paragraphs(name: str, *styles: str) -> list[Any]:
    body = document(name).element.body
    return [each for each in body.iter(qn("w:p")) if not styles or each.style in styles]


def text_of(element: Any) -> str:
    return "".join(each.text or "" for each in element.iter(qn("w:t")))


@pytest.mark.parametrize("name", EVERY)
def test_it_says_every_word_of_the_printed_report_in_the_same_order(name: str) -> None:
    assert words(document(name).element.body) == squeezed(said(next(page(name).all("body"))))


@pytest.mark.parametrize("name", EVERY)
def test_no_level_of_heading_is_left_out_and_there_is_one_title(name: str) -> None:
    levels = [int(each.style[-1]) for each in paragraphs(name, "Heading1", "Heading2", "Heading3")]
    assert [later for earlier, later in zip([0, *levels], levels, strict=False) if later > earlier + 1] == []
    assert [squeezed(text_of(each)) for each in paragraphs(name, "Title")] == [squeezed(told(name).place.name)]


@pytest.mark.parametrize("name", EVERY)
def test_the_contents_list_the_headings_and_lead_to_them(name: str) -> None:
    body = document(name).element.body
    [field] = [each for each in body.iter(qn("w:instrText")) if "TOC" in each.text]
    entries = paragraphs(name, "TOC1", "TOC2")
    headings = paragraphs(name, "Heading1", "Heading2")
    assert field.text == ' TOC \\o "1-2" \\h \\z \\u '
    assert [text_of(each) for each in entries] == [text_of(each) for each in headings]
    marks = [each.find(qn("w:bookmarkStart")).get(qn("w:name")) for each in headings]
    assert [each.find(qn("w:hyperlink")).get(qn("w:anchor")) for each in entries] == marks
    assert [each.get(qn("w:fldCharType")) for each in body.iter(qn("w:fldChar"))].count("begin") == len(marks) + 1


@pytest.mark.parametrize("name", EVERY)
def test_pictures_say_what_they_show(name: str) -> None:
    found = [each.get("descr") for each in document(name).element.body.iter(qn("wp:docPr"))]
    assert found == [" ".join(each.attributes["alt"].split()) for each in page(name).all("img")]
    assert len(found) == {"new": 1, "welsh": 7, "nasty": 4}[name]
    assert "" not in found


@pytest.mark.parametrize("name", EVERY)
def test_tables_have_a_head_that_stands_again_and_widths_that_fill_the_page(name: str) -> None:
    tables = list(document(name).element.body.iter(qn("w:tbl")))
    assert len(tables) == len(list(page(name).all("table")))
    for table in tables:
        rows = list(table.iter(qn("w:tr")))
        heads = [each.find(f".//{qn('w:tblHeader')}") is not None for each in rows]
        assert heads == [True] + [False] * (len(rows) - 1)
        grid = [int(each.get(qn("w:w"))) for each in table.iter(qn("w:gridCol"))]
        assert (sum(grid), min(grid) > 600) == (9638, True)
        for row in rows:
            spans = [int(each.get(qn("w:val"))) for each in row.iter(qn("w:gridSpan"))]
            assert len(list(row.iter(qn("w:tc")))) - len(spans) + sum(spans) == len(grid)
        assert table.find(f".//{qn('w:tblCaption')}").get(qn("w:val"))


@pytest.mark.parametrize("name", EVERY)
def test_every_property_stands_where_the_schema_wants_it(name: str) -> None:
    roots = [document(name).element, document(name).styles.element]
    for tag, order in ORDER.items():
        places = order.split()
        for properties in (each for root in roots for each in root.iter(qn(f"w:{tag}"))):
            found = [places.index(child.tag.rpartition("}")[2]) for child in properties]
            assert found == sorted(found)


@pytest.mark.parametrize("name", EVERY)
def test_every_style_that_is_used_is_one_of_ours(name: str) -> None:
    known = {each.style_id for each in document(name).styles}
    body = document(name).element.body
    used = {each.get(qn("w:val")) for tag in ("pStyle", "rStyle", "tblStyle") for each in body.iter(qn(f"w:{tag}"))}
    assert used - known == set()


def test_the_same_findings_give_the_same_bytes_and_no_seal_is_shown() -> None:
    seal = Seal("7KQ2M4XW9T", "https://hub.example/check/7KQ2M4XW9T", datetime(2026, 11, 22), "Olive Tarrant")
    assert make(told("new"), options("new"), seal) == made("new")


def test_the_document_says_what_it_is() -> None:
    core = document("new").core_properties
    assert (core.title, core.author) == ("Harbour Quarter: report of 1 June 2026", "Hub Playbook")
    assert [each.replace(tzinfo=None) for each in (core.created, core.modified)] == [datetime(2026, 6, 1)] * 2
    assert (core.language, document("welsh").core_properties.language) == ("en-GB", "cy-GB")
    assert document("welsh").core_properties.author == "Olive Tarrant"


def test_welsh_is_welsh_and_what_is_english_in_it_says_so() -> None:
    styles = document("welsh").styles.element
    assert {each.get(qn("w:val")) for each in styles.iter(qn("w:lang"))} == {"cy-GB"}
    english = list(document("welsh").element.body.iter(qn("w:lang")))
    assert {each.get(qn("w:val")) for each in english} == {"en-GB"}
    assert len(english) > 100
    assert list(document("new").element.body.iter(qn("w:lang"))) == []
    foot = document("welsh").sections[0].footer._element
    assert text_of(foot) == "Cwm Advisers <b> · Hub PlaybookTudalen 1 o 1"


def test_pages_are_counted_by_fields_and_the_cover_bears_no_number() -> None:
    section = document("new").sections[0]
    fields = [each.get(qn("w:instr")) for each in section.footer._element.iter(qn("w:fldSimple"))]
    assert (fields, text_of(section.header._element)) == (["PAGE", "NUMPAGES"], "Harbour Quarter")
    assert section.different_first_page_header_footer
    assert text_of(section.first_page_footer._element) == ""


def test_nothing_that_people_wrote_becomes_a_field_a_picture_or_a_way_out() -> None:
    with zipfile.ZipFile(io.BytesIO(made("nasty"))) as parts:
        relations = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels"))
        names = parts.namelist()
    outside = re.findall(r'<Relationship [^>]*TargetMode="External"[^>]*>', relations)
    targets = {re.findall(r'Target="([^"]*)"', each)[0] for each in outside}
    assert {re.findall(r'Type="[^"]*/(\w+)"', each)[0] for each in outside} == {"hyperlink"}
    assert targets == {LINKS[0], LINKS[1], "https://xn--mnchen-3ya.example/stra%C3%9Fe?q=%C3%9F"}
    instructions = [each.text for each in document("nasty").element.body.iter(qn("w:instrText"))]
    assert {each.split()[0] for each in instructions} == {"TOC", "PAGEREF"}
    pictures = [name for name in names if "/media/" in name]
    assert len(pictures) == len(list(document("nasty").element.body.iter(qn("wp:docPr"))))
    assert [name for name in names if re.search("custom|thumbnail|Effects", name)] == []


def test_every_letter_that_xml_cannot_hold_is_replaced() -> None:
    found = replace(told("new"), place=replace(PLACE, name="Bad\x00 \x0b\x1f name\ufffe", boundary="a\x07b\ud800c"))
    opened = docx.Document(io.BytesIO(make(found, Options("word"))))
    said = text_of(opened.element.body)
    assert "Bad\ufffd \ufffd\ufffd name\ufffd" in said
    assert "a\ufffdb\ufffdc" in said


def test_what_begins_from_right_to_left_stands_so() -> None:
    arabic = "مركز الابتكار (Hub) في المدينة"
    found = replace(told("new"), place=replace(PLACE, name=arabic, boundary=arabic))
    body = docx.Document(io.BytesIO(make(found, Options("word")))).element.body
    turned = [text_of(each) for each in body.iter(qn("w:p")) if each.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None]
    assert turned == [arabic, arabic]
    rtl = [
        "".join(text_of(run)) for run in body.iter(qn("w:r")) if run.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None
    ]
    assert rtl[:2] == ["مركز الابتكار", "في المدينة"]


def test_colours_are_the_tokens_or_those_of_the_branding() -> None:
    branded, plain = (document(name).styles.element.xml for name in ("welsh", "new"))
    assert [branded.count(colour) > 0 for colour in ("7a3b74", "7a1b14")] == [True, True]
    assert [plain.count(colour) > 0 for colour in ("12475a", "7a1b14", "var(")] == [True, False, False]


def test_libreoffice_opens_all_of_them_and_loses_no_word(pages: dict[str, list[str]]) -> None:
    for name in EVERY:
        shown = squeezed("".join(pages[name]))
        headings = paragraphs(name, "Heading1", "Heading2", "Heading3")
        assert [squeezed(text_of(each)) for each in headings if squeezed(text_of(each)) not in shown] == []
        plain = {squeezed(word) for word in _words(document(name).element.body) if len(word) < 12 and word.isascii()}
        assert {word for word in plain if word not in shown} <= TURNED


def _words(body: Any) -> Iterator[str]:
    for each in body.iter(qn("w:t")):
        yield from (each.text or "").split()


def test_libreoffice_shows_each_page_with_its_foot_and_nothing_on_the_cover(pages: dict[str, list[str]]) -> None:
    for name, printed in pages.items():
        foot = "Tudalen {} o {}" if name == "welsh" else "Page {} of {}"
        assert [foot.format(n, len(printed)) in each for n, each in enumerate(printed, 1)] == [False] + [True] * (
            len(printed) - 1
        )
    assert 8 < len(pages["new"]) < 16 < len(pages["welsh"]) < 32 < len(pages["nasty"]) < 64


def test_hostile_words_are_words(pages: dict[str, list[str]]) -> None:
    shown = squeezed("".join(pages["nasty"]))
    for planted in (
        "<script>alert(1)</script>",
        "<img src=http://evil.example/a.png>",
        "{% now 'Y' %}",
        "&amp; {{ 7 }}",
    ):
        assert planted in HOSTILE
        assert squeezed(planted) in shown


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://example.org/a b", ""),
        ("https://example.org/%zz{|}", "https://example.org/%25zz%7B%7C%7D"),
        ("http://user:secret@example.org:8080/x?y=1#z#z", "http://example.org:8080/x?y=1#z%23z"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("https://exa$mple.org/", ""),
        ("https://" + "a" * 70 + ".example/", ""),
        ("https://example.org/" + "a" * 2_000, ""),
        ("javascript:alert(1)", ""),
        ("ftp://example.org/", ""),
    ],
)
def test_an_address_is_plain_or_none(address: str, target: str) -> None:
    assert plain_address(address) == target


def test_spaces_flow_as_in_a_browser() -> None:
    runs = [Run(" \n a "), Run(" b"), Run("  ", PLAIN), Run("c\n ")]
    assert [run.text for run in flowing(runs)] == ["a ", "b", " ", "c"]
    kept = replace(PLAIN, keeps_lines=True)
    assert [run.text for run in flowing([Run(" one \t two\n\n  three \n", kept)])] == ["one two\n\n three"]


def test_directions_are_told_apart_and_closed() -> None:
    assert [begins_right_to_left(each) for each in ("1. مركز", "a مركز", "12", "")] == [True, False, False, False]
    parts = by_direction(Run("Tŷ مركز الابتكار end"))
    assert [(part.text, part.right_to_left) for part in parts] == [
        ("Tŷ ", False),
        ("مركز الابتكار", True),
        (" end", False),
    ]
    assert closed("\u202eabc") == "\u202eabc\u202c"
    assert closed("\u2067a\u202eb\u202cc") == "\u2067a\u202eb\u202cc\u2069"
    assert closed("a\u202c") == "a\u202c"


def test_what_is_not_closed_is_no_page() -> None:
    for html in ("<html><p></html>", "<html><p>"):
        with pytest.raises(ValueError, match="closed"):
            parsed(html)
