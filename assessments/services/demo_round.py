"""The demo's round: what partners of a demo place said, what its group agreed on it, a lesson in somebody's hands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from assessments.models import Answer, Assessment, Event, Response, ResponseAnswer, Round, RoundRole, User
from assessments.selectors.playbooks import criterion_ids, playbook_document
from assessments.selectors.voices import said_in
from assessments.services import rounds
from assessments.services.agreeing import Heard, Terms, agree
from assessments.services.delegating import delegate
from assessments.services.revealing import reveal_round

Given = int | str
"""A level, or `dont_know`."""
OPENED, CLOSED, REVEALED = timedelta(days=27), timedelta(days=6), timedelta(days=5)
"""How long ago."""


@dataclass(frozen=True)
class Delegated:
    """A lesson in the hands of whoever has the address `to`, due in so many days."""

    lesson: str
    to: str
    due_in: int
    note: str


@dataclass(frozen=True)
class DemoRound:
    """What was said, by criterion and role: a value for each person, in the same order throughout a role."""

    naming: str
    welcome: str
    answers: Mapping[str, Mapping[str, Sequence[Given]]]
    comments: Mapping[str, Sequence[Mapping[str, str]]]
    """By criterion, each with its role; those of a role are by its first people."""
    agreed: Mapping[str, Terms]
    delegated: Delegated

    @property
    def asked(self) -> dict[str, list[str]]:
        """Which criteria each role was asked."""
        roles = dict.fromkeys(role for given in self.answers.values() for role in given)
        return {role: [key for key, given in self.answers.items() if role in given] for role in roles}

    def people(self, role: str) -> int:
        """How many of a role took part."""
        return max(len(given.get(role, ())) for given in self.answers.values())


def make_round(*, assessment: Assessment, demo: DemoRound, by: User) -> None:
    """The round, opened, answered, closed and revealed; then what was agreed and who sees to what."""
    now = timezone.now()
    closes_on = timezone.localdate(now - CLOSED)
    terms = rounds.Terms(demo.naming, closes_on, demo.welcome, demo.asked)
    asked = rounds.open_round(assessment=assessment, terms=terms, by=by)
    for role in demo.asked:
        _answer(asked, role, demo)
    Round.objects.filter(pk=asked.pk).update(opened_at=now - OPENED, closed_at=now - CLOSED)
    reveal_round(round=asked, by=by)
    Round.objects.filter(pk=asked.pk).update(revealed_at=now - REVEALED)
    for kind, ago in ((Event.Kind.ROUND_OPENED, OPENED), (Event.Kind.REVEALED, REVEALED)):
        assessment.events.filter(kind=kind).update(at=now - ago)
    _agree(assessment, Round.objects.get(pk=asked.pk), demo, by)
    _delegate(assessment, demo.delegated, by)


def _answer(asked: Round, role: str, demo: DemoRound) -> None:
    """What those of a role answered, as they leave it at a shared link."""
    ids, many = criterion_ids(asked.version), demo.people(role)
    RoundRole.objects.filter(round=asked, role=role).update(limit=many + 2, begun=many)
    people = Response.objects.bulk_create(Response(round=asked, role=role, is_done=True) for _ in range(many))
    ResponseAnswer.objects.bulk_create(
        ResponseAnswer(
            response=person,
            criterion_id=ids[key],
            state="level" if isinstance(given, int) else given,
            level=given if isinstance(given, int) else None,
            comment=comment,
        )
        for key in demo.asked[role]
        for person, given, comment in zip(people, demo.answers[key][role], _comments(demo, key, role), strict=True)
    )


def _comments(demo: DemoRound, key: str, role: str) -> list[str]:
    """What each of a role wrote: the first of them, and nothing of the others."""
    written = [words[role] for words in demo.comments.get(key, ()) if role in words]
    return [*written, *[""] * (len(demo.answers[key][role]) - len(written))]


def _agree(assessment: Assessment, revealed: Round, demo: DemoRound, by: User) -> None:
    ids, said = criterion_ids(assessment.version), said_in(revealed, playbook_document(assessment.version))
    for key, terms in demo.agreed.items():
        told = said.on(key)
        agree(
            assessment=assessment,
            criterion_id=ids[key],
            terms=terms,
            heard=Heard(told.answered, told.lowest, told.highest, revealed),
            seen=Answer.objects.get(assessment=assessment, criterion=ids[key]).revision,
            by=by,
        )


def _delegate(assessment: Assessment, wanted: Delegated, by: User) -> None:
    person = User.objects.get(email=wanted.to)
    due = timezone.localdate() + timedelta(days=wanted.due_in)
    delegate(assessment=assessment, lesson_key=wanted.lesson, people=[person.pk], due=due, note=wanted.note, by=by)
