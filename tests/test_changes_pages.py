"""The journal as an admin meets it: what is recorded of each page, read, undone, and refused."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Criterion, Lesson, Role, Stage, User, Version
from assessments.selectors.drafts import changes_of
from assessments.selectors.playbooks import playbook_document
from assessments.services.journal import ELSEWHERE, record_change
from assessments.services.playbooks import copy_to_draft
from tests import factories
from tests.admin_pages import adding, criterion_of, edit, listing, page, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return factories.make_user("Ada Admin", is_admin=True)


@pytest.fixture
def admin(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def draft(ada: User) -> Version:
    return copy_to_draft(version=factories.published_version(), number="1.1", by=ada)


def retitle(draft: Version, title: str) -> None:
    Criterion.objects.filter(pk=criterion_of(draft).pk).update(title=title)
    record_change(version=draft, by=None, what=f"Called it {title}")


def recorded(draft: Version) -> list[str]:
    return [each.what for each in changes_of(draft)][::-1][1:]


def test_each_page_records_one_change_for_one_save(admin: Client, draft: Version) -> None:
    criterion = criterion_of(draft)
    edit(admin, criterion, weight="30", **{"levels-0-descriptor": "Nobody says so."})
    edit(admin, criterion)
    send(admin, listing(Criterion, draft), {"form-0-weight": "7", "form-1-weight": "8"}, "changelist-form")
    send(admin, listing(Lesson, draft), {"form-1-position": "1"}, "changelist-form")
    send(admin, adding(Role, draft), {"name": "Citizens’ panel"}, "role_form")
    send(admin, adding(Stage, draft), {"name": "Beyond", "facts": "Everything is done."}, "stage_form")
    edit(admin, draft, title="The four lessons")
    admin.post(page(draft.lessons.all()[0], "delete"), {"post": "yes"})
    assert recorded(draft) == [
        "Changed criterion “Shared vision and purpose”",
        "Changed the list of criteria",
        "Changed the list of lessons",
        "Added role “Citizens’ panel”",
        "Added stage “Beyond”",
        "Changed the version’s own fields",
        f"Deleted lesson “{factories.playbook().lessons[1].title}”",
    ]


def test_after_a_save_a_message_leads_to_undoing_it(admin: Client, draft: Version) -> None:
    response = edit(admin, criterion_of(draft), title="One vision")
    messages = said(admin.get(response.url))
    assert messages[-1] == (
        "Change 2 of this draft: Changed criterion “One vision”. "
        f'<a href="/admin/assessments/version/{draft.pk}/undo/?change=2">Undo it</a>'
    )


def test_the_journal_is_read_in_pages_and_for_one_part(admin: Client, draft: Version) -> None:
    for number in range(30):
        retitle(draft, f"Vision {number}")
    edit(admin, draft.lessons.all()[1], summary="Another one.")
    first = admin.get(page(draft, "changes")).context["changes"]
    assert [each.number for each in first] == list(range(32, 7, -1))
    of_lesson = admin.get(page(draft, "changes"), {"part": f"lessons/{draft.lessons.all()[1].key}"}).context["changes"]
    assert [each.number for each in of_lesson] == [32]
    gone = admin.get(page(draft, "changes"), {"part": "criteria/never-there", "page": "7"})
    assert list(gone.context["changes"]) == []
    link = admin.get(page(criterion_of(draft))).context["changes_page"]
    assert admin.get(link).context["changes"].paginator.count == 30


def test_a_change_is_told_with_its_words_before_and_after(admin: Client, draft: Version) -> None:
    edit(admin, criterion_of(draft), title="One vision")
    text = admin.get(page(draft, "what-changed"), {"change": "2"}).content.decode()
    assert "One vision" in text
    assert "<del>" in text
    assert "begins" in admin.get(page(draft, "what-changed"), {"change": "1"}).content.decode()
    assert [admin.get(page(draft, "what-changed"), {"change": n}).status_code for n in ("3", "x", "0")] == [404] * 3


def undo(admin: Client, draft: Version, number: int, seen: str | None = None) -> Any:
    address = f"{page(draft, 'undo')}?change={number}"
    asked = admin.get(address).context["seen"]
    return admin.post(address, {"seen": asked if seen is None else seen})


def test_the_last_change_is_undone_and_made_again(admin: Client, draft: Version) -> None:
    before = playbook_document(draft)
    retitle(draft, "One vision")
    assert "Undo the last change" in admin.get(page(draft)).content.decode()
    response = undo(admin, draft, 2)
    assert (response.url, playbook_document(draft)) == (page(draft), before)
    undo(admin, draft, 3)
    assert criterion_of(draft).title == "One vision"
    assert recorded(draft)[1:] == [
        "Undid change 2: Called it One vision",
        "Made change 2 again: Called it One vision",
    ]


def test_putting_back_lists_all_that_goes_with_it_and_whose_it_is(admin: Client, draft: Version) -> None:
    before = playbook_document(draft)
    retitle(draft, "One vision")
    bob = Client()
    bob.force_login(factories.make_user("Bob Admin", is_admin=True))
    edit(bob, criterion_of(draft, "right-path"), weight="3")
    shown = admin.get(f"{page(draft, 'undo')}?change=2").context
    assert ([each.number for each in shown["undone"]], shown["others"]) == ([3, 2], ["Bob Admin"])
    undo(admin, draft, 2)
    assert playbook_document(draft) == before


def test_undo_does_not_undo_what_came_after_the_page_was_opened(admin: Client, draft: Version) -> None:
    retitle(draft, "One vision")
    retitle(draft, "Two visions")
    response = undo(admin, draft, 2, seen="2")
    assert (response.status_code, response.context["seen"]) == (409, 3)
    assert "Nothing has been undone yet" in response.content.decode()
    assert criterion_of(draft).title == "Two visions"
    assert undo(admin, draft, 2, seen="nonsense").status_code == 409


def test_what_went_past_the_journal_stands_in_no_way_of_an_undo(admin: Client, draft: Version) -> None:
    """It is recorded, shown with what would be undone, and undone with it at the next press."""
    was = playbook_document(draft)
    retitle(draft, "Our vision")
    Criterion.objects.filter(pk=criterion_of(draft).pk).update(question="Who?")
    response = undo(admin, draft, 2)
    assert (response.status_code, recorded(draft)) == (409, ["Called it Our vision", ELSEWHERE])
    undo(admin, draft, 2, seen="3")
    assert playbook_document(draft) == was


def test_what_was_published_meanwhile_is_not_undone(admin: Client, draft: Version) -> None:
    retitle(draft, "One vision")
    factories.decide_as_guessed(draft)
    admin.post(page(draft, "publish"))
    response = admin.post(f"{page(draft, 'undo')}?change=2", {"seen": "2"}, follow=True)
    assert said(response)[-1] == "Nothing was undone: this version is published."
    assert admin.get(page(draft, "changes")).context["may_undo"] is False


def test_a_number_that_another_version_took_meanwhile_is_not_taken_back(admin: Client, draft: Version) -> None:
    edit(admin, draft, number="1.2")
    copy_to_draft(version=factories.published_version(), number="1.1", by=None)
    response = admin.post(f"{page(draft, 'undo')}?change=2", {"seen": "2"}, follow=True)
    assert said(response)[-1:] == ["Nothing was undone. There is a version 1.1 of this playbook already."]


def test_the_first_entry_cannot_be_undone(admin: Client, draft: Version) -> None:
    assert admin.get(f"{page(draft, 'undo')}?change=1").status_code == 404


@pytest.mark.parametrize(("name", "expected"), [("changes", 200), ("what-changed", 200), ("undo", 403)])
def test_who_may_only_look_reads_the_journal_and_undoes_nothing(
    admin: Client, draft: Version, name: str, expected: int
) -> None:
    retitle(draft, "One vision")
    address = f"{page(draft, name)}?change=2"
    people = {"looker": factories.make_user("Lou Looker"), "stranger": factories.make_user("Sam Stranger")}
    User.objects.filter(pk=people["looker"].pk).update(is_staff=True)
    people["looker"].user_permissions.add(Permission.objects.get(codename="view_version"))
    found = {}
    for who, user in people.items():
        client = Client()
        client.force_login(User.objects.get(pk=user.pk))
        found[who] = [client.get(address).status_code, client.post(address, {"seen": "2"}).status_code]
    post = 403 if name == "undo" else 200
    assert found == {"looker": [expected, post], "stranger": [302, 302]}
    assert Client().get(address).status_code == 302
    assert criterion_of(draft).title == "One vision"


def test_no_page_of_the_journal_needs_more_queries_for_more_changes(admin: Client, draft: Version) -> None:
    addresses = [page(draft, "changes"), f"{page(draft, 'what-changed')}?change=2", f"{page(draft, 'undo')}?change=2"]

    def counts() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert admin.get(address).status_code == 200
            found.append(len(captured))
        return found

    retitle(draft, "One vision")
    few = counts()
    for number in range(12):
        retitle(draft, f"Vision {number}")
    assert counts() == few
