"""Sends reminders: whoever asks for them, never more than one mail a day to an address.

In English, since the site knows nobody's language but that of the page that they are on.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments.mail import MOST_AT_ONCE, Letter, send
from assessments.selectors.reminding import Digest, digests_due
from assessments.services.reminding import give_back, take_day

OPENS, CLOSES, FRIDAY = 9, 17, 4
"""The hours, in the site's time zone, and the last day of the week in which a worker reminds people by itself."""
AGAIN = timedelta(hours=1)
"""After which a worker tries again to send what could not be sent."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reminded:
    """How many were reminded; had been reminded that day already; could not be, for the mail server; are left over."""

    sent: int = 0
    already: int = 0
    refused: int = 0
    left: int = 0

    def __add__(self, other: "Reminded") -> "Reminded":
        return Reminded(
            self.sent + other.sent, self.already + other.already, self.refused + other.refused, self.left + other.left
        )


def remind_due(today: date) -> Reminded:
    """Remind everybody of whom it is time. As often as it is called, nobody hears twice."""
    with override(settings.LANGUAGE_CODE):
        digests = digests_due(today)
    return remind(digests, today)


def remind(digests: Sequence[Digest], today: date, *, most: int | None = None) -> Reminded:
    """Send these digests, `most` of them at most. Those whom the mail server refuses can be reminded again today."""
    found = Reminded()
    waiting = list(digests)
    while waiting and (most is None or found.sent + found.refused < most):
        room = MOST_AT_ONCE if most is None else most - found.sent - found.refused
        now, waiting = waiting[:room], waiting[room:]
        found += _send(now, today)
    return found + Reminded(left=len(waiting))


def _send(digests: Sequence[Digest], today: date) -> Reminded:
    """Take the day of each, then send. What breaks off in between gives nothing back: rather no mail today than two."""
    mine = [digest for digest in digests if take_day(email=digest.email, day=today)]
    with override(settings.LANGUAGE_CODE):
        went = send([_letter(digest) for digest in mine])
    refused = [digest.email for digest, is_sent in zip(mine, went, strict=True) if not is_sent]
    give_back(emails=refused, day=today)
    return Reminded(len(mine) - len(refused), len(digests) - len(mine), len(refused))


def _letter(digest: Digest) -> Letter:
    """`to` is the address in small letters, as it was taken, so that no other way of writing it gets a second mail."""
    context = {"digest": digest, "site": settings.SITE_URL.rstrip("/"), "switch": reverse("own_reminders")}
    return Letter(digest.email, "reminder", context)


class Daily:
    """A worker's own reminding: in working hours, once a day; where letters were refused, again an hour later.

    Looking whether it is time asks no database. Whatever goes wrong, the worker goes on with its other work.
    """

    def __init__(self) -> None:
        self.rests_until: datetime | None = None

    def __call__(self, now: datetime | None = None) -> None:
        now = now or timezone.localtime()
        if not is_working_time(now) or (self.rests_until and now < self.rests_until):
            return
        self.rests_until = now + AGAIN
        try:
            if not remind_due(now.date()).refused:
                self.rests_until = now.replace(hour=0, minute=0) + timedelta(days=1)
        except Exception:
            log.exception("People could not be reminded; it is tried again in an hour.")


def is_working_time(now: datetime) -> bool:
    """Whether people may be written to at this time of the site's zone."""
    return now.weekday() <= FRIDAY and OPENS <= now.hour < CLOSES
