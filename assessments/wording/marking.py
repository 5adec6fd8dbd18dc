"""Texts that are marked to be translated, under the names that `make messages` looks for.

Mark whole sentences, with named places for what goes into them: `gettext("{place} is open.").format(place=name)`.
A text that stands at the top of a module is only marked there, with `gettext_noop`, and said with `gettext` when it is
read: the reader's language is not known before.
"""

from datetime import date
from typing import Protocol


class Speaker(Protocol):
    """Who says a text, or a date, in the reader's language."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, singular: str, plural: str, number: int) -> str: ...

    def pgettext(self, context: str, message: str) -> str: ...

    def day(self, value: date) -> str: ...

    def short_day(self, value: date) -> str: ...


class AsWritten:
    """Says every text as it is written, and dates in English."""

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return singular if number == 1 else plural

    def pgettext(self, context: str, message: str) -> str:
        return message

    def day(self, value: date) -> str:
        return f"{value.day} {value:%B %Y}"

    def short_day(self, value: date) -> str:
        return f"{value.day} {value:%b}"


_speakers: list[Speaker] = [AsWritten()]


def speak_through(speaker: Speaker) -> None:
    """Let this speaker say all texts from now on, in every thread."""
    _speakers[:] = [speaker]


def gettext(message: str) -> str:
    """The text in the reader's language; in English where it has no translation."""
    return _speakers[0].gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The text for that many; other languages have more than two forms of it."""
    return _speakers[0].ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    """A text that means different things in different places; `context` tells translators which."""
    return _speakers[0].pgettext(context, message)


def day(value: date) -> str:
    """A date in full: "3 March 2026"."""
    return _speakers[0].day(value)


def short_day(value: date) -> str:
    """A date without its year, where there is little room: "3 Mar"."""
    return _speakers[0].short_day(value)


def gettext_noop(message: str) -> str:
    """The text as it is, marked to be translated later."""
    return message
