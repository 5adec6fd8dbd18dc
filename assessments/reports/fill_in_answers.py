"""What somebody chose or typed as an answer, known again: from the list, as a number, in words."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessments.interchange.documents import Answer, Criterion, Playbook
from assessments.interchange.faults import shortened
from assessments.interchange.filled import NOT_APPLICABLE
from assessments.reports.fill_in_words import (
    DONT_KNOW,
    LEVEL_WORDS,
    NO_IDEA,
    NOT_HERE,
    each_language,
    options,
    plain,
)

_NUMBER = re.compile(rf"(?:(?:{'|'.join(LEVEL_WORDS)})\s*)?(\d{{1,9}})(?:[.,]0+)?", re.ASCII)
_NUMBERED = re.compile(rf"(?:(?:{'|'.join(LEVEL_WORDS)})\s*)?(\d{{1,9}})\s*[:.)–—-]\s*(\D.*)", re.ASCII | re.DOTALL)
_NOT_HERE = re.compile(rf"(?:{'|'.join(re.escape(each) for each in NOT_HERE)})\s*[:.(–—-].*", re.DOTALL)


class NoAnswer(ValueError):
    """What stands there is no answer to this criterion; the message says what to do."""


class Answering:
    """The answers to each criterion in every language of the site."""

    def __init__(self, playbooks: Mapping[str, Playbook]) -> None:
        """`playbooks`: the same version in each language of the site, by code."""
        self.known: dict[str, dict[str, Answer]] = {}
        for language in each_language():
            for criterion in playbooks[language].criteria():
                self._learn(criterion)
        self.criterion = next(iter(playbooks.values())).criterion

    def _learn(self, criterion: Criterion) -> None:
        """What the list says goes before what a level says without its number."""
        known = self.known.setdefault(criterion.key, {})
        known |= {plain(text): value for value, text in options(criterion)}
        for number, level in enumerate(criterion.levels):
            known.setdefault(plain(level.descriptor), number)

    def answer(self, key: str, value: Any) -> Answer | None:
        """The answer that a cell gives; None for no answer. Raises NoAnswer."""
        if value is None or not str(value).strip():
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise NoAnswer(self._no_answer(key, value))
        text = plain(int(value) if isinstance(value, float) and value.is_integer() else value)
        return self._said(key, text, value)

    def _said(self, key: str, text: str, value: Any) -> Answer:
        known = self.known[key]
        if number := _NUMBER.fullmatch(text):
            return self._level(key, number[1])
        if text in known:
            return known[text]
        if text.rstrip(".") in NO_IDEA:
            return DONT_KNOW
        if text in NOT_HERE or _NOT_HERE.fullmatch(text):
            return self._not_here(key)
        if numbered := _NUMBERED.fullmatch(text):
            if known.get(numbered[2], int(numbered[1])) != int(numbered[1]):
                raise NoAnswer(_two_things(value))
            return self._level(key, numbered[1])
        raise NoAnswer(self._no_answer(key, value))

    def _level(self, key: str, number: str) -> int:
        top = self.criterion[key].top
        if int(number) > top:
            words = _(
                "says level {level}, but the levels of this criterion go from 0 to {top}. Choose one of the list."
            )
            raise NoAnswer(words.format(level=shortened(number), top=top))
        return int(number)

    def _not_here(self, key: str) -> str:
        if not self.criterion[key].not_applicable:
            raise NoAnswer(
                _("says “Not applicable”, which this criterion does not allow. Choose a level, or “Don’t know”.")
            )
        return NOT_APPLICABLE

    def _no_answer(self, key: str, value: Any) -> str:
        words = _("says “{text}”, which is no answer to this criterion. Choose one of the list, or type 0 to {top}.")
        return words.format(text=shortened(value), top=self.criterion[key].top)


def _two_things(value: Any) -> str:
    words = _("says “{text}”: the number is of one level and the words are of another. Choose one of the list.")
    return words.format(text=shortened(value))
