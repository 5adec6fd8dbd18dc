"""A criterion as its page asks it, in plain values: for a member who answers, and for an admin who looks at a draft."""

from dataclasses import dataclass
from typing import Any

from assessments import guide
from assessments.forms.answering import AnswerForm
from assessments.forms.evidence import EvidenceForm, NewEvidenceForm
from assessments.interchange import Playbook, documents

EVIDENCE_IDS = "evidence_%s"


@dataclass(frozen=True)
class Neighbour:
    """The criterion before or after, as a link names it."""

    label: str
    title: str
    address: str


@dataclass(frozen=True)
class Question:
    """The criterion that a page is about, and its neighbours. `number` counts through the whole playbook, from 1."""

    playbook: Playbook
    number: int
    stage: documents.Stage
    """The stage declared."""

    def address_of(self, number: int) -> str:
        """The address of the page of a criterion."""
        raise NotImplementedError

    @property
    def after_the_last(self) -> str:
        """Where the last criterion leads on to."""
        raise NotImplementedError

    @property
    def evidence_address(self) -> str:
        """Where the form that adds a piece of evidence is sent."""
        raise NotImplementedError

    @property
    def text(self) -> documents.Criterion:
        return list(self.playbook.criteria())[self.number - 1]

    @property
    def lesson(self) -> documents.Lesson:
        return self.playbook.lessons[self.lesson_number - 1]

    @property
    def lesson_number(self) -> int:
        key = self.text.key
        return next(n for n, each in enumerate(self.playbook.lessons, 1) if key in {one.key for one in each.criteria})

    @property
    def last(self) -> int:
        return len(self.playbook.criterion)

    @property
    def label(self) -> str:
        return self.playbook.label[self.text.key]

    @property
    def name(self) -> str:
        """Number and title as one plain text, for the window."""
        return f"{self.label} {self.text.title}"

    @property
    def asked_texts(self) -> tuple[str, ...]:
        """What is read before answering."""
        condition = self.text.not_applicable or ""
        return (self.text.question, self.text.why, condition, *(level.descriptor for level in self.text.levels))

    @property
    def help_texts(self) -> tuple[str, ...]:
        return (self.text.ask, *self.text.evidence, *self.text.data)

    @property
    def address(self) -> str:
        return self.address_of(self.number)

    @property
    def before(self) -> Neighbour | None:
        return self._neighbour(self.number - 1)

    @property
    def after(self) -> Neighbour | None:
        return self._neighbour(self.number + 1)

    def _neighbour(self, number: int) -> Neighbour | None:
        if not 1 <= number <= self.last:
            return None
        text = list(self.playbook.criteria())[number - 1]
        return Neighbour(self.playbook.label[text.key], text.title, self.address_of(number))

    @property
    def following(self) -> str:
        """The next criterion's page; after the last one, what comes then."""
        return self.after.address if self.after else self.after_the_last


def screen(
    asked: Question, given: dict[str, guide.Given], *, form: AnswerForm, evidence_form: EvidenceForm | None = None
) -> dict[str, Any]:
    """What the page of a criterion shows of the playbook, of the forms, and of how far one is."""
    keys = [each.key for each in asked.lesson.criteria]
    return {
        "asked": asked,
        "form": form,
        "evidence_form": evidence_form or NewEvidenceForm(auto_id=EVIDENCE_IDS),
        "target": asked.text.targets.get(asked.stage.key, "–"),
        "lesson_progress": guide.progress(keys, given),
        "progress": guide.progress(list(asked.playbook.criterion), given),
    }
