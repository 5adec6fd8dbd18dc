"""The lead's pages of a round: axe finds nothing on them, and they fit the narrowest phone."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from assessments.models import Round
from assessments.services.respondents import share_link
from tests.asking_cast import asked_person, entry, opened, respond
from tests.browser.test_accessibility import SIZES, walk
from tests.factories import Cast, make_assessment, make_cast, make_place, sign_in


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
