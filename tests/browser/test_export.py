"""The page where a report is chosen: the first page follows the choices, with scripts and without."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, Route, ViewportSize, expect

from assessments.models import Assessment
from tests.browser.accessibility import violations
from tests.factories import Cast, complete_answers, make_assessment, make_cast, sign_in

PHONE, DESKTOP = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)
PRINTING = 60_000  # milliseconds: a machine that does much else may take long to start the press
PICTURE = "**/first-page.png*"
SHEET = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="1273"/>'

pytestmark = pytest.mark.any_database


@pytest.fixture
def cast(live_server: object) -> Cast:
    return make_cast()


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner, complete_answers(2))


def opened(page: Page, cast: Cast, assessment: Assessment, query: str = "?kind=funder") -> Page:
    sign_in(page, cast.viewer)
    page.goto(reverse("export", args=[assessment.pk]) + query)
    return page


def drawn(page: Page, words: str) -> Locator:
    """The picture, once it is of this report and drawn."""
    expect(page.locator(".first-page figcaption")).to_have_text(words)
    picture = page.locator(".first-page img")
    expect(picture).to_have_js_property("complete", True, timeout=PRINTING)
    expect(picture).to_have_js_property("naturalWidth", 900)
    return picture


def test_the_first_page_and_the_address_follow_the_choices(page: Page, cast: Cast, assessment: Assessment) -> None:
    opened(page, cast, assessment)
    drawn(page, "Funder annex, English")
    expect(page.get_by_role("group", name="Chapters")).to_be_hidden()
    page.get_by_label("Board paper").check()
    page.get_by_label("Cymraeg").check()
    before = drawn(page, "Board paper, Cymraeg").get_attribute("src")
    expect(page.get_by_label("Cymraeg")).to_be_checked()
    page.reload()
    assert drawn(page, "Board paper, Cymraeg").get_attribute("src") == before


def test_what_is_wrong_is_said_where_the_picture_was(page: Page, cast: Cast, assessment: Assessment) -> None:
    page.route(PICTURE, lambda route: route.fulfill(content_type="image/svg+xml", body=SHEET))
    opened(page, cast, assessment, "?chapters=summary")
    page.get_by_label("Summary").uncheck()
    expect(page.locator("#preview")).to_contain_text("Choose at least one chapter.")
    page.get_by_label("Summary").check()
    expect(page.locator("#preview")).not_to_contain_text("Choose at least one chapter.")


def test_without_scripts_a_button_shows_the_first_page_and_another_downloads(
    new_page: Callable[..., Page], cast: Cast, assessment: Assessment
) -> None:
    page = opened(new_page(java_script_enabled=False, accept_downloads=True), cast, assessment)
    page.get_by_label("Board paper").check()
    page.get_by_role("button", name="Show the first page").click()
    expect(page.locator(".first-page figcaption")).to_have_text("Board paper, English")
    assert "kind=board" in page.url
    page.get_by_label("Funder annex").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith("not-submitted-funder-annex.pdf")


def test_a_picture_that_does_not_come_is_told_in_words(
    page: Page, cast: Cast, assessment: Assessment, troubles: list[str]
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="No picture just now.")

    page.route(PICTURE, refuse)
    opened(page, cast, assessment)
    expect(page.locator("#preview")).to_contain_text("No picture just now")
    page.unroute(PICTURE)
    page.get_by_label("Cymraeg").check()
    drawn(page, "Funder annex, Cymraeg")
    assert ["503" in each for each in troubles] == [True]
    troubles.clear()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    new_page: Callable[..., Page], cast: Cast, assessment: Assessment, troubles: list[str]
) -> None:
    page = opened(new_page(viewport=PHONE, bypass_csp=True), cast, assessment)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        drawn(page, "Funder annex, English")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    page.goto(page.url.partition("?")[0] + "?chosen=1&kind=full")
    assert violations(page) == []
    assert ["422" in each for each in troubles] == [True]
    troubles.clear()
