"""A new version of the playbook, from its first edit to a place's chart.

An admin drafts, decides and publishes; an owner looks, moves, moves back, moves again and submits; and the history's
line breaks where it should.
"""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from assessments.models import Assessment, Version
from assessments.selectors.playbooks import playbook_document
from tests.factories import Cast, make_assessment, make_cast, playbook, published_version, sign_in, submit

SPLIT = "Local jobs, firms and supply chains"
LEVELS = [
    "Nobody has counted the empty buildings of the place.",
    "Somebody keeps a list of empty buildings, and nobody else uses it.",
    "The list is public, and each empty building has a named owner.",
    "Half of the empty buildings have a signed plan for their next use.",
    "Every empty building has a next use that has been paid for.",
]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """A place that submitted its answers a year ago, and has answered everything again on the same version."""
    published_version()
    cast = make_cast()
    low = {key: number % 3 for number, key in enumerate(playbook().criterion)}
    submit(make_assessment(cast.place, cast.owner, low), cast.owner, dated=date(2025, 11, 3))
    make_assessment(cast.place, cast.owner, {key: level + 1 for key, level in low.items()})
    return cast


@pytest.mark.any_database
def test_a_new_version_from_the_first_edit_to_the_chart(new_page: Callable[..., Page], cast: Cast) -> None:
    admin, owner = new_page(), new_page()
    sign_in(admin, cast.admin)
    sign_in(owner, cast.owner)
    an_admin_edits_a_copy(admin)
    the_faults_are_put_right(admin)
    what_became_of_each_criterion_is_decided(admin)
    the_impact_is_read(admin, cast)
    it_is_published(admin)
    the_owner_looks_and_moves(owner, cast)
    moves_back_and_moves_again(owner, cast)
    answers_what_is_open_and_submits(owner, cast)
    the_line_breaks_where_it_should(owner, cast)


# --- the admin ------------------------------------------------------------------------------------------------------


def draft() -> Version:
    return Version.objects.select_related("playbook").get(number="1.1")


def an_admin_edits_a_copy(page: Page) -> None:
    page.goto("/admin/")
    page.locator("#content").get_by_role("link", name="Hubs of innovation").first.click()
    page.get_by_role("link", name="Copy into a new draft").click()
    page.get_by_role("button", name="Copy into a new draft").click()
    expect(page.get_by_text("Draft 1.1 is a copy of 1.0.")).to_be_visible()
    reword(page, "Shared vision and purpose", "Question", "Is there one vision that the partners wrote and share?")
    reword(page, "Skills", "Whom to ask", "The skills lead of the council, and two employers.")
    reword(page, "Skills", "Title", "Skills that employers ask for")
    split_one(page)
    merge_two(page)
    take_out(page, "Global links that feed home")
    add_one(page)
    reweigh(page)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("heading", name="lessons,").first).to_be_visible()


def open_criterion(page: Page, title: str) -> None:
    page.locator("#tree").get_by_role("link", name=title, exact=True).click()


def reword(page: Page, title: str, label: str, text: str) -> None:
    open_criterion(page, title)
    page.get_by_label(label, exact=False).first.fill(text)
    save(page)


def more(page: Page, title: str, link: str) -> None:
    row = page.locator("#tree tr", has=page.get_by_role("link", name=title, exact=True))
    row.locator("summary").click()
    row.get_by_role("link", name=link).click()


def split_one(page: Page) -> None:
    """Jobs keep the old key; firms and supply chains take the copy."""
    more(page, SPLIT, "Copy or split")
    page.get_by_label("Title").fill("Local firms and supply chains")
    page.get_by_label("Key").fill("local-supply")
    page.get_by_role("button", name="Copy, and open the copy").click()
    page.get_by_label("Question").fill("Do local firms win the work that the place buys?")
    save(page)
    open_criterion(page, SPLIT)
    page.get_by_label("Title").first.fill("Local jobs")
    page.get_by_label("Question").fill("Do people who live nearby get the jobs of the place?")
    save(page)


