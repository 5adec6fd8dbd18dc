"""Reads of places: what home and a place's own page need, in a constant number of queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import get_language, override

from assessments.guide import Progress
from assessments.interchange import Playbook, documents
from assessments.models import Answer, Assessment, Criterion, Event, Membership, Place, Submission, User, Version
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.moving import newer_versions
from assessments.wording.sorting import Key, alphabetical


@dataclass(frozen=True)
class PlaceCard:
    """A place as home shows it: who I am there, the open assessment and how far it is, the last one submitted.

    `mine` is what of the open assessment waits on me (selectors.delegation), which whoever asks puts in.
    """

    place: Place
    membership: Membership
    open: Assessment | None
    progress: Progress | None
    last: Submission | None
    newer: Version | None
    mine: Sequence[object] = ()


@dataclass(frozen=True)
class Happening:
    """Something that happened to an assessment; where it was submitted, the number of the submission, else 0."""

    event: Event
    submission: int


@dataclass(frozen=True)
class Round:
    """An assessment as its place lists it."""

    assessment: Assessment
    progress: Progress
    submission: Submission | None
    events: list[Happening]
    playbook: Playbook
    newer: Version | None

    @property
    def stage(self) -> documents.Stage:
        """The stage declared."""
        return self.playbook.stage[self.assessment.stage.key]


def my_places(user: User) -> list[PlaceCard]:
    """The person's places by name. Seven queries, however many places there are."""
    memberships = list(Membership.objects.filter(user_id=user.pk).select_related("place").order_by("place_id"))
    in_order = by_name()
    memberships.sort(key=lambda membership: in_order(membership.place.name))
    places = [membership.place_id for membership in memberships]
    opened = {
        assessment.place_id: assessment
        for assessment in Assessment.objects.filter(place__in=places, state=Assessment.State.OPEN).select_related(
            "version"
        )
    }
    newer = newer_versions(opened.values())
    progress = progress_of(list(opened.values()))
    last: dict[int, Submission] = {}
    for submission in _standing(places):
        last.setdefault(submission.assessment.place_id, submission)
    return [
        PlaceCard(
            membership.place,
            membership,
            opened.get(membership.place_id),
            progress.get(opened[membership.place_id].pk) if membership.place_id in opened else None,
            last.get(membership.place_id),
            newer.get(opened[membership.place_id].pk) if membership.place_id in opened else None,
        )
        for membership in memberships
    ]


def rounds(place: Place) -> list[Round]:
    """The place's assessments, the latest first. Seven queries, however many there are."""
    assessments = list(place.assessments.select_related("version__playbook", "stage").order_by("-started_at", "-pk"))
    progress, newer = progress_of(assessments), newer_versions(assessments)
    standing = {submission.assessment_id: submission for submission in reversed(_standing([place.pk]))}
    events: dict[int, list[Happening]] = {}
    for event in Event.objects.filter(assessment__in=assessments).select_related("by"):
        told = events.setdefault(event.assessment_id, [])
        before = sum(each.submission > 0 for each in told)
        told.append(Happening(event, before + 1 if event.kind == Event.Kind.SUBMITTED else 0))
    return [
        Round(
            each,
            progress[each.pk],
            None if each.is_open else standing.get(each.pk),
            events.get(each.pk, []),
            playbook_to_read(each.version),
            newer.get(each.pk),
        )
        for each in assessments
    ]


def people(place: Place) -> list[Membership]:
    """The members, owners first. One query."""
    order = list(Membership.Role)
    in_order = by_name()
    members = Membership.objects.filter(place=place).select_related("user").order_by("pk")
    return sorted(members, key=lambda member: (order.index(Membership.Role(member.role)), in_order(str(member.user))))


def owners(place: Place) -> list[Membership]:
    """Those who may submit, by name. One query."""
    in_order = by_name()
    rows = Membership.objects.filter(place=place, role=Membership.Role.OWNER).select_related("user").order_by("pk")
    return sorted(rows, key=lambda member: in_order(str(member.user)))


def by_name() -> Callable[[str], Key]:
    """The key to sort names by, in the alphabet of whoever reads; a database sorts the same for everybody."""
    return alphabetical(get_language() or settings.LANGUAGE_CODE)


def place_facts(place: Place) -> dict[str, str]:
    """What a report says of the place, in words; in English whoever reads, since a submission keeps them."""
    with override(settings.LANGUAGE_CODE):
        return {
            "name": place.name,
            "kind": place.get_kind_display(),
            "region": place.get_region_display(),
            "boundary": place.boundary_note,
        }


def last_submission(assessment: Assessment) -> Submission | None:
    """The last submission, if there is one, without the texts that it froze. One query."""
    return assessment.submissions.order_by("-number").only("number", "dated", "submitted_at", "assessment").first()


def _standing(places: list[int]) -> list[Submission]:
    """Submissions of assessments that are submitted now, the latest first; without the texts that they froze."""
    rows = Submission.objects.filter(assessment__place__in=places, assessment__state=Assessment.State.SUBMITTED)
    frozen = ("playbook", "answers", "result", "place")
    return list(rows.select_related("assessment").defer(*frozen).order_by("-dated", "-submitted_at", "-number"))


def progress_of(assessments: list[Assessment]) -> dict[int, Progress]:
    """How far each of these is, by its primary key. Two queries, however many there are."""
    done = dict(
        Answer.objects.current()
        .filter(~Q(state=Answer.State.MISSING), assessment__in=assessments, carried=False)
        .order_by()
        .values_list("assessment")
        .annotate(Count("pk"))
    )
    total = dict(
        Criterion.objects.filter(version__in={each.version_id for each in assessments})
        .order_by()
        .values_list("version")
        .annotate(Count("pk"))
    )
    return {each.pk: Progress(done.get(each.pk, 0), total.get(each.version_id, 0)) for each in assessments}
