"""Reads the catalogues of translations: what a text is, in which words it is said, and where it is only guessed."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LINE = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?) (".*")$')


@dataclass(frozen=True)
class Entry:
    """A text with its translations: one, or one for each plural form; empty where there is none."""

    context: str
    text: str
    plural: str
    said: tuple[str, ...]
    fuzzy: bool

    @property
    def key(self) -> tuple[str, str, str]:
        return self.context, self.text, self.plural

    @property
    def is_translated(self) -> bool:
        return all(self.said) and not self.fuzzy


def entries(catalogue: Path) -> Iterator[Entry]:
    """The entries of a .po file, without its header and without texts that are marked no longer."""
    for block in catalogue.read_text().split("\n\n"):
        found = _fields(block.splitlines())
        if found.get("msgid"):
            said = tuple(text for name, text in found.items() if name.startswith("msgstr"))
            fuzzy = re.search(r"^#, .*fuzzy", block, re.MULTILINE) is not None
            yield Entry(found.get("msgctxt", ""), found["msgid"], found.get("msgid_plural", ""), said, fuzzy)


def _fields(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if begun := LINE.match(line):
            name = begun[1]
            found[name] = ast.literal_eval(begun[2])
        elif line.startswith('"'):
            found[name] += ast.literal_eval(line)
    return found
