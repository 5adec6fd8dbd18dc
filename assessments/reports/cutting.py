"""Words cut to the room that a page has for them, by how wide they are likely to be in print.

A page that must not grow cannot wait for what the printer makes of a text. The widths are those of the shipped faces,
rounded up, so a cut text may stay a little short of its room and never goes beyond it.
"""

import math
import unicodedata
from functools import lru_cache

from assessments.interchange.texts import Untranslated

ELLIPSIS = "…"
GROUPS = {
    0.26: " '",
    0.32: "ijl,.!",
    0.37: ":;[](){}f",
    0.43: "tr-I|",
    0.55: '/\\"?szcLvyJg',
    0.58: "x*_aekoFT",
    0.62: "hnu$+0123456789<=>EZ^bdpqS~`",
    0.69: "YCPVBRXAKDU",
    0.74: "#&GOQHN",
    0.84: "Mw",
    0.97: "m@W%",
}
WIDTHS = {letter: wide for wide, letters in GROUPS.items() for letter in letters}
OTHER, SIGN, LIGATURE = 0.98, 1.3, 8.0
"""In ems: a letter of another alphabet; an emoji or a sign as wide as high; a phrase that is one letter in Arabic."""
MOST_ACCENTS = 2
LONG_WORD = 25  # letters, before a word turns up at a line's end that nobody would call a word


def cut(text: str, lines: int, ems: float) -> str:
    """The text in one paragraph that takes at most so many lines of so many ems, an ellipsis for what is left out.

    A text that stands in English for another language still says so.
    """
    plain = _plain(text)[: lines * math.ceil(ems) * 6]
    whole = len(plain) == len(_plain(text)) and height(plain, ems) <= lines
    found = plain if whole else _shortened(plain, lines, ems)
    return Untranslated(found) if isinstance(text, Untranslated) else found


def height(text: str, ems: float) -> int:
    """How many lines of so many ems a text is likely to take, words that are wider than a line broken."""
    lines, used = 1, 0.0
    for word in text.split():
        wide = width(word)
        if used and used + WIDTHS[" "] + wide > ems:
            lines, used = lines + 1, 0.0
        used += wide + (WIDTHS[" "] if used else 0)
        if used > ems:
            lines += math.ceil(used / ems) - 1
            used = used % ems or ems
    return lines


def width(text: str) -> float:
    """How wide a text is in print in one line, in ems."""
    return sum(map(_width, text))


@lru_cache(maxsize=4096)
def _width(letter: str) -> float:
    if letter in WIDTHS:
        return WIDTHS[letter]
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if "\ufd40" <= letter <= "\ufdff":
        return LIGATURE
    if unicodedata.east_asian_width(letter) in "WF" or unicodedata.category(letter) == "So":
        return SIGN
    return WIDTHS.get(unicodedata.normalize("NFD", letter)[0], OTHER)


def _plain(text: str) -> str:
    """In one line, and without the towers of accents that would stand on the lines above."""
    kept, accents = [], 0
    for letter in unicodedata.normalize("NFC", " ".join(text.split())):
        accents = accents + 1 if unicodedata.combining(letter) else 0
        if accents <= MOST_ACCENTS:
            kept.append(letter)
    return "".join(kept)


def _shortened(text: str, lines: int, ems: float) -> str:
    """The longest beginning that fits with an ellipsis, up to the end of a word where one is near."""
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        fits = height(text[:middle].rstrip() + ELLIPSIS, ems) <= lines
        least, most = (middle, most) if fits else (least, middle - 1)
    begun = text[:least]
    words, space, rest = begun.rpartition(" ")
    splits = bool(space) and text[least : least + 1] != " " and len(rest) < min(LONG_WORD, len(words))
    kept = words if splits else begun
    return kept.rstrip(" ,;:.\u200d") + ELLIPSIS
