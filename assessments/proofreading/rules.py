"""All that is to be said of a playbook, and the rules on levels, next steps and keys."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise

from assessments.interchange.documents import Criterion, Level, Playbook
from assessments.interchange.faults import Path, shortened
from assessments.proofreading import readability, stages
from assessments.proofreading.remark import Remark, criteria_of, fault, warning, words_of

NEARLY_THE_SAME = 2
"""Levels that differ in so many words, or in fewer, are easily taken for each other."""
ALIKE = 1 / 3
"""difflib's ratio of the words of two texts: two criteria's texts seldom reach it, a text and its rewording do."""
WORDS_COMPARED = 200
CURLY = tuple("“”„‘’")


def remarks(document: Playbook, before: Playbook | None = None) -> list[Remark]:
    """All that is to be said of a playbook; `before` is the version that its keys are held against."""
    found = [*_curly_quotes(document), *stages.gates(document), *stages.weights(document)]
    for path, criterion in criteria_of(document):
        if before is not None and criterion.key in before.criterion:
            found += _reused_key(criterion, before.criterion[criterion.key], before.version, path)
        found += stages.condition(document, criterion, path)
        found += _near_neighbours(criterion, path)
        found += stages.targets(document, criterion, path)
    found += _next_steps(document)
    found += readability.texts(document)
    return found


def _curly_quotes(document: Playbook) -> Iterator[Remark]:
    """A key or number in the quotation marks of a word processor, which YAML takes for a part of it."""
    for name, text in (("key", document.key), ("version", document.version)):
        if text[:1] in CURLY or text[-1:] in CURLY:
            yield warning(
                (name,), f"is {shortened(text)} with its curly quotation marks. Take them away, or type straight ones."
            )


def _near_neighbours(criterion: Criterion, path: Path) -> Iterator[Remark]:
    """Levels that read nearly like the one before; in very short ones one or two words are most of the text."""
    for number, (lower, upper) in enumerate(pairwise(criterion.levels), 1):
        one, other = words_of(lower.descriptor), words_of(upper.descriptor)
        long_enough = min(len(one), len(other)) > NEARLY_THE_SAME
        if long_enough and one != other and _differ_by(one, other, NEARLY_THE_SAME):
            yield warning(
                (*path, "levels", number, "descriptor"),
                f"differs from level {number - 1} in only one or two words, which readers miss. Begin with what is "
                "new at this level, and say how one can tell.",
            )


def _differ_by(one: list[str], other: list[str], most: int) -> bool:
    """Whether at most so many words need to be added, left out or exchanged to get from one text to the other."""
    if abs(len(one) - len(other)) > most:
        return False
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[same:], other[same:]
    if not one or not other or most == 0:
        return max(len(one), len(other)) <= most
    tries = ((one[1:], other[1:]), (one[1:], other), (one, other[1:]))
    return any(_differ_by(a, b, most - 1) for a, b in tries)


def _next_steps(document: Playbook) -> Iterator[Remark]:
    """Next steps that only repeat: another one of the playbook, or the text of their own level."""
    first: dict[str, str] = {}
    for path, criterion in criteria_of(document):
        for number, level in enumerate(criterion.levels):
            reading = _reading(level.next_step)
            at = (*path, "levels", number, "next_step")
            if reading and reading == _reading(level.descriptor):
                yield warning(at, "is the same as the text of its level. Say what to do to reach the next one.")
            elif reading in first:
                yield warning(at, f"is the same as the one at {first[reading]}. Say what to do here.")
            elif reading:
                first[reading] = f"level {number} of “{shortened(criterion.title)}”"


def _reused_key(criterion: Criterion, before: Criterion, version: str, path: Path) -> Iterator[Remark]:
    """Whether a criterion asks for something else than the one that had its key: most of its texts are new."""
    if not (_differs(criterion.title, before.title) and _differs(criterion.question, before.question)):
        return
    changed = sum(_is_new(level, before.levels) for level in criterion.levels)
    if 2 * changed > len(criterion.levels):
        yield fault(
            (*path, "key"),
            f"“{shortened(criterion.key)}” was the key of “{shortened(before.title)}” in version {shortened(version)}. "
            f"The title, the question and {changed} of {len(criterion.levels)} levels now read quite differently, and "
            "old answers would be compared with answers to something else. Give it a new key (in the admin: on its "
            "page), or bring its texts closer to the old ones.",
        )


def _is_new(level: Level, before: Iterable[Level]) -> bool:
    return all(_differs(level.descriptor, old.descriptor) for old in before)


def _differs(one: str, other: str) -> bool:
    a, b = words_of(one)[:WORDS_COMPARED], words_of(other)[:WORDS_COMPARED]
    return a != b and SequenceMatcher(None, a, b, autojunk=False).ratio() < ALIKE


def _reading(text: str) -> str:
    return " ".join(text.split()).casefold()
