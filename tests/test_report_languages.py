"""The report in Welsh: every word of ours, the playbook's texts as far as there are any, the rest marked English."""

import io
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pikepdf
import pytest
from django.template.loader import render_to_string
from django.utils.translation import gettext, override, trans_real

from assessments.charts import charts
from assessments.findings import Findings
from assessments.reports.cutting import width
from assessments.reports.options import CHAPTERS, Options
from assessments.reports.report import report_html, report_pdf
from assessments.reports.sheets import page_foot
from tests.factories import playbook
from tests.findings_cast import demo, nasty
from tests.paper_cast import BRANDED, SEAL, unanswered, welsh
from tests.pdf_checks import assert_pdf_ua, elements_of
from tests.test_marked_texts import Bracketed, texts, unmarked

LINE = "Dangosir yn Saesneg yr hyn nad yw wedi’i gyfieithu eto."


@cache
def printed() -> bytes:
    return report_pdf(welsh(demo("tenterclough-mills-2026")), Options(language="cy"), strict=True)


@cache
def pages() -> list[str]:
    done = subprocess.run(["pdftotext", "-", "-"], input=printed(), capture_output=True, check=True)
    return [" ".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(trans_real._translations, "cy", Bracketed("cy"))  # type: ignore[attr-defined]


@pytest.mark.usefixtures("bracketed")
@pytest.mark.parametrize("chapter", [*CHAPTERS, "appendix"])
@pytest.mark.parametrize("make", [lambda: demo("tenterclough-mills-2026"), lambda: demo("saltmarsh-quay"), nasty])
def test_every_word_of_a_chapter_can_be_translated(chapter: str, make: object) -> None:
    found = replace(make())  # type: ignore[operator]
    with override("cy"):
        drawn = {chart.key: chart for chart in charts(found)}
        said = render_to_string(f"report/{chapter}.html", {"findings": found, "charts": drawn, "chart_style": ""})
    names = [*texts(playbook()), *texts(found.answers), *texts(found.place), *texts(found.submitted)]
    names += [piece.shown_link for each in found.criteria for piece in each.evidence]
    assert unmarked(said, names) == []


@pytest.mark.usefixtures("bracketed")
@pytest.mark.parametrize("kind", ["full", "board", "funder", "evidence"])
@pytest.mark.parametrize("make", [lambda: demo("tenterclough-mills-2026"), unanswered, nasty])
def test_every_word_of_a_printed_kind_can_be_translated(kind: str, make: object) -> None:
    found = replace(make())  # type: ignore[operator]
    options = Options(kind=kind, chapters=(), language="cy", branding=BRANDED)
    names = [*texts(playbook()), *texts(found.answers), *texts(found.place), *texts(found.submitted)]
    names += [piece.shown_link for each in found.criteria for piece in each.evidence]
    names += [BRANDED.name, BRANDED.disclaimer.strip(), *BRANDED.contact.splitlines(), "Hub Playbook", SEAL.issued_by]
    names += [*(part for text in names for part in cuts(text)), "7KQ2M-9XW4T"]
    for seal in (None, SEAL):
        said = report_html(found, options, seal)
        assert unmarked(said, names) == []


def cuts(text: str) -> list[str]:
    """The beginnings of a text that a page without room may show, the longest first."""
    words = " ".join(text.split())
    return [words[:at].rstrip(" ,;:.") + "…" for at in range(len(words), 8, -1)] if len(words) > 25 else []


def test_a_welsh_report_is_pdf_ua_and_printed_without_complaint() -> None:
    assert_pdf_ua(printed())


def test_what_is_english_in_it_says_so_in_the_structure_of_the_pdf() -> None:
    told = welsh(demo("tenterclough-mills-2026"))
    with pikepdf.open(io.BytesIO(printed())) as pdf:
        found = Counter(str(each.get("/Lang", "")) for each in elements_of(pdf))
        said = [each for each in elements_of(pdf) if each.get("/Lang") == "en"]
    marked = report_html(told, Options(language="cy")).count('<span lang="en">')
    assert marked > 100
    assert (set(found), len(said)) == ({"", "en"}, found["en"])
    assert found["en"] >= marked  # one more wherever a text goes on over a page or a line


def test_an_english_report_says_its_language_once() -> None:
    with pikepdf.open(io.BytesIO(report_pdf(demo("saltmarsh-quay")))) as pdf:
        assert {str(each.get("/Lang", "")) for each in elements_of(pdf)} == {""}
        assert str(pdf.Root.Lang) == "en-GB"


def test_it_says_once_and_at_the_front_that_some_of_it_is_in_english() -> None:
    assert " ".join(pages()).count(LINE) == 1
    assert LINE in pages()[0]
    assert LINE not in report_html(replace(demo("tenterclough-mills-2026")), Options(language="cy"))


def test_dates_feet_and_plurals_are_welsh() -> None:
    text = " ".join(pages())
    assert f"Tudalen 2 o {len(pages())}" in pages()[1]
    assert "20 Hydref 2026" in text
    assert "O’i gymharu ag asesiad 14 Hydref 2025." in text
    assert re.findall(r"\bPage \d|\bLevel \d|20 October", text) == []


def test_the_summary_is_one_page_and_no_head_of_a_table_runs_into_the_next() -> None:
    assert pages()[1].startswith("Tenterclough Mills Crynodeb Crynodeb")
    assert not pages()[2].startswith("Tenterclough Mills Crynodeb")
    assert "ychwanegu ychwanegu" not in " ".join(pages())


@pytest.mark.parametrize("make", [lambda: demo("tenterclough-mills-2026"), lambda: demo("saltmarsh-quay"), nasty])
def test_short_papers_are_as_short_in_welsh(make: Callable[[], Findings]) -> None:
    for kind, most in (("board", 2), ("funder", 1)):
        pdf = report_pdf(welsh(make()), Options(kind=kind, language="cy"), strict=True)
        with pikepdf.open(io.BytesIO(pdf)) as found:
            assert len(found.pages) == most


def test_every_term_fits_beside_what_it_says() -> None:
    """Terms stand on one line with their text beside them; widths in ems of the term, as the sheets give them room."""
    room = {"Stage declared": 40 / 3.7, "Prepared by": 40 / 3.7, "Why not applicable": 33 / 3.39, "Evidence": 33 / 3.39}
    with override("cy"):
        assert [term for term, ems in room.items() if width(gettext(term)) > ems] == []


def test_quotes_in_a_translation_do_not_end_the_foot() -> None:
    assert page_foot('a "b" \\ {page}/{pages}') == r'"a \"b\" \\ " counter(page) "/" counter(pages) ""'
