"""Two to six places beside one another: what is the same question in each, where they differ, and what is clear.

Two figures are called different only where their ranges share no point; a score that two places reached by different
questions is not compared at all.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from assessments.findings.findings import Findings
from assessments.findings.heat import playbooks_of, shown_playbook
from assessments.findings.held import Held, newest, source
from assessments.findings.portfolio import PlaceStanding
from assessments.findings.sentences import listed, points
from assessments.findings.told import CriterionTold
from assessments.interchange.documents import Lesson, Playbook
from assessments.scoring.change import is_clear
from assessments.scoring.result import LessonResult, OverallResult
from assessments.wording import gettext as _

FEWEST, MOST = 2, 6
"""How many places can stand side by side."""

TURNING = {"R", "AL", "RLE", "RLO", "LRE", "LRO", "RLI", "LRI", "FSI", "PDF", "PDI"}
"""What letters and signs may be that change the direction of what follows."""

Result = LessonResult | OverallResult


@dataclass(frozen=True)
class PlaceBeside:
    """A place that has answered something; `held` is None where it is on another playbook than the others."""

    standing: PlaceStanding
    findings: Findings
    held: Held | None

    @property
    def name(self) -> str:
        return self.standing.name

    @property
    def overall(self) -> OverallResult | None:
        """The overall figures, where they are of the same questions."""
        return self.held.overall if self.held else None

    def lesson(self, key: str) -> LessonResult | None:
        """The figures of a lesson, where they may be compared with another place's."""
        told = self.held.lesson(key) if self.held else None
        return told.result if told and not told.caveat else None

    def criterion(self, key: str) -> CriterionTold | None:
        """The answer to a criterion, where it is the same question."""
        return self.held.criterion(key) if self.held else None


@dataclass(frozen=True)
class CriterionBeside:
    """One criterion with each place's answer; None where the place was asked otherwise.

    `spread`: how far apart the levels are, from 0 to 1 of the whole scale; None with fewer than two levels.
    """

    number: str
    title: str
    top: int
    answers: tuple[tuple[PlaceBeside, CriterionTold | None], ...]

    @property
    def spread(self) -> Fraction | None:
        levels = [told.level for _place, told in self.answers if told and told.level is not None]
        return Fraction(max(levels) - min(levels), self.top) if len(levels) > 1 else None


@dataclass(frozen=True)
class Beside:
    """`playbook` is the one that most of the places are on, in the newest version among theirs."""

    playbook: Playbook
    places: tuple[PlaceBeside, ...]
    without: tuple[PlaceStanding, ...]

    @cached_property
    def criteria(self) -> tuple[CriterionBeside, ...]:
        """The criteria, where the places differ most first; what cannot be compared last."""
        found = [self._criterion(key) for key in self.playbook.criterion]
        return tuple(sorted(found, key=lambda each: 1 if each.spread is None else -each.spread))

    @property
    def overall_sentence(self) -> str:
        return clear_sentence([(place.name, place.overall) for place in self.places])

    @property
    def lessons_told(self) -> tuple[tuple[Lesson, str], ...]:
        """Each lesson with what is clear of it."""
        return tuple(
            (lesson, clear_sentence([(place.name, place.lesson(lesson.key)) for place in self.places]))
            for lesson in self.playbook.lessons
        )

    @property
    def otherwise(self) -> tuple[PlaceBeside, ...]:
        """Places that were not asked just the same as the others."""
        return tuple(place for place in self.places if not place.held or not place.held.is_on_it)

    def _criterion(self, key: str) -> CriterionBeside:
        text = self.playbook.criterion[key]
        answers = tuple((place, place.criterion(key)) for place in self.places)
        return CriterionBeside(self.playbook.label[key], text.title, text.top, answers)


def beside(standings: Sequence[PlaceStanding]) -> Beside | None:
    """The places beside one another, in the order given; None where none of them has answered anything."""
    taken = [(each, each.findings) for each in standings if each.findings]
    if not taken:
        return None
    key = playbooks_of(standings)[0][0]
    same = [findings for _standing, findings in taken if findings.playbook.key == key]
    last = newest(source(each) for each in same)
    places = tuple(
        PlaceBeside(standing, findings, Held(findings, last) if findings.playbook.key == key else None)
        for standing, findings in taken
    )
    return Beside(shown_playbook(same), places, tuple(each for each in standings if not each.findings))


def clear_sentence(figures: Sequence[tuple[str, Result | None]]) -> str:
    """Which of the places lie apart, by ranges that share no point; `figures` may hold places that have none."""
    known = [(_apart(name), result) for name, result in figures if result is not None and result.low is not None]
    if len(known) < FEWEST:
        return _("Fewer than two of the places have a figure that can be compared.")
    above = [(name, [other for other, lower in known if _above(result, lower)]) for name, result in known]
    pairs = sum(len(others) for _name, others in above)
    if not pairs:
        return _("No difference is clear: the ranges touch or overlap.")
    ranked = sorted((each for each in above if each[1]), key=lambda each: -len(each[1]))
    told = [_("{place} lies clearly above {others}.").format(place=name, others=listed(each)) for name, each in ranked]
    if 2 * pairs < len(known) * (len(known) - 1):
        told.append(_("Between the others no difference is clear: their ranges touch or overlap."))
    return " ".join(told)


def _apart(name: str) -> str:
    """A name that cannot turn the words round it, whatever direction its letters take."""
    turned = any(unicodedata.bidirectional(letter) in TURNING for letter in name)
    return f"\u2068{name}\u2069" if turned else name


def _above(one: Result, other: Result) -> bool:
    """Whether one range lies above another, also in the whole points that people see."""
    if one.low is None or other.high is None or not is_clear(one, other):
        return False
    return one.low > other.high and points(one.low) != points(other.high)
