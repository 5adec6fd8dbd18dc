"""Names of files that every system takes: Windows, macOS, Linux, whatever a place is called. Pure."""

import re
import unicodedata
from collections.abc import Iterable

MOST_BYTES = 120
"""Of one part of a name, so that a name of some parts stays under the 255 bytes that file systems take."""
FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)
"""What Windows keeps for devices, whatever suffix stands behind."""
JOINERS = "\u200c\u200d\ufe0e\ufe0f"
"""What belongs to the letter before it: emoji of several parts, Persian, how a sign is drawn."""


def name_part(text: str) -> str:
    """The text without what a file name must not hold; empty where nothing is left.

    Marks that turn the direction of writing go too: with them a name could show another suffix than it has.
    """
    text = FORBIDDEN.sub("-", unicodedata.normalize("NFC", text))
    kept = "".join(each if _is_plain(each) else " " for each in text)
    return _cut(" ".join(kept.split())).strip(" .-")


def _is_plain(letter: str) -> bool:
    return letter in JOINERS or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _cut(text: str) -> str:
    """At most MOST_BYTES, and no half letter at the end."""
    cut = text.encode()[:MOST_BYTES].decode(errors="ignore")
    if cut == text:
        return text
    while cut and (cut[-1] in JOINERS or unicodedata.combining(text[len(cut)])):
        cut = cut[:-1]
    return cut


def file_name(parts: Iterable[str], suffix: str) -> str:
    """The parts that are not empty in a row, with the suffix: "Harbour Quarter - Board paper - 2026-03-05.pdf"."""
    stem = " - ".join(filter(None, (name_part(part) for part in parts))) or "file"
    if RESERVED.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    return f"{stem}.{suffix}"


def unique_names(names: Iterable[str]) -> list[str]:
    """The names, those that are there already with a number; what differs only in case or accents' form is the same."""
    seen: set[str] = set()
    found = []
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        number, unique = 1, name
        while _same(unique) in seen:
            number += 1
            unique = f"{stem} ({number}){dot}{suffix}"
        seen.add(_same(unique))
        found.append(unique)
    return found


def _same(name: str) -> str:
    return unicodedata.normalize("NFKD", name).casefold()
