"""Writes to who has which lesson of an open assessment in hand.

Each holds the assessment's row, and giving a lesson to somebody holds their membership as well: it is then either there
when they leave the place, and ends with that, or it is refused because they have left.
"""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from assessments.models import Assessment, Delegation, Membership, User
from assessments.selectors.playbooks import playbook_document
from assessments.services.answering import Moved, hold_on, hold_open


class NotAnswering(Exception):
    """Somebody to whom a lesson was to be given is no member any more who may answer; nothing was changed."""


class HeldAlready(Exception):
    """Somebody to whom a lesson was to be given has it already; nothing was changed."""


@transaction.atomic
def delegate(
    *, assessment: Assessment, lesson_key: str, people: Collection[int], due: date | None, note: str, by: User
) -> None:
    """Put a lesson into the hands of these people (primary keys of accounts). By all of them, or by none.

    Raises NotOpen, Moved where the version has no such lesson, NotAnswering, HeldAlready.
    """
    _hold_lesson(assessment, lesson_key)
    _hold_members(assessment, people)
    if Delegation.objects.filter(assessment=assessment, lesson_key=lesson_key, person__in=people).exists():
        raise HeldAlready
    now = timezone.now()
    Delegation.objects.bulk_create(
        Delegation(
            assessment=assessment,
            lesson_key=lesson_key,
            person_id=person,
            due=due,
            note=note,
            made_by=by,
            made_at=now,
        )
        for person in sorted(set(people))
    )


@transaction.atomic
def take_lesson(*, assessment: Assessment, lesson_key: str, by: User) -> None:
    """Take a lesson into one's own hands; taking it twice is no error. Raises NotOpen, Moved, NotAnswering."""
    _hold_lesson(assessment, lesson_key)
    _hold_members(assessment, [by.pk])
    Delegation.objects.get_or_create(
        assessment=assessment, lesson_key=lesson_key, person=by, defaults={"made_by": by, "made_at": timezone.now()}
    )


@transaction.atomic
def change_delegation(*, delegation: Delegation, due: date | None, note: str) -> bool:
    """Give it another date and note; false where it has ended meanwhile. Raises NotOpen."""
    hold_open(delegation.assessment)
    return bool(Delegation.objects.filter(pk=delegation.pk).update(due=due, note=note))


@transaction.atomic
def end_delegation(*, delegation: Delegation) -> None:
    """Take the lesson out of these hands; doing it twice is no error. Raises NotOpen."""
    hold_open(delegation.assessment)
    Delegation.objects.filter(pk=delegation.pk).delete()


def end_delegations(*, person_id: int, place_id: int) -> None:
    """End all that somebody has in hand in a place: they leave it, or may only read from now on.

    To be called after that was written, in the same transaction: whoever gives them a lesson at that moment either has
    given it before this looks, or finds that they may not answer.
    """
    Delegation.objects.filter(person=person_id, assessment__place=place_id).delete()


def _hold_lesson(assessment: Assessment, lesson_key: str) -> None:
    hold_on(assessment)
    if lesson_key not in {lesson.key for lesson in playbook_document(assessment.version).lessons}:
        raise Moved("This is a lesson of another version.")


def _hold_members(assessment: Assessment, people: Collection[int]) -> None:
    rows = Membership.objects.select_for_update(of=("self",)).filter(place=assessment.place_id, user__is_active=True)
    found = rows.filter(user__in=people, role__in=Membership.ANSWERING).order_by("pk")
    if set(found.values_list("user_id", flat=True)) != set(people):
        raise NotAnswering
