"""Texts that are marked to be translated, under the names that `make messages` looks for.

Mark whole sentences, with named places for what goes into them: `gettext("{place} is open.").format(place=name)`.
A text that stands at the top of a module is only marked there, with `gettext_noop`, and said with `gettext` when it is
read: the reader's language is not known before.
"""

from typing import Protocol


class Speaker(Protocol):
    """Who says a text in the reader's language; Django's `django.utils.translation` is one."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, singular: str, plural: str, number: int) -> str: ...

    def pgettext(self, context: str, message: str) -> str: ...


class AsWritten:
    """Says every text as it is written."""

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return singular if number == 1 else plural

    def pgettext(self, context: str, message: str) -> str:
        return message


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


def gettext_noop(message: str) -> str:
    """The text as it is, marked to be translated later."""
    return message
