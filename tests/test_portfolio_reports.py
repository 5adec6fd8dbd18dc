"""Places beside one another on paper and as a workbook: complete, PDF/UA, settled bytes, whatever a place is called."""

import io
import re
from datetime import date
from functools import cache

import openpyxl
import pikepdf
import pytest

from assessments.findings.portfolio import PlaceStanding
from assessments.reports.branding import Branding
from assessments.reports.portfolio import parted, portfolio_html, portfolio_pdf
from assessments.reports.portfolio_workbook import portfolio_workbook
from tests.pdf_checks import assert_pdf_ua, elements_of, fonts_of
from tests.portfolio_cast import HOSTILE_NAME, demos, many
from tests.printing import text_of
from tests.test_report import OURS

DAY = date(2026, 11, 22)
BRANDING = Branding("Ashworth & Pryce <b>", "#0b3d2e", "#7a3b74", "Ask <us>", "For the board of the region only.")


def standings(name: str) -> tuple[PlaceStanding, ...]:
    return demos() if name == "demos" else many(int(name))


@cache
def printed(name: str) -> bytes:
    return portfolio_pdf(standings(name), asked_on=DAY, language="en-gb", strict=True)


@cache
def words(name: str) -> str:
    return " ".join(text_of(printed(name)).split())


@cache
def workbook() -> bytes:
    return portfolio_workbook((*demos(), *many(3)), asked_on=DAY, language="en-gb")


# --- The PDF ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["demos", "1", "30"])
def test_a_comparison_is_pdf_ua_and_printed_without_complaint(name: str) -> None:
    assert_pdf_ua(printed(name))
    assert [font for font in fonts_of(printed(name)) if not OURS.fullmatch(font)] == []


def test_the_same_places_give_the_same_bytes() -> None:
    assert portfolio_pdf(standings("demos"), asked_on=DAY, language="en-gb") == printed("demos")


def test_it_tells_every_place_with_its_version_and_whether_it_submitted() -> None:
    html = portfolio_html(standings("demos"), asked_on=DAY, language="en-gb")
    table = html[html.index('id="versions"') : html.index('id="method"')]
    rows = [re.sub(r"\s*<[^>]*>\s*", "|", row).strip("|") for row in table.split("<tr>")[2:]]
    book = "Hubs of innovation: the four lessons, version 1.0"
    assert [re.sub(r"[|]+", "|", row).split("|")[:4] for row in rows] == [
        ["Saltmarsh Quay", book, "No: 5 of 27 answered", "15 September 2026"],
        ["Aldenmoor Science Quarter", book, "No: 21 of 27 answered", "30 June 2026"],
        ["Tenterclough Mills (2025)", book, "No: 25 of 27 answered", "14 October 2025"],
        ["Tenterclough Mills", book, "20 October 2026", "20 October 2026"],
        ["Nowhere Yet", "Nothing answered yet", "No", "–"],
    ]
    assert all(place.name in words("demos") for place in demos())


def test_wide_tables_lie_across_and_repeat_their_heads() -> None:
    with pikepdf.open(io.BytesIO(printed("30"))) as pdf:
        shapes = {tuple(round(float(edge)) for edge in page.MediaBox[2:]) for page in pdf.pages}
        heads = [each for each in elements_of(pdf) if each.S == "/TH"]
    assert shapes == {(595, 842), (842, 595)}
    assert len(heads) > 30
    pages = text_of(printed("30"), "-layout").split("\f")
    rows = re.compile(r"^ *Place +1\.1 +1\.2 +1\.3", re.MULTILINE)
    assert sum(bool(rows.search(page)) for page in pages) > 1


def test_each_picture_says_what_it_shows() -> None:
    with pikepdf.open(io.BytesIO(printed("demos"))) as pdf:
        alts = [str(each.Alt) for each in elements_of(pdf) if each.S == "/Figure"]
    told = [alt for alt in alts if not alt.startswith("Mark: ")]
    assert [alt.partition(".")[0] for alt in told] == [
        "The overall scores",
        "The places by lesson",
        "The places by criterion",
    ]


def test_a_hostile_name_is_only_a_name() -> None:
    html = portfolio_html(standings("6"), asked_on=DAY, language="en-gb")
    assert "<b>Tŷ" not in html
    assert "&lt;b&gt;Tŷ&lt;/b&gt;" in html
    assert "=HYPERLINK" in words("30")


def test_a_brand_is_on_the_cover_and_the_note_of_independence_stays() -> None:
    html = portfolio_html(standings("1"), asked_on=DAY, language="en-gb", branding=BRANDING)
    assert "Ashworth &amp; Pryce &lt;b&gt;" in html
    assert "background: #0b3d2e" in html
    assert "For the board of the region only." in html
    assert "not endorsed by the publishers" in html


def test_it_speaks_the_language_asked_for() -> None:
    html = portfolio_html(standings("demos"), asked_on=DAY, language="cy")
    assert '<html lang="cy">' in html
    assert "Cymhariaeth o 5 lle" in html
    assert "Comparison of" not in html


@pytest.mark.parametrize("number", [0, 61])
def test_no_place_and_too_many_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match=f"not of {number}"):
        portfolio_html(demos()[:1] * number, asked_on=DAY, language="en-gb")


def test_places_that_answered_nothing_are_listed_and_not_compared() -> None:
    html = portfolio_html(demos()[-1:], asked_on=DAY, language="en-gb")
    assert "there is nothing to compare" in html
    assert "<svg" not in html
    assert "Nowhere Yet" in html


def test_columns_are_parted_between_lessons() -> None:
    from assessments.findings.heat import HeatColumn

    columns = [HeatColumn(str(at), str(at), "", f"Lesson {at // 10}") for at in range(35)]
    assert [(part.start, part.stop) for part in parted(columns)] == [(0, 20), (20, 35)]
    long = [HeatColumn(str(at), str(at), "", "Only") for at in range(60)]
    assert [part.stop for part in parted(long)] == [20, 40, 60]


# --- The workbook -----------------------------------------------------------------------------------------------------


def test_a_workbook_has_its_sheets_with_heads_that_stay_and_filters() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    assert book.sheetnames == ["Places", "Lessons", "Criteria", "Priorities", "Method"]
    assert {sheet.freeze_panes for sheet in book} == {"B2"}
    assert [bool(sheet.auto_filter.ref) for sheet in book] == [True] * 5
    assert book["Places"].max_row == 1 + 8
    assert book["Criteria"].max_row == 1 + 27 * 7


def test_figures_are_numbers_and_days_are_days() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()))["Places"]
    heads = [cell.value for cell in sheet[1]]
    mills = dict(zip(heads, sheet[5], strict=True))
    kinds = {head: mills[head].data_type for head in ("Place", "Submitted", "Score", "Known")}
    assert kinds == {"Place": "s", "Submitted": "d", "Score": "n", "Known": "n"}
    quay = dict(zip(heads, sheet[2], strict=True))
    assert (quay["Score"].value, quay["State"].value, quay["Criteria dealt with"].value) == (None, "Withheld", 5)


def test_a_name_is_never_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    named = {cell.data_type for cell in cells if cell.value == HOSTILE_NAME}
    assert named == {"s"}


def test_the_same_places_give_the_same_workbook_and_it_speaks_welsh() -> None:
    assert portfolio_workbook((*demos(), *many(3)), asked_on=DAY, language="en-gb") == workbook()
    welsh = openpyxl.load_workbook(io.BytesIO(portfolio_workbook(demos(), asked_on=DAY, language="cy")))
    assert welsh.sheetnames[0] == "Lleoedd"
