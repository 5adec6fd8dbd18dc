"""The tree of a draft: what is counted in it, what is moved, copied and taken out from it; weights and their shares."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page as Tab

from assessments.models import Criterion, Gate, Lesson, Level, Role, Stage, Target, User, Version
from assessments.selectors.drafts import changes_of
from assessments.selectors.playbooks import playbook_document
from assessments.services.arranging import copy_criterion, move, move_to_lesson
from assessments.services.playbooks import copy_to_draft, import_playbook
from tests import factories
from tests.admin_pages import criterion_of, form_of, listing, page, said, send

pytestmark = pytest.mark.django_db
BOOK = factories.playbook()
KEYS = [criterion.key for criterion in BOOK.lessons[0].criteria]


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.make_user("Ada Admin", is_admin=True))
    return client


@pytest.fixture
def draft() -> Version:
    return copy_to_draft(version=factories.published_version(), number="1.1", by=None)


def keys(version: Version, lesson: int = 0) -> list[str]:
    return [each.key for each in playbook_document(version).lessons[lesson].criteria]


def press(admin: Client, draft: Version, **button: str) -> Any:
    """Press a button of the tree, as its form sends it."""
    return admin.post(page(draft, "arrange"), {**form_of(admin.get(page(draft)), "tree_form"), **button})


@pytest.mark.parametrize(
    ("start", "by", "expected"),
    [(1, -1, [1, 0, 2]), (0, 1, [1, 0, 2]), (0, -1, [0, 1, 2]), (2, 1, [0, 1, 3]), (0, 2, [1, 2, 0])],
)
def test_a_part_moves_among_its_own_and_stays_at_the_ends(
    draft: Version, start: int, by: int, expected: list[int]
) -> None:
    Criterion.objects.filter(version=draft).update(position=7)  # as rows may stand after a file was read by hand
    move(part=criterion_of(draft, KEYS[start]), by=by)
    assert keys(draft)[:3] == [KEYS[number] for number in expected]
    assert keys(draft, 1) == [criterion.key for criterion in BOOK.lessons[1].criteria]


@pytest.mark.parametrize("model", [Lesson, Role, Stage])
def test_the_other_parts_move_too(draft: Version, model: Any) -> None:
    before = list(model.objects.filter(version=draft))
    assert move(part=before[1], by=-1) is True
    assert list(model.objects.filter(version=draft)) == [before[1], before[0], *before[2:]]
    assert move(part=before[1], by=-1) is False


def test_a_criterion_moves_to_another_lesson_of_its_version_only(draft: Version) -> None:
    criterion, second = criterion_of(draft), draft.lessons.all()[1]
    assert move_to_lesson(criterion=criterion, lesson=second) is True
    assert (keys(draft)[-1], keys(draft, 1)[-1]) == (KEYS[-1], "shared-vision")
    assert move_to_lesson(criterion=criterion, lesson=second) is False
    foreign = factories.published_version().lessons.all()[0]
    for write in (move_to_lesson, lambda **lesson: copy_criterion(title="Copy", key="copy", **lesson)):
        with pytest.raises(ValueError, match="stays in its version"):
            write(criterion=criterion, lesson=foreign)


def test_a_copy_says_the_same_under_another_key_and_holds_no_gates(draft: Version) -> None:
    original = criterion_of(draft)
    copy_criterion(criterion=original, lesson=draft.lessons.all()[1], title="Another vision", key="another")
    document = playbook_document(draft)
    assert document.criterion["another"] == replace(
        document.criterion["shared-vision"], key="another", title="Another vision"
    )
    assert keys(draft, 1)[-1] == "another"
    assert Gate.objects.filter(criterion__key="another").count() == 0
    assert criterion_of(draft).levels.count() == len(document.criterion["another"].levels)


def test_buttons_of_the_tree_move_and_lead_back_to_themselves(admin: Client, draft: Version) -> None:
    criterion, lesson = criterion_of(draft), draft.lessons.all()[2]
    up = press(admin, draft, up=f"criterion-{criterion.pk}")
    assert (up.url, keys(draft)[0]) == (f"{page(draft)}#criterion-{criterion.pk}-up", "shared-vision")
    press(admin, draft, up=f"criterion-{criterion.pk}")
    to = press(admin, draft, lesson=f"criterion-{criterion.pk}", **{f"lesson-of-{criterion.pk}": str(lesson.pk)})
    assert (to.url, keys(draft, 2)[-1]) == (f"{page(draft)}#criterion-{criterion.pk}", "shared-vision")
    press(admin, draft, down=f"lesson-{lesson.pk}")
    assert [each.what for each in changes_of(draft)][:-1] == [
        f"Moved lesson “{lesson}” down",
        f"Moved criterion “{criterion}” to lesson “{lesson}”",
        f"Moved criterion “{criterion}” up",
    ]


@pytest.mark.parametrize(
    "button",
    [{}, {"up": "criterion-0"}, {"up": "version-1"}, {"down": "criterion-x"}, {"lesson": "criterion-{}"}],
    ids=["none", "no such row", "no part", "no number", "no lesson"],
)
def test_a_button_that_names_nothing_moves_nothing(admin: Client, draft: Version, button: dict[str, str]) -> None:
    posted = {name: value.format(criterion_of(draft).pk) for name, value in button.items()}
    assert admin.post(page(draft, "arrange"), posted).status_code == 404
    assert changes_of(draft).count() == 1


def test_only_a_criterion_goes_into_another_lesson(admin: Client, draft: Version) -> None:
    lesson, stage = draft.lessons.all()[0], draft.stages.all()[0]
    posted = {"lesson": f"stage-{stage.pk}", f"lesson-of-{stage.pk}": str(lesson.pk)}
    assert admin.post(page(draft, "arrange"), posted).status_code == 404


def test_nothing_is_arranged_in_a_published_version_or_by_who_may_only_look(admin: Client, draft: Version) -> None:
    published = factories.published_version()
    criterion = criterion_of(published)
    assert admin.post(page(published, "arrange"), {"down": f"criterion-{criterion.pk}"}).status_code == 403
    assert admin.get(page(draft, "arrange")).url == page(draft)  # type: ignore[attr-defined]
    looker = factories.make_user("Lou Looker")
    User.objects.filter(pk=looker.pk).update(is_staff=True)
    client = Client()
    client.force_login(User.objects.get(pk=looker.pk))
    own = criterion_of(draft)
    found = [client.post(page(draft, "arrange"), {"down": f"criterion-{own.pk}"}), client.get(page(own, "copy"))]
    assert [each.status_code for each in found] == [403, 403]
    assert admin.get(page(criterion, "copy")).status_code == 403
    assert keys(draft) == KEYS


def test_a_copy_is_made_on_its_page_and_opened(admin: Client, draft: Version) -> None:
    original = criterion_of(draft)
    form = admin.get(page(original, "copy")).context["form"]
    assert (form["key"].value(), form["title"].value()) == ("shared-vision-2", "Shared vision and purpose (copy)")
    lesson = draft.lessons.all()[1]
    for key, error in [("right-path", "Another criterion"), ("No Key", "Use small letters")]:
        refused = admin.post(page(original, "copy"), {"lesson": lesson.pk, "title": "Half", "key": key})
        assert refused.context["form"].errors["key"][0].startswith(error)
    foreign = factories.published_version().lessons.all()[0]
    data = {"lesson": foreign.pk, "title": "Half", "key": "half"}
    assert list(admin.post(page(original, "copy"), data).context["form"].errors) == ["lesson"]
    response: Any = admin.post(page(original, "copy"), {**data, "lesson": lesson.pk})
    assert response.url == page(criterion_of(draft, "half"))
    assert said(admin.get(response.url))[-1].startswith("Change 2 of this draft: Copied criterion")


def test_taking_out_says_what_it_means_for_answers(admin: Client, draft: Version) -> None:
    cast = factories.make_cast()
    given = factories.make_assessment(cast.place, cast.owner, {"right-path": 2})
    criterion = criterion_of(draft, "right-path")
    shown = admin.get(page(criterion, "delete")).context["answered"]
    assert (shown.is_new, shown.open, shown.submitted) == (False, 1, 0)
    factories.submit(given, cast.owner)
    shown = admin.get(page(criterion, "delete")).context["answered"]
    assert (shown.is_new, shown.open, shown.submitted) == (False, 0, 1)
    made = copy_criterion(criterion=criterion, lesson=criterion.lesson, title="New", key="new-one")
    assert admin.get(page(made, "delete")).context["answered"].is_new is True
    admin.post(page(criterion, "delete"), {"post": "yes"})
    assert "right-path" not in keys(draft)


def test_the_tree_counts_faults_and_warnings_where_they_are(admin: Client, draft: Version) -> None:
    criterion = criterion_of(draft)
    Level.objects.filter(criterion=criterion, position=4).delete()
    Target.objects.filter(criterion=criterion).update(level=3)
    Target.objects.filter(criterion=criterion, stage__key="scaling").update(level=4)
    lessons = admin.get(page(draft)).context["tree"].lessons
    assert [lesson.all_faults for lesson in lessons] == [sum(each.faults for each in lessons[0].branches), 0, 0, 0]
    own = next(each for each in lessons[0].branches if each.row == criterion)
    assert own.faults == len(admin.get(page(criterion)).context["proofs"].faults) >= 1


def test_the_version_page_takes_as_many_queries_for_many_criteria_as_for_few(admin: Client) -> None:
    def queries(count: int) -> int:
        sample = BOOK.lessons[0].criteria[0]
        more = tuple(replace(sample, key=f"criterion-{number}", title=f"No. {number}") for number in range(count))
        stages = tuple(replace(stage, gates={}) for stage in BOOK.stages)
        book = replace(BOOK, key=f"book-of-{count}", stages=stages)
        version = import_playbook(document=replace(book, lessons=(replace(BOOK.lessons[0], criteria=more),)), by=None)
        admin.get(page(version))
        with CaptureQueriesContext(connection) as captured:
            admin.get(page(version))
        return len(captured)

    assert queries(2) == queries(12) <= 60


# --- weights ----------------------------------------------------------------------------------------------------------


def test_a_weight_steps_by_one_and_takes_decimals(admin: Client, draft: Version) -> None:
    text = admin.get(listing(Criterion, draft)).content.decode()
    assert 'step="0.000001"' not in text
    assert 'step="any"' in text
    send(admin, listing(Criterion, draft), {"form-0-weight": "12.345678"}, "changelist-form")
    assert float(Criterion.objects.filter(version=draft)[0].weight) == 12.345678


@pytest.mark.django_db(transaction=True)
def test_shares_follow_what_is_typed_and_a_moved_row_keeps_the_keyboard(page: Tab, draft: Version) -> None:
    factories.sign_in(page, factories.make_user("Ada Admin", is_admin=True))
    page.goto(listing(Lesson, draft))
    page.get_by_label("Weight of The long path").fill("50")
    assert page.locator("[data-share]").all_inner_texts() == ["40.0%", "20.0%", "20.0%", "20.0%"]
    page.goto(f"/admin/assessments/criterion/{criterion_of(draft).pk}/change/")
    page.get_by_label("Weight:").fill("0")
    assert page.locator("[data-share]").inner_text() == "–"

    page.goto(f"/admin/assessments/version/{draft.pk}/change/")
    page.get_by_role("button", name="Move up: Keeping the vision alive and widening it").focus()
    for _ in range(2):
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Move up: Keeping")
    assert keys(draft)[0] == KEYS[2]
