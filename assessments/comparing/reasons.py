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
from assessments.wording import gettext as _
from assessments.wording import ngettext

MOST_NAMED = 4

_OF_CRITERIA = {NEW, RETIRED, SPLIT, MERGED, STRICTER, REWORDED, LEVELS, MOVED}


def differs(comparison: Comparison, differences: Sequence[Difference]) -> str:
    """What the later version does differently, in one sentence: "Version 2.0 asks differently from version 1.0: …"."""
    told = ", ".join(_phrases(differences))
    return _("Version {after} asks differently from version {before}: {differences}.").format(
        after=comparison.after.version, before=comparison.before.version, differences=told
    )


def criterion(comparison: Comparison, key: str) -> str:
    """Why a criterion of the later version cannot be compared, in one sentence; nothing where it can be."""
    kind, after = comparison.why_not(key), comparison.after.version
    sources = [comparison.before.criterion[each] for each in comparison.became.criteria[key].sources]
    named = listed([f"“{each.title}”" for each in sources])
    if kind == LEVELS:
        now = len(comparison.after.criterion[key].levels)
        then = len(sources[0].levels)
        text = _("It has {now} levels in version {version} and had {then} in version {before}.")
        return text.format(now=now, version=after, then=then, before=comparison.before.version)
    words = {
        NEW: _("New in version {version}."),
        SPLIT: _("Version {version} splits {named}; this is a part of it."),
        MERGED: _("Version {version} merges {named} into it."),
        STRICTER: _("Asked more strictly since version {version}."),
        REWORDED: _("Reworded in version {version} to mean something else."),
    }
    return words.get(kind, "").format(version=after, named=named)


def gone(comparison: Comparison, key: str) -> str:
    """What became of a criterion of the earlier version that no line of the later one goes on from."""
    after = comparison.after
    heirs = [each.title for each in after.criteria() if key in comparison.became.criteria[each.key].sources]
    if not heirs:
        return _("Retired in version {version}.").format(version=after.version)
    text = _("Version {version} asks it in {named}.")
    return text.format(version=after.version, named=listed([f"“{each}”" for each in heirs]))


def listed(names: Sequence[str], most: int | None = None) -> str:
    """Names as a sentence says them: one, two and three; of more than `most`, the rest as a number."""
    if most is not None and len(names) > most + 1:
        more = len(names) - most
        names = [*names[:most], ngettext("{number} more", "{number} more", more).format(number=more)]
    if len(names) < 2:
        return "".join(names)
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])


def _phrases(differences: Sequence[Difference]) -> Iterator[str]:
    said = False  # the word “criterion” stands once
    for each in differences:
        number = len(each.titles)
        if each.kind in _OF_CRITERIA:
            words = _once_more(each.kind, number) if said else _of_criteria(each.kind, number)
            yield words.format(number=number, names=listed(each.titles, MOST_NAMED))
            said = True
        elif each.kind == NEW_LESSON:
            yield ngettext("the lesson {names} is new", "the lessons {names} are new", number).format(
                names=_quoted(each)
            )
        elif each.kind == RETIRED_LESSON:
            words = ngettext("the lesson {names} is retired", "the lessons {names} are retired", number)
            yield words.format(names=_quoted(each))
        elif each.kind == WEIGHTS:
            yield _("the weights within {names} have changed").format(names=_quoted(each))
        elif each.kind == LESSON_WEIGHTS:
            yield _("the weights of the lessons have changed")


def _of_criteria(kind: str, number: int) -> str:
    """What is said of so many criteria."""
    words = {
        NEW: ngettext("{number} criterion is new ({names})", "{number} criteria are new ({names})", number),
        RETIRED: ngettext("{number} criterion is retired ({names})", "{number} criteria are retired ({names})", number),
        SPLIT: ngettext("{number} criterion is split ({names})", "{number} criteria are split ({names})", number),
        MERGED: ngettext(
            "{number} criterion is merged from several ({names})",
            "{number} criteria are merged from several ({names})",
            number,
        ),
        STRICTER: ngettext(
            "{number} criterion is asked more strictly ({names})",
            "{number} criteria are asked more strictly ({names})",
            number,
        ),
        REWORDED: ngettext(
            "{number} criterion is reworded to mean something else ({names})",
            "{number} criteria are reworded to mean something else ({names})",
            number,
        ),
        LEVELS: ngettext(
            "{number} criterion has another number of levels ({names})",
            "{number} criteria have another number of levels ({names})",
            number,
        ),
        MOVED: ngettext(
            "{number} criterion is moved to another lesson ({names})",
            "{number} criteria are moved to another lesson ({names})",
            number,
        ),
    }
    return words[kind]


def _once_more(kind: str, number: int) -> str:
    """The same where “criterion” was said before."""
    words = {
        NEW: ngettext("{number} is new ({names})", "{number} are new ({names})", number),
        RETIRED: ngettext("{number} is retired ({names})", "{number} are retired ({names})", number),
        SPLIT: ngettext("{number} is split ({names})", "{number} are split ({names})", number),
        MERGED: ngettext(
            "{number} is merged from several ({names})", "{number} are merged from several ({names})", number
        ),
        STRICTER: ngettext(
            "{number} is asked more strictly ({names})", "{number} are asked more strictly ({names})", number
        ),
        REWORDED: ngettext(
            "{number} is reworded to mean something else ({names})",
            "{number} are reworded to mean something else ({names})",
            number,
        ),
        LEVELS: ngettext(
            "{number} has another number of levels ({names})",
            "{number} have another number of levels ({names})",
            number,
        ),
        MOVED: ngettext(
            "{number} is moved to another lesson ({names})", "{number} are moved to another lesson ({names})", number
        ),
    }
    return words[kind]


def _quoted(difference: Difference) -> str:
    return listed([f"“{each}”" for each in difference.titles], MOST_NAMED)
