"""Two wordings of one text held against each other, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

KEPT, REMOVED, ADDED = "kept", "removed", "added"

MOST_TOKENS = 1500
"""Of longer texts nobody reads a comparison by words, and it would take seconds: they are told whole."""
ALIKE = 0.3
"""Below this share of common words, the old text and the new one read better one after the other than mixed."""

_TOKEN = re.compile(r"\s*\w+(?:['’-]\w+)*|\s*[^\w\s]|\s+")


@dataclass(frozen=True)
class Run:
    """Some words in a row that were kept, removed or added."""

    kind: str
    text: str


def words(before: str, after: str) -> tuple[Run, ...]:
    """How one text becomes the other: kept and removed runs are the old text, kept and added ones the new."""
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(one), len(other)) > MOST_TOKENS:
        return _whole(before, after)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.ratio() < ALIKE:
        return _whole(before, after)
    steps = [
        (tag == "equal" and _says_something(one[a:b]), "".join(one[a:b]), "".join(other[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
    ]
    return _joined(steps) if any(kept for kept, _, _ in steps) else _whole(before, after)


def likeness(before: str, after: str) -> float:
    """The share of words that two texts have in common, in any order: 0 to 1, and quick."""
    one, other = set(_TOKEN.findall(before.casefold())), set(_TOKEN.findall(after.casefold()))
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def _says_something(tokens: list[str]) -> bool:
    """Whether a kept run helps the reader: a lone comma or space between two changes does not."""
    return any(letter.isalnum() for token in tokens for letter in token)


def _whole(before: str, after: str) -> tuple[Run, ...]:
    if before == after:
        return (Run(KEPT, before),) if before else ()
    return tuple(run for run in (Run(REMOVED, before), Run(ADDED, after)) if run.text)


def _joined(steps: list[tuple[bool, str, str]]) -> tuple[Run, ...]:
    """Runs with what was removed before what was added in its place, and a space that both begin with kept."""
    runs: list[Run] = []
    removed = added = ""
    for kept, old, new in [*steps, (True, "", "")]:
        if not kept:
            removed, added = removed + old, added + new
            continue
        runs += _replaced(removed, added)
        runs.append(Run(KEPT, old))
        removed = added = ""
    return _merged(runs)


def _replaced(removed: str, added: str) -> list[Run]:
    if removed == added:
        return [Run(KEPT, removed)]
    space = removed[: len(removed) - len(removed.lstrip())]
    if not (removed and added and added.startswith(space)) or space in (removed, added):
        return [Run(REMOVED, removed), Run(ADDED, added)]
    return [Run(KEPT, space), Run(REMOVED, removed[len(space) :]), Run(ADDED, added[len(space) :])]


def _merged(runs: list[Run]) -> tuple[Run, ...]:
    """The same without empty runs, and no two of a kind in a row."""
    found: list[Run] = []
    for run in runs:
        if found and found[-1].kind == run.kind:
            found[-1] = Run(run.kind, found[-1].text + run.text)
        elif run.text:
            found.append(run)
    return tuple(found)
