"""The portfolio in a real browser: sort, filter, choose, group, be let in and leave; by keyboard, and with axe."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.models import Membership
from assessments.services.invitations import invite
from tests.browser.accessibility import violations
from tests.browser.test_accessibility import SIZES, walk
from tests.factories import Cast, complete_answers, join, make_assessment, make_cast, make_place, sign_in, submit


@pytest.fixture
def cast(live_server: object) -> Cast:
    """The consultant is let into two places, of which one has submitted."""
    found = make_cast()
    other = make_place("Alder Wharf", owner=found.owner)
    join(other, found.consultant, Membership.Role.CONSULTANT)
    submit(make_assessment(other, found.owner, complete_answers(3)), found.owner, dated=date(2026, 3, 3))
    make_assessment(found.place, found.owner, {"right-path": 1})
    return found


def names(page: Page) -> list[str]:
    return page.locator(".portfolio-table tbody th a").all_inner_texts()


def test_sort_filter_choose_group_and_leave(new_page: Callable[..., Page], cast: Cast) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, cast.consultant)
    page.goto(reverse("home"))
    page.get_by_role("link", name="See all your places in one table").click()
    assert names(page) == ["Alder Wharf", "Harbour Quarter"]
    page.locator(".portfolio-table thead").get_by_role("link", name="Place").click()
    assert names(page) == ["Harbour Quarter", "Alder Wharf"]
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Words in the name").fill("harbour")
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("status")).to_contain_text("1 of 2 places")
    page.get_by_label("Choose Harbour Quarter").check()
    page.get_by_role("button", name="Put those chosen into a group").click()
    page.get_by_label("Name of a new group").fill("Coast")
    page.get_by_role("button", name="Put them into the group").click()
    page.get_by_role("link", name="Show Coast").click()
    assert names(page) == ["Harbour Quarter"]
    page.get_by_role("link", name="Harbour Quarter", exact=True).click()
    page.get_by_role("link", name="Leave this place").click()
    page.get_by_role("button", name="Leave this place").click()
    page.goto(reverse("portfolio"))
    assert names(page) == ["Alder Wharf"]
    page.goto(reverse("groups"))
    expect(page.locator("main")).to_contain_text("No place is in it.")


def test_a_link_is_made_sent_and_accepted(new_page: Callable[..., Page], cast: Cast) -> None:
    owner, guest = new_page(), new_page()
    sign_in(owner, cast.owner)
    owner.goto(reverse("place", args=[cast.place.pk]))
    owner.get_by_role("link", name="Invite somebody").click()
    owner.get_by_label("Consultant").check()
    owner.get_by_label("Who is it?").fill("A stranger")
    owner.get_by_role("button", name="Invite them").click()
    link = owner.get_by_label("Link").input_value()
    owner.get_by_role("button", name="Copy the link").click()
    expect(owner.get_by_role("status")).to_have_text(re.compile("Copied|copy it by hand"))
    assert violations(owner) == []
    sign_in(guest, cast.stranger)
    guest.goto(link)
    expect(guest.get_by_role("heading", level=1)).to_have_text("Harbour Quarter")
    assert violations(guest) == []
    guest.get_by_role("button", name="Accept the invitation").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Harbour Quarter")
    assert cast.place.memberships.filter(user=cast.stranger, role="consultant").exists()
    owner.goto(reverse("hand_over", args=[cast.place.pk]))
    owner.get_by_label("Stranger Person").check()
    owner.get_by_label("I stay as editor").check()
    owner.get_by_role("button", name="Go on").click()
    assert violations(owner) == []
    owner.get_by_role("button", name="Hand over").click()
    expect(owner.get_by_role("status")).to_contain_text("Stranger Person is the owner of Harbour Quarter")
    assert cast.place.memberships.get(role="owner").user == cast.stranger


@pytest.mark.any_database
@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_no_page_of_it_has_faults_or_scrolls_sideways(
    new_page: Callable[..., Page], cast: Cast, size: str, scheme: str
) -> None:
    named = {"note": "A friend with a long name " * 4, "email": f"{'long' * 12}@example.org"}
    made, _token = invite(place=cast.place, role=Membership.Role.VIEWER, by=cast.owner, **named)
    member = cast.place.memberships.get(user=cast.viewer)
    page = new_page(viewport=SIZES[size], color_scheme=scheme)
    sign_in(page, cast.owner)
    addresses = [reverse(name) for name in ("portfolio", "groups", "group_new")]
    addresses += [reverse(name, args=[cast.place.pk]) for name in ("place", "invite", "leave", "hand_over")]
    addresses.append(reverse("member_edit", args=[cast.place.pk, member.pk]))
    addresses.append(reverse("invitation_made", args=[cast.place.pk, made.pk]))
    assert walk(page, addresses, size) == []
