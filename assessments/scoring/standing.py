"""Where a place stands, and no more: score, lessons, weakest lesson, supported stage. For thousands of places at once.

Composed of the functions that `score` is made of, so that both say the same; without evidence, weights that may be
off, priorities and respondents, which is most of the work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.scoring.inputs import Answer, Lesson, Playbook
from assessments.scoring.lessons import Figures, lesson_figures
from assessments.scoring.overall import overall_figures, weakest_of
from assessments.scoring.result import LESSON_NOT_APPLICABLE
from assessments.scoring.stages import last_reached


@dataclass(frozen=True)
class Standing:
    """`lessons` holds the score of each, in playbook order: None where it is withheld or the lesson not applicable."""

    overall: Figures
    weakest: str | None
    stage: str
    lessons: Mapping[str, Fraction | None]

    @property
    def score(self) -> Fraction | None:
        return self.overall.score


def standing(playbook: Playbook, answers: Mapping[str, Answer]) -> Standing:
    """Where these answers put a place. They must fit the playbook: see `inputs.check`."""
    return Standings([playbook]).of(answers)[0]


def standing_in(frozen: Mapping[str, Any]) -> Standing:
    """The standing that a frozen result holds; nothing is computed."""
    overall = frozen["overall"]
    return Standing(
        Figures(overall["status"], *(_thawed(overall[name]) for name in Figures._fields[1:])),
        overall["weakest"],
        frozen["stage"]["evidenced"],
        {key: _thawed(lesson["score"]) for key, lesson in frozen["lessons"].items()},
    )


def _thawed(figure: str | None) -> Fraction | None:
    return None if figure is None else Fraction(figure)


class Standings:
    """Several playbooks that the same answers are held against: what they share is computed once.

    A playbook needs one stage or more, and may use a part of the answers; those that it uses must fit.
    """

    def __init__(self, playbooks: Sequence[Playbook]) -> None:
        self._lessons: list[tuple[Lesson, Fraction]] = []
        self._wholes: list[tuple[tuple[Lesson, int], ...]] = []
        self._paths: list[Playbook] = []
        self._plans = [self._plan(playbook) for playbook in playbooks]

    def _plan(self, playbook: Playbook) -> tuple[int, int]:
        """Which whole, and whose stages, the playbook's standing is made of."""
        taken = tuple((each, self._numbered(each, playbook.indicative_from)) for each in playbook.lessons)
        if taken not in self._wholes:
            self._wholes.append(taken)
        for number, each in enumerate(self._paths):
            if each.stages == playbook.stages:
                return self._wholes.index(taken), number
        self._paths.append(playbook)
        return self._wholes.index(taken), len(self._paths) - 1

    def _numbered(self, lesson: Lesson, indicative_from: Fraction) -> int:
        """The lesson's figures do not depend on its own weight."""
        for number, (each, share) in enumerate(self._lessons):
            if each.criteria == lesson.criteria and share == indicative_from:
                return number
        self._lessons.append((lesson, indicative_from))
        return len(self._lessons) - 1

    def of(self, answers: Mapping[str, Answer]) -> list[Standing]:
        """The standing of these answers in each playbook, in the order in which they were given."""
        figures = [lesson_figures(lesson, answers, share) for lesson, share in self._lessons]
        wholes = [_whole([(lesson, figures[number]) for lesson, number in whole]) for whole in self._wholes]
        stages = [each.stages[last_reached(each, answers)].key for each in self._paths]
        return [
            Standing(wholes[whole][0], wholes[whole][1], stages[path], wholes[whole][2]) for whole, path in self._plans
        ]


def _whole(lessons: Sequence[tuple[Lesson, Figures]]) -> tuple[Figures, str | None, Mapping[str, Fraction | None]]:
    taken = [pair for pair in lessons if pair[1].status != LESSON_NOT_APPLICABLE]
    overall = overall_figures(taken)
    weakest = None if overall.score is None else weakest_of(taken)
    return overall, weakest, {lesson.key: figures.score for lesson, figures in lessons}
