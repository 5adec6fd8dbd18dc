"""Writes of a workshop: the wall goes on and reveals, phones join and vote.

A vote holds the row of its phone for its short transaction, the reveal and the end hold those of all phones, so that
they cannot cross: a vote is counted, or told that it came too late; and phones do not wait for one another. All else
holds the workshop's row. What the wall does says what it saw; a second press changes nothing.
"""

import secrets
from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.findings.codes import SHORT, drawn_code
from assessments.findings.voices import TOGETHER, merged
from assessments.models import Assessment, Ballot, Event, User, Vote, Voter, Workshop
from assessments.models.workshop import LASTS
from assessments.selectors.workshop import live_workshops, token_hash
from assessments.services.answering import hold_on

MOST_PHONES = 500
_chance = secrets.SystemRandom()


class Over(Exception):
    """The workshop has ended; nothing was written."""


class TooLate(Exception):
    """The votes of this ballot have been revealed; the vote was not counted."""


class Full(Exception):
    """So many phones have joined that there can be no more."""


@transaction.atomic
def start_workshop(*, assessment: Assessment, criteria: Sequence[int], by: User) -> Workshop:
    """Begin a workshop on these criteria, or give the one that is on. Raises NotOpen or Moved."""
    hold_on(assessment)
    running = live_workshops().filter(assessment=assessment).first()
    if running:
        return running
    for forgotten in Workshop.objects.filter(assessment=assessment, ended_at=None):
        _end(forgotten, by=None)
    workshop = Workshop.objects.create(
        assessment=assessment,
        version_id=assessment.version_id,
        code=_unused_code(),
        opened_at=timezone.now(),
        opened_by=by,
    )
    workshop.criteria.set(criteria)
    return workshop


def _unused_code() -> str:
    while True:
        code = drawn_code(SHORT)
        if not Workshop.objects.filter(code=code).exists():
            return code


@transaction.atomic
def end_workshop(*, workshop: Workshop, by: User) -> None:
    """End it: the code is dead, and the phones are thrown away. Ending it twice is no error."""
    held = Workshop.objects.select_for_update(no_key=True).filter(pk=workshop.pk, ended_at=None).first()
    if held:
        _end(held, by=by)


@transaction.atomic
def end_forgotten_workshops() -> int:
    """End those that nobody ended in time; how many."""
    rows = Workshop.objects.select_for_update(no_key=True).filter(ended_at=None, opened_at__lte=timezone.now() - LASTS)
    found = list(rows)
    for workshop in found:
        _end(workshop, by=None)
    return len(found)


def _end(workshop: Workshop, *, by: User | None) -> None:
    now = timezone.now()
    _hold_phones(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(ended_at=now)
    Vote.objects.filter(ballot__workshop=workshop, ballot__revealed_at=None).update(role=TOGETHER)
    _write_anew(workshop)
    Voter.objects.filter(workshop=workshop).delete()
    Event.objects.create(
        assessment_id=workshop.assessment_id, kind=Event.Kind.WORKSHOP_HELD, at=now, by=by or workshop.opened_by
    )


def _write_anew(workshop: Workshop) -> None:
    """The votes as rows of nobody, in an order drawn by chance: the disk would keep the one in which they came."""
    votes = list(Vote.objects.filter(ballot__workshop=workshop))
    _chance.shuffle(votes)
    Vote.objects.filter(ballot__workshop=workshop).delete()
    Vote.objects.bulk_create(
        Vote(ballot_id=each.ballot_id, role=each.role, state=each.state, level=each.level) for each in votes
    )


@transaction.atomic
def show(*, workshop: Workshop, seen: int | None, criterion_id: int | None) -> bool:
    """Put a criterion on the wall, or none, if the wall still shows `seen`. Raises Over."""
    _hold(workshop)
    rows = Workshop.objects.filter(pk=workshop.pk)
    rows = rows.filter(criterion=None) if seen is None else rows.filter(criterion_id=seen)
    if not rows.update(criterion_id=criterion_id):
        return False
    if criterion_id is not None:
        Ballot.objects.get_or_create(
            workshop=workshop, criterion_id=criterion_id, number=1, defaults={"opened_at": timezone.now()}
        )
    return True


@transaction.atomic
def reveal(*, workshop: Workshop, ballot_id: int) -> bool:
    """Close a ballot and show its votes. Those that would point at somebody lose their role. Raises Over."""
    _hold(workshop)
    _hold_phones(workshop)
    rows = Ballot.objects.filter(pk=ballot_id, workshop=workshop, revealed_at=None)
    if not rows.update(revealed_at=timezone.now()):
        return False
    votes = Vote.objects.filter(ballot_id=ballot_id)
    sizes = Counter(votes.filter(state=Vote.State.LEVEL).values_list("role", flat=True))
    votes.filter(Q(state=Vote.State.DONT_KNOW) | Q(role__in=merged(sizes))).update(role=TOGETHER)
    return True


@transaction.atomic
def vote_again(*, workshop: Workshop, ballot_id: int) -> bool:
    """Open the next ballot after a revealed one, if there is none yet. Raises Over."""
    _hold(workshop)
    last = Ballot.objects.filter(pk=ballot_id, workshop=workshop).exclude(revealed_at=None).first()
    if last is None:
        return False
    _, is_new = Ballot.objects.get_or_create(
        workshop=workshop,
        criterion_id=last.criterion_id,
        number=last.number + 1,
        defaults={"opened_at": timezone.now()},
    )
    return is_new


@transaction.atomic
def join(*, workshop: Workshop, role: str, secret: str = "") -> str:
    """Let a phone in; the secret that it is known by, which is kept nowhere. With `secret`, change its role only.

    Raises Over, or Full.
    """
    _hold(workshop)
    if secret and Voter.objects.filter(workshop=workshop, token_hash=token_hash(secret)).update(role=role):
        return secret
    if Voter.objects.filter(workshop=workshop).count() >= MOST_PHONES:
        raise Full
    secret = secrets.token_urlsafe(24)
    Voter.objects.create(workshop=workshop, role=role, token_hash=token_hash(secret))
    return secret


@transaction.atomic
def cast_vote(*, voter: Voter, ballot_id: int, level: int | None) -> None:
    """What a phone says in a ballot, over what it said before: a level, or don't know. Raises Over, or TooLate."""
    if not Voter.objects.select_for_update(no_key=True).filter(pk=voter.pk).exists():
        raise Over
    ballot = Ballot.objects.select_related("workshop").filter(pk=ballot_id, workshop=voter.workshop_id).first()
    if ballot is None or ballot.revealed_at is not None:
        raise TooLate
    if ballot.workshop.is_over(timezone.now()):
        raise Over
    state = Vote.State.DONT_KNOW if level is None else Vote.State.LEVEL
    Vote.objects.bulk_create(
        [Vote(ballot=ballot, voter=voter, role=voter.role, state=state, level=level)],
        update_conflicts=True,
        unique_fields=["ballot", "voter"],
        update_fields=["role", "state", "level"],
    )


def _hold(workshop: Workshop) -> None:
    """Hold the row until the transaction ends. PostgreSQL locks it; on SQLite there is one writer at a time anyway."""
    held = Workshop.objects.select_for_update(no_key=True).filter(pk=workshop.pk).first()
    if held is None or held.is_over(timezone.now()):
        raise Over


def _hold_phones(workshop: Workshop) -> None:
    """Wait for the votes that are on their way, and let no other begin. Who holds the workshop lets no phone join."""
    list(Voter.objects.select_for_update(no_key=True).filter(workshop=workshop).order_by("pk").values_list("pk"))
