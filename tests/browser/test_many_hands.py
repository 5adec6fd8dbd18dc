"""Two people at one criterion, offline and online, while the assessment is submitted and reopened: nothing is lost.

Whatever somebody typed is in the answer, in its history, or in front of its author: on the page, or kept on the device.
"""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from assessments.models import AnswerChange, User
from assessments.services.assessing import reopen_assessment, submit_assessment
from tests.browser import interleavings
from tests.browser.accessibility import violations
from tests.browser.scene import KEY, Scene, die
from tests.factories import answer, make_assessment, make_cast, sign_in
from tests.history_of_answers import unexplained

SAVED = re.compile(r"^\s*Saved at \d\d:\d\d\s*$")
NewPage = Callable[..., Page]
SETTLED = """() => {
    const state = document.querySelector("#save-state");
    return state && !/Saving/.test(state.textContent) && !document.querySelector("form.htmx-request");
}"""
TYPE = """(words) => {
    const note = document.querySelector("#id_note");
    note.value = note.value + words;
    note.dispatchEvent(new Event("change", { bubbles: true }));
}"""
SHOWN = """() => JSON.stringify([
    document.querySelector("#id_note")?.value ?? "",
    ...Object.keys(localStorage).filter((key) => key.startsWith("kept:")).map((key) => localStorage.getItem(key)),
])"""


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    cast = make_cast()
    return Scene(cast, make_assessment(cast.place, cast.owner, {"right-path": 2}))


class Hand:
    """One person with a browser of their own, on the page of the criterion."""

    def __init__(self, scene: Scene, page: Page, user: User) -> None:
        self.scene, self.page, self.user = scene, page, user
        self.words: list[str] = []
        self.choices = 0
        self.is_offline = False
        sign_in(page, user)
        self.open()

    def open(self) -> None:
        self.page.on("dialog", lambda dialog: dialog.accept())  # leaves all the same
        self.page.goto(self.scene.address, wait_until="load")
        self.settle()

    def settle(self) -> None:
        if self.page.url.endswith(self.scene.address):
            self.page.wait_for_function(SETTLED)

    def type(self) -> None:
        """Type something and let it be saved, or not; in a conflict, choose first: each way in its turn."""
        if not self.page.url.endswith(self.scene.address) and not self.is_offline:
            self.open()
        if not self.page.url.endswith(self.scene.address):
            return  # the assessment is submitted, so the question leads to the result
        self.choose()
        words = f" {self.user.name.split()[0]}{len(self.words)}."
        self.words.append(words)
        self.page.evaluate(TYPE, words)
        self.settle()

    def choose(self) -> None:
        if self.page.locator(".conflict").count() == 0:
            return
        self.choices += 1
        if self.choices % 3 == 0 and not self.is_offline:
            self.page.locator(".conflict [data-discard]").click()
            self.page.wait_for_load_state("load")
        else:
            form = ".conflict form[data-mine]" if self.choices % 3 == 1 else ".conflict form[data-join]"
            self.page.locator(form).evaluate("form => form.requestSubmit()")
        self.settle()

    def go(self, *, offline: bool) -> None:
        self.is_offline = offline
        self.page.context.set_offline(offline)
        self.page.evaluate("window.dispatchEvent(new Event('online'))" if not offline else "0")
        self.settle()

    def close_and_open(self) -> None:
        """The tab dies at once, and later there is another with a connection."""
        context = self.page.context
        die(self.page)
        self.page, self.is_offline = context.new_page(), False
        context.set_offline(False)
        self.open()

    def lost(self, kept: str) -> list[str]:
        """What this person typed and nobody finds."""
        found = kept + "".join(json.loads(self.page.evaluate(SHOWN)))
        return [words for words in self.words if words.strip() not in found]


class Table:
    """The two, and the owner's acts on the whole assessment."""

    def __init__(self, scene: Scene, new_page: NewPage) -> None:
        self.scene = scene
        self.a = Hand(scene, new_page(), scene.cast.owner)
        self.b = Hand(scene, new_page(), scene.cast.editor)

    def happens(self, event: str) -> None:
        acts: dict[str, Callable[[], None]] = {
            interleavings.A_TYPES: self.a.type,
            interleavings.B_TYPES: self.b.type,
            interleavings.A_LEAVES: lambda: self.a.go(offline=True),
            interleavings.A_IS_BACK: lambda: self.a.go(offline=False),
            interleavings.A_OPENS_ANEW: self.a.close_and_open,
            interleavings.SUBMITTED: self.submit,
            interleavings.SUBMITTED_UNDER_B: self.submit_under_b,
            interleavings.REOPENED: self.reopen,
        }
        acts[event]()

    def submit(self) -> None:
        submit_assessment(assessment=self.scene.assessment, by=self.scene.cast.owner)

    def submit_under_b(self) -> None:
        self.submit()
        self.b.type()

    def reopen(self) -> None:
        reopen_assessment(assessment=self.scene.assessment, by=self.scene.cast.owner, reason="A slip.")

    def lost(self) -> list[str]:
        """What somebody typed and nobody finds, and answers that the history does not explain."""
        kept = "".join(AnswerChange.objects.values_list("note", flat=True))
        return [*self.a.lost(kept), *self.b.lost(kept), *unexplained()]


def test_two_at_one_criterion_in_any_order_lose_nothing(scene: Scene, new_page: NewPage, troubles: list[str]) -> None:
    """One walk on which each event follows each other one, in each state in which it can."""
    table, path = Table(scene, new_page), list[str]()
    for event in interleavings.walk(2):
        path.append(event)
        table.happens(event)
        assert (path[-6:], table.lost()) == (path[-6:], [])
    only_of_the_network(troubles)


