"""The page where a report is chosen: its choices are in the address, its files say what they are."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from PIL import Image

from assessments.interchange import dump_answers, dump_playbook, read_answers
from assessments.interchange.dumping import answers_json
from assessments.interchange.spreadsheets import AGREED, HEADS, PIECE, answers_csv, harmless
from assessments.models import Assessment, Branding
from assessments.reports import pdf
from assessments.reports.making import MAKERS
from assessments.reports.options import CHAPTERS, KINDS
from assessments.scoring import score_document
from assessments.selectors.results import findings_of
from tests.factories import (
    Cast,
    add_piece,
    answer,
    complete_answers,
    make_assessment,
    playbook,
    submit,
)
from tests.findings_cast import nasty

PLANTED = ['=HYPERLINK("http://evil.example/";"x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.fixture
def opened(cast: Cast) -> Assessment:
    assessment = make_assessment(cast.place, cast.owner, complete_answers(2))
    answer(assessment, "shared-vision", "dont_know", by=cast.owner, note="=1+1 Tŷ\nand another line")
    answer(assessment, "vision-kept-alive", "not_applicable", by=cast.owner, reason="@nobody")
    add_piece(assessment, "right-path", by=cast.owner, title="+44 minutes", link="https://example.org/a")
    add_piece(assessment, "right-path", by=cast.owner, title="Second", grade=1)
    return assessment


@pytest.fixture
def submitted(cast: Cast) -> Assessment:
    assessment = make_assessment(cast.place, cast.owner, complete_answers(2))
    submit(assessment, cast.owner, dated=date(2026, 6, 1))
    return assessment


def got(assessment: Assessment, name: str, query: str = "", *, who: str = "viewer", **headers: str) -> Any:
    client = Client(headers=headers or None)
    client.force_login(assessment.place.memberships.get(role=who).user)
    return client.get(f"{reverse(name, args=[assessment.pk])}{query}")


def said(response: Any) -> str:
    """The words of a page, every gap one space."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def picture_of(response: Any) -> str:
    """The address of the first page's picture, or nothing."""
    found = re.search(r'<img src="([^"]+)"', response.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def checked(response: Any) -> list[str]:
    """The choices that stand as made, each as its name and value."""
    tags = re.findall(r"<input[^>]+ checked[^>]*>", response.content.decode())
    return [" ".join(re.findall(r'(?:name|value)="([^"]*)"', tag)) for tag in tags]


def name_of(response: Any) -> str:
    return response["Content-Disposition"].partition('filename="')[2].partition('"')[0]


# --- The page --------------------------------------------------------------------------------------------------------


def test_it_offers_every_kind_that_is_made_each_with_its_purpose_and_has_usual_choices(opened: Assessment) -> None:
    page = got(opened, "export")
    words = said(page)
    assert [kind for kind in MAKERS if f"{KINDS[kind].name} {KINDS[kind].purpose}" not in words] == []
    chapters = [f"chapters {key}" for key in CHAPTERS]
    assert checked(page) == ["kind full", *chapters, "appendix", "language en-gb", "branding none"]
    assert "English" in words
    assert '<span lang="cy">Cymraeg</span>' in page.content.decode()


def test_what_was_chosen_is_in_the_address_and_stands_as_it_was(opened: Assessment) -> None:
    query = "?chosen=1&kind=board&chapters=stage&chapters=sources&language=cy&branding=none"
    page = got(opened, "export", query)
    assert checked(page) == ["kind board", "chapters stage", "chapters sources", "language cy", "branding none"]
    shown = parse_qs(urlsplit(picture_of(page)).query)
    del shown["content"]
    assert shown == {**parse_qs(query[1:])}


def test_the_picture_has_another_address_where_the_report_is_another(cast: Cast, opened: Assessment) -> None:
    before = picture_of(got(opened, "export"))
    assert before == picture_of(got(opened, "export"))
    answer(opened, "citizens", 3, by=cast.owner)
    assert before != picture_of(got(opened, "export"))


def test_no_chapter_is_an_error_beside_the_chapters_but_not_where_there_are_none(opened: Assessment) -> None:
    none = got(opened, "export", "?chosen=1&kind=full&language=en-gb&branding=none")
    assert (none.status_code, picture_of(none)) == (422, "")
    assert 'href="#id_chapters_0">Choose at least one chapter.</a>' in none.content.decode()
    assert 'id="id_chapters_error"' in none.content.decode()
    assert got(opened, "export", "?chosen=1&kind=board&language=en-gb&branding=none").status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?kind=essay", "kind"),
        ("?chapters=weather", "chapters"),
        ("?language=tlh", "language"),
        ("?branding=somebody", "branding"),
        ("?branding=own", "branding"),
        ("?kind=%00%ff&language=", "kind"),
    ],
)
def test_a_choice_that_there_is_not_is_an_error_beside_its_field_and_no_file(
    opened: Assessment, query: str, field: str
) -> None:
    page = got(opened, "export", query)
    assert (page.status_code, f'id="id_{field}_error"' in page.content.decode()) == (422, True)
    assert [got(opened, name, query).status_code for name in ("report", "report_preview")] == [404, 404]


