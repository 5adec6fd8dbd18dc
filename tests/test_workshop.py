"""The wall of a workshop: begun once, gone through by whoever may answer, revealed once, agreed at, ended."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.models import Agreement, Answer, Assessment, Ballot, Event, Vote, Voter, Workshop
from assessments.models.workshop import LASTS
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.workshop import numbers_in, workshop_on
from assessments.services.workshop import (
    Over,
    end_forgotten_workshops,
    end_workshop,
    reveal,
    show,
    start_workshop,
    vote_again,
)
from tests.at_once import together
from tests.factories import Cast, answer, make_assessment, make_cast, number_of, playbook, submit
from tests.workshop_cast import FIRST, Phone, ballot_of, begin_workshop, reveal_votes, said_in

SECOND = "shared-vision"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner, {SECOND: 2})


@pytest.fixture
def workshop(cast: Cast, assessment: Assessment) -> Workshop:
    return begin_workshop(assessment, cast.owner)


@pytest.fixture
def wall(cast: Cast, workshop: Workshop) -> Client:
    client = Client()
    client.force_login(cast.owner)
    return client


def to(name: str, workshop: Workshop, *numbers: int) -> str:
    return reverse(name, args=[workshop.assessment_id, *numbers])


# --- beginning and ending -------------------------------------------------------------------------------------------


def test_a_workshop_is_started_on_a_lesson_and_found_again(cast: Cast, assessment: Assessment) -> None:
    client = Client()
    client.force_login(cast.editor)
    address = reverse("workshop", args=[assessment.pk])
    first = playbook().lessons[0]
    assert client.post(address, {"which": "no such"}).status_code == 422
    assert client.post(address, {"which": first.key}).headers["Location"] == reverse("wall_now", args=[assessment.pk])
    running = workshop_on(assessment)
    assert running
    assert numbers_in(running) == list(range(1, len(first.criteria) + 1))
    assert client.post(address, {"which": "all"}).headers["Location"] == reverse("wall_now", args=[assessment.pk])
    assert Workshop.objects.count() == 1
    assert "Go on at the wall" in client.get(address).content.decode()


def test_what_is_agreed_on_is_left_out_if_wished(cast: Cast, workshop: Workshop, wall: Client) -> None:
    reveal_votes(workshop)
    agree_on(wall, workshop)
    end_workshop(workshop=workshop, by=cast.owner)
    wall.post(to("workshop", workshop), {"which": "open"})
    running = workshop_on(workshop.assessment)
    assert running
    assert number_of(FIRST) not in numbers_in(running)
    assert len(numbers_in(running)) == 26


@pytest.mark.django_db(transaction=True)
def test_two_who_start_at_once_start_one() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    ids = list(criterion_ids(assessment.version).values())
    found = together(
        lambda: start_workshop(assessment=assessment, criteria=ids, by=cast.owner),
        lambda: start_workshop(assessment=assessment, criteria=ids, by=cast.editor),
    )
    assert (found[0], Workshop.objects.count()) == (found[1], 1)


def test_ending_throws_the_phones_away_and_keeps_the_votes(cast: Cast, workshop: Workshop, wall: Client) -> None:
    phones = [Phone(workshop).join("citizen") for _ in range(3)]
    for phone in phones:
        phone.vote(2)
    ballot = reveal_votes(workshop)
    for _ in range(2):
        assert wall.post(to("workshop_end", workshop)).headers["Location"] == to("assessment", workshop)
    assert (Voter.objects.count(), Vote.objects.filter(voter=None).count()) == (0, 3)
    assert said_in(ballot) == [("citizen", 2)] * 3
    assert list(Event.objects.filter(kind="workshop_held").values_list("by", flat=True)) == [cast.owner.pk]
    assert "The workshop has ended" in phones[0].page()
    assert phones[0].state().json() == {"mark": "over"}
    assert phones[0].vote(3, ballot) == 410
    assert wall.get(to("wall_now", workshop)).headers["Location"] == to("workshop", workshop)


def test_a_forgotten_workshop_is_over_by_itself(cast: Cast, workshop: Workshop) -> None:
    phone = Phone(workshop).join()
    Workshop.objects.update(opened_at=timezone.now() - LASTS - timedelta(minutes=1))
    assert workshop_on(workshop.assessment) is None
    assert phone.vote(1, Ballot.objects.get()) == 410
    with pytest.raises(Over):
        show(workshop=workshop, seen=None, criterion_id=None)
    assert [end_forgotten_workshops(), end_forgotten_workshops()] == [1, 0]
    assert (Voter.objects.count(), Event.objects.get(kind="workshop_held").by) == (0, cast.owner)


def test_another_can_be_started_after_one_was_forgotten(cast: Cast, assessment: Assessment) -> None:
    first = begin_workshop(assessment, cast.owner)
    Workshop.objects.update(opened_at=timezone.now() - LASTS)
    assert begin_workshop(assessment, cast.owner) != first


def test_submitting_ends_what_the_phones_can_do(cast: Cast, workshop: Workshop) -> None:
    phone = Phone(workshop).join()
    submit(workshop.assessment, cast.owner)
    assert phone.vote(1, Ballot.objects.get()) == 410
    assert "The workshop has ended" in phone.page()


# --- going through --------------------------------------------------------------------------------------------------


def test_the_wall_begins_with_how_to_join(cast: Cast, assessment: Assessment) -> None:
    workshop = begin_workshop(assessment, cast.owner, key=None)
    client = Client()
    client.force_login(cast.owner)
    page = client.get(to("wall", workshop, 0)).content.decode()
    assert f"{workshop.code[:3]}-{workshop.code[3:]}" in page
    assert "127.0.0.1:8000/vote<" in page
    client.post(to("wall_show", workshop, 1), {"seen": "0"})
    assert client.get(to("wall_now", workshop)).headers["Location"] == to("wall", workshop, 1)


def test_two_walls_that_go_on_at_once_go_one_step(workshop: Workshop, wall: Client) -> None:
    for _ in range(2):
        wall.post(to("wall_show", workshop, 2), {"seen": "1"})
    wall.post(to("wall_show", workshop, 3), {"seen": "1"})
    assert wall.get(to("wall_now", workshop)).headers["Location"] == to("wall", workshop, 2)
    assert wall.get(to("wall", workshop, 1)).headers["Location"] == to("wall", workshop, 2)


def test_votes_are_hidden_until_they_are_shown(workshop: Workshop, wall: Client) -> None:
    before = wall.get(to("wall_state", workshop)).json()
    for level in (1, 3, 4):
        Phone(workshop).join().vote(level)
    counted = wall.get(to("wall_state", workshop)).json()
    assert counted == {"mark": before["mark"], "joined": 3, "voted": 3}
    page = wall.get(to("wall", workshop, 1)).content.decode()
    assert "Votes are hidden" in page
    assert "Suggested level" not in page
    wall.post(to("wall_reveal", workshop), {"ballot": str(ballot_of(workshop).pk)})
    page = wall.get(to("wall", workshop, 1)).content.decode()
    assert "3 gave a level, from 1 to 4; mean 2.7; suggested 3" in page
    assert wall.get(to("wall_state", workshop)).json()["mark"] != before["mark"]


def test_of_two_votes_nothing_is_shown_but_how_many(workshop: Workshop, wall: Client) -> None:
    for level in (1, 3):
        Phone(workshop).join("citizen").vote(level)
    reveal_votes(workshop)
    page = wall.get(to("wall", workshop, 1)).content.decode()
    assert "With fewer than three votes nothing can be shown" in page
    assert "from 1 to 3" not in page
    assert "Record what was agreed" in page


def test_voting_again_keeps_the_vote_before(workshop: Workshop, wall: Client) -> None:
    for level in (1, 3, 4):
        Phone(workshop).join().vote(level)
    first = ballot_of(workshop)
    assert not vote_again(workshop=workshop, ballot_id=first.pk)  # it is not shown yet
    reveal_votes(workshop)
    for _ in range(2):
        wall.post(to("wall_again", workshop), {"ballot": str(first.pk)})
    assert list(Ballot.objects.values_list("number", flat=True)) == [1, 2]
    page = wall.get(to("wall", workshop, 1)).content.decode()
    assert "Earlier votes on this criterion" in page
    assert "3 gave a level, from 1 to 4" in page
    assert wall.get(to("wall_state", workshop)).json()["voted"] == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_show_or_repeat_at_once_do_it_once() -> None:
    cast = make_cast()
    workshop = begin_workshop(make_assessment(cast.place, cast.owner), cast.owner)
    ballot = ballot_of(workshop)
    assert sorted(together(*[lambda: reveal(workshop=workshop, ballot_id=ballot.pk)] * 2)) == [False, True]
    assert sorted(together(*[lambda: vote_again(workshop=workshop, ballot_id=ballot.pk)] * 2)) == [False, True]


def test_a_small_role_cannot_be_told_from_the_rows(workshop: Workshop) -> None:
    """At the reveal a single investor loses the role, with the smallest other role; so do those who do not know."""
    for role, levels in {"citizen": [1, 1, 1, 1], "planner": [2, 2, 2], "investor": [4]}.items():
        for level in levels:
            Phone(workshop).join(role).vote(level)
    Phone(workshop).join("planner").vote("dont_know")
    ballot = reveal_votes(workshop)
    assert said_in(ballot) == [("", 2), ("", 2), ("", 2), ("", 4), ("", None), *[("citizen", 1)] * 4]


def test_a_viewer_watches(cast: Cast, workshop: Workshop) -> None:
    client = Client()
    client.force_login(cast.viewer)
    page = client.get(to("wall", workshop, 1)).content.decode()
    assert "Votes are hidden" in page
    assert "wall-bar" not in page


def test_the_queries_of_a_wall_do_not_grow(workshop: Workshop, wall: Client) -> None:
    counted = []
    for _ in range(2):
        for _ in range(3):
            Phone(workshop).join("citizen").vote(2)
        with CaptureQueriesContext(
            connection,
        ) as found:
            wall.get(to("wall", workshop, 1))
        counted.append(len(found))
    assert counted[0] == counted[1] <= 14


def test_what_was_voted_can_be_read_afterwards(cast: Cast, workshop: Workshop, wall: Client) -> None:
    counted = []
    for _ in range(2):
        for level in (1, 3, 4):
            Phone(workshop).join().vote(level)
        vote_again(workshop=workshop, ballot_id=reveal_votes(workshop).pk)
        with CaptureQueriesContext(connection) as found:
            assert "What was voted before" not in wall.get(to("workshop", workshop)).content.decode()
        counted.append(len(found))
    end_workshop(workshop=workshop, by=cast.owner)
    page = wall.get(to("workshop", workshop)).content.decode()
    assert page.count("3 gave a level, from 1 to 4; mean 2.7") == 2
    assert counted[0] == counted[1] <= 14


# --- agreeing -------------------------------------------------------------------------------------------------------


def agree_on(wall: Client, workshop: Workshop, **told: str) -> int:
    data = {"ballot": str(ballot_of(workshop).pk), "level": "3", "reason": "It is written.", "dissent": "", "seen": "0"}
    return wall.post(to("wall_agree", workshop), data | told).status_code


def test_what_the_room_agrees_becomes_the_answer(cast: Cast, workshop: Workshop, wall: Client) -> None:
    for level in (1, 3, 4):
        Phone(workshop).join().vote(level)
    ballot = reveal_votes(workshop)
    assert agree_on(wall, workshop, reason="") == 422
    assert agree_on(wall, workshop, dissent="Not in the east.") == 302
    found = Agreement.objects.get()
    assert (found.level, found.answered, found.lowest, found.highest, found.ballot) == (3, 3, 1, 4, ballot)
    assert (found.dissent, found.agreed_by) == ("Not in the east.", cast.owner)
    assert Answer.objects.get(criterion__key=FIRST).level == 3
    page = wall.get(to("wall", workshop, 1)).content.decode()
    assert "Agreed: level 3" in page
    assert '<strong>Dissent:</strong> <span dir="auto">Not in the east.</span>' in page
    phone = Phone(workshop).join()
    assert "Agreed: level 3" in phone.page()


def test_no_level_is_chosen_beforehand_and_the_suggested_one_says_so(workshop: Workshop, wall: Client) -> None:
    for level in (1, 3, 4):
        Phone(workshop).join().vote(level)
    reveal_votes(workshop)
    page = wall.get(to("wall", workshop, 1)).content.decode()
    assert " checked" not in page
    assert re.findall(r'id="(\w+)_hint">Suggested by what was said<', page) == ["id_level_3"]
    data = {"ballot": str(ballot_of(workshop).pk), "reason": "It is written.", "seen": "0"}
    reply = wall.post(to("wall_agree", workshop), data)
    assert (reply.status_code, Agreement.objects.count()) == (422, 0)
    assert "Choose the level that was agreed." in reply.content.decode()


def test_where_nobody_named_a_role_no_role_is_talked_of(workshop: Workshop, wall: Client) -> None:
    phones = [Phone(workshop).join() for _ in range(3)]
    for level, phone in enumerate(phones):
        phone.vote(level)
    reveal_votes(workshop)
    for page in (wall.get(to("wall", workshop, 1)).content.decode(), phones[0].page()):
        assert "3 gave a level" in page
        said = ("Others, together", "Spread between roles", "each role", "told of together", "shown by itself")
        assert [words for words in said if words in page] == []


def test_somebody_else_answered_meanwhile(cast: Cast, workshop: Workshop, wall: Client) -> None:
    reveal_votes(workshop)
    answer(workshop.assessment, FIRST, 1, by=cast.editor)
    data = {"ballot": str(ballot_of(workshop).pk), "level": "3", "reason": "As we said.", "dissent": "", "seen": "0"}
    reply = wall.post(to("wall_agree", workshop), data)
    page = reply.content.decode()
    assert (reply.status_code, Agreement.objects.count()) == (409, 0)
    assert "Somebody else answered meanwhile" in page
    assert "Editor Person" in page
    assert "As we said." in page
    assert 'name="seen" value="1"' in page
    assert agree_on(wall, workshop, seen="1") == 302


def test_what_was_typed_can_be_recorded_though_the_wall_has_gone_on(workshop: Workshop, wall: Client) -> None:
    ballot = reveal_votes(workshop)
    wall.post(to("wall_show", workshop, 2), {"seen": "1"})
    assert agree_on(wall, workshop, ballot=str(ballot.pk)) == 302
    assert Agreement.objects.get().criterion.key == FIRST
    assert "Agreed on 1.1: level 3" in wall.get(to("wall", workshop, 2)).content.decode()


def test_nothing_is_agreed_on_hidden_votes_or_those_of_others(cast: Cast, workshop: Workshop, wall: Client) -> None:
    assert agree_on(wall, workshop) == 404
    assert agree_on(wall, workshop, ballot="x") == 404
    reveal_votes(workshop)
    submit(workshop.assessment, cast.owner)
    assert agree_on(wall, workshop) == 409
    assert Agreement.objects.count() == 0
