"""What the pages of one respondent show: where they are, what is asked of their role, and what they gave."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from assessments.findings.selection import minutes
from assessments.interchange import documents
from assessments.models import Place
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.responding import criteria_asked, own_answers
from assessments.services.responding import Given, given_in
from assessments.views.answering import answer_words
from assessments.views.taking_part import Visit


@dataclass(frozen=True)
class Line:
    """One of the criteria that are asked, as lists and links name it. `number` counts what is asked, from 1."""

    number: int
    text: documents.Criterion
    given: Given
    address: str
    criterion_id: int

    @property
    def is_answered(self) -> bool:
        return self.given.state != "missing"

    @property
    def words(self) -> str:
        return answer_words(self.text, self.given.level if self.given.state == "level" else self.given.state)


@dataclass(frozen=True)
class Screen:
    """What the pages of one respondent show: where they are, what is asked of their role, and what they gave."""

    visit: Visit

    @cached_property
    def playbook(self) -> documents.Playbook:
        return playbook_to_read(self.visit.round.version)

    @property
    def place(self) -> Place:
        return self.visit.round.assessment.place

    @property
    def role(self) -> documents.Role | None:
        return next((role for role in self.playbook.roles if role.key == self.visit.role), None)

    @cached_property
    def lines(self) -> list[Line]:
        given = own_answers(self.visit.part.response if self.visit.part else None)
        asked = criteria_asked(self.visit.round, self.visit.role)
        return [
            Line(number, self.playbook.criterion[key], given_in(given.get(pk)), self.address_of(number), pk)
            for number, (key, pk) in enumerate(asked.items(), 1)
        ]

    def address_of(self, number: int) -> str:
        return reverse("respond_criterion", args=[self.visit.round.pk, number])

    @property
    def finish_address(self) -> str:
        return reverse("respond_finish", args=[self.visit.round.pk])

    @property
    def welcome_address(self) -> str:
        return reverse("respond", args=[self.visit.round.pk])

    @property
    def total(self) -> int:
        return len(self.lines)

    @cached_property
    def done(self) -> int:
        return sum(line.is_answered for line in self.lines)

    @property
    def minutes(self) -> int:
        return minutes(self.total)

    @property
    def resume_address(self) -> str:
        """The first question without an answer; the end where there is none."""
        return next((line.address for line in self.lines if not line.is_answered), self.finish_address)

    def context(self, **more: Any) -> dict[str, Any]:
        visit = self.visit
        return {"screen": self, "round": visit.round, "place": self.place, "part": visit.part, **more}


@dataclass(frozen=True)
class Asked:
    """The criterion that a page is about."""

    screen: Screen
    number: int

    @property
    def line(self) -> Line:
        return self.screen.lines[self.number - 1]

    @property
    def text(self) -> documents.Criterion:
        return self.line.text

    @property
    def asked_texts(self) -> tuple[str, ...]:
        return (self.text.question, self.text.why, *(level.descriptor for level in self.text.levels))

    @property
    def before(self) -> Line | None:
        return self.screen.lines[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> Line | None:
        return self.screen.lines[self.number] if self.number < self.screen.total else None

    @property
    def following(self) -> str:
        return self.after.address if self.after else self.screen.finish_address
