"""Writes to a round of respondents as a whole: opened, changed, closed, discarded. Who is asked: services.respondents.

Every write to a round holds its row until the transaction ends, so that none of them crosses the reveal
(services.revealing), after which nothing changes any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Assessment, Event, Respondent, Response, ResponseAnswer, Round, RoundRole, User
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.rounds import SAYS_SOMETHING
from assessments.services.answering import hold_on


class AnotherRound(Exception):
    """The assessment has a round that is not revealed yet: `round`."""

    def __init__(self, found: Round) -> None:
        super().__init__("There is a round already that is not revealed.")
        self.round = found


class Revealed(Exception):
    """The round is revealed, or gone: nothing was changed."""


class HasBegun(Exception):
    """Somebody has begun to answer, so that what they are asked stays as it is; nothing was changed."""


class HasAnswers(Exception):
    """Somebody has answered, so that the round is not thrown away; nothing was changed."""


@dataclass(frozen=True)
class Terms:
    """What a round is opened with: `asked` names the criteria by key for each role's key, at least one for each."""

    naming: str
    closes_on: date
    welcome: str
    asked: Mapping[str, Sequence[str]]


@transaction.atomic
def open_round(*, assessment: Assessment, terms: Terms, by: User) -> Round:
    """Open a round on an open assessment. Raises NotOpen, Moved, or AnotherRound where one is not revealed yet."""
    hold_on(assessment)
    try:
        with transaction.atomic():
            opened = Round.objects.create(
                assessment=assessment,
                version=assessment.version,
                naming=terms.naming,
                welcome=terms.welcome,
                closes_on=terms.closes_on,
                opened_at=timezone.now(),
                opened_by=by,
            )
    except IntegrityError:
        raise AnotherRound(Round.objects.get(assessment=assessment, revealed_at=None)) from None
    for role, keys in terms.asked.items():
        _ask(opened, role, keys)
    record(opened, Event.Kind.ROUND_OPENED, by)
    return opened


@transaction.atomic
def change_round(
    *,
    round: Round,
    closes_on: date | None,
    welcome: str,
    by: User,
    asked: Mapping[str, Sequence[str]] | None = None,
) -> Round:
    """Change the welcome, the closing date and, as long as nobody has begun, which role is `asked` what.

    Another closing date opens a closed round again; None leaves the date as it is. Raises Revealed, or HasBegun where
    what is `asked` would change too late, or where a role would go that somebody has been asked in.
    """
    found = hold_round(round)
    if asked is not None:
        _ask_anew(found, asked)
    found.welcome = welcome
    was_open = found.takes_answers
    if closes_on is not None and closes_on != found.closes_on:
        found.closes_on, found.closed_at = closes_on, None
    found.save(update_fields=["welcome", "closes_on", "closed_at"])
    if found.takes_answers and not was_open:
        record(found, Event.Kind.ROUND_OPENED, by)
    return found


@transaction.atomic
def close_round(*, round: Round, by: User) -> None:
    """Take no more answers, whatever the closing date. Closing twice closes once. Raises Revealed."""
    found = hold_round(round)
    if found.closed_at is None:
        found.closed_at = timezone.now()
        found.save(update_fields=["closed_at"])
        record(found, Event.Kind.ROUND_CLOSED, by)


@transaction.atomic
def discard_round(*, round: Round, by: User) -> None:
    """Throw away a round that nobody has answered; that it was there stays on record. Raises Revealed, HasAnswers."""
    found = hold_round(round)
    list(Response.objects.select_for_update().filter(round=found).values_list("pk"))
    if ResponseAnswer.objects.filter(SAYS_SOMETHING, response__round=found).exists():
        raise HasAnswers
    record(found, Event.Kind.ROUND_CLOSED, by, "Discarded: nobody had answered.")
    found.delete()


def has_begun(round: Round) -> bool:
    """Whether somebody has begun to answer, by whatever link. Two queries at most."""
    begun = Respondent.objects.filter(round=round).exclude(state=Respondent.State.ASKED)
    return begun.exists() or RoundRole.objects.filter(round=round, begun__gt=0).exists()


def hold_round(round: Round) -> Round:
    """The round as it stands, held until the transaction ends. Raises Revealed once it is, or where it is gone.

    PostgreSQL locks the row; on SQLite an immediate transaction is the only writer anyway.
    """
    found = Round.objects.select_for_update(no_key=True).filter(pk=round.pk, revealed_at=None).first()
    if found is None:
        raise Revealed
    return found


def record(round: Round, kind: str, by: User, reason: str = "") -> None:
    """Say what happened to the round, in the history of its assessment."""
    Event.objects.create(assessment_id=round.assessment_id, kind=kind, at=timezone.now(), by=by, reason=reason)


def _ask(round: Round, role: str, keys: Sequence[str]) -> None:
    ids = criterion_ids(round.version)
    if not keys:
        raise ValueError(f"Nothing is asked of {role}.")
    RoundRole.objects.create(round=round, role=role).criteria.set([ids[key] for key in keys])


def _ask_anew(found: Round, asked: Mapping[str, Sequence[str]]) -> None:
    entries = {each.role: each for each in RoundRole.objects.select_for_update().filter(round=found)}
    ids = criterion_ids(found.version)
    now = {role: {ids[key] for key in keys} for role, keys in asked.items()}
    stands = {role: set(entry.criteria.values_list("pk", flat=True)) for role, entry in entries.items()}
    if now == stands:
        return
    gone = [role for role in entries if role not in asked]
    linked = any(entries[role].link_code for role in gone)
    if has_begun(found) or linked or Respondent.objects.filter(round=found, role__in=gone).exists():
        raise HasBegun
    RoundRole.objects.filter(round=found, role__in=gone).delete()
    for role, keys in asked.items():
        if role in entries:
            entries[role].criteria.set(now[role])
        else:
            _ask(found, role, keys)
