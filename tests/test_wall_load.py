"""Sixty phones at once, through the pages: every vote that was acknowledged is counted, and none fails.

As many requests run at the same moment as gunicorn has threads (gunicorn.conf.py). `make bench ARGS=wall` does the same
with the real server.
"""

import random
from queue import Empty, SimpleQueue

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Ballot, Vote, Workshop
from assessments.selectors.workshop import turnout
from assessments.services.workshop import vote_again
from tests.at_once import together
from tests.factories import make_assessment, make_cast
from tests.workshop_cast import Phone, ballot_of, begin_workshop

PHONES, THREADS = 60, 8
ROLES = ("", "citizen", "investor", "planner", "local-authority")


class Voter:
    """A phone that votes, looks, and changes its mind; `kept` is what was last acknowledged, by ballot."""

    def __init__(self, workshop: Workshop, number: int) -> None:
        self.phone = Phone(workshop)
        self.chance = random.Random(number)
        self.role = ROLES[number % len(ROLES)]
        self.kept: dict[int, int] = {}
        self.replies: list[int] = []

    def join(self) -> None:
        self.phone.join(self.role)

    def vote(self, ballot: Ballot) -> None:
        for _ in range(2):
            level = self.chance.randint(0, 4)
            self.replies.append(self.phone.vote(level, ballot))
            if self.replies[-1] == 204:
                self.kept[ballot.pk] = level
        self.replies.append(self.phone.state().status_code)


@pytest.mark.django_db(transaction=True)
def test_sixty_phones_vote_and_nothing_is_lost() -> None:
    cast = make_cast()
    workshop = begin_workshop(make_assessment(cast.place, cast.owner), cast.owner)
    voters = [Voter(workshop, number) for number in range(PHONES)]
    wall = Client()
    wall.force_login(cast.owner)
    at_work([(voter.join, ()) for voter in voters])
    first = ballot_of(workshop)
    at_work([(voter.vote, (first,)) for voter in voters])
    assert turnout(workshop, first).joined == turnout(workshop, first).voted == PHONES

    shown = reverse("wall_reveal", args=[workshop.assessment_id])
    wall.post(shown, {"ballot": str(first.pk)})
    vote_again(workshop=workshop, ballot_id=first.pk)
    again = ballot_of(workshop)
    jobs = [(voter.vote, (again,)) for voter in voters]
    at_work([*jobs[:40], (wall.post, (shown, {"ballot": str(again.pk)})), *jobs[40:]])  # shown while they vote

    assert {reply for voter in voters for reply in voter.replies} == {200, 204, 409}
    for ballot in (first, again):
        kept = sorted(voter.kept[ballot.pk] for voter in voters if ballot.pk in voter.kept)
        assert sorted(Vote.objects.filter(ballot=ballot).values_list("level", flat=True), key=str) == kept
    assert PHONES > turnout(workshop, again).voted >= 30


def at_work(jobs: list[tuple[object, tuple[object, ...]]]) -> None:
    """Do all of it, in this order, on as many threads as the server has."""
    queue: SimpleQueue[tuple[object, tuple[object, ...]]] = SimpleQueue()
    for job in jobs:
        queue.put(job)

    def work() -> None:
        while True:
            try:
                call, arguments = queue.get_nowait()
            except Empty:
                return
            call(*arguments)  # type: ignore[operator]

    assert together(*[work] * THREADS) == [None] * THREADS
