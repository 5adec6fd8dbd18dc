"""The pages of packs: choose, watch, take away; errors beside their fields, and nothing of places that were left."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Branding, Membership, Pack, PackItem, Place, PlaceGroup, User
from assessments.tasks.orders import thaw_order
from assessments.tasks.packs import make_next
from tests.factories import make_place, make_user
from tests.packs_cast import ask, place_of, work, zipped
from tests.pages import queries, signed_in

NEW = reverse("pack_new")
HTMX = {"hx-request": "true"}
pytestmark = pytest.mark.usefixtures("files")


@pytest.fixture
def asker(db: None) -> User:
    return make_user("Carys Beddoe")


@pytest.fixture
def client(asker: User) -> Client:
    return signed_in(asker)


@pytest.fixture
def two(asker: User) -> list[Place]:
    return [make_place("Harbour", owner=asker), make_place("Mills", owner=asker)]


def chosen(*places: Place, **others: Any) -> dict[str, Any]:
    """What the form sends."""
    given = {"kinds": ["full"], "language": "cy", "token": str(uuid4())}
    return {"places": [str(place.pk) for place in places], **given, **others}


def errors(client: Client, data: dict[str, Any]) -> tuple[int, dict[str, list[str]]]:
    response = client.post(NEW, data)
    return response.status_code, {name: list(said) for name, said in response.context["form"].errors.items()}


def page(client: Client, name: str, pack: Pack, **headers: Any) -> tuple[int, str]:
    response = client.get(reverse(name, args=[pack.pk]), **headers)
    return response.status_code, response.content.decode()


# --- choosing -------------------------------------------------------------------------------------------------------


def test_what_is_chosen_is_asked_for_once_however_often_it_is_sent(client: Client, two: list[Place]) -> None:
    data = chosen(*two)
    replies = [client.post(NEW, data) for _ in range(2)]
    pack = Pack.objects.get()
    assert [(each.status_code, each["Location"]) for each in replies] == [(302, reverse("pack", args=[pack.pk]))] * 2
    wished = pack.items.filter(phase=0).values_list("place_name", "kind")
    assert (list(wished), thaw_order(pack.options).language) == ([("Harbour", "full"), ("Mills", "full")], "cy")


def test_an_empty_choice_says_what_is_missing_beside_each_field(client: Client, two: list[Place]) -> None:
    assert errors(client, {"token": str(uuid4())}) == (
        422,
        {
            "places": ["Choose at least one place."],
            "kinds": ["Choose at least one kind of report."],
            "language": ["Choose a language."],
        },
    )


def test_a_place_of_somebody_else_cannot_be_chosen(client: Client, two: list[Place]) -> None:
    status, said = errors(client, chosen(two[0], make_place("Theirs", owner=make_user("Stranger"))))
    assert (status, said) == (422, {"places": ["One of the places chosen is not yours any more. Choose again."]})
    assert Pack.objects.count() == 0


def test_a_pack_has_its_limits(client: Client, two: list[Place], asker: User, settings: Any) -> None:
    settings.MOST_PACK_PLACES, settings.MOST_PACK_FILES, settings.MOST_PACKS_AT_ONCE = 1, 1, 1
    ask(asker, two)
    assert errors(client, chosen(*two)) == (
        422,
        {
            "places": ["A pack holds at most 1 places, and 2 are chosen. Make two packs."],
            "__all__": ["1 pack of yours is still being made. Wait until it is ready, or cancel it."],
        },
    )


def test_places_groups_and_earlier_packs_are_chosen_beforehand(client: Client, two: list[Place], asker: User) -> None:
    theirs = make_place("Theirs", owner=make_user("Stranger"))
    group = PlaceGroup.objects.create(person=asker, name="North")
    group.places.set([two[1], theirs])
    pack = ask(asker, two[:1], language="cy")
    addresses = [
        f"?place={two[0].pk}&place={theirs.pk}",
        f"?group={group.pk}",
        f"?again={pack.pk}",
        "?all=1",
        "?group=x&place=y",
    ]
    found = [client.get(NEW + each).context["form"].initial for each in addresses]
    ticked = [[int(key) for key in each["places"]] for each in found]
    assert ticked == [[two[0].pk], [two[1].pk], [two[0].pk], [each.pk for each in two], []]
    assert [each["language"] for each in found] == ["en-gb", "en-gb", "cy", "en-gb", "en-gb"]
    assert client.get(f"{NEW}?again={ask(make_user('Another'), []).pk}").status_code == 404


def test_the_branding_is_kept_as_it_was_when_the_pack_was_asked_for(
    client: Client, two: list[Place], asker: User
) -> None:
    assert "branding" not in client.get(NEW).context["form"].fields
    row = Branding.objects.create(person=asker, name="Beddoe & Co", main="#12475a", accent="#12475a", logo=b"")
    client.post(NEW, chosen(*two, branding="own"))
    row.delete()
    branding = thaw_order(Pack.objects.get().options).branding
    assert branding is not None
    assert branding.name == "Beddoe & Co"


# --- watching -------------------------------------------------------------------------------------------------------


def test_the_page_tells_how_far_it_is_and_asks_again_until_it_is_over(client: Client, asker: User) -> None:
    pack = ask(asker, [place_of(asker, "Harbour"), place_of(asker, "Nothing yet", None)])
    assert "It waits for its turn." in page(client, "pack", pack)[1]
    make_next.call()
    status, part = page(client, "pack", pack, headers=HTMX)
    assert (status, "<html" in part, "every 2s" in part, 'value="1">1 of 2 done' in part) == (200, False, True, True)
    assert 'role="status" id="said" hx-swap-oob="innerHTML">1 of 2 done' in part
    told = client.get(reverse("pack", args=[pack.pk]) + "?told=2", headers=HTMX).content.decode()
    assert 'role="status"' not in told
    work()
    over = client.get(reverse("pack", args=[pack.pk]), headers=HTMX)
    assert (over["HX-Refresh"], over.content) == ("true", b"")
    ready = page(client, "pack", pack)[1]
    assert ("Your pack is ready" in ready, "every 2s" in ready, "Nothing has been answered yet." in ready) == (
        True,
        False,
        True,
    )


def test_the_page_says_when_no_worker_is_running(client: Client, asker: User, two: list[Place]) -> None:
    pack = ask(asker, two)
    assert "No worker is running" not in page(client, "pack", pack)[1]
    Pack.objects.update(asked_at=timezone.now() - timedelta(seconds=61))
    assert "No worker is running" in page(client, "pack", pack)[1]
    # Somebody else's file is in work: this one has to wait for its turn, and a worker is there.
    other = make_user("Other")
    ask(other, [make_place("Other place", owner=other)])
    PackItem.objects.filter(pack__person=other).update(claimed_at=timezone.now())
    assert "No worker is running" not in page(client, "pack", pack)[1]


def test_cancelling_is_said_and_the_pack_can_be_made_again(client: Client, asker: User, two: list[Place]) -> None:
    pack = ask(asker, two)
    cancel = reverse("pack_cancel", args=[pack.pk])
    shown = client.post(cancel, follow=True).content.decode()
    assert ("You cancelled this pack" in shown, f"?again={pack.pk}" in shown) == (True, True)
    assert "It was over before you cancelled it." in client.post(cancel, follow=True).content.decode()


def test_pages_take_as_many_queries_for_thirty_places_as_for_one(client: Client, asker: User) -> None:
    one = ask(asker, [make_place("Place", owner=asker)])
    pages = [reverse("packs"), NEW]
    first = [queries(client, address) for address in [*pages, reverse("pack", args=[one.pk])]]
    many = ask(asker, [make_place(f"Place {number}", owner=asker) for number in range(30)])
    assert [queries(client, address) for address in [*pages, reverse("pack", args=[many.pk])]] == first
    assert max(first) <= 7


# --- taking away ----------------------------------------------------------------------------------------------------


def test_the_file_is_streamed_as_a_download_that_nothing_opens(client: Client, asker: User) -> None:
    pack = ask(asker, [place_of(asker, "Harbour")])
    work()
    assert zipped(pack)
    response = client.get(reverse("pack_file", args=[pack.pk]), headers={"accept-encoding": "gzip"})
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    response.close()
    headers = {name: response[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")}
    assert (len(content), response["Content-Length"]) == (pack.size, str(pack.size))
    assert headers == {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="Hub Playbook {timezone.localdate().isoformat()}.zip"',
        "X-Content-Type-Options": "nosniff",
    }
    assert "no-store" in response["Cache-Control"]


def test_who_has_left_a_place_cannot_take_its_report_away_any_more(client: Client, asker: User) -> None:
    harbour, mills = place_of(asker, "Harbour"), place_of(asker, "Mills")
    pack = ask(asker, [harbour, mills])
    work()
    Membership.objects.filter(place=harbour).delete()
    status, said = page(client, "pack_file", pack)
    assert (status, '<li dir="auto">Harbour</li>' in said, "Mills" in said) == (403, True, False)
    shown = page(client, "pack", pack)[1]
    assert (reverse("pack_file", args=[pack.pk]) in shown, "Make the pack without them" in shown) == (False, True)
    assert client.get(f"{NEW}?again={pack.pk}").context["form"].initial["places"] == [str(mills.pk)]
    harbour.delete()
    assert page(client, "pack_file", pack)[0] == 403


def test_a_file_that_is_gone_is_said_calmly(client: Client, asker: User, files: Path) -> None:
    pack = ask(asker, [place_of(asker, "Harbour")])
    work()
    pack.refresh_from_db()
    (files / str(pack.file)).unlink()
    shown = client.get(reverse("pack_file", args=[pack.pk]), follow=True).content.decode()
    assert "The file is not there any more. Make the pack again." in shown


def test_the_limits_are_those_that_the_pages_promise() -> None:
    assert (project.PACK_DAYS, project.MOST_PACK_PLACES, project.MOST_PACK_FILES) == (7, 100, 600)