def test_a_script_gets_the_preview_alone_and_what_is_wrong_in_words(opened: Assessment) -> None:
    good, bad = (got(opened, "export", query, hx_request="true") for query in ("", "?chosen=1&kind=full"))
    assert [good.status_code, bad.status_code] == [200, 200]
    assert [page.content.decode().count("<form") for page in (good, bad)] == [0, 0]
    assert picture_of(good).startswith(f"/assessments/{opened.pk}/report/first-page.png?")
    assert "There is nothing to show yet" in said(bad)
    assert "HX-Request" in good["Vary"]


def test_a_branding_that_there_is_is_offered_and_the_places_is_the_usual(cast: Cast, opened: Assessment) -> None:
    colours = {"main": "#12475a", "accent": "#12475a"}
    Branding.objects.create(place=cast.place, name="The Port <b>", **colours)
    Branding.objects.create(person=cast.viewer, name="Consult Ltd", **colours)
    page = got(opened, "export")
    assert "The place’s: The Port &lt;b&gt;" in page.content.decode()
    assert "My own: Consult Ltd" in said(page)
    assert checked(page)[-1] == "branding place"
    assert checked(got(opened, "export", "?branding=own"))[-1] == "branding own"
    owners = got(opened, "export", who="owner")
    assert "Consult Ltd" not in said(owners)
    shown = [f'href="/places/{cast.place.pk}/branding/"' in each.content.decode() for each in (owners, page)]
    assert shown == [True, False]


def test_what_has_no_pages_says_so_in_words(opened: Assessment) -> None:
    for kind in ("word", "workbook"):
        if kind in MAKERS:
            page = got(opened, "export", f"?kind={kind}")
            assert (picture_of(page), got(opened, "report_preview", f"?kind={kind}").status_code) == ("", 404)
            assert "pages" in said(page).partition("First page")[2]


def test_an_open_assessment_says_so_and_a_submitted_one_does_not(cast: Cast, opened: Assessment) -> None:
    assert "Not submitted: as it stands now" in said(got(opened, "export"))
    submit(opened, cast.owner)
    assert "Not submitted" not in said(got(opened, "export"))


def test_a_submission_has_a_page_of_its_own_and_one_that_there_is_not_has_none(submitted: Assessment) -> None:
    client = Client()
    client.force_login(submitted.place.memberships.get(role="viewer").user)
    page = client.get(reverse("submission_export", args=[submitted.pk, 1]))
    assert picture_of(page).startswith(f"/assessments/{submitted.pk}/submissions/1/report/first-page.png?")
    assert client.get(reverse("submission_export", args=[submitted.pk, 2])).status_code == 404
    assert client.get(reverse("submission_answers_as_csv", args=[submitted.pk, 2])).status_code == 404


# --- The files -------------------------------------------------------------------------------------------------------


@override_settings(CACHES={**settings.CACHES, "pictures": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}})
def test_the_picture_is_the_first_page_and_is_drawn_once_for_the_same_choices(submitted: Assessment) -> None:
    response = got(submitted, "report_preview", "?kind=funder")
    with Image.open(io.BytesIO(response.content)) as picture:
        assert (response["Content-Type"], picture.format, picture.size) == ("image/png", "PNG", (900, 1273))
    assert "no-store" in response["Cache-Control"]
    with occupied():  # nobody could print it now
        assert got(submitted, "report_preview", "?kind=funder", who="owner").content == response.content


@pytest.mark.any_database
def test_a_report_that_has_to_wait_says_so_calmly_and_keeps_its_choices(submitted: Assessment) -> None:
    with occupied():
        picture, page = (got(submitted, name, "?kind=funder&language=cy") for name in ("report_preview", "report"))
    assert (picture.status_code, picture["Retry-After"], picture.content) == (503, "10", b"No picture just now.")
    assert page.status_code == 503
    assert (
        f'href="/assessments/{submitted.pk}/report.pdf?kind=funder&amp;language=cy">Try again' in page.content.decode()
    )


@contextmanager
def occupied() -> Iterator[None]:
    """Every place at the press is taken, and nobody waits."""
    press, patience = pdf.press(), pdf.press().patience
    press.patience = 0
    with press._places, press._places:
        yield
    press.patience = patience


