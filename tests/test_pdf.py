"""A printed report is PDF/UA-1, says what is wrong with it, and is the same every time."""

import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pikepdf
import pytest
import weasyprint

from assessments.reports.pdf import Press, ReportFailed
from tests.pdf_checks import assert_pdf_ua, elements_of, own_faults, validator_faults
from tests.printing import (
    DRAWING,
    SAMPLE,
    document,
    opened,
    pressing,
    text_of,
)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with pressing() as one:
        yield one


@pytest.fixture(scope="module")
def sample(press: Press) -> bytes:
    return press.print(SAMPLE, identifier="sample", strict=True)


def test_a_report_with_every_construct_is_pdf_ua(sample: bytes) -> None:
    assert_pdf_ua(sample)


def test_the_file_says_what_it_is(sample: bytes) -> None:
    with opened(sample) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        told = {key: str(value) for key, value in pdf.docinfo.items()}
        assert told == {
            "/Title": "Harbour Quarter",
            "/Author": "Hub Playbook",
            "/CreationDate": "D:20260105100000Z",
            "/ModDate": "D:20260106113000Z",
            "/Producer": f"WeasyPrint {weasyprint.__version__}",
        }
        with pdf.open_outline() as outline:
            bookmarks = [(one.title, [two.title for two in one.children]) for one in outline.root]
    assert bookmarks == [("Harbour Quarter", ["Contents", "People", "Place"])]


def test_running_heads_contents_and_table_heads(sample: bytes) -> None:
    with opened(sample) as pdf:
        last = len(pdf.pages)
        scopes = [str(element.A.Scope) for element in elements_of(pdf) if element.S == "/TH"]
    pages_of_the_table = last - 3  # all but the cover, the contents and the last
    assert scopes.count("/Row") == 60
    assert scopes.count("/Column") == 2 * pages_of_the_table
    contents = re.sub(r"[.\s]{2,}", " ", text_of(sample, "-f", "2", "-l", "2", "-layout")).strip()
    assert contents == f"Harbour Quarter Contents Contents People 3 Place {last} Page 2 of {last}"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            '<tr><th scope="col" rowspan="2">A</th><th scope="colgroup" colspan="2">B</th></tr>'
            '<tr><th scope="col">1</th><th scope="col">2</th></tr>'
            '<tr><th scope="row" rowspan="2">r</th><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>',
            ["/Column", "/Column", "/Column", "/Column", "/Row"],
        ),
        ('<tr><th scope="row">r</th><td>1</td></tr><tr><th scope="row">s</th><td>2</td></tr>', ["/Row", "/Row"]),
        ("<tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr>", ["/Column", "/Column"]),
    ],
    ids=["spans", "rows only", "columns only"],
)
def test_each_table_head_has_its_scope(press: Press, rows: str, expected: list[str]) -> None:
    pdf = press.print(document(f"<table>{rows}</table>"), identifier="table", strict=True)
    with opened(pdf) as document_:
        assert [str(element.A.Scope) for element in elements_of(document_) if element.S == "/TH"] == expected
    assert_pdf_ua(pdf)


def test_a_table_that_is_laid_out_as_none_is_printed_and_found_faulty(press: Press) -> None:
    html = document("<table><tr><th>A</th><td>1</td></tr></table>", head="<style>tr { display: flex }</style>")
    assert validator_faults(press.print(html, identifier="table", strict=True)) != []


def first(pdf: pikepdf.Pdf, kind: str) -> Any:
    return next(element for element in elements_of(pdf) if kind == element.S)


def link(pdf: pikepdf.Pdf) -> Any:
    return next(page for page in pdf.pages if "/Annots" in page).Annots[0]


