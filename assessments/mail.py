"""Sends e-mails: plain text, one to each, in one connection. What went out is told, so that pages can say so.

A letter may hold the secret of a link, which is kept nowhere. So letters are sent while the person waits, and are never
put on the queue, whose rows keep what they are given.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

MOST_AT_ONCE = 50
"""As many letters are sent while somebody waits."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """An e-mail to one address. `template` is under templates/mail/, without `.txt`; its first line is the subject."""

    to: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


def send(letters: Sequence[Letter]) -> list[bool]:
    """Send each, in the language of now; for each, whether the mail server took it. It never raises for a mail server.

    The log says how many failed and why, and names neither address nor content.
    """
    if not letters:
        return []
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors
        log.error("The mail server cannot be reached, %d letters were not sent: %s", len(letters), type(error).__name__)
        return [False] * len(letters)
    try:
        return [_sent(_message(letter), connection) for letter in letters]
    finally:
        connection.close()


def reaches_people() -> bool:
    """Whether letters leave this site. Without a mail server they are printed to the log, which nobody else reads."""
    return not settings.EMAIL_BACKEND.endswith("console.EmailBackend")


def _message(letter: Letter) -> EmailMessage:
    text = render_to_string(f"mail/{letter.template}.txt", letter.context)
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[letter.to])


def _sent(message: EmailMessage, connection: Any) -> bool:
    try:
        return bool(connection.send_messages([message]))
    except OSError as error:
        log.error("A letter was not sent: %s", type(error).__name__)
        return False