# --- Kept on the device -----------------------------------------------------------------------------------------------


@pytest.fixture
def left(scene: Scene, page: Page) -> Page:
    """The owner typed a note without a connection, and the tab died; another one is open, still without."""
    sign_in(page, scene.cast.owner)
    page.goto(scene.address)
    page.context.set_offline(True)
    page.get_by_label("Note").fill("Typed on the train")
    expect(page.locator("#save-state")).to_have_text("Not saved – no connection; kept on this device")
    context = page.context
    die(page)
    return context.new_page()


def strip(page: Page) -> Locator:
    return page.locator("#kept-on-device")


def test_what_a_dead_tab_left_is_sent_from_any_page(left: Page, scene: Scene, troubles: list[str]) -> None:
    left.context.set_offline(False)
    left.goto("/")
    expect(strip(left).get_by_role("status")).to_contain_text("Now saved, as you had typed it on this device: 1.3")
    assert violations(left) == []
    assert (scene.note(), left.evaluate("Object.keys(localStorage)")) == ("Typed on the train", [])
    left.reload()
    expect(strip(left)).to_be_hidden()
    only_of_the_network(troubles)


def test_what_somebody_else_answered_meanwhile_is_shown_beside_it(
    left: Page, scene: Scene, troubles: list[str]
) -> None:
    answer(scene.assessment, KEY, 1, by=scene.cast.editor, note="Theirs")
    left.context.set_offline(False)
    left.goto("/accounts/logout/")
    expect(strip(left)).to_contain_text("somebody else has saved another answer")
    expect(left.get_by_text("Every answer that you gave is saved.")).to_be_hidden()
    strip(left).get_by_text("What you typed").click()
    expect(strip(left)).to_contain_text("Typed on the train")
    assert (violations(left), scene.note()) == ([], "Theirs")
    strip(left).get_by_role("link").click()
    expect(left.locator(".version").nth(1)).to_contain_text("Typed on the train")
    left.get_by_role("link", name="Keep theirs").click()
    expect(left.locator("#id_note")).to_have_value("Theirs")
    expect(strip(left)).to_contain_text("this one is set aside")
    strip(left).get_by_text("What you typed").click()
    strip(left).get_by_role("button", name="Put it into the form again").click()
    left.get_by_role("button", name="Save mine instead").click()
    expect(left.locator("#save-state")).to_have_text(SAVED)
    assert (scene.note(), left.evaluate("Object.keys(localStorage)")) == ("Typed on the train", [])
    only_of_the_network(troubles)


def test_nobody_else_sees_or_sends_it(left: Page, scene: Scene, troubles: list[str]) -> None:
    left.context.set_offline(False)
    sign_in(left, scene.cast.editor)
    left.goto(scene.address)
    left.wait_for_function(SETTLED)
    expect(strip(left)).to_be_hidden()
    assert (scene.stored(), left.get_by_text("Typed on the train").count()) == (None, 0)
    sign_in(left, scene.cast.owner)
    left.goto(scene.address)
    expect(left.locator("#save-state")).to_have_text(SAVED)
    assert (scene.note(), left.locator("#id_note").input_value()) == ("Typed on the train", "Typed on the train")
    only_of_the_network(troubles)


def test_a_page_of_one_person_saves_nothing_as_another(page: Page, scene: Scene, troubles: list[str]) -> None:
    sign_in(page, scene.cast.owner)
    page.goto(scene.address)
    tab = page.context.new_page()
    sign_in(tab, scene.cast.editor)
    page.get_by_label("Note").fill("Of the owner")
    expect(page.get_by_role("alert")).to_contain_text("Not saved: somebody else is signed in now")
    expect(page.get_by_role("alert")).to_contain_text("It is kept on this device too")
    sign_in(tab, scene.cast.owner)
    page.get_by_role("button", name="Save again").click()
    expect(page.locator("#save-state")).to_have_text(SAVED)
    stored = scene.stored()
    assert stored is not None
    assert (stored.note, stored.saved_by) == ("Of the owner", scene.cast.owner)
    only_of_the_network(troubles)


def test_a_device_that_keeps_nothing_is_not_said_to(page: Page, scene: Scene, troubles: list[str]) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }")
    sign_in(page, scene.cast.owner)
    page.goto(scene.address)
    page.context.set_offline(True)
    page.get_by_label("Note").fill("Nowhere but here")
    expect(page.locator("#save-state")).to_have_text("Not saved – no connection")
    expect(page.get_by_role("alert").locator("[data-not-kept]")).to_be_visible()
    expect(page.get_by_role("alert").locator("[data-kept]")).to_be_hidden()
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_have_text(SAVED)
    assert scene.note() == "Nowhere but here"
    only_of_the_network(troubles)


@pytest.mark.any_database
def test_the_history_page_is_for_everybody(scene: Scene, new_page: NewPage) -> None:
    for level in (1, 3, 2):
        answer(scene.assessment, KEY, level, by=scene.cast.editor, note="unbrokenword" * level * 9)
    page = new_page(viewport={"width": 320, "height": 640})
    sign_in(page, scene.cast.owner)
    page.goto(f"{scene.address}history/")
    assert (violations(page), page.locator("h1").count()) == ([], 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def only_of_the_network(troubles: list[str]) -> None:
    others = [each for each in troubles if not re.search(r"Failed to load resource|Response Status Error|htmx:", each)]
    troubles.clear()
    assert others == []
