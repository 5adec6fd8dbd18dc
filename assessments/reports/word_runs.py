"""Words in a line as Word takes them: runs with a look each, white space as a browser shows it, directions."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

RIGHT_TO_LEFT = {"R", "AL"}
OPENS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
ENDS = {**dict.fromkeys(OPENS[:4], "\u202c"), **dict.fromkeys(OPENS[4:], "\u2069")}
SPACES = re.compile(r"[ \t\n\f]+")


@dataclass(frozen=True)
class Look:
    """How words stand: `style` is a character style, `language` theirs where it is not the document's.

    `link` is a web address or #id. In what `keeps_lines` a line end is one; else it is a space.
    """

    style: str = ""
    bold: bool = False
    language: str = ""
    link: str = ""
    keeps_lines: bool = False


PLAIN = Look()


@dataclass(frozen=True)
class Run:
    """Words of one look, or a `picture`, of which the text is the alternative text; its `width` in mm, 0: not told."""

    text: str
    look: Look = PLAIN
    picture: str = ""
    width: float = 0
    right_to_left: bool = False


LINE_END = Run("\n", Look(keeps_lines=True))
TAB = Run("\t")
"""Ends what stands at the side of a line; no text has tabs left."""


def flowing(runs: Iterable[Run]) -> list[Run]:
    """The runs with one space where there were several, none at either end of a line, and none that is empty."""
    found: list[Run] = []
    at_start = True
    for run in runs:
        if run.picture or run is TAB:
            found.append(run)
            at_start = run is TAB
            continue
        text = _spaced(run.text, run.look.keeps_lines)
        if at_start:
            text = text.lstrip(" ")
        if text:
            found.append(replace(run, text=text))
            at_start = text[-1] in " \n"
    return _without_end(found)


def _spaced(text: str, keeps_lines: bool) -> str:
    if not keeps_lines:
        return SPACES.sub(" ", text)
    return "\n".join(SPACES.sub(" ", line) for line in text.split("\n"))


def _without_end(runs: list[Run]) -> list[Run]:
    while runs and not runs[-1].picture and runs[-1] is not TAB:
        text = runs[-1].text.rstrip(" \n")
        if text:
            return [*runs[:-1], replace(runs[-1], text=text)]
        runs = runs[:-1]
    return runs


def begins_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left, as `dir="auto"` asks."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((each in RIGHT_TO_LEFT for each in directions if each in RIGHT_TO_LEFT | {"L"}), False)


def closed(text: str) -> str:
    """The text with every mark of direction that it opens closed again, so that it turns nothing after itself."""
    waiting: list[str] = []
    for letter in text:
        if letter in OPENS:
            waiting.append(ENDS[letter])
        elif waiting and letter == waiting[-1]:
            waiting.pop()
    return text + "".join(reversed(waiting))


def by_direction(run: Run) -> list[Run]:
    """The run in parts of one direction each: Word has to be told which words run from right to left."""
    words = re.split(r"(\s+)", run.text)
    turned = [any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in word) for word in words]
    if not any(turned):
        return [run]
    for gap in range(1, len(words), 2):  # every second part is the gap between two words
        turned[gap] = turned[gap - 1] and turned[gap + 1]
    parts = groupby(zip(turned, words, strict=True), itemgetter(0))
    return [replace(run, text="".join(word for _, word in part), right_to_left=way) for way, part in parts]
