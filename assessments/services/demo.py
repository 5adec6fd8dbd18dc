"""The demo: invented places with believable answers, and their people. Made once, never overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from assessments.interchange import Answers
from assessments.models import Answer, Assessment, Event, Membership, Place, User, Version
from assessments.selectors.playbooks import criterion_ids
from assessments.services.answering import Content, save_answer
from assessments.services.assessing import declare_stage, start_assessment, submit_assessment
from assessments.services.demo_round import DemoRound, make_round
from assessments.services.evidence import Piece, add_evidence

BEFORE_A_ROUND = timedelta(days=40)
"""How long ago an assessment with a round was begun."""


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    is_admin: bool = False


@dataclass(frozen=True)
class DemoPlace:
    """A place, its people by role, and its assessments in order; all but an open last one are submitted."""

    name: str
    kind: str
    region: str
    boundary: str
    people: Mapping[str, Sequence[str]]
    assessments: Sequence[Answers]
    last_is_open: bool
    round: DemoRound | None = None
    """What partners said to the open one, and what the group agreed."""


def make_person(*, person: Person, password: str) -> User:
    """The account of a demo person; made with the password, or left as it is."""
    found = User.objects.filter(email=person.email).first()
    if found:
        return found
    make = User.objects.create_superuser if person.is_admin else User.objects.create_user
    return make(person.email, password, name=person.name)


@transaction.atomic
def make_place(*, demo: DemoPlace, version: Version) -> Place:
    """The demo place with its members and assessments, unless one of its name is there."""
    if found := Place.objects.filter(name=demo.name).first():
        return found
    place = Place.objects.create(name=demo.name, kind=demo.kind, region=demo.region, boundary_note=demo.boundary)
    for role, emails in demo.people.items():
        for user in User.objects.filter(email__in=emails):
            Membership.objects.create(place=place, user=user, role=role)
    owner = place.memberships.filter(role=Membership.Role.OWNER)[0].user
    for number, answers in enumerate(demo.assessments, 1):
        still_open = demo.last_is_open and number == len(demo.assessments)
        begun = _afternoon(timezone.localdate() - BEFORE_A_ROUND) if still_open and demo.round else None
        made = _assessment(place, version, answers, owner, submit=not still_open, begun=begun)
        if still_open and demo.round:
            make_round(assessment=made, demo=demo.round, by=owner)
    return place


def _assessment(
    place: Place, version: Version, answers: Answers, by: User, *, submit: bool, begun: datetime | None = None
) -> Assessment:
    """Started and answered when its file is dated; one that stays open `begun` then, or else now."""
    assessment = start_assessment(place=place, version=version, by=by)
    declare_stage(assessment=assessment, stage=version.stages.get(key=answers.stage))
    at = _afternoon(answers.dated)
    _answer(assessment, answers, by, at - timedelta(days=1) if submit else begun)
    if not submit:
        _began(assessment, begun)
        return assessment
    submission = submit_assessment(assessment=assessment, by=by, dated=answers.dated)
    _began(assessment, at - timedelta(days=19))
    assessment.events.filter(kind=Event.Kind.SUBMITTED).update(at=at)
    type(submission).objects.filter(pk=submission.pk).update(submitted_at=at)
    assessment.backings.update(added_at=at - timedelta(days=1))
    return assessment


def _afternoon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(16, 20)))


def _began(assessment: Assessment, at: datetime | None) -> None:
    if at:
        Assessment.objects.filter(pk=assessment.pk).update(started_at=at)
        assessment.events.filter(kind=Event.Kind.STARTED).update(at=at)


def _answer(assessment: Assessment, answers: Answers, by: User, at: datetime | None) -> None:
    ids = criterion_ids(assessment.version)
    for key in answers.answers.keys() | answers.notes.keys():
        content = _content(answers, key)
        save_answer(assessment=assessment, criterion_id=ids[key], content=content, seen=0, by=by, at=at)
    said = [ids[key] for key in answers.answers.keys() | answers.evidence.keys()]
    assessment.backings.filter(criterion__in=said).delete()  # what was brought over: the file says what backs these
    for key, pieces in answers.evidence.items():
        for each in pieces:
            piece = Piece(each.grade, each.title or "Untitled", each.link or "", each.dated)
            add_evidence(assessment=assessment, criterion_id=ids[key], piece=piece, token=uuid4(), by=by)


def _content(answers: Answers, key: str) -> Content:
    given, note = answers.answers.get(key), answers.notes.get(key, "")
    if given is None:
        return Content(Answer.State.MISSING, note=note)
    if isinstance(given, int):
        return Content(Answer.State.LEVEL, given, note=note)
    return Content(given, reason=answers.reasons.get(key, ""), note=note)
