"""Whether the figures of two versions of a playbook can be compared, and if not, why.

The rule. A *criterion* can be compared where the map of the versions says so (origins.py), it comes from one criterion
alone, and both have the same number of levels. The score of a *lesson*, and the *overall* score, can be compared where
their criteria belong together one to one, each can be compared, and each holds the same share of the weight: then the
same answers give the same score. Shares are exact fractions, so weights of 1, 1 and of 50, 50 are the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from assessments.comparing.origins import MERGED, NEW, REWORDED, SPLIT, STRICTER, Became, Origins, origins
from assessments.interchange.documents import Criterion, Lesson, Playbook

LEVELS, RETIRED, MOVED, WEIGHTS = "levels", "retired", "moved", "weights"
NEW_LESSON, RETIRED_LESSON, LESSON_WEIGHTS = "new_lesson", "retired_lesson", "lesson_weights"
KINDS = (
    NEW,
    RETIRED,
    SPLIT,
    MERGED,
    STRICTER,
    REWORDED,
    LEVELS,
    MOVED,
    NEW_LESSON,
    RETIRED_LESSON,
    WEIGHTS,
    LESSON_WEIGHTS,
)
"""Why figures cannot be compared, in the order in which it is told."""


@dataclass(frozen=True)
class Difference:
    """Something in the way of a comparison, with the titles of the criteria or lessons that it concerns."""

    kind: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Two versions of a playbook, and what became of each criterion from the one to the other."""

    before: Playbook
    after: Playbook
    became: Origins

    def why_not(self, key: str) -> str:
        """What keeps a criterion of the later version from being compared, as one of KINDS; nothing where it can be."""
        return _why_not(self.became.criteria[key], self.before, self.after.criterion[key])

    def source(self, key: str) -> str | None:
        """The criterion of the earlier version that a later one goes on from, whether or not they can be compared.

        Of several that are merged, the one of the same key; none where there is no such one.
        """
        sources = self.became.criteria[key].sources
        return sources[0] if len(sources) == 1 else next((each for each in sources if each == key), None)

    def lesson(self, key: str) -> tuple[Difference, ...]:
        """Why the scores of a lesson, by its key, cannot be compared; nothing where they can be."""
        old, new = self._old_lessons.get(key), self._new_lessons.get(key)
        if old is None or new is None:
            return tuple(_in_order(_lost_or_won(old, new)))
        return tuple(_in_order([*self._criteria(old, new), *self._weights(old, new)]))

    @cached_property
    def overall(self) -> tuple[Difference, ...]:
        """Why the overall scores cannot be compared; nothing where they can be."""
        found: list[Difference] = []
        for key in dict.fromkeys([*self._old_lessons, *self._new_lessons]):
            old, new = self._old_lessons.get(key), self._new_lessons.get(key)
            found += [*_lost_or_won(old, new), *self._criteria(old, new)]
            if old and new:
                found += self._weights(old, new)
        return tuple(_in_order([*found, *self._lesson_weights()]))

    # --- parts ------------------------------------------------------------------------------------------------

    @cached_property
    def _old_lessons(self) -> Mapping[str, Lesson]:
        return {lesson.key: lesson for lesson in self.before.lessons}

    @cached_property
    def _new_lessons(self) -> Mapping[str, Lesson]:
        return {lesson.key: lesson for lesson in self.after.lessons}

    @cached_property
    def _was_in(self) -> Mapping[str, str]:
        """The lesson of each criterion of the earlier version."""
        return {criterion.key: lesson.key for lesson in self.before.lessons for criterion in lesson.criteria}

    @cached_property
    def _heirs(self) -> Mapping[str, Sequence[tuple[str, Criterion]]]:
        """For each criterion of the earlier version, those that come from it, each with the key of its lesson."""
        heirs: dict[str, list[tuple[str, Criterion]]] = {key: [] for key in self.before.criterion}
        for lesson in self.after.lessons:
            for criterion in lesson.criteria:
                for source in self.became.criteria[criterion.key].sources:
                    heirs[source].append((lesson.key, criterion))
        return heirs

    def _criteria(self, old: Lesson | None, new: Lesson | None) -> Iterator[Difference]:
        """What became of the criteria of a lesson, so far as it is in the way."""
        if new:
            yield from self._asked_now(new)
        if old:
            yield from self._asked_then(old)

    def _asked_now(self, new: Lesson) -> Iterator[Difference]:
        for criterion in new.criteria:
            if kind := self.why_not(criterion.key):
                yield Difference(kind, self._named(kind, criterion))
            if any(self._was_in[each] != new.key for each in self.became.criteria[criterion.key].sources):
                yield Difference(MOVED, (criterion.title,))

    def _asked_then(self, old: Lesson) -> Iterator[Difference]:
        for criterion in old.criteria:
            heirs = self._heirs[criterion.key]
            if not heirs:
                yield Difference(RETIRED, (criterion.title,))
            if len(heirs) > 1:
                yield Difference(SPLIT, (criterion.title,))
            for lesson, heir in heirs:
                if lesson != old.key:
                    yield Difference(MOVED, (heir.title,))

    def _named(self, kind: str, criterion: Criterion) -> tuple[str, ...]:
        """A part of a split criterion is told by the name of the whole."""
        sources = self.became.criteria[criterion.key].sources
        return tuple(self.before.criterion[each].title for each in sources) if kind == SPLIT else (criterion.title,)

    def _weights(self, old: Lesson, new: Lesson) -> Iterator[Difference]:
        """Whether the criteria that belong together one to one share the weight as they did."""
        pairs = {
            before.key: heirs[0][1]
            for before in old.criteria
            if len(heirs := self._heirs[before.key]) == 1
            and heirs[0][0] == new.key
            and self.became.criteria[heirs[0][1].key].sources == (before.key,)
        }
        then = _shares({key: Fraction(self.before.criterion[key].weight) for key in pairs})
        if then != _shares({key: Fraction(heir.weight) for key, heir in pairs.items()}):
            yield Difference(WEIGHTS, (new.title,))

    def _lesson_weights(self) -> Iterator[Difference]:
        """Whether the lessons that both versions have share the weight as they did."""
        both = [key for key in self._old_lessons if key in self._new_lessons]
        then = _shares({key: Fraction(self._old_lessons[key].weight) for key in both})
        now = _shares({key: Fraction(self._new_lessons[key].weight) for key in both})
        if then != now:
            changed = (self._new_lessons[key].title for key in both if then[key] != now[key])
            yield Difference(LESSON_WEIGHTS, tuple(changed))


