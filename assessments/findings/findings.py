"""Everything that a results page and a report tell of one assessment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from assessments import scoring
from assessments.findings import sentences, workings
from assessments.findings.agreed import Agreed, agreement_sentence
from assessments.findings.steps import Step, step_along
from assessments.findings.told import (
    BlockTold,
    ChangeTold,
    CriterionTold,
    Earlier,
    EvidenceTold,
    LessonTold,
    MoveTold,
    PlaceFacts,
    PriorityTold,
    StageTold,
    Submitted,
    status_words,
)
from assessments.interchange import Answers, Playbook, documents
from assessments.interchange.scorable import scorable_answers, scorable_playbook
from assessments.scoring import evidence as ageing
from assessments.scoring.result import INSUFFICIENT, Block, OverallResult, Priority, Result

MOST_PRIORITIES_FIRST = 5


@dataclass(frozen=True)
class Findings:
    """A result with its texts. Everything is worked out when first asked for, and then kept."""

    playbook: Playbook
    answers: Answers
    result: Result
    place: PlaceFacts
    submitted: Submitted | None = None
    earlier: Earlier | None = None
    source: Playbook | None = None
    """The playbook in its own language, where `playbook` is a translation: texts are compared in one language."""
    agreed: Mapping[str, Agreed] = field(default_factory=dict)
    """What the group agreed last, by criterion key, whether or not the answer is still what was agreed."""

    @property
    def overall(self) -> OverallResult:
        return self.result.overall

    @property
    def is_final(self) -> bool:
        return self.submitted is not None

    @property
    def status_words(self) -> str:
        return status_words(self.overall.status)

    # --- stages -----------------------------------------------------------------------------------------------

    @cached_property
    def declared(self) -> documents.Stage:
        return self.playbook.stage[self.result.stage.declared]

    @cached_property
    def supported(self) -> documents.Stage:
        return self.playbook.stage[self.result.stage.evidenced]

    @cached_property
    def supported_high(self) -> documents.Stage:
        return self.playbook.stage[self.result.stage.evidenced_high]

    @cached_property
    def next_stage(self) -> documents.Stage | None:
        """The stage after the one that the answers support, if there is one."""
        after = list(self.playbook.stage).index(self.supported.key) + 1
        return self.playbook.stages[after] if after < len(self.playbook.stages) else None

    @cached_property
    def stages(self) -> tuple[StageTold, ...]:
        """The path: each stage with whether it is reached, supported and declared."""
        reached = list(self.playbook.stage).index(self.supported.key)
        return tuple(
            StageTold(
                stage,
                number + 1,
                tuple(
                    BlockTold(self.criterion[key], needed, self.criterion[key].level)
                    for key, needed in stage.gates.items()
                ),
                reached=number <= reached,
                supported=number == reached,
                declared=stage.key == self.declared.key,
            )
            for number, stage in enumerate(self.playbook.stages)
        )

    @cached_property
    def blocking(self) -> tuple[BlockTold, ...]:
        return tuple(
            BlockTold(self.criterion[block.criterion], block.needed, block.answered)
            for block in self.result.stage.blocking
        )

    # --- lessons and criteria ---------------------------------------------------------------------------------

    @cached_property
    def lessons(self) -> tuple[LessonTold, ...]:
        return tuple(self._lesson(number, lesson) for number, lesson in enumerate(self.playbook.lessons, 1))

    @cached_property
    def criteria(self) -> tuple[CriterionTold, ...]:
        return tuple(criterion for lesson in self.lessons for criterion in lesson.criteria)

    @cached_property
    def criterion(self) -> Mapping[str, CriterionTold]:
        return {criterion.key: criterion for criterion in self.criteria}

    @cached_property
    def weakest(self) -> tuple[LessonTold, ...]:
        """The weakest lesson with those level with it in whole points; none where the score is withheld or all are."""
        return tuple(lesson for lesson in self.lessons if lesson.is_weakest)

    @cached_property
    def to_find_out(self) -> tuple[CriterionTold, ...]:
        """Criteria that nobody knows or has answered: they widen the range."""
        return tuple(criterion for criterion in self.criteria if criterion.is_unknown)

    @cached_property
    def left_out(self) -> tuple[CriterionTold, ...]:
        """Criteria that do not apply here."""
        return tuple(criterion for criterion in self.criteria if criterion.is_left_out)

    @cached_property
    def priorities(self) -> tuple[PriorityTold, ...]:
        return tuple(
            PriorityTold(
                rank,
                self.criterion[each.criterion],
                each.gap,
                each.gain,
                self.criterion[each.criterion].block is not None,
            )
            for rank, each in enumerate(self.result.priorities, 1)
        )

    @property
    def first_priorities(self) -> tuple[PriorityTold, ...]:
        return self.priorities[:MOST_PRIORITIES_FIRST]

    # --- sources, change, workings ----------------------------------------------------------------------------

    @cached_property
    def sources(self) -> tuple[tuple[CriterionTold, EvidenceTold], ...]:
        """Every piece of evidence with the criterion that it backs."""
        return tuple((criterion, piece) for criterion in self.criteria for piece in criterion.evidence)

    @cached_property
    def open_data(self) -> tuple[str, ...]:
        """The open data that the playbook points to, each named once."""
        return tuple(dict.fromkeys(name for criterion in self.playbook.criteria() for name in criterion.data))

    @cached_property
    def change(self) -> ChangeTold | None:
        """What moved since the earlier assessment, or None where there is none."""
        if self.earlier is None:
            return None
        before = (scorable_playbook(self.earlier.playbook), self.earlier.result)
        moved = scoring.change(before, (scorable_playbook(self.source or self.playbook), self.result))
        return ChangeTold(
            since=self.earlier.answers.dated,
            before=self.earlier.result.overall,
            now=self.overall,
            moves=tuple(self._move(move) for move in moved.moves),
            why_not=self._scores_apart,
            cautions=tuple((self.criterion[key], why) for key in moved.compared if (why := self._asked_otherwise(key))),
            compared=len(moved.compared),
            left_out=len(self.playbook.criterion) - len(moved.compared),
            clear=moved.clear,
        )

    @cached_property
    def step(self) -> Step | None:
        """What became of the criteria since the earlier assessment; None where it was on the same version."""
        if self.earlier is None or self.earlier.playbook.version == self.playbook.version:
            return None
        versions = self.earlier.versions or (self.earlier.playbook, self.source or self.playbook)
        return step_along(versions, self.earlier.playbook, self.playbook)

    @cached_property
    def working(self) -> workings.Working:
        """The overall score, from the lessons."""
        return workings.overall_working(self.playbook.lessons, self.result.lessons, self.overall)

    # --- sentences --------------------------------------------------------------------------------------------

    @cached_property
    def score_sentence(self) -> str:
        withheld = [lesson.title for lesson in self.lessons if lesson.result.status == INSUFFICIENT]
        return sentences.score(self.overall, withheld)

    @cached_property
    def stage_sentence(self) -> str:
        order = list(self.playbook.stage)
        told = (self.declared, self.supported, self.supported_high)
        declared, supported, possible = (order.index(stage.key) for stage in told)
        return sentences.stage(declared, supported, possible, [stage.name for stage in self.playbook.stages])

    @cached_property
    def weakest_sentence(self) -> str:
        """Every place that names the weakest lesson says this, or `weakest_tag`."""
        titles = [lesson.title for lesson in self.playbook.lessons if lesson.key in self._least]
        figure = self.result.lessons[self._least[0]].score if self._least else None
        return sentences.weakest(titles, self._applicable, figure, robust=bool(self.overall.weakest_robust))

    @cached_property
    def weakest_tag(self) -> str:
        return sentences.weakest_tag(len(self._least), robust=bool(self.overall.weakest_robust))

    @cached_property
    def evidence_sentence(self) -> str:
        return sentences.evidence(self.overall)

    @cached_property
    def weights_sentence(self) -> str:
        return sentences.weights(self.overall.weight_range)

    @cached_property
    def balance_sentence(self) -> str:
        return sentences.balance(self.overall)

    @cached_property
    def agreement_sentence(self) -> str:
        """How many answers the group agreed, and with how many somebody saw it otherwise; nothing where none."""
        agreed = [each for each in self.criteria if each.agreed]
        standing = [each.agreed for each in agreed if each.agreed and each.agreement_stands]
        return agreement_sentence(standing, len(agreed) - len(standing), len(self.criteria))

    # --- parts ------------------------------------------------------------------------------------------------

    def _lesson(self, number: int, lesson: documents.Lesson) -> LessonTold:
        result = self.result.lessons[lesson.key]
        return LessonTold(
            number,
            lesson,
            result,
            tuple(self._criterion(number, lesson, place, each) for place, each in enumerate(lesson.criteria, 1)),
            is_weakest=lesson.key in self._least and len(self._least) < self._applicable,
            working=workings.lesson_working(lesson, number, self.result.criteria, result),
            share=self._lesson_shares.get(lesson.key),
        )

    @cached_property
    def _least(self) -> tuple[str, ...]:
        """The lessons that show as few points as the weakest: a fraction that nobody sees tells none from another."""
        if self.overall.weakest is None:
            return ()
        least = sentences.points(self.result.lessons[self.overall.weakest].score)
        shown = [
            (lesson.key, sentences.points(self.result.lessons[lesson.key].score)) for lesson in self.playbook.lessons
        ]
        return tuple(key for key, figure in shown if figure == least)

    @cached_property
    def _applicable(self) -> int:
        return sum(result.applicable for result in self.result.lessons.values())

    def _criterion(self, number: int, lesson: documents.Lesson, place: int, text: documents.Criterion) -> CriterionTold:
        key = text.key
        share, lesson_share = self._share(lesson, text), self._lesson_shares.get(lesson.key)
        return CriterionTold(
            number=f"{number}.{place}",
            place=list(self.playbook.criterion).index(key) + 1,
            text=text,
            result=self.result.criteria[key],
            target=text.targets[self.result.stage.declared],
            note=self.answers.notes.get(key, ""),
            reason=self.answers.reasons.get(key, ""),
            evidence=tuple(self._evidence(piece) for piece in self.answers.evidence.get(key, ())),
            agreed=self.agreed.get(key),
            lesson_share=share,
            overall_share=None if share is None or lesson_share is None else share * lesson_share,
            block=self._blocks.get(key),
            priority=self._priorities.get(key),
        )

    @cached_property
    def _blocks(self) -> Mapping[str, Block]:
        return {block.criterion: block for block in self.result.stage.blocking}

    @cached_property
    def _priorities(self) -> Mapping[str, Priority]:
        return {priority.criterion: priority for priority in self.result.priorities}

    @cached_property
    def _lesson_shares(self) -> Mapping[str, Fraction]:
        """Each applicable lesson's share of the overall score."""
        taken = {
            lesson.key: Fraction(lesson.weight)
            for lesson in self.playbook.lessons
            if self.result.lessons[lesson.key].applicable
        }
        total = sum(taken.values(), Fraction(0))
        return {key: weight / total for key, weight in taken.items()}

    def _share(self, lesson: documents.Lesson, criterion: documents.Criterion) -> Fraction | None:
        """The criterion's share of its lesson, among those that apply; None where it does not."""
        taken = [each for each in lesson.criteria if self.result.criteria[each.key].answer != scoring.NOT_APPLICABLE]
        if criterion not in taken:
            return None
        return Fraction(criterion.weight) / sum((Fraction(each.weight) for each in taken), Fraction(0))

    def _evidence(self, piece: documents.Evidence) -> EvidenceTold:
        counted = scoring.Evidence(piece.grade, piece.dated)
        return EvidenceTold(
            piece,
            ageing.counted_grade(counted, self.answers.dated),
            ageing.is_stale(counted, self.answers.dated),
        )

    def _move(self, move: scoring.Move) -> MoveTold:
        told = self.criterion[move.criterion]
        was = told.text.levels[move.before].descriptor
        return MoveTold(told, move.before, move.now, was, self._asked_otherwise(move.criterion))

    def _asked_otherwise(self, key: str) -> str:
        """Why the map says that a criterion cannot be compared with the earlier assessment; nothing where it can be."""
        return self.step.why_not(key) if self.step else ""

    @property
    def _scores_apart(self) -> str:
        """Why the overall scores of the two assessments cannot be compared; nothing where they can be."""
        return self.step.told(self.step.comparison.overall) if self.step else ""


def assess(
    playbook: Playbook,
    answers: Answers,
    place: PlaceFacts,
    earlier: Earlier | None = None,
    agreed: Mapping[str, Agreed] | None = None,
) -> Findings:
    """Score an assessment that is still open and tell its findings."""
    result = scoring.score(scorable_playbook(playbook), scorable_answers(answers))
    return Findings(playbook, answers, result, place, earlier=earlier, agreed=agreed or {})
