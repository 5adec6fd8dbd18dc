"""What is to be said of what a version says became of the criteria of the one that it follows.

`followed` holds a version against the one it follows, as a file or in the admin; `faults_of` one decision alone.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping

from assessments.comparing.guessing import asked, is_same
from assessments.comparing.texts import asks_the_same
from assessments.interchange.documents import Criterion, Follows, Origin, Playbook
from assessments.interchange.faults import Path, shortened
from assessments.proofreading.remark import Remark, fault, warning

ROOT: Path = ("follows",)
CHANGES_MORE = {"stricter", "split", "merged"}
"""Kinds after which scores are compared only if somebody says so."""


def followed(document: Playbook, before: Playbook | None) -> list[Remark]:
    """What is wrong with `follows`, and what it leaves out, where `before` is the version that it names."""
    follows = document.follows
    if follows is None or before is None or follows.version != before.version or document.key != before.key:
        return []
    found: list[Remark] = []
    for criterion in document.criteria():
        origin = follows.criteria.get(criterion.key)
        if origin is None:
            found += _silent(criterion, before)
        else:
            found += faults_of(origin, criterion, before)
            found += _alone(origin, criterion, document, before)
            found += _doubtful(origin, criterion)
    return [*found, *_gone(document, before, follows)]


def faults_of(origin: Origin, now: Criterion, before: Playbook) -> Iterator[Remark]:
    """What cannot be said of a criterion, whatever is said of the others."""
    path: Path = (*ROOT, "criteria", now.key)
    if unknown := [key for key in origin.sources if key not in before.criterion]:
        keys = ", ".join(f"“{shortened(key)}”" for key in unknown)
        yield fault((*path, "from"), f"names {keys}, which version {shortened(before.version)} does not have.")
    elif origin.kind == "same":
        yield from _not_the_same(now, before, path)
    else:
        yield from _wrong_sources(origin, now, before, path)
        yield from _not_comparable(origin, now, before, path)


def missing(now: Criterion, before: Playbook) -> Remark:
    """That nobody has said what became of a criterion."""
    if now.key in before.criterion:
        told, ask = "does not read as in", "Say whether it is reworded, stricter, or what else."
    else:
        told, ask = "is not in", "Say what it comes from, or that it is new."
    return fault(
        (*ROOT, "criteria", now.key),
        f"{told} version {shortened(before.version)}, and nobody has said what became of it. {ask}",
    )


def fingerprint(origin: Origin, now: Criterion, before: Playbook) -> str:
    """What a decision was made on: the texts of the criterion and of those that it comes from."""
    old = [asked(before.criterion[key]) for key in origin.sources if key in before.criterion]
    return hashlib.sha256(json.dumps([old, asked(now)]).encode()).hexdigest()


def gone_keys(document: Playbook, before: Playbook) -> list[str]:
    """The keys of the version before that this one has no longer, in their order."""
    return [key for key in before.criterion if key not in document.criterion]


def used_keys(origins: Iterable[Origin]) -> set[str]:
    return {key for origin in origins for key in origin.sources}


# --- one criterion ----------------------------------------------------------------------------------------------


def _silent(now: Criterion, before: Playbook) -> Iterator[Remark]:
    """A criterion of which nothing is said counts as the same, so it must be that, but for its spelling."""
    old = before.criterion.get(now.key)
    if old is None or not (is_same(before, now) or asks_the_same(old, now)):
        yield missing(now, before)


def _not_the_same(now: Criterion, before: Playbook, path: Path) -> Iterator[Remark]:
    old = before.criterion.get(now.key)
    if old is None or not asks_the_same(old, now):
        yield fault(
            (*path, "kind"),
            "is called the same, and more than its spelling differs. Call it reworded; it may still be comparable.",
        )


def _wrong_sources(origin: Origin, now: Criterion, before: Playbook, path: Path) -> Iterator[Remark]:
    count = len(set(origin.sources))
    kept = before.criterion.get(now.key)
    if kept is not None and now.key not in origin.sources:
        yield fault(
            (*path, "from"),
            f"has the key of “{shortened(kept.title)}” and does not come from it. Give it a new key on its page, or "
            "name that one among what it comes from.",
        )
    elif origin.kind == "new" and count:
        yield fault((*path, "kind"), "is called new and yet comes from another one. Choose another kind, or name none.")
    elif origin.kind != "new" and not count:
        yield fault((*path, "from"), "names no criterion that it comes from. Name it, or call this one new.")
    elif origin.kind == "merged" and count < 2:
        yield fault((*path, "from"), "is called merged and comes from one criterion only. Name the others as well.")
    elif origin.kind in {"reworded", "stricter"} and count > 1:
        yield fault((*path, "kind"), f"is called {origin.kind} and comes from {count} criteria. Call it merged.")


def _not_comparable(origin: Origin, now: Criterion, before: Playbook, path: Path) -> Iterator[Remark]:
    if not origin.comparable:
        return
    if len(set(origin.sources)) != 1:
        yield fault((*path, "comparable"), "can be said only of a criterion that comes from a single one.")
    elif (had := len(before.criterion[origin.sources[0]].levels)) != len(now.levels):
        yield fault(
            (*path, "comparable"),
            f"cannot be said: it has {len(now.levels)} levels, and what it comes from had {had}.",
        )


def _alone(origin: Origin, now: Criterion, document: Playbook, before: Playbook) -> Iterator[Remark]:
    """A split into one part."""
    if origin.kind != "split":
        return
    others = _comes_from(document, before, without=now.key)
    for key in origin.sources:
        if key in before.criterion and key not in others:
            yield fault(
                (*ROOT, "criteria", now.key, "kind"),
                f"is called split, and no other criterion comes from “{shortened(before.criterion[key].title)}”. Name "
                "it at the other part as well, or call this one reworded.",
            )


def _comes_from(document: Playbook, before: Playbook, without: str) -> set[str]:
    """All keys that the criteria but one come from; one of which nothing is said comes from its own."""
    told: Mapping[str, Origin] = document.follows.criteria if document.follows else {}
    keys = {key for key in document.criterion if key not in told and key in before.criterion}
    return used_keys(each for key, each in told.items() if key != without) | (keys - {without})


def _doubtful(origin: Origin, now: Criterion) -> Iterator[Remark]:
    if origin.comparable and origin.kind in CHANGES_MORE and len(set(origin.sources)) == 1:
        yield warning(
            (*ROOT, "criteria", now.key, "comparable"),
            f"is called {origin.kind} and yet comparable: charts will draw one line through both versions. Make sure "
            "that a level still means the same.",
        )


# --- what is gone -----------------------------------------------------------------------------------------------


def _gone(document: Playbook, before: Playbook, follows: Follows) -> Iterator[Remark]:
    used = used_keys(follows.criteria.values())
    for key in gone_keys(document, before):
        if key not in used and key not in follows.retired:
            yield fault(
                (*ROOT, "retired", key),
                f"“{shortened(before.criterion[key].title)}” of version {shortened(before.version)} is gone, and "
                "nobody has said where to. Confirm that it is retired, or name it at the criterion that it went into.",
            )
    for number, key in enumerate(follows.retired):
        if key not in before.criterion:
            yield fault((*ROOT, "retired", number), f"version {shortened(before.version)} has no “{shortened(key)}”.")
        elif key in used:
            yield fault(
                (*ROOT, "retired", number),
                f"“{shortened(before.criterion[key].title)}” is called retired, and another criterion comes from it.",
            )
