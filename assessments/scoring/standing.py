"""Where a place stands, and no more: score, lessons, weakest lesson, supported stage. For thousands of places at once.

Composed of the functions that `score` is made of, so that both say the same; without evidence, ranges, priorities and
respondents, which is most of the work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.scoring.inputs import Answer, Lesson, Playbook
from assessments.scoring.lessons import Claim, lesson_claim, lesson_sums
from assessments.scoring.overall import overall_claim, weakest_of
from assessments.scoring.proportion import whole_numbers
from assessments.scoring.result import LESSON_NOT_APPLICABLE
from assessments.scoring.rounding import whole
from assessments.scoring.stages import last_reached


@dataclass(frozen=True)
class Whole:
    """The score, exactly and as pages show it, and the lessons behind it: None where it is withheld.

    `lessons` holds the score of each, in playbook order, None where that is withheld or the lesson not applicable.
    """

    status: str
    score: Fraction | None
    shown: int | None
    weakest: str | None
    lessons: Mapping[str, Fraction | None]


@dataclass(frozen=True)
class Standing:
    """The whole, and the stage that the answers support."""

    overall: Whole
    stage: str


def standing(playbook: Playbook, answers: Mapping[str, Answer]) -> Standing:
    """Where these answers put a place. They must fit the playbook: see `inputs.check`."""
    return Standings([playbook]).of(answers)[0]


def standing_in(frozen: Mapping[str, Any]) -> Standing:
    """The standing that a frozen result holds; nothing is computed."""
    overall = frozen["overall"]
    score = _thawed(overall["score"])
    lessons = {key: _thawed(lesson["score"]) for key, lesson in frozen["lessons"].items()}
    shown = None if score is None else whole(score)
    return Standing(Whole(overall["status"], score, shown, overall["weakest"], lessons), frozen["stage"]["evidenced"])


def _thawed(figure: str | None) -> Fraction | None:
    return None if figure is None else Fraction(figure)


_Plan = tuple[tuple[str, int, int], ...]
"""A whole: the key, the weight as a whole number, and the number of each of its lessons."""


class Standings:
    """Several playbooks that the same answers are held against: what they share is computed once.

    A playbook needs one stage or more, and may use a part of the answers; those that it uses must fit.
    """

    def __init__(self, playbooks: Sequence[Playbook]) -> None:
        self._lessons: list[tuple[Lesson, Fraction]] = []
        self._wholes: list[_Plan] = []
        self._paths: list[Playbook] = []
        self._plans = [(self._whole(playbook), self._path(playbook)) for playbook in playbooks]

    def _whole(self, playbook: Playbook) -> int:
        weights = whole_numbers([lesson.weight for lesson in playbook.lessons])
        plan = tuple(
            (lesson.key, weight, self._lesson(lesson, playbook.indicative_from))
            for lesson, weight in zip(playbook.lessons, weights, strict=True)
        )
        if plan not in self._wholes:
            self._wholes.append(plan)
        return self._wholes.index(plan)

    def _lesson(self, lesson: Lesson, indicative_from: Fraction) -> int:
        """What a lesson comes to does not depend on its own weight."""
        for number, (each, share) in enumerate(self._lessons):
            if each.criteria == lesson.criteria and share == indicative_from:
                return number
        self._lessons.append((lesson, indicative_from))
        return len(self._lessons) - 1

    def _path(self, playbook: Playbook) -> int:
        for number, each in enumerate(self._paths):
            if each.stages == playbook.stages:
                return number
        self._paths.append(playbook)
        return len(self._paths) - 1

    def of(self, answers: Mapping[str, Answer]) -> list[Standing]:
        """The standing of these answers in each playbook, in the order in which they were given."""
        claims = [lesson_claim(lesson_sums(lesson, answers), share) for lesson, share in self._lessons]
        wholes = [_whole([(key, weight, claims[number]) for key, weight, number in plan]) for plan in self._wholes]
        stages = [each.stages[last_reached(each, answers)].key for each in self._paths]
        return [Standing(wholes[whole], stages[path]) for whole, path in self._plans]


def _whole(lessons: Sequence[tuple[str, int, Claim]]) -> Whole:
    taken = [each for each in lessons if each[2].status != LESSON_NOT_APPLICABLE]
    status, score = overall_claim([claim for _, _, claim in taken], [weight for _, weight, _ in taken])
    scores = {key: claim.score for key, _, claim in lessons}
    if score is None:
        return Whole(status, None, None, None, scores)
    return Whole(status, score, whole(score), weakest_of([(key, claim.score) for key, _, claim in taken]), scores)