def no_title_in_metadata(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as xmp:
        del xmp["dc:title"]


def not_ua(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as xmp:
        del xmp["{http://www.aiim.org/pdfua/ns/id/}part"]


def font_left_out(pdf: pikepdf.Pdf) -> None:
    font = next(each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/FontFile2" in each)
    font.FontName = pikepdf.Name.Left_Out
    del font.FontFile2


def page_with_links(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[1].obj


FAULTS: dict[str, tuple[Callable[[pikepdf.Pdf], Any], str]] = {
    "not marked": (lambda pdf: pdf.Root.MarkInfo.update({"/Marked": False}), "The document is not marked as tagged"),
    "no structure": (
        lambda pdf: pdf.Root.StructTreeRoot.update({"/K": pikepdf.Array()}),
        "The structure tree is empty",
    ),
    "no language": (lambda pdf: pdf.Root.update({"/Lang": pikepdf.String("")}), "The document has no language"),
    "no title": (no_title_in_metadata, "The document has no title"),
    "title not shown": (
        lambda pdf: pdf.Root.ViewerPreferences.update({"/DisplayDocTitle": False}),
        "The window does not show the title",
    ),
    "not UA": (not_ua, "The metadata do not say PDF/UA-1"),
    "figure": (lambda pdf: first(pdf, "/Figure").__delitem__("/Alt"), "A figure has no alternative text"),
    "blank figure": (
        lambda pdf: first(pdf, "/Figure").update({"/Alt": pikepdf.String(" ")}),
        "A figure has no alternative text",
    ),
    "no scope": (lambda pdf: first(pdf, "/TH").A.__delitem__("/Scope"), "A table head has no scope"),
    "empty cell": (lambda pdf: first(pdf, "/TD").update({"/K": pikepdf.Array()}), "A table cell is empty"),
    "level skipped": (
        lambda pdf: first(pdf, "/H2").update({"/S": pikepdf.Name.H3}),
        "A heading of level 3 follows level 1",
    ),
    "font left out": (font_left_out, "The font /Left_Out is not embedded"),
    "no bookmarks": (lambda pdf: pdf.Root.__delitem__("/Outlines"), "There are no bookmarks"),
    "tab order": (
        lambda pdf: page_with_links(pdf).__delitem__("/Tabs"),
        "The tab order of page 2 is not that of the structure",
    ),
    "link says nothing": (lambda pdf: link(pdf).__delitem__("/Contents"), "A link has no description"),
    "link does not print": (lambda pdf: link(pdf).update({"/F": 0}), "A link is not set to print"),
    "link loose": (lambda pdf: link(pdf).__delitem__("/StructParent"), "A link is not in the structure"),
}  # fmt: skip


@pytest.mark.parametrize(("plant", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_our_checks_find_what_is_planted(sample: bytes, plant: Callable[[Any], Any], fault: str) -> None:
    with opened(sample) as pdf:
        plant(pdf)
        target = io.BytesIO()
        pdf.save(target)
    assert own_faults(target.getvalue()) == [fault]


@pytest.mark.parametrize(
    ("validator", "fault"),
    [
        ("page", "not marked"),
        ("page", "title not shown"),
        ("page", "not UA"),
        ("page", "figure"),
        ("page", "level skipped"),
        ("page", "font left out"),
        ("page", "tab order"),
        ("page", "link says nothing"),
        ("pdfua", "not marked"),
        ("pdfua", "no language"),
        ("pdfua", "title not shown"),
        ("pdfua", "figure"),
    ],
)
def test_the_validators_find_what_is_planted(sample: bytes, validator: str, fault: str) -> None:
    with opened(sample) as pdf:
        FAULTS[fault][0](pdf)
        target = io.BytesIO()
        pdf.save(target)
    assert [line for line in validator_faults(target.getvalue()) if line.startswith(validator)] != []


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        (document("<p>x</p>", lang=""), 'ERROR: Missing required "lang" attribute at the root of the document'),
        (document("<p>x</p>", title=""), 'ERROR: Missing required "title" of the document'),
        (
            document(f'<img src="data:image/svg+xml,{quote(DRAWING)}">'),
            f'ERROR: Image "data:image/svg+xml,{quote(DRAWING)}" has no required alt description',
        ),
        (
            document("<p>x</p>", head="<style>p { colour: red }</style>"),
            "WARNING: Ignored `colour: red ` at 1:5, unknown property.",
        ),
        (
            document('<p><a href="#gone">x</a></p>'),
            "ERROR: No anchor #gone for internal URI reference",
        ),
    ],
    ids=["language", "title", "alternative text", "unknown property", "dead link"],
)
def test_complaints_are_raised_in_tests_and_logged_in_production(
    press: Press, caplog: pytest.LogCaptureFixture, html: str, complaint: str
) -> None:
    with pytest.raises(ReportFailed) as raised:
        press.print(html, identifier="r1", strict=True)
    assert raised.value.log == complaint
    assert caplog.messages == []
    assert press.print(html, identifier="r1").startswith(b"%PDF-1.7")
    assert caplog.messages == [f"Report r1: {complaint}"]


def test_the_same_report_has_the_same_bytes(press: Press, sample: bytes) -> None:
    assert press.print(SAMPLE, identifier="sample") == sample
    with pressing() as another:
        assert another.print(SAMPLE, identifier="sample") == sample
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: press.print(SAMPLE, identifier="sample"), range(4))) == {sample}


def test_the_identifier_names_the_file(press: Press, sample: bytes) -> None:
    other = press.print(SAMPLE, identifier="tŷ 2")
    with opened(sample) as one, opened(other) as two:
        assert [len(bytes(half)) for half in two.trailer.ID] == [32, 32]
        assert bytes(one.trailer.ID[0]) != bytes(two.trailer.ID[0])
    assert len(other) == len(sample)