def test_download_leads_to_the_file_with_the_choices(opened: Assessment) -> None:
    response = got(opened, "export", "?chosen=1&kind=board&language=cy&branding=none&download=1")
    assert (response.status_code, urlsplit(response["Location"]).path) == (302, f"/assessments/{opened.pk}/report.pdf")
    wanted = {"chosen": ["1"], "kind": ["board"], "language": ["cy"], "branding": ["none"]}
    assert parse_qs(urlsplit(response["Location"]).query) == wanted


@pytest.mark.any_database
def test_a_report_is_named_after_its_place_kind_language_and_date(submitted: Assessment) -> None:
    asked = ["?kind=board&language=cy", "?kind=funder"]
    names = [name_of(got(submitted, "report", query)) for query in asked]
    assert names == [
        "harbour-quarter-2026-06-01-board-paper-cy.pdf",
        "harbour-quarter-2026-06-01-funder-annex.pdf",
    ]


def test_data_of_what_is_not_submitted_says_so_in_its_name(cast: Cast, opened: Assessment) -> None:
    files = ["answers_as_json", "answers_as_csv", "answers_file"]
    names = [name_of(got(opened, name)).partition("not-submitted-")[2] for name in files]
    assert names == ["answers.json", "answers.csv", "answers.yaml"]
    assert got(opened, "answers_file").content.startswith(b"# Not submitted: as it stands now.\nschema:")
    submit(opened, cast.owner, dated=date(2026, 6, 1))
    assert [name_of(got(opened, name)) for name in files] == [
        f"harbour-quarter-2026-06-01-answers.{ending}" for ending in ("json", "csv", "yaml")
    ]
    assert got(opened, "answers_file").content.startswith(b"schema:")


def test_only_the_right_ending_gives_a_kind(opened: Assessment) -> None:
    assert [got(opened, "report", f"?kind={kind}").status_code for kind in ("word", "workbook")] == [404, 404]
    assert [got(opened, name, "?kind=full").status_code for name in ("report_word", "workbook")] == [404, 404]


@pytest.mark.any_database
def test_answers_as_json_are_the_interchange_form_and_score_as_on_the_screen(
    opened: Assessment, tmp_path: Path
) -> None:
    response = got(opened, "answers_as_json")
    findings = findings_of(opened)
    assert read_answers(response.content, playbook()) == findings.answers
    (tmp_path / "a.json").write_bytes(response.content)
    (tmp_path / "p.yaml").write_text(dump_playbook(findings.playbook))
    command = [sys.executable, "manage.py", "score", str(tmp_path / "p.yaml"), str(tmp_path / "a.json")]
    done = subprocess.run(command, capture_output=True, cwd=settings.BASE_DIR, check=True)
    assert json.loads(done.stdout) == json.loads(json.dumps(score_document(findings.result)))


def test_answers_as_json_read_back_whatever_was_written() -> None:
    answers = nasty().answers
    assert read_answers(answers_json(answers), playbook()) == read_answers(dump_answers(answers), playbook())


def test_answers_as_csv_have_a_line_for_each_criterion(opened: Assessment) -> None:
    content = got(opened, "answers_as_csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert head == [*HEADS, *AGREED, *(f"evidence {number} {name}" for number in (1, 2) for name in PIECE)]
    assert [line[4] for line in lines] == list(playbook().criterion)
    assert {len(line) for line in lines} == {len(head)}
    told = {line[4]: dict(zip(head, line, strict=True)) for line in lines}
    assert told["right-path"] | {"evidence 2 date": ""} == told["right-path"]
    assert told["right-path"]["state"] == "not submitted"
    assert told["right-path"]["answer"] == "2"
    assert told["right-path"]["evidence 1 title"] == "'+44 minutes"
    assert told["right-path"]["evidence 2 title"] == "Second"
    assert told["shared-vision"]["answer"] == "dont_know"
    assert told["shared-vision"]["note"] == "'=1+1 Tŷ\nand another line"
    assert told["vision-kept-alive"]["reason"] == "'@nobody"


@pytest.mark.parametrize("text", [*PLANTED, "\n=1", "＝1"])
def test_no_text_begins_as_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"Ann {text}") == f"Ann {text}"


def test_planted_formulas_are_harmless_wherever_they_are_written() -> None:
    found = nasty()
    keys = list(playbook().criterion)
    notes = dict(zip(keys, PLANTED, strict=False))
    pieces = {key: (replace(found.answers.evidence[keys[0]][0], title=text, link=text),) for key, text in notes.items()}
    answers = replace(found.answers, place=PLANTED[0], notes=notes, evidence=pieces, reasons={keys[1]: PLANTED[2]})
    written = answers_csv(playbook(), answers, submitted=True)
    cells = [cell for line in csv.reader(io.StringIO(written, newline="")) for cell in line]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert [text for text in PLANTED if cells.count(f"'{text}") < 3] == []
