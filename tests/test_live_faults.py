"""The faults of a criterion as it is typed: the same as after saving, and nothing is saved for them."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from assessments.admin.typed import with_typed
from assessments.models import Version
from assessments.selectors.drafts import changes_of
from assessments.selectors.playbooks import playbook_document
from assessments.services.playbooks import copy_to_draft
from tests import factories
from tests.admin_pages import criterion_of, form_of, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.make_user("Ada Admin", is_admin=True))
    return client


@pytest.fixture
def draft() -> Version:
    return copy_to_draft(version=factories.published_version(), number="1.1", by=None)


def told(response: Any) -> list[tuple[str, str]]:
    proofs = response.context["proofs"]
    return [(each.where, each.reason) for each in [*proofs.faults, *proofs.warnings]]


CHANGES: dict[str, dict[str, str]] = {
    "untouched": {},
    "a target that falls": {"targets-2-level": "0"},
    "another gate": {"gates-0-level": "4"},
    "a gate taken away": {"gates-0-DELETE": "on"},
    "a level taken away": {"levels-1-DELETE": "on", "targets-4-level": "3", "targets-5-level": "3"},
    "levels in another order": {"levels-4-position": "1"},
    "a reworded level": {"levels-2-descriptor": "They do."},
    "the same next step twice": {"levels-1-next_step": "Do it.", "levels-2-next_step": "Do it."},
    "an empty condition": {"not_applicable": "If not applicable."},
    "another weight": {"weight": "7.5"},
    "hints": {"hints-0-text": "A minute.", "hints-0-position": "2"},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_said_while_typing_is_what_is_said_after_saving(
    admin: Client, draft: Version, changes: dict[str, str]
) -> None:
    criterion = criterion_of(draft)
    data = {**form_of(admin.get(page(criterion)), "criterion_form"), **changes}
    before = playbook_document(draft)
    live = told(admin.post(page(criterion, "check"), data))
    assert (playbook_document(draft), changes_of(draft).count()) == (before, 1)
    admin.post(page(criterion), {**data, "_save": "Save"})
    assert live == told(admin.get(page(criterion)))


def test_what_cannot_be_saved_is_told_as_well_and_nonsense_is_borne(admin: Client, draft: Version) -> None:
    criterion = criterion_of(draft)
    data = form_of(admin.get(page(criterion)), "criterion_form")
    typed = {**data, "title": "", "levels-1-descriptor": data["levels-0-descriptor"], "weight": "NaN"}
    reasons = [reason for _, reason in told(admin.post(page(criterion, "check"), typed))]
    assert "is empty" in reasons
    assert any("reads the same as level 0" in reason for reason in reasons)
    nonsense = {"levels-TOTAL_FORMS": "9" * 30, "targets-TOTAL_FORMS": "-1", "weight": "much", "gates-TOTAL_FORMS": "x"}
    assert admin.post(page(criterion, "check"), nonsense).status_code == 200


@pytest.mark.parametrize("weight", ["1e999999999", "1e-999999999"])
def test_a_weight_that_would_fill_the_memory_is_not_written_out(admin: Client, draft: Version, weight: str) -> None:
    criterion = criterion_of(draft)
    typed = {**form_of(admin.get(page(criterion)), "criterion_form"), "weight": weight}
    document = playbook_document(draft)
    assert with_typed(document, criterion, typed) == document


def test_who_may_not_change_it_checks_nothing(admin: Client, draft: Version) -> None:
    published = criterion_of(factories.published_version())
    found = [admin.post(page(published, "check"), {}), admin.get(page(criterion_of(draft), "check"))]
    assert [each.status_code for each in found] == [403, 405]
    assert Client().post(page(criterion_of(draft), "check"), {}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_browser_says_at_once_what_is_wrong_and_when_it_is_right_again(page: Page, draft: Version) -> None:
    factories.sign_in(page, factories.make_user("Ada Admin", is_admin=True))
    page.goto(f"/admin/assessments/criterion/{criterion_of(draft).pk}/change/")
    target = page.get_by_label("Target at Forming")
    was = target.input_value()
    target.fill("0")
    page.get_by_role("heading", name="as it is typed now").wait_for()
    assert page.get_by_role("status").inner_text().startswith("2 faults of this criterion keep")
    target.fill(was)
    page.locator("#proofs").get_by_text("No faults in this criterion, as it is typed now.").wait_for()
    assert changes_of(draft).count() == 1
