"""The whole road by keyboard alone: Tab, Shift-Tab, Enter, Space, arrows, letters. Focus is seen at every stop."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from assessments.models import Answer, Assessment, Evidence
from tests.factories import PASSWORD, make_assessment, make_place, make_user, playbook, published_version, sign_in

# What has focus: its role-like tag, its name as a screen reader has it, whether it can be seen, how it is marked.
FOCUSED = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width / 2, 60), box.top + Math.min(box.height / 2, 20)];
  const there = document.elementFromPoint(x, y);
  const label = element.labels && element.labels.length ? element.labels[0] : null;
  const seen = there !== null && (element.contains(there) || (label !== null && label.contains(there)));
  const marked = [element, label].some((each) => each && getComputedStyle(each).outlineStyle !== "none");
  const name = ((label || element).textContent || "").replace(/\\s+/g, " ").trim();
  return {tag: element.tagName.toLowerCase(), type: element.type || "", name, seen, marked};
}"""


class Keys:
    """Hands on the keyboard. Every stop on the way must be visible, and look focused."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def focused(self) -> dict[str, str]:
        found: dict[str, str] = self.page.evaluate(FOCUSED)
        if found["tag"] not in {"body", "main", "section"} and not (found["seen"] and found["marked"]):
            self.unseen.append(f"{self.page.url} {found}")
        return found

    def stops(self, key: str = "Tab") -> Iterator[dict[str, str]]:
        for _ in range(200):
            self.press(key)
            yield self.focused()

    def to(self, name: str, *, tag: str = "", key: str = "Tab") -> None:
        """Go on from stop to stop until the one whose name begins so."""
        passed = []
        for stop in self.stops(key):
            passed.append(stop["name"])
            if stop["name"].startswith(name) and tag in ("", stop["tag"]):
                return
        pytest.fail(f"{name!r} was not reached by {key}; passed {passed}")

    def follow(self, name: str, *, tag: str = "") -> None:
        """Go to a link or a button, and press Enter; wait for the page that comes."""
        self.to(name, tag=tag)
        with self.page.expect_event("load"):  # a new document: a script may write into the history of the old one
            self.press("Enter")


@pytest.mark.any_database
@pytest.mark.usefixtures("transactional_db")
def test_the_whole_road_by_keyboard(page: Page) -> None:
    published_version()
    keys = Keys(page)
    page.goto("/")
    keys.follow("Create an account")
    sign_up(keys)
    keys.follow("Describe a place")
    describe(keys)
    keys.follow("Start an assessment", tag="button")
    keys.follow("Start with 1.1")
    for number in range(1, len(playbook().criterion) + 1):
        answer_one(keys, number)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    keys.follow("Submit the assessment", tag="button")
    page.wait_for_url("**/results/")

    assessment = Assessment.objects.get()
    values = [row.value for row in Answer.objects.filter(assessment=assessment).order_by("criterion__pk")]
    assert values == [value_of(number) for number in range(1, 28)]
    assert list(assessment.place.library.values_list("title", "grade")) == [("Minute 14", Evidence.Grade.OWN)]
    assert Answer.objects.get(note__gt="").note == "Typed without a mouse"
    assert keys.unseen == []


@pytest.mark.any_database
def test_a_stop_that_cannot_be_seen_is_noticed(page: Page, transactional_db: None) -> None:
    owner = make_user("Owner Person")
    sign_in(page, owner)
    page.goto(f"/assessments/{make_assessment(make_place(owner=owner), owner).pk}/criteria/1/")
    page.evaluate("Object.assign(document.querySelector('.save-bar').style, {position: 'fixed', inset: '0'})")
    page.evaluate("document.querySelector('#id_note').style.outline = 'none'")
    page.get_by_label("Note").focus()
    keys = Keys(page)
    keys.focused()
    page.evaluate("document.querySelector('.save-bar').style.display = 'none'")
    keys.focused()
    found = [(stop.count("'seen': False"), stop.count("'marked': False")) for stop in keys.unseen]
    assert found == [(1, 1), (0, 1)]


def value_of(number: int) -> int | str:
    return "dont_know" if number == 5 else number % 5


def sign_up(keys: Keys) -> None:
    for name, typed in (("Your name", "Kay Board"), ("E-mail", "kay@example.org"), ("Password", PASSWORD)):
        keys.to(name, tag="input")
        keys.type(typed)
    keys.follow("Create the account", tag="button")


def describe(keys: Keys) -> None:
    keys.to("Name", tag="input")
    keys.type("Keyboard Wharf")
    keys.to("Kind of place", tag="select")
    keys.type("Town")
    keys.to("Region", tag="select")
    keys.press("ArrowDown")
    keys.to("Exploring", tag="input")
    keys.press("Space", "ArrowDown")
    keys.follow("Save and go on", tag="button")


def answer_one(keys: Keys, number: int) -> None:
    """Skip to the main part, choose with the arrows, and go on with Enter."""
    keys.to("Skip to the main content")
    keys.press("Enter")
    keys.to("0", tag="input")
    wanted = value_of(number)
    keys.press("Space", *["ArrowDown"] * (wanted if isinstance(wanted, int) else 5))
    if number == 1:
        add_evidence(keys)
    if number == 2:
        keys.to("Note", tag="textarea")
        keys.type("Typed without a mouse")
    keys.follow("Save and continue", tag="button")


def add_evidence(keys: Keys) -> None:
    """Down to the evidence, and back up to the button with Shift-Tab."""
    keys.to("Add a piece of evidence", tag="summary")
    keys.press("Enter")
    keys.to("What is it?", tag="input")
    keys.type("Minute 14")
    keys.to("Opinion: somebody says so", tag="input")
    keys.press("Space", "ArrowDown")
    keys.follow("Add this evidence", tag="button")
    keys.to("Add a piece of evidence", tag="summary")
    keys.to("Save and continue", key="Shift+Tab")
    keys.press("Shift+Tab")
