"""Differences as plain text, for a terminal and for a line in a journal. In English, as all of the admin is."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from assessments.comparing import changes, fields
from assessments.comparing.changes import Change, Differences, Moved, Part
from assessments.comparing.wording import ADDED, REMOVED
from assessments.scoring.rounding import whole

HEADINGS = {
    changes.PLAYBOOK: "The playbook itself",
    changes.ROLES: "Roles",
    changes.STAGES: "Stages",
    changes.LESSONS: "Lessons",
    changes.CRITERIA: "Criteria",
}
_ONE = {changes.CRITERIA: "criterion", changes.LESSONS: "lesson", changes.STAGES: "stage", changes.ROLES: "role"}


def summary(found: Differences) -> str:
    """All of it in one line: "3 criteria reworded, 1 added, weights in lesson 2"."""
    if not found:
        return "no difference"
    parts = {group: list(each) for group, each in found.groups()}
    itself = parts.get(changes.PLAYBOOK, [])
    if itself and itself[0].became != changes.CHANGED:
        counts = (f"{len(parts[group])} {_many(_ONE[group], len(parts[group]))}" for group in _ONE if group in parts)
        return f"the whole playbook {itself[0].became}: {', '.join(counts)}"
    told = [each for group in _ONE for each in _counted(group, parts.get(group, []))]
    told += [change.field for part in itself for change in part.changes if change.field not in _NUMBERS]
    return ", ".join(told) or "the version number only"


_NUMBERS = {fields.VERSION, fields.COMES_AFTER}


def _counted(group: str, parts: list[Part]) -> Iterator[str]:
    """How many parts of a kind were reworded, added and so on; the noun stands only with the first."""
    counts = Counter(became for part in parts for became in _fates(part))
    noun = _ONE[group]
    for became, count in counts.items():
        yield f"{count} {_many(noun, count)} {became}" if noun else f"{count} {became}"
        noun = ""
    yield from _settings(group, parts)


def _fates(part: Part) -> Iterator[str]:
    if part.became != changes.CHANGED:
        yield part.became
        return
    if any(change.field in fields.TEXTS for change in part.changes):
        yield "reworded"
    if part.moved:
        yield "moved"


def _settings(group: str, parts: list[Part]) -> Iterator[str]:
    """Figures that changed: weights by the lesson that they are in, targets and gates by how many criteria."""
    changed = [part for part in parts if part.became == changes.CHANGED]
    weighed = [part for part in changed if _has(part, fields.WEIGHT)]
    if group == changes.LESSONS and weighed:
        yield "weights of lessons"
    elif weighed:
        numbers = list(dict.fromkeys(part.number.split(".")[0] for part in weighed))
        yield f"weights in {_many('lesson', len(numbers))} {_and(numbers)}"
    for field, noun in ((fields.TARGET, "targets"), (fields.GATE, "gates"), (fields.BECAME, "origin")):
        if count := sum(_has(part, field) for part in changed):
            yield f"{noun} of {count} {_many('criterion', count)}"


def _has(part: Part, field: str) -> bool:
    return any(change.field == field for change in part.changes)


def _many(noun: str, count: int) -> str:
    if count == 1:
        return noun
    return "criteria" if noun == "criterion" else f"{noun}s"


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


# --- line by line -------------------------------------------------------------------------------------------------


def lines(found: Differences) -> Iterator[str]:
    """Every difference, removed words as [-these-] and added ones as {+these+}, as git writes them."""
    for group, parts in found.groups():
        yield ""
        yield HEADINGS[group]
        for part in parts:
            yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    if part.group != changes.PLAYBOOK:
        number = f"{part.number} " if part.group in (changes.CRITERIA, changes.LESSONS) else ""
        yield f"  {number}{_flat(part.title)} ({part.key}): {part.became}"
    if part.moved:
        yield f"    moved: {moved(part.moved)}"
    for change in part.changes:
        said = _change(change) if part.became == changes.CHANGED else change.after or change.before or ""
        yield from _indented(f"{label(change)}: {said}{_shares(change, part.group)}")
    if part.shares:
        others = (f"{_flat(each.title)} {_percent(each.before)} → {_percent(each.after)}" for each in part.shares)
        yield f"    shares, of weights that are as before: {'; '.join(others)}"


def label(change: Change) -> str:
    """What changed, in words: "next step from level 2"."""
    return change.where + (f" (was {change.was})" if change.was else "")


def moved(way: Moved) -> str:
    """From where to where, in words."""
    if way.lessons:
        return f"from {way.before} in “{_flat(way.lessons[0])}” to {way.after} in “{_flat(way.lessons[1])}”"
    return (
        f"from {way.before} to {way.after}" if way.before != way.after else f"stays {way.after}, its neighbours moved"
    )


def _change(change: Change) -> str:
    if change.figure:
        return f"{change.before or 'none'} → {change.after or 'none'}"
    if change.before is None or change.after is None:
        return f"{{+{change.after}+}}" if change.before is None else f"[-{change.before}-]"
    marks = {REMOVED: "[-{}-]", ADDED: "{{+{}+}}"}
    return "".join(marks.get(run.kind, "{}").format(run.text) for run in change.runs) or change.after


def _shares(change: Change, group: str) -> str:
    told = dict.fromkeys(_percent(share) for share in change.shares or () if share is not None)
    whole = "the whole" if group == changes.LESSONS else "its lesson"
    return f" ({' → '.join(told)} of {whole})" if told else ""


def _percent(share: Fraction) -> str:
    return f"{whole(share * 100)}%"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _indented(text: str) -> Iterable[str]:
    first, *rest = text.splitlines() or [""]
    return [f"    {first}", *(f"      {line}" for line in rest)]
