"""Which entry of one list is which of another: by key where there are keys, by what they say where there are none."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from assessments.comparing.wording import likeness

ALIKE = 0.5
"""Entries that share half their words are taken for one that was reworded."""
MOST_COMPARED = 40
"""Longer lists of changed entries are paired by their places alone."""

Pair = tuple[int | None, int | None]
Key = TypeVar("Key", bound=Hashable)


def aligned(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """Places before and after of each entry, in the order of the new list; what is gone stands at the end.

    The same text is the same entry; of the others, those that read alike, then those that stand in the same place.
    """
    found = _same(before, after)
    found |= _alike(before, after, found)
    left = set(range(len(before))) - set(found.values())
    for place in range(len(after)):
        if place not in found and place in left:
            found[place] = place
            left.discard(place)
    pairs: list[Pair] = [(found.get(place), place) for place in range(len(after))]
    return pairs + [(place, None) for place in sorted(left)]


def _same(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    places = defaultdict(list)
    for place in reversed(range(len(before))):
        places[before[place]].append(place)
    return {place: places[text].pop() for place, text in enumerate(after) if places[text]}


def _alike(before: Sequence[str], after: Sequence[str], known: dict[int, int]) -> dict[int, int]:
    old = [place for place in range(len(before)) if place not in known.values()]
    new = [place for place in range(len(after)) if place not in known]
    if max(len(old), len(new), 0) > MOST_COMPARED:
        return {}
    scores = sorted((-likeness(before[a], after[b]), abs(a - b), a, b) for a in old for b in new)
    found: dict[int, int] = {}
    for score, _, a, b in scores:
        if -score >= ALIKE and b not in found and a not in found.values():
            found[b] = a
    return found


def moved(before: Iterable[Key], after: Iterable[Key]) -> set[Key]:
    """The keys that changed their order, as few as explain it; only keys of both lists count."""
    place = {key: number for number, key in enumerate(before)}
    common: list[Key] = [key for key in after if key in place]
    stayed: Iterable[Key] = _longest_rising(common, place)
    return set(common) - set(stayed)


def _longest_rising(keys: Sequence[Key], place: Mapping[Key, int]) -> Iterable[Key]:
    """The longest choice of these keys that stand in rising places."""
    ends: list[int] = []
    last: list[Key] = []
    previous: dict[Key, Key | None] = {}
    for key in keys:
        at = bisect_left(ends, place[key])
        ends[at : at + 1], last[at : at + 1] = [place[key]], [key]
        previous[key] = last[at - 1] if at else None
    step = last[-1] if last else None
    while step is not None:
        yield step
        step = previous[step]
