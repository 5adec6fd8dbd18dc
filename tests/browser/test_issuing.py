"""From the paper to the page: the QR code of an issued report, read as a telephone reads it, leads to what is known."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from assessments.findings.codes import in_groups
from assessments.models import IssuedReport
from assessments.reports.pictures import page_png
from tests.browser.accessibility import violations
from tests.factories import Cast, make_assessment, make_cast, sign_in, submit

PHONE = ViewportSize(width=360, height=740)


@pytest.fixture
def cast(live_server: Any, settings: Any, files: Path) -> Cast:
    """The people, on a site whose address is that of the server under test."""
    settings.SITE_URL = live_server.url
    return make_cast()


def read_by_a_camera(pdf: bytes) -> str:
    picture = Image.open(io.BytesIO(page_png(pdf, width=1000)))
    return zxingcpp.read_barcodes(picture)[0].text


def test_the_code_on_the_printed_page_leads_to_the_page_that_knows_it(
    cast: Cast, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    submission = submit(make_assessment(cast.place, cast.owner, {"right-path": 2}), cast.owner)
    page = new_page(viewport=PHONE)
    sign_in(page, cast.owner)
    page.goto(reverse("issue", args=[submission.assessment_id, 1]))
    assert violations(page) == []
    page.get_by_label("Funder annex").check()
    page.get_by_role("button", name="Issue this report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Issued reports of Harbour Quarter")
    assert violations(page) == []

    report = IssuedReport.objects.get()
    with default_storage.open(str(report.file.name)) as file:
        pdf = file.read()
    address = read_by_a_camera(pdf)
    assert address == f"{settings.SITE_URL}/check/{in_groups(report.code)}/"

    anybody = new_page(viewport=PHONE)
    anybody.goto(address)
    expect(anybody.get_by_role("heading", level=1)).to_have_text("Genuine")
    assert violations(anybody) == []
    own = tmp_path / "own.pdf"
    own.write_bytes(pdf)
    anybody.get_by_label("Your file (PDF").set_input_files(own)
    anybody.get_by_role("button", name="Compare").click()
    expect(anybody.get_by_text("byte for byte, the one that was issued")).to_be_visible()
    own.write_bytes(pdf + b" ")
    anybody.get_by_label("Your file (PDF").set_input_files(own)
    anybody.get_by_role("button", name="Compare").click()
    expect(anybody.get_by_role("alert")).to_contain_text("do not rely on it")
    assert violations(anybody) == []


@pytest.mark.any_database
def test_a_colour_picked_is_a_colour_written_and_the_cover_follows(cast: Cast, page: Page) -> None:
    submit(make_assessment(cast.place, cast.owner, {"right-path": 2}), cast.owner)
    sign_in(page, cast.owner)
    page.goto(reverse("place_branding", args=[cast.place.pk]))
    assert violations(page) == []
    page.get_by_label("Pick: Main colour").fill("#5a1f4b")
    expect(page.get_by_label("Main colour", exact=True)).to_have_value("#5a1f4b")
    page.get_by_label("Name", exact=True).fill("Harbour Trust")
    cover = page.locator("#cover")
    expect(cover).to_have_attribute("src", re.compile("name=Harbour\\+Trust&main=%235a1f4b"))
    expect(cover).to_have_js_property("naturalWidth", 600)  # the new picture has come
