"""What differs between two versions of a playbook: every part and every field, matched by key.

An added or removed part is told with all that it says, so that a reader needs neither file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from assessments.comparing import changes
from assessments.comparing.aligning import moved
from assessments.comparing.changes import Change, Differences, Moved, Part, Share
from assessments.comparing.fields import Fields, shares
from assessments.interchange.documents import Criterion, Lesson, Playbook, Role, Stage
from assessments.scoring.rounding import whole

Keyed = TypeVar("Keyed", Role, Stage, Lesson)
NOTHING = Playbook("", "", "", "", Decimal(0), (), (), ())
"""Stands for a version that is not there."""


def differences(before: Playbook | None, after: Playbook | None, *, with_map: bool = True) -> Differences:
    """All that differs, nothing where the two are equal; None for a version that is not there.

    `with_map=False` leaves out what a version says became of the criteria of the one before it (`follows`).
    """
    one, other = before or NOTHING, after or NOTHING
    fields = Fields(one, other, with_map)
    return Differences(
        (
            *_playbook(one, other, fields),
            *_parts(changes.ROLES, one.roles, other.roles, fields.role),
            *_parts(changes.STAGES, one.stages, other.stages, fields.stage),
            *_lessons(one, other, fields),
            *_criteria(one, other, fields),
        )
    )


def _playbook(before: Playbook, after: Playbook, fields: Fields) -> Iterator[Part]:
    found = tuple(fields.playbook())
    shifted = _shifted(before.lessons, after.lessons)
    if found or shifted:
        known = after if after is not NOTHING else before
        became = changes.ADDED if before is NOTHING else changes.REMOVED if after is NOTHING else changes.CHANGED
        yield Part(changes.PLAYBOOK, became, known.key, known.title, changes=found, shares=shifted)


def _parts(
    group: str,
    before: Sequence[Keyed],
    after: Sequence[Keyed],
    compare: Callable[[Keyed | None, Keyed | None], Iterable[Change]],
) -> Iterator[Part]:
    """Roles, stages or lessons that differ or stand in another order, those that are gone last."""
    old: dict[str, Keyed] = {part.key: part for part in before}
    new: dict[str, Keyed] = {part.key: part for part in after}
    was, now = _numbers(before), _numbers(after)
    out_of_order = moved(old, new)
    for key in [*new, *(key for key in old if key not in new)]:
        one, other = old.get(key), new.get(key)
        found = tuple(compare(one, other))
        way = Moved(was[key], now[key]) if key in out_of_order else None
        if found or way or one is None or other is None:
            number = now.get(key) or was[key]
            yield Part(group, _became(one, other), key, _title(other or one), number, way, found)


def _numbers(parts: Sequence[Keyed]) -> dict[str, str]:
    return {part.key: str(number) for number, part in enumerate(parts, 1)}


def _lessons(before: Playbook, after: Playbook, fields: Fields) -> Iterator[Part]:
    """Lessons that differ, and those whose criteria have other shares though their weights are as before."""
    found = {part.key: part for part in _parts(changes.LESSONS, before.lessons, after.lessons, fields.lesson)}
    old = {lesson.key: lesson for lesson in before.lessons}
    for number, lesson in enumerate(after.lessons, 1):
        part = found.pop(lesson.key, None)
        shifted = _shifted(old[lesson.key].criteria, lesson.criteria) if lesson.key in old else ()
        if part or shifted:
            part = part or Part(changes.LESSONS, changes.CHANGED, lesson.key, lesson.title, str(number))
            yield replace(part, shares=shifted)
    yield from found.values()


def _criteria(before: Playbook, after: Playbook, fields: Fields) -> Iterator[Part]:
    ways = _ways(before, after)
    old, new = before.criterion, after.criterion
    for key in [*new, *(key for key in old if key not in new)]:
        one, other = old.get(key), new.get(key)
        found = tuple(fields.criterion(one, other))
        if found or key in ways or one is None or other is None:
            number = after.label[key] if other else before.label[key]
            yield Part(changes.CRITERIA, _became(one, other), key, _title(other or one), number, ways.get(key), found)


def _ways(before: Playbook, after: Playbook) -> dict[str, Moved]:
    """The criteria that stand elsewhere: in another lesson, or in another order in their own."""
    was, now = _lesson_of(before), _lesson_of(after)
    found = {key for key in now if key in was and was[key].key != now[key].key}
    for lesson in after.lessons:
        stayed = [each for each in was if each not in found and was[each].key == lesson.key]
        found |= moved(stayed, [each.key for each in lesson.criteria])
    return {
        key: Moved(
            before.label[key],
            after.label[key],
            (was[key].title, now[key].title) if was[key].key != now[key].key else None,
        )
        for key in found
    }


def _lesson_of(playbook: Playbook) -> Mapping[str, Lesson]:
    return {criterion.key: lesson for lesson in playbook.lessons for criterion in lesson.criteria}


def _shifted(
    before: Sequence[Lesson] | Sequence[Criterion], after: Sequence[Lesson] | Sequence[Criterion]
) -> tuple[Share, ...]:
    """The parts of both versions whose weight is as before and whose share is another whole per cent."""
    old, old_shares, new_shares = {part.key: part for part in before}, shares(before), shares(after)
    return tuple(
        Share(part.title, old_shares[part.key], new_shares[part.key])
        for part in after
        if part.key in old_shares
        and part.weight == old[part.key].weight
        and whole(old_shares[part.key] * 100) != whole(new_shares[part.key] * 100)
    )


def _became(one: object, other: object) -> str:
    return changes.ADDED if one is None else changes.REMOVED if other is None else changes.CHANGED


def _title(part: Role | Stage | Lesson | Criterion | None) -> str:
    return "" if part is None else part.name if isinstance(part, Role | Stage) else part.title