def compare(*versions: Playbook) -> Comparison:
    """Hold the last of these versions against the first; each must be the one after the one before it."""
    return Comparison(versions[0], versions[-1], origins(*versions))


def _why_not(became: Became, before: Playbook, now: Criterion) -> str:
    if len(became.sources) != 1:
        return MERGED if became.sources else NEW
    if not became.comparable:
        return became.kind if became.kind in (STRICTER, SPLIT, MERGED) else REWORDED
    return LEVELS if before.criterion[became.sources[0]].top != now.top else ""


def _lost_or_won(old: Lesson | None, new: Lesson | None) -> Iterator[Difference]:
    if old is None and new is not None:
        yield Difference(NEW_LESSON, (new.title,))
    if new is None and old is not None:
        yield Difference(RETIRED_LESSON, (old.title,))


def _shares(weights: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
    total = sum(weights.values(), Fraction(0))
    return {key: weight / total for key, weight in weights.items()}


def _in_order(differences: Iterable[Difference]) -> Iterator[Difference]:
    """One difference of each kind, its titles each once."""
    titles: dict[str, dict[str, None]] = {}
    for each in differences:
        titles.setdefault(each.kind, {}).update(dict.fromkeys(each.titles))
    return (Difference(kind, tuple(titles[kind])) for kind in KINDS if kind in titles)