def merge_two(page: Page) -> None:
    reword(page, "Planners", "Title", "Planners and infrastructure providers")
    reword(
        page,
        "Planners and infrastructure providers",
        "Question",
        "Do planners and infrastructure providers work to one plan for the place?",
    )
    take_out(page, "Infrastructure providers")


def take_out(page: Page, title: str) -> None:
    more(page, title, "Take out")
    page.get_by_role("button", name="Take it out of this draft").click()
    expect(page.locator("#tree").get_by_role("link", name=title, exact=True)).to_have_count(0)


def add_one(page: Page) -> None:
    """With a target that falls at the last stage, which is a fault."""
    page.get_by_role("link", name="Add a criterion to this lesson").nth(2).click()
    page.get_by_label("Title").first.fill("Empty buildings in use")
    page.get_by_label("Question").fill("Do empty buildings find a next use?")
    page.get_by_label("Whom to ask").fill("The estates team of the council.")
    page.get_by_role("spinbutton", name="Weight").fill("10")
    for number, text in enumerate(LEVELS):
        page.locator(f"#id_levels-{number}-descriptor").fill(text)
        page.locator(f"#id_levels-{number}-next_step").fill(f"Walk round with the list, and do step {number} of it.")
    for number, level in enumerate("112230"):
        page.locator(f"#id_targets-{number}-level").fill(level)
    save(page)


def reweigh(page: Page) -> None:
    page.get_by_role("link", name="Order and weights of the criteria").click()
    page.get_by_label("Weight of The right path for this place").fill("40")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was changed successfully").first).to_be_visible()
    page.goto(f"/admin/assessments/version/{draft().pk}/change/")


def the_faults_are_put_right(page: Page) -> None:
    box = page.locator(".hub-faults")
    expect(box).to_contain_text("target at “Whole-place return”")
    box.get_by_role("link", name="Empty buildings in use").first.click()
    page.locator("#id_targets-5-level").fill("4")
    save(page)
    expect(page.locator(".hub-faults")).not_to_contain_text("target at “Whole-place return”")


def what_became_of_each_criterion_is_decided(page: Page) -> None:
    """The guesses stand, but for the merging, which the texts alone do not tell."""
    page.get_by_role("link", name="What became of each criterion").first.click()
    expect(page.get_by_text("0 of 8 decided.")).to_be_visible()
    kinds = {
        "Shared vision and purpose": "reworded",
        "Local jobs": "split",
        "Local firms and supply chains": "split",
        "Skills that employers ask for": "reworded",
        "Empty buildings in use": "new",
    }
    for title, kind in kinds.items():
        expect(choice(page, title).get_by_label("It is")).to_have_value(kind)
        choice(page, title).get_by_label("Decided").check()
    merged = choice(page, "Planners and infrastructure providers")
    comparable = merged.get_by_label("Its scores can be compared")
    expect(comparable).to_be_checked()
    merged.get_by_label("It is").select_option("merged")
    expect(comparable).not_to_be_checked()
    merged.get_by_text("Other criteria of version 1.0").click()
    merged.get_by_label("Infrastructure providers", exact=True).check()
    merged.get_by_label("Decided").check()
    choice(page, "Global links that feed home").get_by_label("What became of it").select_option("retired")
    page.get_by_role("button", name="Save decisions").click()
    expect(page.get_by_text("8 of 8 decided.")).to_be_visible()
    page.get_by_role("link", name="Back to the draft").first.click()
    expect(page.get_by_text("No faults: this draft can be published.")).to_be_visible()


def choice(page: Page, title: str) -> Locator:
    return page.get_by_role("group", name=f"What became of {title}", exact=True)


def the_impact_is_read(page: Page, cast: Cast) -> None:
    """Scores move, which change moves them most is told, and the page does not say whose they are."""
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("link", name="Read its impact first").click()
    expect(page.locator("#headline")).to_contain_text("1 place: 1 moves")
    causes = page.locator("section[aria-labelledby=causes]")
    expect(causes.get_by_role("rowheader", name="Empty buildings in use")).to_be_visible()
    expect(page.locator("#content")).not_to_contain_text(cast.place.name)


