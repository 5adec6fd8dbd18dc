"""The lead's pages of a round: axe finds nothing on them, they fit the narrowest phone, and addresses are copied."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from assessments.models import Round
from assessments.services.respondents import share_link
from tests.asking_cast import asked_person, entry, opened, respond
from tests.browser.test_accessibility import SIZES, walk
from tests.factories import Cast, make_assessment, make_cast, make_place, sign_in

COPIED = re.compile("Copied|copy it by hand")


@pytest.fixture
def cast(live_server: object) -> Cast:
    return make_cast()


def addresses(cast: Cast, found: Round) -> list[str]:
    other = make_assessment(make_place("Other Place", owner=cast.owner), cast.owner)
    of_round = [found.assessment_id, found.pk]
    names = ("round", "round_edit", "respondents_ask", "reveal", "round_discard")
    pages = [reverse("round_new", args=[other.pk]), *(reverse(name, args=of_round) for name in names)]
    return [*pages, reverse("round_link", args=[*of_round, entry(found).pk])]


@pytest.mark.any_database
@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_axe_finds_nothing_on_the_pages_of_a_round(
    new_page: Callable[..., Page], cast: Cast, size: str, scheme: str
) -> None:
    found = opened(make_assessment(cast.place, cast.owner), cast.owner)
    asked_person(found, "W" * 60)
    share_link(entry=entry(found), limit=3)
    respond(found, "citizen", 2)
    page = new_page(viewport=SIZES[size], color_scheme=scheme, bypass_csp=True)
    sign_in(page, cast.owner)
    assert walk(page, addresses(cast, found), size) == []


def test_an_address_is_copied_by_the_lead_and_by_who_came_by_it(
    new_page: Callable[..., Page], cast: Cast, settings: Any, live_server: LiveServer
) -> None:
    settings.SITE_URL = live_server.url
    found = opened(make_assessment(cast.place, cast.owner), cast.owner)
    share_link(entry=entry(found), limit=3)
    lead, guest = new_page(), new_page()
    sign_in(lead, cast.owner)
    lead.goto(reverse("round_link", args=[found.assessment_id, found.pk, entry(found).pk]))
    guest.goto(lead.locator("#address").inner_text())
    guest.get_by_role("button", name="Begin").click()
    guest.wait_for_url("**/1/")
    guest.get_by_text("Stop here and come back later").click()
    for page in (lead, guest):
        page.get_by_role("button", name="Copy the address").click()
        expect(page.locator("[data-copy]").get_by_role("status")).to_have_text(COPIED)
