"""Why figures of two versions cannot be compared, in words."""

from collections.abc import Iterator, Sequence

from assessments.comparing.comparable import (
    LESSON_WEIGHTS,
    LEVELS,
    MOVED,
    NEW_LESSON,
    RETIRED,
    RETIRED_LESSON,
    WEIGHTS,
    Comparison,
    Difference,
)
from assessments.comparing.origins import MERGED, NEW, REWORDED, SPLIT, STRICTER

MOST_NAMED = 4

# What is said of one criterion, and of several.
_OF_CRITERIA = {
    NEW: ("is new", "are new"),
    RETIRED: ("is retired", "are retired"),
    SPLIT: ("is split", "are split"),
    MERGED: ("is merged from several", "are merged from several"),
    STRICTER: ("is asked more strictly", "are asked more strictly"),
    REWORDED: ("is reworded to mean something else", "are reworded to mean something else"),
    LEVELS: ("has another number of levels", "have another number of levels"),
    MOVED: ("is moved to another lesson", "are moved to another lesson"),
}
_OF_LESSONS = {NEW_LESSON: ("is new", "are new"), RETIRED_LESSON: ("is retired", "are retired")}


def differs(comparison: Comparison, differences: Sequence[Difference]) -> str:
    """What the later version does differently, in one sentence: "Version 2.0 asks differently from version 1.0: …"."""
    told = ", ".join(_phrases(differences))
    return f"Version {comparison.after.version} asks differently from version {comparison.before.version}: {told}."


def criterion(comparison: Comparison, key: str) -> str:
    """Why a criterion of the later version cannot be compared, in one sentence; nothing where it can be."""
    kind, after = comparison.why_not(key), comparison.after.version
    sources = [comparison.before.criterion[each] for each in comparison.became.criteria[key].sources]
    named = listed([f"“{each.title}”" for each in sources])
    if kind == LEVELS:
        now = len(comparison.after.criterion[key].levels)
        then = len(sources[0].levels)
        return f"It has {now} levels in version {after} and had {then} in version {comparison.before.version}."
    words = {
        NEW: f"New in version {after}.",
        SPLIT: f"Version {after} splits {named}; this is a part of it.",
        MERGED: f"Version {after} merges {named} into it.",
        STRICTER: f"Asked more strictly since version {after}.",
        REWORDED: f"Reworded in version {after} to mean something else.",
    }
    return words.get(kind, "")


def gone(comparison: Comparison, key: str) -> str:
    """What became of a criterion of the earlier version that no line of the later one goes on from."""
    after = comparison.after
    heirs = [each.title for each in after.criteria() if key in comparison.became.criteria[each.key].sources]
    if not heirs:
        return f"Retired in version {after.version}."
    return f"Version {after.version} asks it in {listed([f'“{each}”' for each in heirs])}."


def listed(names: Sequence[str], most: int | None = None) -> str:
    """Names as a sentence says them: one, two and three; of more than `most`, the rest as a number."""
    if most is not None and len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most} more"]
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} and {names[-1]}"


def _phrases(differences: Sequence[Difference]) -> Iterator[str]:
    said = False  # the word “criterion” stands once
    for each in differences:
        several = len(each.titles) > 1
        names = listed(each.titles, MOST_NAMED)
        if each.kind in _OF_CRITERIA:
            noun = "" if said else "criteria " if several else "criterion "
            yield f"{len(each.titles)} {noun}{_OF_CRITERIA[each.kind][several]} ({names})"
            said = True
        elif each.kind in _OF_LESSONS:
            yield f"the {'lessons' if several else 'lesson'} {_quoted(each)} {_OF_LESSONS[each.kind][several]}"
        elif each.kind == WEIGHTS:
            yield f"the weights within {_quoted(each)} have changed"
        elif each.kind == LESSON_WEIGHTS:
            yield "the weights of the lessons have changed"


def _quoted(difference: Difference) -> str:
    return listed([f"“{each}”" for each in difference.titles], MOST_NAMED)
