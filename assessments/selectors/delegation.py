"""Reads of who has which lesson in hand: each with its date and how far the lesson is, told once for every page."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import guide
from assessments.interchange import Playbook, documents
from assessments.models import Answer, Assessment, Delegation, Membership, User
from assessments.selectors.access import assessment_to_answer, assessment_to_submit
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.places import by_name

SOON = timedelta(days=3)
"""How long before its date a lesson is said to be due soon."""


@dataclass(frozen=True)
class Held:
    """A lesson in somebody's hands. `number` is its place in the playbook, from 1; `first` that of its first criterion.

    `today` is the day of the site's time zone on which it was looked at.
    """

    delegation: Delegation
    number: int
    first: int
    lesson: documents.Lesson
    progress: guide.Progress
    today: date

    @property
    def is_complete(self) -> bool:
        return self.progress.state == guide.COMPLETE

    @property
    def due(self) -> date | None:
        return self.delegation.due

    @property
    def days_over(self) -> int:
        """For how many days it has been overdue; 0 where it is complete, or its date has not passed."""
        return 0 if self.due is None or self.is_complete else max(0, (self.today - self.due).days)

    @property
    def is_due_today(self) -> bool:
        return self.due == self.today and not self.is_complete

    @property
    def is_due_soon(self) -> bool:
        return not self.is_complete and self.due is not None and self.today < self.due <= self.today + SOON

    @property
    def urgency(self) -> tuple[bool, date, int]:
        """What to sort by: what is complete comes last, what is due first before it."""
        return self.is_complete, self.due or date.max, self.number


def delegations_of(assessment: Assessment) -> list[Delegation]:
    """Every delegation of an assessment that stands, with its person, by their names. One query."""
    rows = Delegation.objects.in_force().filter(assessment=assessment).select_related("person").order_by("pk")
    in_order = by_name()
    return sorted(rows, key=lambda row: in_order(str(row.person)))


def in_hand(playbook: Playbook, rows: Iterable[Delegation], done: Collection[str]) -> list[Held]:
    """The delegations as lessons of this playbook, `done` being the keys of criteria dealt with. No query.

    Those of a lesson that the playbook does not have are left out: `left_over` tells them.
    """
    found, first, today = {}, 1, timezone.localdate()
    for number, lesson in enumerate(playbook.lessons, 1):
        keys = [criterion.key for criterion in lesson.criteria]
        found[lesson.key] = (number, first, lesson, guide.Progress(sum(key in done for key in keys), len(keys)))
        first += len(keys)
    return [Held(row, *found[row.lesson_key], today) for row in rows if row.lesson_key in found]


def left_over(playbook: Playbook, rows: Iterable[Delegation]) -> list[Delegation]:
    """The delegations of a lesson that the version before had and this one has not. No query."""
    keys = {lesson.key for lesson in playbook.lessons}
    return [row for row in rows if row.lesson_key not in keys]


def hands(assessment: Assessment, playbook: Playbook, given: Mapping[str, guide.Given]) -> dict[str, list[Held]]:
    """Who has each lesson in hand, by lesson key, as far as anybody has. One query; none once it is submitted."""
    found: dict[str, list[Held]] = defaultdict(list)
    if assessment.is_open:
        for held in in_hand(playbook, delegations_of(assessment), done_among(given)):
            found[held.lesson.key].append(held)
    return found


def done_among(given: Mapping[str, guide.Given]) -> set[str]:
    """The keys of the criteria that are dealt with."""
    return {key for key, each in given.items() if guide.is_done(each)}


def done_in(assessments: Collection[int]) -> dict[int, set[str]]:
    """The same of many assessments, by the primary key of each. One query."""
    rows = Answer.objects.current().filter(assessment__in=assessments, carried=False)
    found: dict[int, set[str]] = defaultdict(set)
    for pk, key in rows.exclude(state=Answer.State.MISSING).order_by().values_list("assessment", "criterion__key"):
        found[pk].add(key)
    return found


def unfinished(rows: Collection[Delegation]) -> list[Held]:
    """Those that wait, the most urgent first; of any assessments, read with their versions. One query."""
    if not rows:
        return []
    done = done_in({row.assessment_id for row in rows})
    found = [
        held
        for row in rows
        for held in in_hand(playbook_to_read(row.assessment.version), [row], done.get(row.assessment_id, ()))
    ]
    return sorted((held for held in found if not held.is_complete), key=lambda held: held.urgency)


def waits_on(user: User) -> dict[int, list[Held]]:
    """What of open assessments waits on this person, by the primary key of the place. Two queries at most."""
    rows = Delegation.objects.in_force().filter(person=user, assessment__state=Assessment.State.OPEN)
    found: dict[int, list[Held]] = defaultdict(list)
    for held in unfinished(list(rows.select_related("assessment__version__playbook"))):
        found[held.delegation.assessment.place_id].append(held)
    return found


def may_take(assessment: Assessment) -> list[Membership]:
    """The members to whom a lesson can be given: those who may answer, by name. One query."""
    rows = Membership.objects.filter(place=assessment.place_id, role__in=Membership.ANSWERING, user__is_active=True)
    in_order = by_name()
    return sorted(rows.select_related("user").order_by("pk"), key=lambda member: in_order(str(member.user)))


def lesson_by(playbook: Playbook, number: int) -> documents.Lesson:
    """The lesson of this number, from 1. Raises Http404."""
    if not 1 <= number <= len(playbook.lessons):
        raise Http404("No such lesson.")
    return playbook.lessons[number - 1]


def delegation_to_manage(user: User, assessment_id: int, delegation_id: int) -> tuple[Assessment, Delegation]:
    """A delegation, for an owner. Raises Http404, or PermissionDenied for another member."""
    assessment, _membership = assessment_to_submit(user, assessment_id)
    return assessment, _delegation(assessment, delegation_id)


def delegation_to_end(user: User, assessment_id: int, delegation_id: int) -> tuple[Assessment, Delegation]:
    """A delegation, for an owner and for whose it is. Raises Http404, or PermissionDenied for another member."""
    assessment, membership = assessment_to_answer(user, assessment_id)
    delegation = _delegation(assessment, delegation_id)
    if not membership.may_submit and delegation.person_id != user.pk:
        raise PermissionDenied(_("Only an owner of the place can take a lesson out of somebody else’s hands."))
    return assessment, delegation


def _delegation(assessment: Assessment, delegation_id: int) -> Delegation:
    row = Delegation.objects.filter(assessment=assessment, pk=delegation_id).select_related("person").first()
    if row is None:
        raise Http404("No such delegation.")
    return row
