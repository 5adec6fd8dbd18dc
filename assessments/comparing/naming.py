"""The changes of a draft that can move a score, in words: what changed, and from what to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessments.comparing import mixing
from assessments.comparing.mixing import Group, Mix, Part
from assessments.interchange.documents import Criterion, Lesson, Playbook


@dataclass(frozen=True)
class Change:
    """`what` names the kind of change, `of` the part of the playbook, `how` the figures or words; one may be empty."""

    part: Part
    what: str
    of: str
    how: str


def changes(mix: Mix, before: Playbook, after: Playbook) -> tuple[Change, ...]:
    """Each part of the mix in words; the documents are those that it was made of."""
    told = _Told(mix, before, after)
    return tuple(told.change(part) for part in mix.parts)


class _Told:
    def __init__(self, mix: Mix, before: Playbook, after: Playbook) -> None:
        self.before, self.after, self.pairs = before, after, mix.pairs
        self.shifts = {key: each.shifts for key, each in mix.takings.items()}
        self.groups = {each.part: each for each in mix.groups}
        self.homes, self.new_homes = _homes(before), _homes(after)

    def change(self, part: Part) -> Change:
        """The words for one part."""
        kind, key = part[0], part[-1]
        if kind == mixing.GROUP:
            return self._group(self.groups[part])
        if kind == mixing.LESSON_WEIGHT:
            return Change(part, "Weight of a lesson", _lesson(self.after, key).title, self._lesson_weight(key))
        if kind in {mixing.STAGES, mixing.INDICATIVE, mixing.ORDER}:
            return self._whole(part)
        old, new = self.before.criterion[key], self.after.criterion[self.pairs[key]]
        if kind == mixing.WEIGHT:
            return Change(part, "Weight of a criterion", new.title, self._weight(old, new))
        if kind == mixing.LESSON:
            return Change(part, "Moved to another lesson", new.title, self._move(old, new))
        if kind == mixing.LEVELS:
            return Change(part, "Levels", new.title, _levels(old, new, self.shifts[key]))
        return Change(part, "Gate", new.title, self._gate(part[1], old, new))

    def _group(self, group: Group) -> Change:
        old = ", ".join(self.before.criterion[key].title for key in group.sources)
        new = ", ".join(self.after.criterion[key].title for key in group.targets)
        if not group.sources:
            return Change(group.part, "New criterion", new, "unanswered everywhere until places answer it")
        if not group.targets:
            return Change(group.part, "Retired criterion", old, "its answers count no more")
        what = "Split" if len(group.sources) == 1 else "Merged" if len(group.targets) == 1 else "Split and merged"
        return Change(group.part, what, old, f"into {new}")

    def _whole(self, part: Part) -> Change:
        if part[0] == mixing.ORDER:
            return Change(part, "Order of the lessons", "", "of lessons with the same score the first is the weakest")
        if part[0] == mixing.INDICATIVE:
            shares = [f"{_plain(each.indicative_from * 100)}%" for each in (self.before, self.after)]
            return Change(part, "Indicative from", "", f"{shares[0]} → {shares[1]} of a lesson’s weight")
        names = [", ".join(stage.name for stage in each.stages) for each in (self.before, self.after)]
        return Change(part, "Stages", "", f"{names[0]} → {names[1]}")

    def _weight(self, old: Criterion, new: Criterion) -> str:
        shares = _share(self.homes[old.key], old.weight), _share(self.new_homes[new.key], new.weight)
        return f"{_plain(old.weight)} → {_plain(new.weight)}, {shares[0]} → {shares[1]} of its lesson"

    def _lesson_weight(self, key: str) -> str:
        old, new = _lesson(self.before, key).weight, _lesson(self.after, key).weight
        wholes = [sum(lesson.weight for lesson in each.lessons) for each in (self.before, self.after)]
        shares = _percent(old, wholes[0]), _percent(new, wholes[1])
        return f"{_plain(old)} → {_plain(new)}, {shares[0]} → {shares[1]} of the whole"

    def _move(self, old: Criterion, new: Criterion) -> str:
        return f"{self.homes[old.key].title} → {self.new_homes[new.key].title}, weight {_plain(new.weight)}"

    def _gate(self, stage: str, old: Criterion, new: Criterion) -> str:
        levels = [
            self._level(each.stage[stage].gates.get(criterion.key))
            for each, criterion in ((self.before, old), (self.after, new))
        ]
        return f"at {self.after.stage[stage].name}: {levels[0]} → {levels[1]}"

    @staticmethod
    def _level(gate: int | None) -> str:
        return "none" if gate is None else f"level {gate}"


def _levels(old: Criterion, new: Criterion, shift: bool) -> str:
    told = []
    if len(old.levels) != len(new.levels):
        told.append(f"{len(old.levels)} → {len(new.levels)} levels")
    elif shift:
        told.append("some levels now stand at another number")
    if old.not_applicable and not new.not_applicable:
        told.append("may no longer be not applicable")
    return "; ".join(told)


def _homes(playbook: Playbook) -> Mapping[str, Lesson]:
    return {criterion.key: lesson for lesson in playbook.lessons for criterion in lesson.criteria}


def _lesson(playbook: Playbook, key: str) -> Lesson:
    return next(lesson for lesson in playbook.lessons if lesson.key == key)


def _share(lesson: Lesson, weight: Decimal) -> str:
    return _percent(weight, sum((each.weight for each in lesson.criteria), Decimal(0)))


def _percent(part: Decimal, whole: Decimal | int) -> str:
    return f"{part * 100 / whole:.1f}%"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
