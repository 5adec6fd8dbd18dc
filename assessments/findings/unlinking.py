"""Anonymous answers taken apart, so that no row tells more of anybody than a page may show.

Pure. Rows that belong to one person betray them by what they answer: each role is asked other questions, and only one
of a role may have come. So after the reveal no row is a person. For each question the answers are dealt out anew, by
chance, to carriers that bear a role's name only where `merged` lets that role be shown on that question; and what was
said to a question that fewer than three answered, which is never shown, is not kept.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.findings.voices import FEWEST, TOGETHER, merged


@dataclass(frozen=True)
class Said:
    """What the response with this key, of this role, gave to a criterion; `comment` and state go along unread."""

    response: object
    role: str
    criterion: int
    level: int | None
    state: str = ""
    comment: str = ""


Dealt = dict[tuple[str, int], list[Said]]
"""The answers of each carrier: a role or TOGETHER, and a number. What a carrier holds comes from many people."""


def apart(said: Sequence[Said], shuffle: Callable[[list[Any]], None]) -> Dealt:
    """The same answers to each question, on carriers; `shuffle` puts a list into an order drawn by chance."""
    people = Counter({each.response: each.role for each in said}.values())
    together = merged(people)
    dealt: Dealt = defaultdict(list)
    for given in _by_criterion(said):
        if len(given) < FEWEST:
            continue
        for role, answers in _by_shown_role(given, together).items():
            shuffle(answers)
            for number, each in enumerate(answers):
                dealt[role, number].append(each)
    return dict(dealt)


def _by_criterion(said: Iterable[Said]) -> list[list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    for each in said:
        found[each.criterion].append(each)
    return list(found.values())


def _by_shown_role(given: Sequence[Said], together: frozenset[str]) -> dict[str, list[Said]]:
    """The answers to one question by the role that may be shown on it: of its levels, and of its answers in all."""
    named = [TOGETHER if each.role in together else each.role for each in given]
    levels = Counter(role for role, each in zip(named, given, strict=True) if each.level is not None)
    shown = levels.keys() - merged(levels)
    shown -= merged(Counter(role if role in shown else TOGETHER for role in named))
    found: dict[str, list[Said]] = defaultdict(list)
    for role, each in zip(named, given, strict=True):
        found[role if role in shown else TOGETHER].append(each)
    return found
