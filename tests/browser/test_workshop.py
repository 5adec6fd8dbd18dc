"""A workshop in browsers: a wall that goes by keyboard, and three phones that vote on it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from assessments.models import Agreement, Vote, Workshop
from tests.browser.accessibility import violations
from tests.factories import Cast, make_assessment, make_cast, sign_in

NewPage = Callable[..., Page]
SAVED = "Saved. You can change it until the votes are shown."


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def wall(new_page: NewPage, cast: Cast) -> Page:
    """A wall that shows how to join."""
    page = new_page(viewport={"width": 1600, "height": 900})
    sign_in(page, cast.owner)
    page.goto(f"/assessments/{make_assessment(cast.place, cast.owner).pk}/workshop/")
    page.get_by_role("button", name="Start the workshop").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Join with your phone")
    return page


def phone(new_page: NewPage, *, role: str = "", **options: object) -> Page:
    page = new_page(viewport={"width": 390, "height": 800}, **options)
    page.goto("/vote/")
    page.get_by_label("Code on the wall").fill(Workshop.objects.get().code.lower())
    page.get_by_role("button", name="Go on").click()
    if role:
        page.get_by_text(role, exact=True).click()
    page.get_by_role("button", name="Join").click()
    return page


def choose(page: Page, level: int) -> None:
    page.locator(".level-label").nth(level).click()


def press(wall: Page, key: str) -> None:
    """Press a key once the page listens: its script has shown the line that tells the keys."""
    expect(wall.locator(".wall-keys")).to_be_visible()
    wall.keyboard.press(key)


def look(page: Page) -> None:
    """Have a phone look at the wall at once, as when its connection comes back."""
    page.evaluate("window.dispatchEvent(new Event('online'))")


def test_a_wall_and_three_phones(new_page: NewPage, wall: Page, cast: Cast, troubles: list[str]) -> None:
    phones = [phone(new_page, role="Citizen") for _ in range(3)]
    expect(wall.locator("[data-joined]")).to_have_text("3")  # by itself
    press(wall, "PageDown")
    expect(wall.get_by_text("Votes are hidden")).to_be_visible()
    for number, page in enumerate(phones):
        if number:
            look(page)
        expect(page.locator("#vote-form")).to_be_visible()  # the first one by itself
        choose(page, number + 1)
        expect(page.get_by_text(SAVED)).to_be_visible()
    assert [violations(wall), violations(phones[0])] == [[], []]
    one_is_cut_off(phones[2], troubles)
    expect(wall.locator("[data-voted]")).to_have_text("3")

    press(wall, "r")
    expect(wall.locator(".wall-figures")).to_contain_text("Suggested level")
    look(phones[0])
    expect(phones[0].get_by_role("heading", level=1)).to_have_text("What the room said")
    expect(phones[0].get_by_text("Your vote: Level 1")).to_be_visible()
    assert [violations(wall), violations(phones[0])] == [[], []]

    press(wall, "v")
    expect(wall.get_by_text("Vote 2 on this criterion")).to_be_visible()
    for page in phones:
        look(page)
        expect(page.get_by_text("– vote 2")).to_be_visible()
        choose(page, 2)
        expect(page.get_by_text(SAVED)).to_be_visible()
    press(wall, "r")
    wall.get_by_text("Record what was agreed").click()
    expect(wall.locator("#agree-form :checked")).to_have_count(0)  # the suggested level says so, and no more
    wall.get_by_role("radio", name="2").check()
    wall.get_by_label("Why").fill("Reviewed, right and very well.")  # r and v, arrows: typed, not pressed
    wall.get_by_label("Dissent").press("ArrowRight")
    wall.get_by_role("button", name="Record as agreed").click()
    expect(wall.get_by_text("Agreed: level 2")).to_be_visible()
    found = Agreement.objects.get()
    assert (found.level, found.answered, found.reason) == (2, 3, "Reviewed, right and very well.")
    assert list(Vote.objects.filter(ballot=found.ballot).values_list("level", flat=True)) == [2, 2, 2]

    press(wall, "ArrowRight")
    wall.wait_for_url("**/workshop/2/")
    press(wall, "ArrowLeft")
    wall.wait_for_url("**/workshop/1/")


def one_is_cut_off(page: Page, troubles: list[str]) -> None:
    """A vote without a connection is kept, over a reload of the page too, and sent when there is one again."""

    def cut(route: Route) -> None:
        if route.request.method == "POST":
            route.abort()
        else:
            route.continue_()

    page.route("**/vote/*/", cut)
    choose(page, 4)
    expect(page.get_by_text("Not saved – no connection.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Not saved – no connection.")).to_be_visible()
    page.unroute("**/vote/*/")
    look(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert sorted(Vote.objects.values_list("level", flat=True), key=str) == [1, 2, 4]
    assert {each.split(" (")[0] for each in troubles} == {"console: Failed to load resource: net::ERR_FAILED"}
    troubles.clear()


def test_a_second_wall_follows_unless_somebody_types_there(new_page: NewPage, wall: Page, cast: Cast) -> None:
    press(wall, "ArrowRight")
    wall.wait_for_url("**/workshop/1/")
    press(wall, "r")
    other = new_page(viewport={"width": 1600, "height": 900})
    sign_in(other, cast.editor)
    other.goto(wall.url)
    other.get_by_text("Record what was agreed").click()
    other.get_by_label("Why").fill("We all saw the")
    wall.get_by_role("button", name="Next").click()
    wall.wait_for_url("**/workshop/2/")
    expect(other.get_by_text("The wall has gone on.")).to_be_visible()
    expect(other.get_by_label("Why")).to_have_value("We all saw the")
    other.get_by_role("link", name="See what the wall shows").click()
    press(wall, "ArrowRight")
    other.wait_for_url("**/workshop/3/")  # by itself


def test_phones_and_walls_without_a_script(new_page: NewPage, cast: Cast) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, cast.owner)
    page.goto(f"/assessments/{make_assessment(cast.place, cast.owner).pk}/workshop/")
    page.get_by_role("button", name="Start the workshop").click()
    page.get_by_role("button", name="First question").click()
    voter = phone(new_page, java_script_enabled=False)
    voter.get_by_label("The case for a hub").check()
    voter.get_by_role("button", name="Vote").click()
    expect(voter.get_by_text("Your vote is saved.")).to_be_visible()
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("[data-voted]")).to_have_text("1")
    page.get_by_role("button", name="Show the votes").click()
    voter.get_by_role("link", name="Look again").click()
    expect(voter.get_by_text("Your vote: Level 1")).to_be_visible()
