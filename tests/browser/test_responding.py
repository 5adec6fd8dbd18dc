"""A respondent on a phone: answers, loses the connection, closes the browser, comes back, finishes. Nothing is lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from assessments.models import Respondent, ResponseAnswer, Round
from tests.browser.accessibility import violations
from tests.browser.scene import die
from tests.factories import make_cast
from tests.rounds_cast import OpenRound, round_of_one

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SAVED = re.compile(r"^\s*Saved at \d\d:\d\d\s*$")
NAME = "Asked Person"


@pytest.fixture
def asked(transactional_db: None) -> OpenRound:
    return round_of_one(make_cast(), NAME)


def choose(page: Page, value: int | str) -> None:
    page.locator(f"#answer input[value='{value}'] + label").click()


def stored() -> list[tuple[int | None, str]]:
    return list(ResponseAnswer.objects.order_by("criterion_id").values_list("level", "comment"))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_partner_answers_on_a_phone_and_loses_nothing(
    new_page: Callable[..., Page], asked: OpenRound, troubles: list[str]
) -> None:
    page = new_page(**PHONE)
    page.goto(f"/take-part/{asked.secrets[NAME]}/")
    assert page.url.endswith(asked.address)
    assert (violations(page), fits(page)) == ([], True)
    page.get_by_role("button", name="Begin").click()
    choose(page, 3)
    expect(page.locator("#save-state")).to_have_text(SAVED)
    assert (violations(page), fits(page)) == ([], True)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/2/")
    page.context.set_offline(True)
    choose(page, 1)
    page.get_by_label("Comment").fill("Typed in the lift")
    expect(page.locator("#save-state")).to_contain_text("no connection")
    expect(page.locator("#trouble")).to_contain_text("kept in this browser, also if you close it")
    die(page)
    troubles.clear()  # the lost connection was loud
    assert stored() == [(3, "")]

    again = page.context.new_page()
    page.context.set_offline(False)
    again.goto(f"/take-part/{asked.secrets[NAME]}/")  # what was kept is sent from whatever page is opened
    expect(again.get_by_text("2 of 3 questions answered")).to_be_visible()
    assert stored() == [(3, ""), (1, "Typed in the lift")]
    again.get_by_role("link", name="Continue").click()
    again.wait_for_url("**/3/")
    again.keyboard.press("2")
    expect(again.locator("#save-state")).to_have_text(SAVED)
    again.get_by_role("button", name="Save and see all your answers").click()
    again.wait_for_url("**/finish/")
    assert (violations(again), fits(again)) == ([], True)
    again.get_by_role("button", name="I have finished").click()
    expect(again.get_by_role("heading", name="Thank you")).to_be_visible()
    assert (Respondent.objects.get().state, [level for level, _ in stored()]) == ("done", [3, 1, 2])
    assert again.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('respond:'))") == []


def test_what_is_typed_offline_comes_back_to_its_own_page_and_a_closed_round_takes_nothing(
    new_page: Callable[..., Page], asked: OpenRound, troubles: list[str]
) -> None:
    page = new_page(**PHONE)
    page.goto(f"/take-part/{asked.secrets[NAME]}/")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/1/")
    page.context.set_offline(True)
    page.get_by_label("Comment").fill("Half a thought")
    expect(page.locator("#save-state")).to_contain_text("no connection")
    address, context = page.url, page.context
    die(page)
    troubles.clear()
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_label("Comment")).to_have_value("Half a thought")
    expect(page.locator("#save-state")).to_have_text(SAVED)
    assert stored() == [(None, "Half a thought")]

    Round.objects.update(closed_at="2026-01-01T00:00Z")
    page.get_by_label("Comment").fill("Half a thought, and too late")
    expect(page.locator("#trouble")).to_contain_text("no more answers are taken")
    expect(page.get_by_label("Comment")).to_have_value("Half a thought, and too late")
    assert stored() == [(None, "Half a thought")]
    troubles.clear()  # the browser tells of the refusal
