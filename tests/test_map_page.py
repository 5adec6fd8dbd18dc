"""The criterion map as an admin meets it: filled in by hand, refused in words, and read once published."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.interchange.documents import Origin
from assessments.models import Criterion, Level, User, Version
from assessments.selectors.origins import decisions_on
from assessments.selectors.playbooks import criterion_ids
from assessments.services.playbooks import copy_to_draft
from tests import factories
from tests.admin_pages import criterion_of, edit, form_of, page, said
from tests.versions_cast import FIRST, SECOND, publish

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
def draft() -> Version:
    """A copy in which one criterion is reworded, one has another key and its words, and one is gone."""
    draft = copy_to_draft(version=publish(FIRST), number="1.1", by=None)
    Criterion.objects.filter(version=draft, key="reworded").update(question="Is it done?")
    Criterion.objects.filter(version=draft, key="left").update(key="port", title="What is left")
    Criterion.objects.filter(version=draft, key="gone").delete()
    return draft


def row(draft: Version, key: str) -> str:
    return f"c{criterion_of(draft, key).pk}"


def gone(key: str = "gone") -> str:
    return f"g{criterion_ids(Version.objects.get(number='1.0'))[key]}"


def fill_in(admin: Client, draft: Version, changes: dict[str, Any], opened: dict[str, str] | None = None) -> Any:
    """Type into the map, as it is now or as it was opened, and save; a value of None unticks."""
    data = {**(opened or form_of(admin.get(page(draft, "map")), "map_form")), **changes}
    return admin.post(page(draft, "map"), {name: value for name, value in data.items() if value is not None})


def told(draft: Version) -> dict[str, Origin]:
    found = decisions_on(draft)
    assert found is not None
    return {key: each for key, each in found.told.items() if key in found.decided}


def retired(draft: Version) -> list[str]:
    return list(draft.retired.values_list("key", flat=True))


def count(admin: Client, draft: Version) -> str:
    found = admin.get(page(draft, "map")).context["map"]
    return f"{found.decided} of {found.to_decide}"


def errors(response: Any) -> dict[str, list[str]]:
    return {each.title: each.errors for each in response.context["map"].wrong}


REWORDED = Origin("reworded", ("reworded",), True)
PORT = Origin("reworded", ("left",), True)


def test_a_guess_counts_once_it_is_ticked_and_the_page_counts(admin: Client, draft: Version) -> None:
    text = admin.get(page(draft, "map")).content.decode()
    assert "Guess: It keeps its key; all levels read the same." in text
    assert "Guess: retired; nothing in this version reads like it." in text
    assert (count(admin, draft), told(draft)) == ("0 of 4", {})
    assert said(admin.get(fill_in(admin, draft, {}).url))[0].startswith("Nothing was changed.")
    response = fill_in(admin, draft, {f"{row(draft, 'reworded')}-decided": "on"})
    assert (response.url, told(draft), count(admin, draft)) == (page(draft, "map"), {"reworded": REWORDED}, "1 of 4")
    fill_in(admin, draft, {f"{row(draft, 'port')}-decided": "on", f"{gone()}-fate": "retired"})
    assert (told(draft), retired(draft)) == ({"reworded": REWORDED, "port": PORT}, ["gone"])
    assert (count(admin, draft), admin.get(page(draft)).context["faults"]) == ("4 of 4", [])
    publication = admin.get(page(draft, "publish")).content.decode()
    assert "Since version 1.0: 5 the same, 2 reworded, 1 retired." in " ".join(publication.split())
    admin.post(page(draft, "publish"))
    assert Version.objects.get(pk=draft.pk).is_published


def test_a_decision_is_changed_and_taken_back(admin: Client, draft: Version) -> None:
    name = row(draft, "reworded")
    fill_in(admin, draft, {f"{name}-decided": "on", f"{gone()}-fate": "retired"})
    fill_in(admin, draft, {f"{name}-kind": "stricter", f"{name}-comparable": None})
    assert told(draft) == {"reworded": Origin("stricter", ("reworded",), False)}
    fill_in(admin, draft, {f"{name}-decided": None, f"{gone()}-fate": ""})
    assert (told(draft), retired(draft)) == ({}, [])


def test_what_is_gone_goes_into_a_criterion_that_is_thereby_decided(admin: Client, draft: Version) -> None:
    fill_in(admin, draft, {f"{gone()}-fate": str(criterion_of(draft, "port").pk)})
    assert told(draft) == {"port": Origin("merged", ("left", "gone"), False)}
    found = admin.get(page(draft, "map")).context["map"]
    assert [(each.title, each.state, each.form) for each in found.gone] == [
        ("Left", "decided", None),
        ("Gone", "decided", None),
    ]


def test_what_cannot_be_stands_beside_its_row_and_nothing_is_lost(admin: Client, draft: Version) -> None:
    name, other = row(draft, "reworded"), row(draft, "port")
    changes = {f"{name}-decided": "on", f"{name}-kind": "merged", f"{other}-decided": "on"}
    response = fill_in(admin, draft, changes)
    assert response.status_code == 422
    assert errors(response) == {
        "Reworded": ["is called merged and comes from one criterion only. Name the others as well."]
    }
    again = form_of(response, "map_form")
    assert (again[f"{name}-kind"], again[f"{other}-decided"], told(draft)) == ("merged", "on", {})
    assert "Nothing was saved: 1 criterion needs another look" in response.content.decode()
    fill_in(admin, draft, {f"{name}-kind": "reworded"}, again)
    assert told(draft) == {"reworded": REWORDED, "port": PORT}


def test_what_is_filled_in_and_not_ticked_is_asked_after(admin: Client, draft: Version) -> None:
    response = fill_in(admin, draft, {f"{row(draft, 'reworded')}-kind": "stricter"})
    assert errors(response) == {"Reworded": ["has been filled in but not decided. Tick “Decided” to keep it."]}
    nonsense = fill_in(admin, draft, {f"{row(draft, 'reworded')}-kind": "better"})
    assert (nonsense.status_code, told(draft)) == (422, {})


def test_a_decision_on_older_texts_is_asked_for_again(admin: Client, draft: Version) -> None:
    name = row(draft, "reworded")
    fill_in(admin, draft, {f"{name}-decided": "on"})
    edit(admin, criterion_of(draft, "reworded"), question="Is all of it done?")
    text = admin.get(page(draft, "map")).content.decode()
    assert ("It has been reworded since you decided. Decide again." in text, count(admin, draft)) == (True, "0 of 4")
    fault = admin.get(page(criterion_of(draft, "reworded"))).context["proofs"].faults[0]
    where = f"{page(draft, 'map')}#criterion-{criterion_of(draft, 'reworded').pk}"
    assert (fault.where, fault.url) == ("Criterion “Reworded”, what became of it", where)
    fill_in(admin, draft, {f"{name}-decided": "on"})
    assert told(draft) == {"reworded": REWORDED}


def test_of_two_admins_neither_loses_a_decision(admin: Client, draft: Version) -> None:
    name, other = row(draft, "reworded"), row(draft, "port")
    opened = form_of(admin.get(page(draft, "map")), "map_form")
    fill_in(admin, draft, {f"{name}-decided": "on", f"{name}-kind": "stricter", f"{name}-comparable": None})
    fill_in(admin, draft, {f"{other}-decided": "on"}, opened)
    stricter = Origin("stricter", ("reworded",), False)
    assert told(draft) == {"reworded": stricter, "port": PORT}

    response = fill_in(admin, draft, {f"{name}-decided": "on", f"{gone()}-fate": "retired"}, opened)
    assert list(errors(response)) == ["Reworded"]
    again = form_of(response, "map_form")
    assert (again[f"{name}-kind"], again[f"{name}-decided"], again[f"{gone()}-fate"]) == ("stricter", "on", "retired")
    fill_in(admin, draft, {}, again)
    assert (told(draft), retired(draft)) == ({"reworded": stricter, "port": PORT}, ["gone"])


def test_nobody_decides_on_texts_that_were_not_shown(admin: Client, draft: Version) -> None:
    opened = form_of(admin.get(page(draft, "map")), "map_form")
    Criterion.objects.filter(version=draft, key="reworded").update(question="Is the harbour open?")
    response = fill_in(admin, draft, {f"{row(draft, 'reworded')}-decided": "on"}, opened)
    assert (list(errors(response)), told(draft)) == (["Reworded"], {})


def test_who_opened_the_map_before_publication_decides_nothing_after_it(admin: Client, draft: Version) -> None:
    opened = form_of(admin.get(page(draft, "map")), "map_form")
    factories.decide_as_guessed(draft)
    admin.post(page(draft, "publish"))
    response = fill_in(admin, draft, {f"{row(draft, 'reworded')}-kind": "stricter"}, opened)
    assert (response.status_code, told(draft)["reworded"]) == (200, REWORDED)


def test_a_published_map_is_read_and_one_without_a_version_before_says_so(admin: Client) -> None:
    first, second = publish(FIRST), publish(SECOND)
    text = " ".join(admin.get(page(second, "map")).content.decode().split())
    assert [part in text for part in ('<form method="post" id', "<dd>Split</dd>", "“Left”, “Right”", "Retired.")] == [
        False,
        True,
        True,
        True,
    ]
    assert "1 criterion reads the same" in text
    assert "It comes after no other version" in admin.get(page(first, "map")).content.decode()


def test_who_may_only_look_sees_the_map_and_decides_nothing(draft: Version) -> None:
    reader = factories.make_user("Rita Reader")
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_version", "view_criterion"]))
    User.objects.filter(pk=reader.pk).update(is_staff=True)
    client = Client()
    client.force_login(reader)
    assert form_of(client.get(page(draft, "map")), "map_form") == {}
    client.post(page(draft, "map"), {f"{row(draft, 'reworded')}-decided": "on"})
    assert told(draft) == {}
    nobody: Any = Client().get(page(draft, "map"))
    assert (nobody.status_code, nobody.url) == (302, f"{reverse('admin:login')}?next={page(draft, 'map')}")


def test_a_criterion_that_reads_otherwise_may_get_another_key(admin: Client, draft: Version) -> None:
    reworded = criterion_of(draft, "reworded")
    assert "key" not in form_of(admin.get(page(criterion_of(draft, "same"))), "criterion_form")
    fill_in(admin, draft, {f"{row(draft, 'reworded')}-decided": "on"})
    edit(admin, reworded, key="doing")
    assert told(draft) == {"doing": REWORDED}
    assert "key" in form_of(admin.get(page(criterion_of(draft, "doing"))), "criterion_form")


def test_many_undecided_criteria_are_one_fault(admin: Client, draft: Version) -> None:
    Criterion.objects.filter(version=draft, key__in=["same", "whole", "right"]).update(question="Who knows?")
    faults = [(each.where, each.url) for each in admin.get(page(draft)).context["faults"]]
    assert faults == [("What became of 7 criteria", page(draft, "map"))]


def test_the_map_needs_no_more_queries_for_more_criteria(admin: Client, draft: Version) -> None:
    address = page(draft, "map")
    factories.decide_as_guessed(draft)
    admin.get(address)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(address).status_code == 200
        return len(captured)

    before = queries()
    Criterion.objects.filter(version=draft, key__in=["same", "whole", "right", "long"]).update(question="Who knows?")
    assert queries() == before


def test_texts_on_the_map_become_no_markup(admin: Client, draft: Version) -> None:
    nasty = '<script>alert("x")</script>'
    Criterion.objects.filter(version=draft).update(title=nasty, question=nasty)
    Level.objects.filter(criterion__version=draft).update(descriptor=nasty)
    text = admin.get(page(draft, "map")).content.decode()
    assert ("<script>alert" in text, "&lt;script&gt;alert" in text) == (False, True)
