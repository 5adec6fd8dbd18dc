"""axe finds nothing on any page, on a light phone and a dark desktop; and no page scrolls sideways."""

from collections.abc import Callable, Iterable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from assessments.models import Assessment
from tests.browser.accessibility import violations
from tests.factories import (
    Cast,
    add_piece,
    answer,
    complete_answers,
    make_assessment,
    make_cast,
    sign_in,
    submit,
)

SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 900}}
NARROWEST = 320

PUBLIC = ["home", "how_it_works", "account_login", "account_signup", "account_reset_password"]
OF_A_PERSON = ["home", "place_new", "account_logout", "account_change_password"]
OF_A_PLACE = ["place", "place_edit", "invite", "hand_over", "library"]
OF_AN_ASSESSMENT = ["assessment", "stage", "check", "results", "waiting", "agreeing", "workshop"]
OF_A_CRITERION = ["criterion", "criterion_history", "agree"]


@pytest.fixture
def cast(live_server: object) -> Cast:
    return make_cast()


@pytest.fixture
def halfway(cast: Cast) -> Assessment:
    """An open assessment with every kind of answer, after a submitted one."""
    before = make_assessment(cast.place, cast.owner, complete_answers(1))
    submit(before, cast.owner, dated=date(2025, 10, 1))
    assessment = make_assessment(cast.place, cast.owner, complete_answers(3))
    answer(assessment, "shared-vision", "dont_know", by=cast.owner)
    answer(assessment, "vision-kept-alive", "not_applicable", by=cast.owner)
    answer(assessment, "citizens", None, by=cast.owner, note="To be asked in March.")
    add_piece(assessment, "right-path", by=cast.owner, link="https://example.org/minute", dated=date(2023, 1, 1))
    return assessment


def addresses(assessment: Assessment) -> list[str]:
    place = assessment.place_id
    found = [reverse(name) for name in OF_A_PERSON]
    found += [reverse(name, args=[place]) for name in OF_A_PLACE]
    found.append(reverse("delegate", args=[assessment.pk, 1]))
    found.append(reverse("member_edit", args=[place, assessment.place.memberships.get(role="viewer").pk]))
    found += [reverse(name, args=[assessment.pk]) for name in OF_AN_ASSESSMENT]
    found += [reverse(name, args=[assessment.pk, 1]) for name in OF_A_CRITERION]
    found.append(reverse("criterion", args=[assessment.pk, 3]))
    found.append(reverse("evidence_edit", args=[assessment.pk, 1, assessment.backings.get().evidence_id]))
    before = assessment.place.assessments.get(state="submitted")
    found += [reverse(name, args=[before.pk]) for name in ("assessment", "results", "reopen")]
    return found


def opened(page: Page, address: str) -> None:
    """Open a page, and wait for the figures that a script draws."""
    page.goto(address)
    page.wait_for_function(
        "[...document.querySelectorAll('[data-chart]')].every((chart) => chart.classList.contains('is-drawn'))"
    )


def faults(page: Page, address: str) -> list[str]:
    """What axe finds on the page, with all that is folded away opened."""
    opened(page, address)
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    return [f"{address}: {fault}" for fault in violations(page)]


def walk(page: Page, addresses: Iterable[str], size: str) -> list[str]:
    """What is wrong on these pages: axe's faults in this size, and which are too wide for the narrowest phone."""
    told = []
    for address in addresses:
        told += faults(page, address)
        page.set_viewport_size({"width": NARROWEST, "height": 640})
        if page.evaluate("document.documentElement.scrollWidth") > NARROWEST:
            told.append(f"{address} is too wide")
        page.set_viewport_size({"width": SIZES[size]["width"], "height": SIZES[size]["height"]})
    return told


@pytest.mark.any_database
@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_axe_finds_nothing_on_any_page(
    new_page: Callable[..., Page], cast: Cast, halfway: Assessment, size: str, scheme: str
) -> None:
    # axe is put in by the test; the pages' own policy would refuse it.
    visitor = new_page(viewport=SIZES[size], color_scheme=scheme, bypass_csp=True)
    told = [fault for name in PUBLIC for fault in faults(visitor, reverse(name))]
    page = new_page(viewport=SIZES[size], color_scheme=scheme, bypass_csp=True)
    sign_in(page, cast.owner)
    told += [fault for address in addresses(halfway) for fault in faults(page, address)]
    assert told == []


@pytest.mark.any_database
def test_axe_is_able_to_find_something(new_page: Callable[..., Page], cast: Cast) -> None:
    page = new_page(bypass_csp=True)
    page.goto(reverse("how_it_works"))
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"data:,\"><input>')")
    assert {"image-alt", "label"} - {fault.split(":")[0] for fault in violations(page)} == set()


@pytest.mark.any_database
def test_no_page_scrolls_sideways_on_a_narrow_phone(
    new_page: Callable[..., Page], cast: Cast, halfway: Assessment
) -> None:
    """Nor when somebody wrote a word of five hundred letters."""
    answer(halfway, "right-path", 2, by=cast.owner, note="w" * 500)
    page = new_page(viewport={"width": NARROWEST, "height": 640})
    sign_in(page, cast.owner)
    wide = []
    for address in addresses(halfway):
        opened(page, address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > NARROWEST:
            wide.append(f"{address}: {width} px")
    assert wide == []
