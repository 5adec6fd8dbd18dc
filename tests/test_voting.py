"""The phones of a workshop: who joins, how a vote is saved, what is kept of it, and what is not."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from assessments.findings.codes import SHORT, drawn_code, in_groups, read_code
from assessments.models import Vote, Voter, Workshop
from assessments.services import workshop as services
from assessments.services.workshop import TooLate, cast_vote, reveal
from assessments.views import voting
from tests.at_once import together
from tests.factories import Cast, make_assessment, make_cast, make_place
from tests.workshop_cast import Phone, ballot_of, begin_workshop, reveal_votes, said_in


@pytest.fixture
def workshop(cast: Cast) -> Workshop:
    return begin_workshop(make_assessment(cast.place, cast.owner), cast.owner)


def test_codes_forgive_what_eyes_confuse() -> None:
    code = "01AB2Z"
    assert in_groups(code) == "01A-B2Z"
    typed = ("oiab2z", "O l a-B2 z", "01AB2", "01A-B2U")
    assert [read_code(each, SHORT) for each in typed] == [code, code, None, None]
    assert len(drawn_code(SHORT)) == SHORT


def test_the_typed_code_leads_to_the_workshop(workshop: Workshop) -> None:
    client, code = Client(), workshop.code
    typed = client.get(reverse("vote_join"), {"code": f"{code[:2]} {code[2:].lower()}"})
    assert typed.headers["Location"] == reverse("vote", args=[code])
    assert client.get(reverse("vote", args=[code.lower()])).headers["Location"] == typed.headers["Location"]
    assert client.get(reverse("vote_join"), {"code": "12"}).status_code == 422
    assert client.get(reverse("vote", args=["ZZZZZZ"])).status_code == 404
    assert client.get(reverse("vote", args=["nonsense"])).status_code == 404


def test_a_phone_joins_and_is_known_again(workshop: Workshop) -> None:
    phone = Phone(workshop)
    assert "Join the workshop" in phone.page()
    reply = phone.client.post(phone.address, {"join": "1", "role": "citizen"})
    cookie = reply.cookies["phone"]
    kept = [cookie[name] for name in ("path", "httponly", "samesite", "max-age")]
    assert kept == [phone.address, True, "Lax", 18 * 60 * 60]
    voter = Voter.objects.get()
    assert voter.role == "citizen"
    assert cookie.value not in str(voter.token_hash)
    phone.join("planner")  # again, for somebody else
    assert Voter.objects.get().role == "planner"
    assert "radio" in phone.page()
    assert Client().post(phone.address, {"join": "1", "role": "king"}).status_code == 422


def test_a_vote_is_saved_changed_and_closed(workshop: Workshop) -> None:
    phone, ballot = Phone(workshop).join("citizen"), ballot_of(workshop)
    assert [phone.vote(1), phone.vote(3), phone.vote(9)] == [204, 204, 422]
    assert said_in(ballot) == [("citizen", 3)]
    assert phone.vote("dont_know") == 204
    assert said_in(ballot) == [("citizen", None)]
    reveal_votes(workshop)
    assert phone.vote(2, ballot) == 409
    assert said_in(ballot) == [("", None)]


def test_all_of_it_without_a_script(workshop: Workshop) -> None:
    phone, ballot = Phone(workshop).join(), ballot_of(workshop)
    data = {"answer": "2", "ballot": str(ballot.pk)}
    saved = phone.client.post(phone.address, data, follow=True).content.decode()
    assert "Your vote is saved." in saved
    assert re.search(r'value="2"[^>]* checked', saved)
    assert phone.client.post(phone.address, {"ballot": str(ballot.pk)}).status_code == 422
    reveal_votes(workshop)
    late = phone.client.post(phone.address, data, follow=True).content.decode()
    assert "Your vote came too late" in late
    assert "Level 2" in late


def test_a_phone_sees_what_the_wall_shows(workshop: Workshop) -> None:
    phones = [Phone(workshop).join() for _ in range(3)]
    for phone, level in zip(phones, (1, 3, 4), strict=True):
        phone.vote(level)
    late = Phone(workshop).join()
    assert "3 gave a level" not in phones[0].page()
    reveal_votes(workshop)
    assert "3 gave a level, from 1 to 4" in phones[0].page()
    assert "No vote of yours was counted." in late.page()


def test_the_state_says_nothing_new_in_one_query(workshop: Workshop, django_assert_num_queries: Any) -> None:
    phone = Phone(workshop).join()
    with django_assert_num_queries(1):
        first = phone.state()
    again = phone.state(first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert "no-store" in first.headers["Cache-Control"]
    assert phone.vote(1) == 204
    assert phone.state(first.headers["ETag"]).status_code == 304  # how others vote is no news
    reveal_votes(workshop)
    assert phone.state(first.headers["ETag"]).status_code == 200


def test_phones_of_another_workshop_are_strangers(cast: Cast, workshop: Workshop) -> None:
    other_place = make_place("Other Place", owner=cast.stranger)
    other = begin_workshop(make_assessment(other_place, cast.stranger), cast.stranger)
    phone = Phone(other).join()
    phone.client.cookies["phone"]["path"] = "/"  # as if a browser gave it away
    phone.workshop = workshop
    assert "Join the workshop" in phone.page()
    assert phone.state().json() == {"mark": "over"}
    assert phone.vote(1) == 410
    other_ballot = ballot_of(other)
    with pytest.raises(TooLate):
        cast_vote(voter=Voter.objects.get(workshop=other), ballot_id=ballot_of(workshop).pk, level=1)
    assert Vote.objects.count() == 0
    assert other_ballot.workshop == other


def test_only_wrong_codes_are_counted(workshop: Workshop, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "voting"}}
    monkeypatch.setattr(voting, "MOST_WRONG", 3)
    cache.clear()
    joined = Phone(workshop).join()
    client = Client()
    for _ in range(5):
        assert client.get(joined.address).status_code == 200
    wrong = reverse("vote", args=["ZZZZZZ"])
    assert [client.get(wrong).status_code for _ in range(4)] == [404, 404, 404, 429]
    assert client.get(joined.address).status_code == 429  # a right guess is told no more than a wrong one
    assert joined.vote(1) == 204  # who is in stays in


def test_a_full_room(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_PHONES", 1)
    phone = Phone(workshop).join()
    assert Client().post(phone.address, {"join": "1", "role": ""}).status_code == 409
    assert phone.join("citizen").vote(1) == 204


def test_nothing_that_is_kept_points_at_somebody(workshop: Workshop) -> None:
    """No row of a phone or a vote has an address, a name, an account, a time or the secret; keys say no order."""
    phone = Phone(workshop).join("citizen")
    phone.vote(2)
    columns = {
        model: sorted(each.name for each in apps.get_model("assessments", model)._meta.concrete_fields)
        for model in ("Voter", "Vote")
    }
    assert columns == {
        "Voter": ["id", "role", "token_hash", "workshop"],
        "Vote": ["ballot", "id", "level", "role", "state", "voter"],
    }
    assert {str(Voter.objects.get().pk)[14], str(Vote.objects.get().pk)[14]} == {"4"}  # drawn at random


@pytest.mark.django_db(transaction=True)
def test_a_vote_that_meets_the_reveal_is_counted_or_too_late() -> None:
    cast = make_cast()
    workshop = begin_workshop(make_assessment(cast.place, cast.owner), cast.owner)
    ballot = ballot_of(workshop)
    phones = [Phone(workshop).join() for _ in range(8)]
    votes = [lambda phone=phone: phone.vote(2, ballot) for phone in phones]
    *replies, shown = together(*votes, lambda: reveal(workshop=workshop, ballot_id=ballot.pk))
    assert (shown, set(replies) <= {204, 409}) == (True, True)
    assert len(said_in(ballot)) == replies.count(204)
