"""The grid of targets and gates: what it writes, what it refuses, what it says, and whose work it leaves alone."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page

from assessments.models import Gate, Level, Stage, Target, User, Version
from assessments.selectors.asked_levels import GATE, TARGET, Cell, asked_levels
from assessments.selectors.drafts import changes_of
from assessments.selectors.playbooks import playbook_document
from assessments.services.asked_levels import write_asked_levels
from assessments.services.playbooks import copy_to_draft, import_playbook
from tests import factories
from tests.admin_pages import criterion_of, form_of, page

pytestmark = pytest.mark.django_db
BOOK = factories.playbook()


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.make_user("Ada Admin", is_admin=True))
    return client


@pytest.fixture
def draft() -> Version:
    return copy_to_draft(version=factories.published_version(), number="1.1", by=None)


def cell(draft: Version, kind: str, stage: str, key: str = "shared-vision") -> Cell:
    return kind, criterion_of(draft, key).pk, Stage.objects.get(version=draft, key=stage).pk


def name(draft: Version, kind: str, stage: str, key: str = "shared-vision") -> str:
    return "-".join(map(str, cell(draft, kind, stage, key)))


def shown(admin: Client, draft: Version) -> dict[str, str]:
    return form_of(admin.get(page(draft, "grid")), "grid_form")


def said(response: Any) -> dict[str, list[str]]:
    boxes = [box for _, rows in response.context["groups"] for row in rows for box in row.told]
    return {box.name: box.said for box in boxes}


def test_every_target_and_gate_is_there_and_saving_untouched_changes_nothing(admin: Client, draft: Version) -> None:
    stages = len(BOOK.stages)
    found = {key: value for key, value in shown(admin, draft).items() if key.startswith(("target", "gate"))}
    assert len(found) == 27 * (2 * stages - 1)
    assert sum(value != "" for value in found.values()) == len(asked_levels(draft)) == 27 * stages + 20
    admin.post(page(draft, "grid"), shown(admin, draft))
    assert changes_of(draft).count() == 1


def test_cells_of_many_criteria_are_one_change(admin: Client, draft: Version) -> None:
    typed = {
        name(draft, TARGET, "exploring"): "0",
        name(draft, GATE, "forming"): "",
        name(draft, GATE, "forming", "citizens"): " 1 ",
    }
    response: Any = admin.post(page(draft, "grid"), {**shown(admin, draft), **typed})
    assert response.url == page(draft, "grid")
    document = playbook_document(draft)
    assert document.criterion["shared-vision"].targets["exploring"] == 0
    gates = document.stage["forming"].gates
    assert ("shared-vision" in gates, gates["citizens"]) == (False, 1)
    assert [each.what for each in changes_of(draft)][:-1] == ["Changed targets and gates"]


REFUSED = {
    "above the top": (TARGET, "scaling", "5", "The highest level of this criterion is 4."),
    "no number": (TARGET, "scaling", "three", "“three” is no level. Type a whole number from 0 to 4."),
    "another script’s number": (GATE, "scaling", "٣", "“٣” is no level. Type a whole number from 0 to 4."),
    "below nought": (GATE, "scaling", "-1", "“-1” is no level. Type a whole number from 0 to 4."),
    "no target": (TARGET, "scaling", "", "Every stage has a target: a level from 0 to 4."),
}


@pytest.mark.parametrize(("kind", "stage", "text", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_stored_is_said_at_its_cell_and_nothing_is_saved(
    admin: Client, draft: Version, kind: str, stage: str, text: str, sentence: str
) -> None:
    before = asked_levels(draft)
    box, other = name(draft, kind, stage), name(draft, TARGET, "exploring", "citizens")
    response = admin.post(page(draft, "grid"), {**shown(admin, draft), box: text, other: "2"})
    assert (response.status_code, said(response)) == (422, {box: [sentence]})
    kept = form_of(response, "grid_form")
    assert (kept[box], kept[other], asked_levels(draft)) == (text, "2", before)


def test_a_gate_at_the_first_stage_can_only_be_taken_away(admin: Client, draft: Version) -> None:
    kind, criterion, stage = cell(draft, GATE, "exploring")
    box = name(draft, kind, "exploring")
    assert box not in shown(admin, draft)
    Gate.objects.create(criterion_id=criterion, stage_id=stage, level=1)
    refused = admin.post(page(draft, "grid"), {**shown(admin, draft), box: "2"})
    assert said(refused) == {box: ["The first stage has no gates. Leave it empty."]}
    admin.post(page(draft, "grid"), {**shown(admin, draft), box: ""})
    assert cell(draft, GATE, "exploring") not in asked_levels(draft)


def test_what_contradicts_itself_is_said_at_its_cells_as_it_is_stored_and_as_it_is_typed(
    admin: Client, draft: Version
) -> None:
    above, falls, gate = (name(draft, *each) for each in [(TARGET, "scaling"), (TARGET, "forming"), (GATE, "forming")])
    typed = {**shown(admin, draft), falls: "0", "check": "yes"}
    told = admin.post(page(draft, "grid"), typed).json()["said"]
    assert {box: sentences[0] for box, sentences in told.items()} == {
        falls: "Target at Forming of Shared vision and purpose",
        gate: "Gate at Forming of Shared vision and purpose",
    }
    assert changes_of(draft).count() == 1
    Level.objects.filter(criterion=criterion_of(draft), position=4).delete()
    found = said(admin.get(page(draft, "grid")))
    assert found[above] == [
        "is 4; it must be a whole number from 0 to 3, since the criterion has 4 levels, counted from 0"
    ]


def test_what_somebody_else_changed_meanwhile_is_shown_and_left_alone(admin: Client, draft: Version) -> None:
    opened = shown(admin, draft)
    theirs, both, mine = (cell(draft, TARGET, stage) for stage in ("exploring", "forming", "first-cycle"))
    for (_, criterion, stage), level in ((theirs, 0), (both, 4)):
        Target.objects.filter(criterion_id=criterion, stage_id=stage).update(level=level)
    typed = {"-".join(map(str, both)): "2", "-".join(map(str, mine)): "4"}
    response = admin.post(page(draft, "grid"), {**opened, **typed})
    sentence = "You typed 2; somebody else made it 4 meanwhile. Type yours again if it is right."
    assert (response.status_code, said(response)) == (409, {"-".join(map(str, both)): [sentence]})
    now = asked_levels(draft)
    assert [now[each] for each in (theirs, both, mine)] == [0, 4, 4]
    admin.post(page(draft, "grid"), {**form_of(response, "grid_form"), "-".join(map(str, both)): "2"})
    assert asked_levels(draft)[both] == 2


@pytest.mark.parametrize("seen", ["", "nonsense", "[]", '{"target-1-1":"x"}'])
def test_a_page_that_does_not_say_what_it_saw_overwrites_nothing(admin: Client, draft: Version, seen: str) -> None:
    before = asked_levels(draft)
    typed = {**shown(admin, draft), name(draft, TARGET, "scaling"): "0", "seen": seen}
    assert admin.post(page(draft, "grid"), typed).status_code == 409
    assert asked_levels(draft) == before


def test_cells_of_other_versions_and_of_parts_that_are_gone_are_passed_over(admin: Client, draft: Version) -> None:
    published = factories.published_version()
    foreign, gone = cell(published, TARGET, "scaling"), (TARGET, 10**6, 10**6)
    before = asked_levels(published)
    assert write_asked_levels(version=draft, wanted={foreign: 0, gone: 0}, seen={}) == {}
    assert asked_levels(published) == before


def test_a_published_grid_is_only_looked_at(admin: Client, draft: Version) -> None:
    published = factories.published_version()
    opened = shown(admin, draft)
    assert [key for key in shown(admin, published) if key.startswith("target")] == []
    assert admin.post(page(published, "grid"), {}).status_code == 403
    looker = factories.make_user("Lou Looker")
    User.objects.filter(pk=looker.pk).update(is_staff=True)
    client = Client()
    client.force_login(User.objects.get(pk=looker.pk))
    assert [client.get(page(draft, "grid")).status_code, client.post(page(draft, "grid"), opened).status_code] == [
        403
    ] * 2


def test_an_empty_draft_has_no_grid_yet(admin: Client, draft: Version) -> None:
    draft.stages.all().delete()
    assert "nothing to fill in" in admin.get(page(draft, "grid")).content.decode()


def test_the_grid_takes_as_many_queries_for_many_criteria_as_for_few(admin: Client) -> None:
    def queries(count: int) -> int:
        sample = BOOK.lessons[0].criteria[0]
        more = tuple(replace(sample, key=f"criterion-{number}") for number in range(count))
        stages = tuple(replace(stage, gates={}) for stage in BOOK.stages)
        lessons = (replace(BOOK.lessons[0], criteria=more),)
        version = import_playbook(document=replace(BOOK, key=f"book-{count}", stages=stages, lessons=lessons), by=None)
        admin.get(page(version, "grid"))
        with CaptureQueriesContext(connection) as captured:
            admin.get(page(version, "grid"))
        return len(captured)

    assert queries(2) == queries(12) <= 30


@pytest.mark.django_db(transaction=True)
def test_the_grid_by_keyboard_says_at_once_what_is_wrong(page: Page, draft: Version) -> None:
    factories.sign_in(page, factories.make_user("Ada Admin", is_admin=True))
    page.goto(f"/admin/assessments/version/{draft.pk}/grid/")
    page.get_by_label("Target at Exploring of The right path for this place").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "Target at Forming of Shared vision and purpose"
    )
    page.keyboard.type("0")
    page.get_by_text("2 things to put right.").wait_for()
    page.keyboard.type("x")
    page.get_by_text("is no level").wait_for()
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("2")
    page.get_by_text("Nothing contradicts itself.").wait_for()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert asked_levels(draft)[cell(draft, TARGET, "forming")] == 2
