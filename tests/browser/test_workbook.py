"""A workbook in a browser: out, filled in, back with a conflict, decided and taken over."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from assessments.models import Answer, Assessment
from tests.browser.accessibility import violations
from tests.factories import Cast, answer, make_assessment, make_cast, sign_in
from tests.workbook_cast import changed, typed

KEY, OTHER = "right-path", "shared-vision"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner, {KEY: 2, OTHER: 1})


def test_a_workbook_goes_out_and_comes_back(
    new_page: Callable[..., Page], cast: Cast, assessment: Assessment, troubles: list[str]
) -> None:
    page = new_page(viewport={"width": 390, "height": 800})
    sign_in(page, cast.owner)
    page.goto(f"/assessments/{assessment.pk}/")
    page.get_by_role("link", name="Answer offline in a spreadsheet").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the workbook").click()
    data = download.value.path().read_bytes()
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames[0] == "Instructions"

    upload(page, changed(data, typed(KEY, "answer", "very good")))
    expect(page.get_by_role("alert")).to_contain_text("1 The long path, cell E4 says “very good”")
    assert ["422" in trouble for trouble in troubles] == [True]
    troubles.clear()

    filled = changed(data, typed(KEY, "answer", 3), typed(OTHER, "answer", 4), typed(OTHER, "note", "From the file"))
    answer(assessment, OTHER, 2, by=cast.editor, note="On the site")
    upload(page, filled)
    expect(page.get_by_role("heading", level=1)).to_have_text("What the file would change")
    box = page.get_by_role("checkbox", name="1.1 The right path for this place")
    expect(box).to_be_checked()
    assert page.locator("input[name^=choice-]:checked").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []
    page.get_by_label("Note").fill("On the site, and from the file")
    page.get_by_text("The file’s: Level 4").click()
    page.get_by_text("Join the two, as below").click()
    page.get_by_role("button", name="Take over what is chosen").click()
    expect(page.get_by_text("2 answers were taken over from the file.", exact=True)).to_be_visible()
    assert page.url.endswith(f"/assessments/{assessment.pk}/")
    rows = Answer.objects.filter(assessment=assessment).select_related("criterion")
    assert {row.criterion.key: (row.value, row.note) for row in rows} == {
        KEY: (3, ""),
        OTHER: (4, "On the site, and from the file"),
    }


def upload(page: Page, data: bytes) -> None:
    page.get_by_label("The workbook that you filled in").set_input_files(
        {"name": "answers.xlsx", "mimeType": XLSX, "buffer": data}
    )
    page.get_by_role("button", name="Show what would change").click()
