"""The history page in a real browser: lines break where they should, with scripts and without."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.accessibility import violations
from tests.factories import Cast, make_cast, sign_in
from tests.history_cast import years

PHONE, DESKTOP = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)

pytestmark = pytest.mark.any_database  # figures are read on both; how they are drawn has nothing to do with where from


@pytest.fixture
def cast(live_server: object) -> Cast:
    found = make_cast()
    years(found.place, found.owner)
    return found


def opened(page: Page, cast: Cast) -> Page:
    sign_in(page, cast.viewer)
    page.goto(reverse("history", args=[cast.place.pk]))
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_lines_break_where_they_cannot_be_compared(new_page: Callable[..., Page], cast: Cast, scripts: bool) -> None:
    """Five assessments on versions 1.0, 1.0, 2.0, 2.0 and 3.0: two joined, two joined, one alone."""
    for size, shown, hidden in ((DESKTOP, "wide", "narrow"), (PHONE, "narrow", "wide")):
        page = opened(new_page(java_script_enabled=scripts, viewport=size), cast)
        overall = page.locator("#chart-overall")
        picture = overall.locator(f".plot--{shown}")
        expect(picture).to_be_visible()
        expect(overall.locator(f".plot--{hidden}")).to_be_hidden()
        expect(picture.locator(".plot-score")).to_have_count(5)
        expect(picture.locator(".plot-line")).to_have_count(2)
        expect(picture.locator(".plot-break")).to_have_count(2)
        assert picture.locator(".plot-sign").all_text_contents() == ["A", "B"]
        expect(page.locator("#criterion-right-path .plot-line")).to_have_count(1)
        expect(page.locator("#criterion-right-path .plot-break")).to_have_count(0)
        expect(page.locator("#criterion-vision-kept-alive .plot-line")).to_have_count(2)
        expect(page.locator("#criterion-vision-kept-alive .breaks")).to_have_text(
            "A Asked more strictly since version 2.0."
        )


def test_no_line_crosses_a_break(page: Page, cast: Cast) -> None:
    opened(page, cast)
    picture = page.locator("#chart-overall .plot--wide")

    def boxes(mark: str) -> list[tuple[float, float]]:
        found = [each.bounding_box() for each in picture.locator(mark).all()]
        return [(box["x"], box["x"] + box["width"]) for box in found if box]

    lines, gaps = boxes(".plot-line"), boxes(".plot-break")
    assert (len(lines), len(gaps)) == (2, 2)
    assert [(line, gap) for line in lines for gap in gaps if line[0] < gap[0] < line[1]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_a_phone_scrolls_one_way(new_page: Callable[..., Page], cast: Cast, scheme: str) -> None:
    page = opened(new_page(viewport=PHONE, color_scheme=scheme, bypass_csp=True), cast)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert violations(page) == []
    heights = "nodes => Math.min(...nodes.map(n => parseFloat(getComputedStyle(n).fontSize) * n.getScreenCTM().a))"
    shown = ".plot--narrow text, .plot--small text, .plot--low text"
    assert page.eval_on_selector_all(shown, heights) >= 11
