"""Reads of whom to remind, and of what: one digest for each address, whatever waits on it in whichever place.

A digest tells everything that waits on its address, also what is not due yet, since there is one mail a day at most.
Nobody is reminded of an assessment that is submitted, of a round that is over, or in a place that they have left.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, QuerySet
from django.db.models.functions import Lower

from assessments.models import Assessment, Delegation, Reminder, Respondent, User
from assessments.selectors.delegation import SOON, Held, unfinished

A_WEEK = 7


@dataclass(frozen=True)
class Digest:
    """What waits on one address: lessons in hand, the most urgent first, and rounds that it was asked to answer.

    `email` is in small letters; `has_account` where it belongs to somebody who can switch reminders off.
    """

    email: str
    name: str
    lessons: list[Held]
    asked: list[Respondent]
    has_account: bool


def last_moment(due: date, today: date) -> date | None:
    """The last day, up to today, on which what is due then was to be reminded of; None before the first.

    That is three days before, on the day itself, and every week after.
    """
    if today < due - SOON:
        return None
    if today < due:
        return due - SOON
    return due + timedelta(days=(today - due).days // A_WEEK * A_WEEK)


def digests_due(today: date) -> list[Digest]:
    """Whom to remind today without being asked to: those on whom something waits of which its last moment passed
    without a reminder of anything. Seven queries at most.
    """
    moments: dict[str, date] = {}
    for held in unfinished(list(_delegations().filter(due__lte=today + SOON))):
        _note(moments, held.delegation.person.email, held.due, today)
    for row in _respondents(today).filter(round__closes_on__lte=today + SOON):
        _note(moments, row.email, row.round.closes_on, today)
    reminded = _last_reminders(moments)
    return digests_of([email for email, moment in moments.items() if reminded.get(email, date.min) < moment], today)


def _note(moments: dict[str, date], email: str, due: date | None, today: date) -> None:
    if due and (moment := last_moment(due, today)):
        moments[email.lower()] = max(moment, moments.get(email.lower(), moment))


def _last_reminders(emails: Collection[str]) -> dict[str, date]:
    rows = Reminder.objects.annotate(address=Lower("email")).filter(address__in=emails)
    return dict(rows.order_by().values_list("address").annotate(Max("day")))


def digests_of(emails: Collection[str], today: date) -> list[Digest]:
    """What waits on each of these addresses, by address; none for those on whom nothing waits, nor for those who have
    switched reminders off. Four queries at most.
    """
    accounts = {user.email: user for user in User.objects.filter(email__in=emails)}
    wanted = {email for email in emails if email not in accounts or accounts[email].wants_reminders}
    lessons: dict[str, list[Held]] = defaultdict(list)
    for held in unfinished(list(_delegations().filter(person__email__in=wanted))):
        lessons[held.delegation.person.email].append(held)
    asked: dict[str, list[Respondent]] = defaultdict(list)
    for row in _respondents(today).annotate(address=Lower("email")).filter(address__in=wanted):
        asked[row.email.lower()].append(row)
    return [
        Digest(email, _name(email, accounts, asked[email]), lessons[email], asked[email], email in accounts)
        for email in sorted(wanted)
        if lessons[email] or asked[email]
    ]


def _name(email: str, accounts: dict[str, User], asked: list[Respondent]) -> str:
    return str(accounts[email]) if email in accounts else asked[0].name if asked else ""


def waiting_addresses(assessment: Assessment, today: date) -> set[str]:
    """The addresses of everybody on whom something of an open assessment waits. Three queries."""
    held = unfinished(list(_delegations().filter(assessment=assessment)))
    asked = _respondents(today).filter(round__assessment=assessment).values_list("email", flat=True)
    return {each.delegation.person.email for each in held} | {email.lower() for email in asked}


def switched_off(emails: Iterable[str]) -> int:
    """How many of these addresses belong to somebody who wants no reminders. One query."""
    return User.objects.filter(email__in=list(emails), wants_reminders=False).count()


def _delegations() -> "QuerySet[Delegation]":
    rows = Delegation.objects.in_force().filter(assessment__state=Assessment.State.OPEN)
    return rows.select_related("person", "assessment__place", "assessment__version__playbook")


def _respondents(today: date) -> "QuerySet[Respondent]":
    """Those who were sent a link, and have yet to finish a round in which they still can."""
    rows = Respondent.objects.filter(
        is_sent=True,
        round__closed_at=None,
        round__revealed_at=None,
        round__closes_on__gte=today,
        round__assessment__state=Assessment.State.OPEN,
    )
    known = rows.exclude(state=Respondent.State.DONE).order_by("round__closes_on", "pk")
    return known.select_related("round__assessment__place", "round__opened_by")
