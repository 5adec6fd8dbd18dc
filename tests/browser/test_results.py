"""The results page in a real browser: live charts where they can be drawn, the server's pictures where not."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, ViewportSize, expect

from assessments.charts import charts
from assessments.models import Assessment
from assessments.selectors.results import findings_of
from tests.browser.accessibility import violations
from tests.factories import Cast, answer, complete_answers, make_assessment, make_cast, playbook, sign_in, submit

PHONE, DESKTOP = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)
PLOTLY = "**/plotly-basic*.js"
pytestmark = pytest.mark.any_database  # figures are read on both; how they are drawn has nothing to do with where from


@pytest.fixture
def cast(live_server: object) -> Cast:
    return make_cast()


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """With a year before it, a don't know, one left out, a level 0, and a note with markup."""
    submit(make_assessment(cast.place, cast.owner, complete_answers(1)), cast.owner, dated=date(2025, 6, 1))
    levels = {key: (number + 1) % 4 for number, key in enumerate(playbook().criterion)}
    found = make_assessment(cast.place, cast.owner, levels)
    answer(found, "shared-vision", "dont_know", by=cast.owner, note="<b>Asked</b> the council.")
    answer(found, "vision-kept-alive", "not_applicable", by=cast.owner, reason="Too young.")
    return found


def opened(page: Page, cast: Cast, assessment: Assessment) -> Page:
    sign_in(page, cast.owner)
    page.goto(reverse("results", args=[assessment.pk]))
    return page


def drawn(page: Page) -> Page:
    expect(page.locator(".is-drawn")).to_have_count(3)
    return page


def test_live_charts_take_the_place_of_the_pictures(page: Page, cast: Cast, assessment: Assessment) -> None:
    drawn(opened(page, cast, assessment))
    for chart in charts(findings_of(assessment)):
        figure = page.locator(f"[data-chart={chart.key}]")
        expect(figure.locator(".plot").first).to_be_hidden()
        expect(figure.locator(".plot").last).to_be_hidden()
        expect(figure.locator(".chart-live")).to_be_visible()
        bars = sum(len(trace["x"]) for trace in chart.plotly["data"] if trace["type"] == "bar")
        points = sum(len(trace["x"]) for trace in chart.plotly["data"] if trace["type"] == "scatter")
        assert figure.locator(".bars .point path").count() == bars
        assert figure.locator(".scatterlayer .points path").count() == points


def test_labels_and_rows_of_a_live_chart_lie_where_the_picture_has_them(
    page: Page, cast: Cast, assessment: Assessment
) -> None:
    drawn(opened(page, cast, assessment))
    for chart in charts(findings_of(assessment)):
        words = [label.text for row in chart.wide.rows for label in row.labels]
        shown = page.locator(f"[data-chart={chart.key}] .annotation-text").all_text_contents()
        assert shown[1 : len(words) + 1] == words


def test_a_live_chart_shows_what_is_not_known_as_the_picture_does(
    page: Page, cast: Cast, assessment: Assessment
) -> None:
    """A dashed edge, as in the key, and the answer in words; one left out has its words alone."""
    drawn(opened(page, cast, assessment))
    criteria = page.locator("[data-chart=criteria]")
    edge = criteria.locator(".chart-live .shapelayer path")
    expect(edge).to_have_count(1)
    expect(edge).to_have_css("stroke-dasharray", "4px, 3px")
    expect(criteria.locator(".key .plot-unknown")).to_have_css("stroke-dasharray", "4px, 3px")
    shown = criteria.locator(".annotation-text").all_text_contents()
    assert shown[-2:] == ["Don’t know", "Not applicable"]


def test_on_a_phone_no_line_of_the_grid_runs_through_a_name(
    new_page: Callable[..., Page], cast: Cast, assessment: Assessment
) -> None:
    page = drawn(opened(new_page(viewport=PHONE), cast, assessment))
    live = page.locator("[data-chart=lessons] .chart-live")
    expect(live.locator(".xgrid")).to_have_count(0)
    grid = live.locator(".shapelayer path").first.get_attribute("d") or ""
    assert grid.count("M") == 5 * 5  # five rows, five ticks


def test_without_javascript_the_pictures_stay(
    new_page: Callable[..., Page], cast: Cast, assessment: Assessment
) -> None:
    for size, shown, hidden in ((DESKTOP, "wide", "narrow"), (PHONE, "narrow", "wide")):
        page = opened(new_page(java_script_enabled=False, viewport=size), cast, assessment)
        expect(page.locator(f".plot--{shown}")).to_have_count(4)  # the history is a picture alone
        for number in range(4):
            expect(page.locator(f".plot--{shown}").nth(number)).to_be_visible()
            expect(page.locator(f".plot--{hidden}").nth(number)).to_be_hidden()


