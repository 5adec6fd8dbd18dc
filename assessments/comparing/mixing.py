"""A playbook made of parts of two versions, so that each change of a draft can be looked at alone.

Only changes that can move a score, a supported stage or a weakest lesson count; other words, targets and hints do not.
Weights count as shares: where all weights of a lesson (or of the lessons) were multiplied by one number, none changed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from assessments.comparing.origins import Origins
from assessments.comparing.taking import Taking, taking
from assessments.scoring.inputs import Answer, Criterion, Lesson, Playbook, Stage

Part = tuple[str, ...]
"""What can be taken from either version: ("weight", key), ("gate", stage, key), ("stages",) and so on.

Keys are those of the version before, except of ("group", key), where it is the first of what the group becomes.
"""

WEIGHT, LESSON, LEVELS, GROUP, LESSON_WEIGHT = "weight", "lesson", "levels", "group", "lesson weight"
GATE, STAGES, INDICATIVE, ORDER = "gate", "stages", "indicative", "order"


@dataclass(frozen=True)
class Group:
    """Criteria of the version before, and those of the draft that come from them; either may be empty."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]

    @property
    def is_pair(self) -> bool:
        """One that became one."""
        return len(self.sources) == len(self.targets) == 1

    @property
    def part(self) -> Part:
        return GROUP, self.targets[0] if self.targets else self.sources[0], *(() if self.targets else ("gone",))


def groups(before: Playbook, after: Playbook, origins: Origins) -> tuple[Group, ...]:
    """All criteria of both versions, those together that hang together; in the draft's order, then what is gone."""
    found: list[tuple[list[str], list[str]]] = []
    for target in after.criterion:
        sources = [key for key in origins.criteria[target].sources if key in before.criterion]
        joined = [each for each in found if set(each[0]) & set(sources)]
        found = [each for each in found if each not in joined]
        all_sources = [*(key for each in joined for key in each[0]), *sources]
        found.append((list(dict.fromkeys(all_sources)), [*(key for each in joined for key in each[1]), target]))
    used = {key for sources, _ in found for key in sources}
    grown = [Group(tuple(sources), tuple(targets)) for sources, targets in found]
    return (*grown, *(Group((key,), ()) for key in before.criterion if key not in used))


@dataclass(frozen=True)
class _Unit:
    """A criterion in one of its forms: in which lesson, which of the earlier answers it takes, its gates by stage."""

    criterion: Criterion
    lesson: str
    taking: Taking
    gates: Mapping[str, int]


