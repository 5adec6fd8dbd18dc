"""What is logged, without the secrets that addresses hold: whoever has one of them may do what its link lets them do.

Django logs the path of what it refuses, gunicorn that of what fails, and both in lines that tell the time. So the
secret is taken out of a record when it is made, before any handler sees it, whoever logs and wherever it goes.
"""

import logging
import logging.config
import re
import traceback
from typing import Any

SECRET = re.compile(
    r"((?:take-part|invitations|vote|reset/key|confirm-email)(?:/|%2F))(?!\s|[\"'/])[^\s\"'/?#&<>]+", re.IGNORECASE
)
"""The part of an address that comes after one of these; also where an address is a parameter of another."""
HIDDEN = r"\1…"


def untold(text: str) -> str:
    """The text without the secrets of addresses in it."""
    return SECRET.sub(HIDDEN, text)


class Untold(logging.LogRecord):
    """A record whose words and traceback hold no secret of an address."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        try:
            said = self.getMessage()
        except (TypeError, ValueError, KeyError):
            return  # the handler says what is wrong with it
        if (hidden := untold(said)) != said:
            self.msg, self.args = hidden, ()
        if self.exc_info and self.exc_info[0]:
            self.exc_text = untold("".join(traceback.format_exception(*self.exc_info)).rstrip("\n"))


def configure(settings: dict[str, Any]) -> None:
    """What LOGGING_CONFIG names: the settings as ever, and records without secrets in the whole process."""
    logging.setLogRecordFactory(Untold)
    logging.config.dictConfig(settings)