@pytest.mark.parametrize("served", ["", "window.Plotly = {react: async () => {}};", "window.Plotly = {};"])
def test_where_nothing_is_drawn_the_pictures_stay(page: Page, cast: Cast, assessment: Assessment, served: str) -> None:
    """Plotly missing, drawing nothing without an error, or failing."""

    def serve(route: Route) -> None:
        route.fulfill(body=served, content_type="text/javascript")

    page.route(PLOTLY, serve)
    opened(page, cast, assessment)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".is-drawn")).to_have_count(0)
    expect(page.locator(".plot--wide").first).to_be_visible()
    assert [live.is_visible() for live in page.locator(".chart-live").all()] == [False] * 3


def test_charts_follow_the_colour_scheme(page: Page, cast: Cast, assessment: Assessment) -> None:
    drawn(opened(page, cast, assessment))
    mark = page.locator("[data-chart=lessons] .scatterlayer .points path").first

    def token(name: str) -> str:
        value = page.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('{name}').trim()")
        return "rgb({}, {}, {})".format(*(int(value[i : i + 2], 16) for i in (1, 3, 5)))

    expect(mark).to_have_css("fill", token("--chart-score"))
    light = token("--chart-score")
    page.emulate_media(color_scheme="dark")
    assert token("--chart-score") != light
    expect(mark).to_have_css("fill", token("--chart-score"))


def test_charts_follow_the_width(page: Page, cast: Cast, assessment: Assessment) -> None:
    page.set_viewport_size(DESKTOP)
    drawn(opened(page, cast, assessment))
    chart = charts(findings_of(assessment))[1]
    live = page.locator("[data-chart=criteria] .chart-live .main-svg").first
    expect(live).to_have_attribute("height", f"{chart.wide.height:g}")
    page.set_viewport_size(PHONE)
    expect(live).to_have_attribute("height", f"{chart.narrow.height:g}")
    # Plotly measures its own width again a moment after the window changed.
    page.wait_for_function(
        "([chart, most]) => Number(chart.getAttribute('width')) <= most", arg=[live.element_handle(), PHONE["width"]]
    )


@pytest.mark.parametrize("width", [320, 360])
def test_a_phone_scrolls_one_way(new_page: Callable[..., Page], cast: Cast, assessment: Assessment, width: int) -> None:
    page = drawn(opened(new_page(viewport={"width": width, "height": 740}), cast, assessment))
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_letters_in_charts_can_be_read_on_a_phone(
    new_page: Callable[..., Page], cast: Cast, assessment: Assessment
) -> None:
    """At least 11 px high, with the live chart and without."""
    heights = "nodes => Math.min(...nodes.map(n => parseFloat(getComputedStyle(n).fontSize) * n.getScreenCTM().a))"
    page = drawn(opened(new_page(viewport=PHONE), cast, assessment))
    assert page.eval_on_selector_all(".chart-live text", heights) >= 11
    plain = opened(new_page(viewport=PHONE), cast, assessment)
    plain.route(PLOTLY, lambda route: route.fulfill(body="", content_type="text/javascript"))
    plain.reload()
    expect(plain.locator(".plot--narrow").first).to_be_visible()
    assert plain.eval_on_selector_all(".plot--narrow text", heights) >= 11


def test_print_shows_the_pictures(page: Page, cast: Cast, assessment: Assessment) -> None:
    drawn(opened(page, cast, assessment))
    page.emulate_media(media="print")
    for number in range(3):
        expect(page.locator(".plot--wide").nth(number)).to_be_visible()
        expect(page.locator(".plot--narrow").nth(number)).to_be_hidden()
        expect(page.locator(".chart-live").nth(number)).to_be_hidden()


def test_a_priority_leads_to_its_criterion_opened(page: Page, cast: Cast, assessment: Assessment) -> None:
    opened(page, cast, assessment)
    first = findings_of(assessment).first_priorities[0].criterion
    page.locator(".priorities a").first.click()
    article = page.locator(f"#criterion-{first.key}")
    expect(article.locator("dl")).to_be_visible()
    expect(article.get_by_text(first.descriptor)).to_be_visible()
    expect(article).to_be_in_viewport()


def test_an_address_that_cannot_be_decoded_still_draws(page: Page, cast: Cast, assessment: Assessment) -> None:
    sign_in(page, cast.owner)
    page.goto(reverse("results", args=[assessment.pk]) + "#criterion-100%")
    drawn(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_with_everything_open(
    new_page: Callable[..., Page], cast: Cast, assessment: Assessment, size: ViewportSize, scheme: str
) -> None:
    page = new_page(viewport=size, color_scheme=scheme, bypass_csp=True)
    drawn(opened(page, cast, assessment))
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert violations(page) == []


def test_the_keyboard_reaches_what_is_folded(page: Page, cast: Cast, assessment: Assessment) -> None:
    opened(page, cast, assessment)
    summary = page.locator("#score ~ * summary, section:has(> #score) summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#working-overall")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-labelledby')") == "working-overall"