class Mix:
    """Two versions, and the playbooks that can be made of them by taking parts from the later one."""

    def __init__(self, before: Playbook, after: Playbook, origins: Origins) -> None:
        self.before, self.after = before, after
        self.groups = groups(before, after, origins)
        self.pairs = {each.sources[0]: each.targets[0] for each in self.groups if each.is_pair}
        self._homes = {c.key: lesson.key for lesson in before.lessons for c in lesson.criteria}
        self._new_homes = {c.key: lesson.key for lesson in after.lessons for c in lesson.criteria}
        self._lessons = {lesson.key: lesson for lesson in before.lessons}
        self._new_lessons = {lesson.key: lesson for lesson in after.lessons}
        self._scales = {lesson.key: self._scale(lesson) for lesson in before.lessons}
        self._lesson_scale = _usual(
            (lesson.weight, self._new_lessons[key].weight)
            for key, lesson in self._lessons.items()
            if key in self._new_lessons
        )
        self.takings = {key: taking((before.criterion[key],), after.criterion[new]) for key, new in self.pairs.items()}
        self._forms: dict[str, Taking] = {}
        self.parts = tuple(self._parts())

    def _scale(self, lesson: Lesson) -> Fraction:
        """What most of a lesson's weights were multiplied by, of the criteria that stayed in it."""
        return _usual(
            (each.weight, self.after.criterion[self.pairs[each.key]].weight)
            for each in lesson.criteria
            if each.key in self.pairs and self._new_homes[self.pairs[each.key]] == lesson.key
        )

    # --- what changed -------------------------------------------------------------------------------------------

    def _parts(self) -> Iterator[Part]:
        for group in self.groups:
            yield from self._pair_parts(group.sources[0], group.targets[0]) if group.is_pair else [group.part]
        for key, lesson in self._lessons.items():
            new = self._new_lessons.get(key)
            if new is not None and new.weight != lesson.weight * self._lesson_scale:
                yield LESSON_WEIGHT, key
        if [key for key in self._order(()) if key in self._new_lessons] != list(self._new_lessons):
            yield (ORDER,)
        if [stage.key for stage in self.before.stages] != [stage.key for stage in self.after.stages]:
            yield (STAGES,)
        if self.before.indicative_from != self.after.indicative_from:
            yield (INDICATIVE,)

    def _pair_parts(self, source: str, target: str) -> Iterator[Part]:
        old, new = self.before.criterion[source], self.after.criterion[target]
        home = self._homes[source]
        if home != self._new_homes[target]:
            yield LESSON, source
        elif new.weight != old.weight * self._scales[home]:
            yield WEIGHT, source
        if self._takes_less(source):
            yield LEVELS, source
        if self.takings[source].shifts:
            return  # its gates are told in its levels, so they change with them
        new_gates = _gates(self.after)
        for stage, gates in _gates(self.before).items():
            if stage in new_gates and gates.get(source) != new_gates[stage].get(target):
                yield GATE, stage, source

    def _takes_less(self, source: str) -> bool:
        old, new = self.before.criterion[source], self.takings[source]
        return new.shifts or (old.may_be_not_applicable and not new.may_be_not_applicable)

    # --- the playbooks ------------------------------------------------------------------------------------------

    def playbook(self, taken: Collection[Part]) -> Playbook:
        """The version before with these parts of the draft: with none it scores as it did, with all as the draft."""
        units = [unit for group in self.groups for unit in self._units(group, taken)]
        lessons = [
            Lesson(key, self._lesson_weight(key, taken), criteria)
            for key in self._order(taken)
            if (criteria := tuple(unit.criterion for unit in units if unit.lesson == key))
        ]
        stages = self.after.stages if (STAGES,) in taken else self.before.stages
        return Playbook(
            lessons=tuple(lessons),
            stages=tuple(Stage(stage.key, _gates_at(stage.key, units)) for stage in stages),
            indicative_from=(self.after if (INDICATIVE,) in taken else self.before).indicative_from,
        )

    def answers(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """Answers to the version before, for every playbook that was made here so far."""
        found = ((key, taken.of(answers)) for key, taken in self._forms.items())
        return {key: answer for key, answer in found if answer is not None}

    def _order(self, taken: Collection[Part]) -> Iterable[str]:
        first, then = (self.after, self.before) if (ORDER,) in taken else (self.before, self.after)
        return dict.fromkeys(each.key for playbook in (first, then) for each in playbook.lessons)

    def _lesson_weight(self, key: str, taken: Collection[Part]) -> Fraction:
        if key not in self._lessons or (LESSON_WEIGHT, key) in taken:
            return self._new_lessons[key].weight
        return self._lessons[key].weight * self._lesson_scale

    def _units(self, group: Group, taken: Collection[Part]) -> Iterator[_Unit]:
        if group.is_pair:
            yield self._pair(group.sources[0], group.targets[0], taken)
        elif group.part in taken:
            sources = tuple(self.before.criterion[key] for key in group.sources)
            for key in group.targets:
                criterion = replace(self.after.criterion[key], key=f"after:{key}")
                gates = {stage: each[key] for stage, each in _gates(self.after).items() if key in each}
                yield self._form(_Unit(criterion, self._new_homes[key], taking(sources, criterion), gates))
        else:
            for key in group.sources:
                gates = {stage: each[key] for stage, each in _gates(self.before).items() if key in each}
                yield self._form(self._old(key, self._weight(key), self._homes[key], gates))

    def _old(self, key: str, weight: Fraction, lesson: str, gates: Mapping[str, int]) -> _Unit:
        criterion = self.before.criterion[key]
        own = replace(criterion, key=f"before:{key}", weight=weight)
        return _Unit(own, lesson, taking((criterion,), criterion), gates)

    def _pair(self, source: str, target: str, taken: Collection[Part]) -> _Unit:
        new = self.after.criterion[target]
        moved = (LESSON, source) in taken
        lesson = self._new_homes[target] if moved else self._homes[source]
        weight = new.weight if moved or (WEIGHT, source) in taken else self._weight(source)
        gates = dict(self._pair_gates(source, target, taken))
        if (LEVELS, source) not in taken:
            return self._form(self._old(source, weight, lesson, gates))
        own = replace(new, key=f"after:{target}", weight=weight)
        return self._form(_Unit(own, lesson, self.takings[source], gates))

    def _weight(self, key: str) -> Fraction:
        """The weight before, on the scale of the draft's weights."""
        return self.before.criterion[key].weight * self._scales[self._homes[key]]

    def _pair_gates(self, source: str, target: str, taken: Collection[Part]) -> Iterator[tuple[str, int]]:
        before, after = _gates(self.before), _gates(self.after)
        for stage in {**before, **after}:
            both = stage in before and stage in after
            later = (GATE, stage, source) in taken or ((LEVELS, source) in taken and self.takings[source].shifts)
            level = after[stage].get(target) if stage not in before or (both and later) else before[stage].get(source)
            if level is not None:
                yield stage, level

    def _form(self, unit: _Unit) -> _Unit:
        self._forms[unit.criterion.key] = unit.taking
        return unit


def _gates(playbook: Playbook) -> Mapping[str, Mapping[str, int]]:
    return {stage.key: stage.gates for stage in playbook.stages}


def _gates_at(stage: str, units: Sequence[_Unit]) -> dict[str, int]:
    return {unit.criterion.key: unit.gates[stage] for unit in units if stage in unit.gates}


def _usual(weights: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """What most weights, each given before and after, were multiplied by; 1 where there is none.

    Of several that stand equally often 1 is taken, else that of the sums.
    """
    pairs = list(weights)
    times = Counter(after / before for before, after in pairs)
    most = [ratio for ratio, count in times.items() if count == max(times.values())]
    if len(most) == 1:
        return most[0]
    if not pairs or Fraction(1) in most:
        return Fraction(1)
    return sum((after for _, after in pairs), Fraction(0)) / sum((before for before, _ in pairs), Fraction(0))
