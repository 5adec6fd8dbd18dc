"""What became of each criterion from one version to a later one, over one step or several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assessments.comparing.guessing import guess
from assessments.interchange.documents import Follows, Playbook

SAME, REWORDED, STRICTER, SPLIT, MERGED, NEW = "same", "reworded", "stricter", "split", "merged", "new"
KINDS = (SAME, REWORDED, STRICTER, SPLIT, MERGED, NEW)
"""From what changes least for an answer to what changes most."""


@dataclass(frozen=True)
class Became:
    """Where a criterion comes from: `sources` are keys of the earlier version, empty only where it is new."""

    kind: str
    sources: tuple[str, ...]
    comparable: bool


@dataclass(frozen=True)
class Origins:
    """What became of the criteria: an entry for every one of the later version, and those that nothing comes from."""

    criteria: Mapping[str, Became]
    retired: tuple[str, ...]


def origins(*versions: Playbook) -> Origins:
    """What became of the criteria from the first of these versions to the last, each the one after the one before it.

    A version that says what it follows is taken at its word; where it does not, the texts tell.
    """
    found = _unchanged(versions[0])
    for before, after in pairwise(versions):
        found = _after(found, _step(before, after), versions[0])
    return found


def _unchanged(version: Playbook) -> Origins:
    return Origins({key: Became(SAME, (key,), True) for key in version.criterion}, ())


def _step(before: Playbook, after: Playbook) -> Origins:
    said = after.follows if after.follows and after.follows.version == before.version else guess(before, after)
    return as_said(said, before, after)


def as_said(said: Follows, before: Playbook, after: Playbook) -> Origins:
    """An entry for every criterion, of what `follows` says of those that are not the same."""
    criteria = {}
    for key in after.criterion:
        origin = said.criteria.get(key)
        if origin is None:
            known = key in before.criterion
            criteria[key] = Became(SAME, (key,), True) if known else Became(NEW, (), False)
        else:
            sources = tuple(each for each in origin.sources if each in before.criterion)
            criteria[key] = Became(origin.kind, sources, origin.comparable) if sources else Became(NEW, (), False)
    return Origins(criteria, gone(before, criteria))


def _after(first: Origins, second: Origins, earliest: Playbook) -> Origins:
    """Two steps as one: the graver kind of both, comparable only where both are."""
    criteria = {
        key: _joined(became, [first.criteria[each] for each in became.sources])
        for key, became in second.criteria.items()
    }
    return Origins(criteria, gone(earliest, criteria))


def _joined(became: Became, before: Sequence[Became]) -> Became:
    sources = tuple(dict.fromkeys(key for each in before for key in each.sources))
    if not sources:
        return Became(NEW, (), False)
    kinds = [became.kind, *(each.kind for each in before if each.kind != NEW)]
    return Became(max(kinds, key=KINDS.index), sources, became.comparable and all(each.comparable for each in before))


def gone(before: Playbook, criteria: Mapping[str, Became]) -> tuple[str, ...]:
    """The criteria that none of the later ones comes from."""
    used = {key for each in criteria.values() for key in each.sources}
    return tuple(key for key in before.criterion if key not in used)
