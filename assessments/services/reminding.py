"""Writes of reminders: the row that lets one mail a day out to an address, and a person's own switch.

A mail is sent only by whoever could write the row, so two workers, or two owners who press a button at once, cannot
both send one. What takes a row must not run in a transaction that sends: the row has to stand before the mail goes out.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from assessments.models import Reminder, User

KEPT_FOR = timedelta(days=60)
"""How long it is known that somebody was reminded."""


def take_day(*, email: str, day: date) -> bool:
    """Take the one reminder of this day to this address; false where it was taken before."""
    try:
        with transaction.atomic():
            Reminder.objects.create(email=email.lower(), day=day)
    except IntegrityError:
        return False
    return True


def give_back(*, emails: Iterable[str], day: date) -> None:
    """Give the reminders of this day back: they could not be sent."""
    Reminder.objects.filter(email__in=[email.lower() for email in emails], day=day).delete()


def remove_old_reminders(*, today: date) -> None:
    """Forget who was reminded so long ago that it decides nothing any more."""
    Reminder.objects.filter(day__lt=today - KEPT_FOR).delete()


def want_reminders(*, person: User, wants: bool) -> None:
    """Switch one's own reminders on or off."""
    User.objects.filter(pk=person.pk).update(wants_reminders=wants)
