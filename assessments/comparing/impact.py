"""What a draft would do to the assessments that there are: results folded one by one into counts.

Nothing kept here says whose an assessment is: a place is told from the next by its number alone, and only while its
assessments pass. Scores move where the whole points differ that pages show.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from assessments.comparing.mixing import Part
from assessments.scoring import Standing, whole
from assessments.scoring.result import FINAL, INDICATIVE

LARGEST = 10
BANDS = 10
"""Scores are counted in tens: 0 to 9, 10 to 19, …, and 90 to 100."""
EARLIER: Part = ("earlier",)
"""What had changed before the draft already, for assessments on an older version than the one that it follows."""

EMPTY, UNFIT, UNREADABLE = "empty", "unfit", "unreadable"
"""Why one could not be compared: nothing is answered, an answer does not fit its version, what was frozen is broken."""

FromTo = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """From one standing to another: how far the score moves, as pages show it and exactly."""

    before: Standing
    after: Standing

    @property
    def shown(self) -> tuple[int | None, int | None]:
        return self.before.overall.shown, self.after.overall.shown

    @property
    def points(self) -> int | None:
        """Whole points up or down; None where one of them has no score."""
        old, new = self.shown
        return None if old is None or new is None else new - old

    @property
    def exact(self) -> Fraction | None:
        old, new = self.before.overall.score, self.after.overall.score
        return None if old is None or new is None else new - old

    @property
    def moves(self) -> bool:
        """Whether the score reads otherwise, or is there no more, or now is."""
        old, new = self.shown
        return old != new

    @property
    def is_lost(self) -> bool:
        """Whether there was a score, and is none any more."""
        return self.before.overall.score is not None and self.after.overall.score is None

    @property
    def is_gained(self) -> bool:
        return self.before.overall.score is None and self.after.overall.score is not None

    @property
    def weakest(self) -> FromTo | None:
        """The weakest lessons, where both have one and it is another."""
        old, new = self.before.overall.weakest, self.after.overall.weakest
        return None if old is None or new is None or old == new else (old, new)

    @property
    def stage(self) -> FromTo | None:
        return None if self.before.stage == self.after.stage else (self.before.stage, self.after.stage)


@dataclass
class Tally:
    """Counts of steps. `lost` and `gained` are those of `moved` that have no score after, or had none before.

    `sum` is over the exact points of all that have a score before and after (`scored`), `distance` the same without
    signs; a score that is lost or gained counts whole in it.
    """

    compared: int = 0
    scored: int = 0
    moved: int = 0
    up: int = 0
    down: int = 0
    lost: int = 0
    gained: int = 0
    provisional: int = 0
    most_up: int = 0
    most_down: int = 0
    sum: Fraction = Fraction(0)
    distance: Fraction = Fraction(0)
    stages: Counter[FromTo] = field(default_factory=Counter)
    weakest: Counter[FromTo] = field(default_factory=Counter)

    def add(self, step: Step) -> None:
        """Count one more."""
        self.compared += 1
        self.moved += step.moves
        self.lost += step.is_lost
        self.gained += step.is_gained
        self.provisional += step.before.overall.status == FINAL and step.after.overall.status == INDICATIVE
        self._count_points(step)
        if step.stage:
            self.stages[step.stage] += 1
        if step.weakest:
            self.weakest[step.weakest] += 1

    def _count_points(self, step: Step) -> None:
        points, exact = step.points, step.exact
        if points is None or exact is None:
            self.distance += step.before.overall.score or step.after.overall.score or 0
            return
        self.scored += 1
        self.up += points > 0
        self.down += points < 0
        self.most_up, self.most_down = max(self.most_up, points), min(self.most_down, points)
        self.sum += exact
        self.distance += abs(exact)

    @property
    def largest(self) -> int:
        """The largest move in whole points, up or down; of two the one down."""
        return self.most_up if self.most_up > -self.most_down else self.most_down

    @property
    def mean(self) -> Fraction:
        """Points up or down on average, of those with a score before and after."""
        return self.sum / self.scored if self.scored else Fraction(0)

    @property
    def changes_nothing(self) -> bool:
        """Whether no score, stage or weakest lesson is another one, be it by a fraction of a point, or less sure."""
        return not (self.moved or self.distance or self.provisional or self.stages or self.weakest)


@dataclass(frozen=True)
class LargeMove:
    """A move as figures: the score, and the lesson that moves most, if one does."""

    before: int
    after: int
    lesson: str | None
    lesson_before: int | None
    lesson_after: int | None


@dataclass
class Places:
    """How many places there are assessments of, and in how many of them at least one does what the name says."""

    compared: int = 0
    moved: int = 0
    lost: int = 0
    stages: int = 0
    weakest: int = 0
    _current: int | None = None
    _seen: set[str] = field(default_factory=set)

    def add(self, place: int, step: Step) -> None:
        """Count an assessment of a place; those of one place come one after the other."""
        if place != self._current:
            self._current, self._seen = place, set()
            self.compared += 1
        does = {"moved": step.moves, "lost": step.is_lost, "stages": step.stage, "weakest": step.weakest}
        for name, happens in does.items():
            if happens and name not in self._seen:
                self._seen.add(name)
                setattr(self, name, getattr(self, name) + 1)


@dataclass(frozen=True)
class Outcome:
    """What the draft does to one assessment, and what each of its changes does alone."""

    step: Step
    causes: Mapping[Part, Step]


class Impact:
    """All that the page tells, while it grows: of open assessments, of submitted ones and of both."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.open, self.submitted, self.all = Tally(), Tally(), Tally()
        self.places = Places()
        self.now, self.then = Counter[int | None](), Counter[int | None]()
        self.causes = {part: Tally() for part in (EARLIER, *parts)}
        self.uncompared: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        self._largest: list[tuple[int, Fraction, int, LargeMove]] = []

    def add(self, place: int, *, is_open: bool, outcome: Outcome) -> None:
        """Count one assessment; those of one place come one after the other."""
        step = outcome.step
        for tally in (self.all, self.open if is_open else self.submitted):
            tally.add(step)
        self.places.add(place, step)
        self.now[band(step.before)] += 1
        self.then[band(step.after)] += 1
        for part, cause in outcome.causes.items():
            self.causes[part].add(cause)
        self._keep(step)

    def leave_out(self, why: str, *, is_open: bool) -> None:
        """Count one that cannot be compared."""
        self.uncompared[is_open][why] += 1

    @property
    def done(self) -> int:
        """How many assessments were looked at so far."""
        return self.all.compared + sum(counts.total() for counts in self.uncompared.values())

    @property
    def largest(self) -> list[LargeMove]:
        """The largest moves, the largest first; at most ten."""
        return [kept[-1] for kept in sorted(self._largest, key=lambda kept: kept[:3], reverse=True)]

    def _keep(self, step: Step) -> None:
        if not step.points or step.exact is None:
            return
        rank = abs(step.points), abs(step.exact), -self.done
        if len(self._largest) < LARGEST:
            heapq.heappush(self._largest, (*rank, large_move(step)))
        elif rank > self._largest[0][:3]:
            heapq.heapreplace(self._largest, (*rank, large_move(step)))


def large_move(step: Step) -> LargeMove:
    """The step as figures; both ends have a score."""
    before, after = step.shown
    moved = [
        (abs(new - old), old, new, key)
        for key, old in step.before.overall.lessons.items()
        if old is not None and (new := step.after.overall.lessons.get(key)) is not None and new != old
    ]
    far, old, new, lesson = max(moved, key=lambda each: each[0], default=(0, Fraction(0), Fraction(0), None))
    lesson_before, lesson_after = (whole(old), whole(new)) if far else (None, None)
    return LargeMove(before or 0, after or 0, lesson, lesson_before, lesson_after)


def band(standing: Standing) -> int | None:
    """Which ten of points the score lies in, as pages show it; None without a score."""
    shown = standing.overall.shown
    return None if shown is None else min(shown // 10, BANDS - 1)
