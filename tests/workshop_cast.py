"""A workshop with its phones, as the pages make them."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, Ballot, User, Vote, Workshop
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.workshop import last_ballot
from assessments.services.workshop import reveal, show, start_workshop

FIRST = "right-path"
SCRIPT = {"HX-Request": "true"}


def begin_workshop(assessment: Assessment, by: User, key: str | None = FIRST) -> Workshop:
    """A workshop on all criteria, with this one on the wall."""
    ids = criterion_ids(assessment.version)
    workshop = start_workshop(assessment=assessment, criteria=list(ids.values()), by=by)
    if key:
        show(workshop=workshop, seen=None, criterion_id=ids[key])
    workshop.refresh_from_db()
    return workshop


def ballot_of(workshop: Workshop) -> Ballot:
    """The ballot that the wall shows."""
    workshop.refresh_from_db()
    found = last_ballot(workshop)
    assert found
    return found


def reveal_votes(workshop: Workshop) -> Ballot:
    reveal(workshop=workshop, ballot_id=ballot_of(workshop).pk)
    return ballot_of(workshop)


@dataclass
class Phone:
    """A phone in the room. Answers that it gives, and what the server said to them."""

    workshop: Workshop
    client: Client = field(default_factory=Client)

    @property
    def address(self) -> str:
        return reverse("vote", args=[self.workshop.code])

    def join(self, role: str = "") -> "Phone":
        assert self.client.post(self.address, {"join": "1", "role": role}).status_code == 302
        return self

    def page(self) -> str:
        return self.client.get(self.address).content.decode()

    def vote(self, answer: int | str, ballot: Ballot | None = None) -> int:
        """The status of the reply: 204 is saved, 409 too late."""
        data = {"answer": str(answer), "ballot": str((ballot or ballot_of(self.workshop)).pk)}
        return self.client.post(self.address, data, headers=SCRIPT).status_code

    def state(self, etag: str = "") -> Any:
        headers = {"If-None-Match": etag} if etag else {}
        return self.client.get(reverse("vote_state", args=[self.workshop.code]), headers=headers)


def said_in(ballot: Ballot) -> list[tuple[str, int | None]]:
    """Role and level of each vote, sorted."""
    rows = Vote.objects.filter(ballot=ballot).values_list("role", "level")
    return sorted(rows, key=str)
