"""What became of each criterion, as keys and texts tell where nobody has said it yet, and what it is told by.

Old and new criteria are linked where they have one key, where the new one takes most of its words from the old one, or
where most words of one that is gone are found in it. Links then name the kind: several sources are a merger, several
that share a source a split, one source a rewording (stricter, if the levels show it), none a new criterion. A criterion
copied in the draft is known by its levels, whatever else of it was rewritten: it shares its source with the one copied.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessments.comparing.strictness import stricter
from assessments.comparing.texts import Bag, in_common, levels_read_the_same
from assessments.interchange.documents import Criterion, Follows, Origin, Playbook

TAKEN = 0.4
"""A criterion comes from another one when so much of its words, or of the other's, is found there.

In the playbook that comes with the code no two criteria reach half of that."""
GAVE = 0.9
"""An old criterion that keeps more than this of its words has given nothing away."""
MOST_SIGNS = 3


@dataclass(frozen=True)
class Guess:
    """What seems to have become of a criterion, and a sentence that says why."""

    origin: Origin
    reason: str


def guess(before: Playbook, after: Playbook) -> Follows:
    """What a reader of both versions would say became of each criterion that does not read the same."""
    found = {key: each.origin for key, each in guesses(before, after).items()}
    used = {key for each in found.values() for key in each.sources}
    gone = (key for key in before.criterion if key not in after.criterion and key not in used)
    return Follows(before.version, found, tuple(gone))


def guesses(before: Playbook, after: Playbook) -> dict[str, Guess]:
    """The same with reasons, by the keys of the later version, in its order."""
    now = [each for each in after.criteria() if not is_same(before, each)]
    open_keys = {each.key for each in now}
    old = [each for each in before.criteria() if each.key in open_keys or each.key not in after.criterion]
    sources = _sources(old, now, in_common(before.criteria()))
    copies = {each.key: copied for each in now if not sources[each.key] for copied in _copied(each, before, after)}
    sources |= {key: [copied] for key, copied in copies.items()}
    takers = Counter(key for found in sources.values() for key in found)
    takers.update(key for key in set(copies.values()) - open_keys)
    return {each.key: _told(before, each, sources[each.key], takers, each.key in copies) for each in now}


def is_same(before: Playbook, now: Criterion) -> bool:
    """Whether a criterion asks the same in the same words; its weight, targets and hints may differ."""
    old = before.criterion.get(now.key)
    return old is not None and asked(old) == asked(now)


def asked(text: Criterion) -> tuple[object, ...]:
    """All that a place reads when it decides on a level."""
    return text.title, text.question, text.not_applicable, tuple(level.descriptor for level in text.levels)


# --- links ------------------------------------------------------------------------------------------------------


def _sources(old: Sequence[Criterion], now: Sequence[Criterion], common: frozenset[str]) -> dict[str, list[str]]:
    """The keys that each new criterion comes from, in the order of the old ones."""
    olds, news = ({each.key: Bag.of(each, common) for each in texts} for texts in (old, now))
    kept = {(o, n): a.found_in(b) for o, a in olds.items() for n, b in news.items()}
    links = {(key, key) for key in news if key in olds}
    givers = [key for key in olds if kept.get((key, key), 0) < GAVE]
    for key, bag in news.items():
        if key not in olds:
            links |= _best(((giver, key), bag.found_in(olds[giver])) for giver in givers)
    for key in olds:
        if key not in news:
            links |= _best(((key, taker), kept[key, taker]) for taker in news)
    return {key: [each for each in olds if (each, key) in links] for key in news}


def _best(found: Iterable[tuple[tuple[str, str], float]]) -> set[tuple[str, str]]:
    """The strongest of some links, if it is strong enough."""
    link, share = max(found, key=lambda each: each[1], default=(("", ""), 0.0))
    return {link} if share >= TAKEN else set()


def _copied(now: Criterion, before: Playbook, after: Playbook) -> list[str]:
    """The one criterion that is still there and whose levels, of then or of now, these are; none if several have them.

    Levels that several criteria have are a scale, and tell nothing of where a criterion comes from."""
    levels = _descriptors(now)
    if now.key in before.criterion or not any(levels):
        return []
    have = [
        key
        for key, old in before.criterion.items()
        if levels in (_descriptors(old), _descriptors(after.criterion.get(key)))
    ]
    return have if len(have) == 1 and have[0] in after.criterion else []


def _descriptors(text: Criterion | None) -> tuple[str, ...]:
    return tuple(level.descriptor for level in text.levels) if text else ()


# --- kinds and reasons ------------------------------------------------------------------------------------------


def _told(before: Playbook, now: Criterion, sources: Sequence[str], takers: Mapping[str, int], is_copy: bool) -> Guess:
    if not sources:
        return Guess(Origin("new", (), False), f"It reads like nothing that has gone from version {before.version}.")
    olds = [before.criterion[key] for key in sources]
    names = " and ".join(f"“{each.title}”" for each in olds)
    if is_copy:
        reason = f"Its levels are word for word those of {names}, which is still there."
        return Guess(Origin("split", tuple(sources), False), reason)
    if len(sources) > 1:
        return Guess(Origin("merged", tuple(sources), False), f"Words of {names} are found in it.")
    if takers[sources[0]] > 1:
        others = "another criterion" if takers[sources[0]] == 2 else "others"
        return Guess(Origin("split", tuple(sources), False), f"Words of {names} are found in it and in {others}.")
    return _reworded(olds[0], now)


def _reworded(old: Criterion, now: Criterion) -> Guess:
    known = "It keeps its key" if old.key == now.key else f"It reads like “{old.title}”, whose key is gone"
    if signs := stricter(old, now):
        told = "; ".join(signs[:MOST_SIGNS]) + ("; and more" if len(signs) > MOST_SIGNS else "")
        return Guess(Origin("stricter", (old.key,), False), f"{known}; {told}.")
    comparable = levels_read_the_same(old, now)
    return Guess(Origin("reworded", (old.key,), comparable), f"{known}; {_levels(old, now, comparable)}.")


def _levels(old: Criterion, now: Criterion, same: bool) -> str:
    if same:
        return "all levels read the same"
    if len(old.levels) != len(now.levels):
        return f"it has {len(now.levels)} levels where it had {len(old.levels)}"
    had = [level.descriptor for level in old.levels]
    numbers = [str(n) for n, level in enumerate(now.levels) if level.descriptor != had[n]]
    return f"level {numbers[0]} reads otherwise" if len(numbers) == 1 else f"levels {', '.join(numbers)} read otherwise"
