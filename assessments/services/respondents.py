"""Writes to who is asked in a round: people by name, each with a link of their own, and a shared link for each role.

The secret of a personal link is handed to whoever sends the letter, and is kept nowhere: not even an owner can read
somebody's answers by it. Once somebody has begun, nobody knows which answers are theirs, so their link cannot be
replaced and they cannot be taken out any more.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from assessments.findings.codes import drawn_code
from assessments.models import Respondent, Round, RoundRole
from assessments.selectors.responding import respondent_hash
from assessments.services.rounds import HasBegun, hold_round

MOST_ASKED = 500
"""How many people can be asked by name in one round."""
MOST_BY_LINK = 500
"""How many can begin by the shared link of one role."""
TRIES = 5


class AlreadyAsked(Exception):
    """Some of these addresses have been asked in this round already; nothing was written."""

    def __init__(self, emails: Collection[str]) -> None:
        super().__init__("Some of these people have been asked already.")
        self.emails = frozenset(emails)


class TooManyAsked(Exception):
    """With these there would be more people in the round than can be; nothing was written."""


class Closed(Exception):
    """The round takes no answers now, so that nobody is asked; nothing was written."""


class TooFew(Exception):
    """More have begun by the link than the limit would let; nothing was changed."""


@dataclass(frozen=True)
class Person:
    """Somebody to ask, as an owner names them. `email` is in lower case."""

    name: str
    email: str


@transaction.atomic
def ask(*, round: Round, role: str, people: Sequence[Person]) -> list[tuple[Respondent, str]]:
    """Ask people in a role of the round; each with the secret of their link, which is nowhere kept.

    Raises Revealed, Closed, AlreadyAsked, TooManyAsked, or ValueError for a role that is not asked.
    """
    _hold_open(round)
    if not RoundRole.objects.filter(round=round, role=role).exists():
        raise ValueError(f"{role} is not asked in this round.")
    known = set(Respondent.objects.filter(round=round).values_list("email", flat=True))
    if again := known & {person.email for person in people}:
        raise AlreadyAsked(again)
    if len(known) + len(people) > MOST_ASKED:
        raise TooManyAsked
    drawn = [secrets.token_urlsafe(32) for _ in people]
    rows = [
        Respondent(round=round, role=role, name=person.name, email=person.email, token_hash=respondent_hash(secret))
        for person, secret in zip(people, drawn, strict=True)
    ]
    return list(zip(Respondent.objects.bulk_create(rows), drawn, strict=True))


@transaction.atomic
def mark_sent(*, sent: Collection[Respondent]) -> None:
    """The letters to these went out. Held as every write to those asked is, also after the reveal."""
    rounds = {each.round_id for each in sent}
    list(Round.objects.select_for_update(no_key=True).filter(pk__in=rounds).order_by("pk").values_list("pk"))
    Respondent.objects.filter(pk__in=[each.pk for each in sent]).update(is_sent=True)


@transaction.atomic
def ask_again(*, respondent: Respondent) -> str:
    """Make a new link for somebody who has not begun, and return its secret; the link that they had is dead.

    Raises Revealed, Closed, HasBegun.
    """
    _hold_open(respondent.round)
    secret = secrets.token_urlsafe(32)
    if not _not_begun(respondent).update(token_hash=respondent_hash(secret), is_sent=False):
        raise HasBegun
    return secret


@transaction.atomic
def remove_respondent(*, respondent: Respondent) -> None:
    """Take somebody who has not begun out of the round; their link is dead. Raises Revealed, HasBegun."""
    hold_round(respondent.round)
    _not_begun(respondent).delete()
    if Respondent.objects.filter(pk=respondent.pk).exists():
        raise HasBegun


@transaction.atomic
def share_link(*, entry: RoundRole, limit: int) -> RoundRole:
    """Let up to `limit` begin by the role's shared link, which is made unless there is one. Raises Revealed, TooFew."""
    hold_round(entry.round)
    rows = RoundRole.objects.filter(pk=entry.pk)
    if not rows.filter(begun__lte=limit).update(limit=limit):
        raise TooFew
    if rows.get().link_code is None:
        _draw(entry)
    return rows.get()


@transaction.atomic
def renew_link(*, entry: RoundRole) -> RoundRole:
    """Give the shared link another code; the one before is dead, and who has begun goes on. Raises Revealed."""
    hold_round(entry.round)
    _draw(entry)
    return RoundRole.objects.get(pk=entry.pk)


@transaction.atomic
def end_link(*, entry: RoundRole) -> None:
    """Let nobody begin by the shared link any more; who has begun goes on. Raises Revealed."""
    hold_round(entry.round)
    RoundRole.objects.filter(pk=entry.pk).update(link_code=None, limit=F("begun"))


def _draw(entry: RoundRole) -> None:
    for left in range(TRIES, 0, -1):
        try:
            with transaction.atomic():
                RoundRole.objects.filter(pk=entry.pk).update(link_code=drawn_code())
                return
        except IntegrityError:  # another link has this code, once in a hundred million years
            if left == 1:
                raise


def _hold_open(round: Round) -> None:
    if not hold_round(round).takes_answers:
        raise Closed


def _not_begun(respondent: Respondent) -> QuerySet[Respondent]:
    return Respondent.objects.filter(pk=respondent.pk, state=Respondent.State.ASKED)
