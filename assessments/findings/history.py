"""The assessments of one place on one playbook, one after another: what can be compared, where the line breaks and why.

Pure: documents and results in, plain values out. A line joins two neighbours only where `comparing` says that their
figures can be compared; at a break it says why, in words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from string import ascii_uppercase

from assessments.findings.steps import Step, step_along
from assessments.findings.told import answer_words, level_words, status_words
from assessments.interchange.documents import Playbook
from assessments.scoring.result import CriterionResult, LessonResult, OverallResult, Result
from assessments.wording import gettext as _


@dataclass(frozen=True)
class Moment:
    """One assessment of a history; `number` is that of its submission, 0 where it is not submitted."""

    assessment_id: int
    number: int
    dated: date
    playbook: Playbook
    result: Result

    @property
    def is_open(self) -> bool:
        return not self.number

    @property
    def stage(self) -> str:
        """The name of the stage that the answers support."""
        return self.playbook.stage[self.result.stage.evidenced].name

    @property
    def status_words(self) -> str:
        return status_words(self.result.overall.status)


@dataclass(frozen=True)
class Break:
    """Between the assessment before number `at` and that one; all lines that break there have the same letter."""

    at: int
    sign: str
    reason: str


@dataclass(frozen=True)
class ScoreLine:
    """The figures of a lesson, or of the whole, at each assessment; None where it was not asked."""

    key: str
    title: str
    results: tuple[LessonResult | OverallResult | None, ...]
    breaks: tuple[Break, ...]


@dataclass(frozen=True)
class Spot:
    """The answer to one criterion at one assessment."""

    result: CriterionResult
    top: int

    @property
    def level(self) -> int | None:
        return self.result.answer if isinstance(self.result.answer, int) else None

    @property
    def words(self) -> str:
        if self.level is not None:
            return level_words(self.level)
        return answer_words(self.result.answer, self.top)


@dataclass(frozen=True)
class LevelLine:
    """The levels of one criterion; None where it was not asked. Its names are those that it had last."""

    key: str
    number: str
    title: str
    lesson: str
    spots: tuple[Spot | None, ...]
    breaks: tuple[Break, ...]

    @property
    def is_asked(self) -> bool:
        """Whether the last assessment asks it still."""
        return self.spots[-1] is not None


@dataclass(frozen=True)
class History:
    """`moments` in order of time, at least one. `between[n]`: the versions from that of moment n to that of n + 1.

    The versions stand in the order in which they follow one another, whichever of the two assessments came first.
    """

    moments: tuple[Moment, ...]
    between: tuple[tuple[Playbook, ...], ...]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(
            step_along(versions, before.playbook, now.playbook)
            for versions, (before, now) in zip(self.between, pairwise(self.moments), strict=True)
        )

    @cached_property
    def signs(self) -> tuple[str, ...]:
        """The letter of each assessment whose overall score cannot be compared with the one before; else nothing."""
        found, number = [""], 0
        for step in self.steps:
            found.append(_letter(number) if step.comparison.overall else "")
            number += bool(step.comparison.overall)
        return tuple(found)

    @cached_property
    def overall(self) -> ScoreLine:
        results = tuple(moment.result.overall for moment in self.moments)
        told = [step.told(step.comparison.overall) for step in self.steps]
        return ScoreLine("overall", _("Overall"), results, tuple(self._breaks(told)))

    @cached_property
    def lessons(self) -> tuple[ScoreLine, ...]:
        """A line for each lesson of the last assessment, then for those that it does not ask any longer."""
        titles: dict[str, str] = {}
        for moment in reversed(self.moments):
            for lesson in moment.playbook.lessons:
                titles.setdefault(lesson.key, lesson.title)
        return tuple(self._lesson(key, title) for key, title in titles.items())

    @cached_property
    def criteria(self) -> tuple[LevelLine, ...]:
        """A line for each criterion of the last assessment, then for those that it does not ask any longer."""
        lines, seen = [], set[tuple[int, str]]()
        for last in range(len(self.moments) - 1, -1, -1):
            for key in self.moments[last].playbook.criterion:
                if (last, key) not in seen:
                    way = list(self._way(last, key))
                    seen.update(way)
                    lines.append(self._criterion(way))
        return tuple(lines)

    # --- parts ------------------------------------------------------------------------------------------------

    def _breaks(self, told: Sequence[str]) -> Iterator[Break]:
        for at, reason in enumerate(told, 1):
            if reason:
                yield Break(at, self.signs[at], reason)

    def _lesson(self, key: str, title: str) -> ScoreLine:
        results = tuple(moment.result.lessons.get(key) for moment in self.moments)
        told = [
            step.told(step.comparison.lesson(key)) if results[at - 1] or results[at] else ""
            for at, step in enumerate(self.steps, 1)
        ]
        return ScoreLine(key, title, results, tuple(self._breaks(told)))

    def _way(self, last: int, key: str | None) -> Iterator[tuple[int, str]]:
        """The criterion at each assessment, from a last one back to where it was asked first."""
        at = last
        while key is not None:
            yield at, key
            key = self.steps[at - 1].source(key) if at else None
            at -= 1

    def _criterion(self, way: Sequence[tuple[int, str]]) -> LevelLine:
        keys = dict(way)
        told = [self._why_not(at, keys) for at in range(1, len(self.moments))]
        last, key = way[0]
        playbook = self.moments[last].playbook
        return LevelLine(
            key=key,
            number=playbook.label[key],
            title=playbook.criterion[key].title,
            lesson=next(each.key for each in playbook.lessons if key in {one.key for one in each.criteria}),
            spots=tuple(self._spot(at, keys[at]) if at in keys else None for at in range(len(self.moments))),
            breaks=tuple(self._breaks(told)),
        )

    def _why_not(self, at: int, keys: dict[int, str]) -> str:
        """Why a line breaks before an assessment; nothing where it goes on, or where there is no line."""
        if at in keys:
            return self.steps[at - 1].why_not(keys[at])
        return self.steps[at - 1].gone(keys[at - 1]) if at - 1 in keys else ""

    def _spot(self, at: int, key: str) -> Spot:
        moment = self.moments[at]
        return Spot(moment.result.criteria[key], moment.playbook.criterion[key].top)


def _letter(number: int) -> str:
    """A, B, …, Z, AA, AB, …"""
    rest, last = divmod(number, len(ascii_uppercase))
    return (_letter(rest - 1) if rest else "") + ascii_uppercase[last]