def it_is_published(page: Page) -> None:
    page.go_back()
    page.get_by_role("button", name="Publish version 1.1").click()
    expect(page.get_by_text("is published. New assessments start on it")).to_be_visible()
    told = playbook_document(draft()).follows
    assert told is not None
    assert {key: (each.kind, each.sources, each.comparable) for key, each in told.criteria.items()} == {
        "shared-vision": ("reworded", ("shared-vision",), True),
        "local-jobs-and-supply": ("split", ("local-jobs-and-supply",), False),
        "local-supply": ("split", ("local-jobs-and-supply",), False),
        "skills": ("reworded", ("skills",), True),
        "empty-buildings-in-use": ("new", (), False),
        "planners": ("merged", ("planners", "infrastructure-providers"), False),
    }
    assert told.retired == ("global-links",)


# --- the owner ------------------------------------------------------------------------------------------------------

WAITING = ["Local jobs", "Local firms and supply chains", "Planners and infrastructure providers"]


def the_owner_looks_and_moves(page: Page, cast: Cast) -> None:
    """Nothing has changed by itself; the preview says what moving would do; it moves, and can be moved back."""
    page.goto("/")
    expect(page.get_by_text("27 of 27 criteria answered")).to_be_visible()
    page.get_by_role("link", name="See what is new").click()
    for term, words in {
        "Kept": "23 answers stand as they are",
        "Needs another look": "3 answers are proposed again",
        "New to answer": "1 question",
        "Dropped": "1 question; what was said to it stays readable",
    }.items():
        row = page.locator(".counts div", has=page.get_by_text(term, exact=True))
        expect(row.locator("dd")).to_have_text(words)
    page.get_by_role("button", name="Move to version 1.1").click()
    expect(page.get_by_text("3 answers need another look.")).to_be_visible()
    expect(page.get_by_text("23 of 27 criteria answered")).to_be_visible()


def moves_back_and_moves_again(page: Page, cast: Cast) -> None:
    page.get_by_role("button", name="Move back to version 1.0").click()
    expect(page.get_by_text("27 of 27 criteria answered")).to_be_visible()
    assert Assessment.objects.get(state="open").version.number == "1.0"
    page.get_by_role("link", name="See what is new").first.click()
    page.get_by_role("button", name="Move to version 1.1").click()
    expect(page.get_by_text("23 of 27 criteria answered")).to_be_visible()


def answers_what_is_open_and_submits(page: Page, cast: Cast) -> None:
    start = f"/assessments/{Assessment.objects.get(state='open').pk}/"
    for title in WAITING:
        page.goto(start)
        page.get_by_role("link", name=title).first.click()
        press(page, "Still true")
    page.goto(start)
    expect(page.get_by_text("26 of 27 criteria answered")).to_be_visible()
    page.get_by_role("link", name="Empty buildings in use").first.click()
    page.get_by_label(LEVELS[2]).check()
    press(page, "Save and continue")
    page.goto(f"{start}check/")
    press(page, "Submit the assessment")
    expect(page.get_by_role("link", name="What was left behind")).to_be_visible()


def press(page: Page, name: str) -> None:
    """Press a button that leads to another page, and wait until it is there."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def the_line_breaks_where_it_should(page: Page, cast: Cast) -> None:
    page.goto(f"/places/{cast.place.pk}/history/")
    overall = page.locator("section[aria-labelledby=overall]")
    expect(overall.get_by_text("Why the line breaks")).to_be_visible()
    expect(overall.locator(".breaks")).to_contain_text("Empty buildings in use")
    broken = page.locator(".history-item:has(.plot-break)").get_by_role("heading")
    expect(broken).to_have_text(
        [
            *["The long path", "Local foundations", "The fundamentals", "Everyone has a role"],
            *["2.4 Local jobs", "2.6 Local firms and supply chains"],
            *["3.7 Empty buildings in use", "4.6 Planners and infrastructure providers"],
            *["2.6 Global links that feed home", "4.6 Infrastructure providers"],
        ]
    )
    expect(page.locator(".history-item:not(:has(.plot-break))")).to_have_count(23)
