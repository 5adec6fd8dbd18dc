"""Names in the order in which a reader of a language looks for them.

Written out here, and not asked of ICU: PyICU has to be compiled against the system's libraries, and a database sorts
by its own collation, whoever reads. The lists are short. What the languages of the site need is small: English ignores
accents and case until all else is equal; Welsh has letters of two signs, so that Llandudno comes after Lydney and
Chepstow after Cwmbran.
"""

import re
import unicodedata
from collections.abc import Callable

LETTERS = {
    "en": "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "cy": "a b c ch d dd e f ff g ng h i j k l ll m n o p ph q r rh s t th u v w x y z",
}
"""Each language's alphabet; that of Welsh has room for the letters of borrowed words."""

RANKS = {language: {letter: rank for rank, letter in enumerate(row.split())} for language, row in LETTERS.items()}
SPLIT = {
    language: re.compile("|".join([*sorted(ranks, key=len, reverse=True), "."]), re.DOTALL)
    for language, ranks in RANKS.items()
}
MEETING = re.compile(r"\b(ban|llan)(?=g)")
"""Where n and g only meet, as in Bangor and Llangefni: two letters, which no spelling tells from the one letter ng."""

SIGN, DIGIT, LETTER, OTHER = range(4)

Key = tuple[tuple[tuple[int, int], ...], str, str, str]


def alphabetical(language: str) -> Callable[[str], Key]:
    """The key to sort names by in a language ("cy", "en-gb"); one without an alphabet here is sorted as English.

    Signs and spaces come before digits, digits before letters, letters of other scripts last. Two names have the same
    key only if they are the same.
    """
    code = language.lower().partition("-")[0]
    code = code if code in RANKS else "en"

    def key(name: str) -> Key:
        folded = unicodedata.normalize("NFD", name.casefold())
        plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
        if code == "cy":
            plain = MEETING.sub("\\1\0", plain)
        letters = tuple(_place(letter, RANKS[code]) for letter in SPLIT[code].findall(plain) if letter != "\0")
        return letters, folded, name.swapcase(), name

    return key


def _place(letter: str, ranks: dict[str, int]) -> tuple[int, int]:
    if letter in ranks:
        return LETTER, ranks[letter]
    if letter.isdigit():
        return DIGIT, ord(letter)
    return (OTHER if letter.isalpha() else SIGN), ord(letter)
