"""Moving an open assessment to the current version of its playbook, back again, or choosing to stay.

A move deletes no answer and points none elsewhere: what was said on the version that is left stays there as it stands,
and the version that is reached gets rows of its own. So undoing a move is only going back to the rows of before. What
stood is kept with each move besides, because a second move may write over what the first one brought.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessments.interchange import freeze_answers, thaw_answers
from assessments.models import (
    Answer,
    AnswerChange,
    Assessment,
    Backing,
    Event,
    Membership,
    Move,
    Stage,
    User,
    Version,
)
from assessments.selectors.answers import answers_document
from assessments.selectors.moving import Plan, Step, newer_version, piece_of, plan, to_add, trail
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.rounds import unrevealed_round
from assessments.services.answering import hold_open, record_change


class NotThere(Exception):
    """That is not the version that the assessment can move to now; nothing was changed."""


class NoWayBack(Exception):
    """There is no move to undo; nothing was changed."""


class RoundStands(Exception):
    """A round of respondents is not revealed yet, who answer the version that stands; nothing was changed."""


@transaction.atomic
def move_assessment(*, assessment: Assessment, version: Version, by: User) -> Assessment:
    """Move an open assessment to the current version of its playbook. Where it is there already, nothing happens.

    Raises PermissionDenied unless `by` is an owner; NotOpen; NotThere for any other version, and for an assessment
    that was submitted before: what was submitted stands on its version; RoundStands until a round is revealed.
    """
    found = _held(assessment, by)
    if found.version_id == version.pk:
        return found
    _check_no_round(found)
    newest = newer_version(found)
    if newest is None or newest.pk != version.pk:
        raise NotThere("This assessment cannot move to that version.")
    steps = plan(found, newest)
    stage, confirmed = _stage_there(found, newest)
    _leave(found, newest, by, is_back=False)
    _take(found, steps, by)
    return _arrive(found, newest, stage, confirmed)


@transaction.atomic
def move_back(*, assessment: Assessment, by: User) -> Assessment:
    """Undo the last move: everything stands again as it stood. Where that has been done already, nothing happens.

    Raises PermissionDenied unless `by` is an owner, NotOpen, and NoWayBack where nothing was moved, or it has been
    submitted since; RoundStands until a round is revealed.
    """
    found = _held(assessment, by)
    if found.version_id != assessment.version_id:
        return found
    _check_no_round(found)
    moves = [] if found.submissions.exists() else trail(found)
    if not moves:
        raise NoWayBack("There is no move to undo.")
    undone = moves[-1]
    was = thaw_answers(undone.answers, playbook_document(undone.left)).stage
    _leave(found, undone.left, by, is_back=True)
    return _arrive(found, undone.left, undone.left.stages.get(key=was), undone.stage_confirmed)


@transaction.atomic
def stay(*, assessment: Assessment, version: Version, by: User) -> None:
    """Choose to finish on the version that it is on, beside a newer one. It can still move, as long as it is open."""
    found = _held(assessment, by)
    newest = newer_version(found)
    if newest is None or newest.pk != version.pk:
        raise NotThere("This assessment cannot move to that version.")
    Assessment.objects.filter(pk=found.pk).update(declined=newest)


def _held(assessment: Assessment, by: User) -> Assessment:
    """The assessment as it stands, held until the transaction ends."""
    hold_open(assessment)
    owners = Membership.objects.filter(place=assessment.place_id, user=by, role=Membership.Role.OWNER)
    if not owners.exists():
        raise PermissionDenied("Only an owner of the place can move its assessment to another version.")
    return Assessment.objects.select_related("place", "version__playbook", "stage").get(pk=assessment.pk)


def _check_no_round(found: Assessment) -> None:
    """Opening a round holds the assessment's row too, so that none is opened while it moves."""
    if unrevealed_round(found):
        raise RoundStands("A round of respondents is not revealed yet.")


def _leave(found: Assessment, reached: Version, by: User, *, is_back: bool) -> None:
    """Keep what stands on the version that is left, also what still waits to be looked at, and say what happened."""
    now = timezone.now()
    Move.objects.create(
        assessment=found,
        left=found.version,
        reached=reached,
        is_back=is_back,
        answers=freeze_answers(answers_document(found, with_waiting=True)),
        stage_confirmed=found.stage_confirmed,
        at=now,
        by=by,
    )
    kind = Event.Kind.MOVED_BACK if is_back else Event.Kind.MOVED
    Event.objects.create(
        assessment=found, kind=kind, at=now, by=by, reason=f"{found.version.number} → {reached.number}"
    )


def _arrive(found: Assessment, version: Version, stage: Stage, confirmed: bool) -> Assessment:
    fields = {"version": version, "stage": stage, "stage_confirmed": confirmed, "declined": None}
    Assessment.objects.filter(pk=found.pk).update(**fields)
    return Assessment.objects.select_related("place", "version__playbook", "stage").get(pk=found.pk)


def _stage_there(found: Assessment, version: Version) -> tuple[Stage, bool]:
    """The stage of the same key, confirmed as long as its facts read the same; else the first one, not confirmed.

    Where an earlier move was undone and nobody has declared another stage since, the one declared there.
    """
    again = _stage_again(found, version)
    if again is not None:
        return again
    stage = version.stages.filter(key=found.stage.key).first()
    if stage is None:
        return version.stages.all()[0], False
    is_same = (stage.name, stage.facts) == (found.stage.name, found.stage.facts)
    return stage, found.stage_confirmed and is_same


def _stage_again(found: Assessment, version: Version) -> tuple[Stage, bool] | None:
    moves = found.moves.order_by("-pk")
    there = moves.filter(left=found.version, reached=version, is_back=False).first()
    back = moves.filter(left=version, reached=found.version, is_back=True).first()
    if there is None or back is None or back.pk < there.pk:
        return None
    was = thaw_answers(there.answers, playbook_document(found.version)).stage
    if (was, there.stage_confirmed) != (found.stage.key, found.stage_confirmed):
        return None
    declared = thaw_answers(back.answers, playbook_document(version)).stage
    return version.stages.get(key=declared), back.stage_confirmed


def _take(found: Assessment, steps: Plan, by: User) -> None:
    taken = Answer.objects.bulk_create(
        Answer(assessment=found, criterion_id=step.criterion_id, **_fields(step, step.newest))
        for step in steps.steps
        if step.takes and step.newest and not step.stands
    )
    for step in steps.steps:
        if step.takes and step.newest and step.stands:
            fields = {**_fields(step, step.newest), "revision": step.stands.revision + 1}
            Answer.objects.filter(pk=step.stands.pk).update(**fields)
            taken.append(Answer.objects.get(pk=step.stands.pk))
    for answer in taken:
        record_change(answer, kind=AnswerChange.Kind.MOVED, by=by)
    Backing.objects.filter(pk__in=[row.pk for step in steps.steps for row in _removed(steps, step)]).delete()
    Backing.objects.bulk_create(row for step in steps.steps for row in _added(found, steps, step))


def _fields(step: Step, newest: Answer) -> dict[str, Any]:
    """What is brought over keeps who gave it and when, so that a later move can tell which side was changed since."""
    said = step.carried.said
    is_level = isinstance(said.answer, int)
    return {
        "state": Answer.State.LEVEL if is_level else said.answer or Answer.State.MISSING,
        "level": said.answer if is_level else None,
        "reason": said.reason,
        "note": said.note,
        "carried": step.waits,
        "saved_at": newest.saved_at,
        "saved_by": newest.saved_by,
    }


def _added(found: Assessment, steps: Plan, step: Step) -> Iterator[Backing]:
    for row in to_add(steps, step):
        yield Backing(
            assessment=found,
            criterion_id=step.criterion_id,
            evidence_id=row.evidence_id,
            brought_from_id=row.brought_from_id,
            added_by_id=row.added_by_id,
        )


def _removed(steps: Plan, step: Step) -> Iterator[Backing]:
    """Pieces that somebody removed on the version that is left; what stood here was kept when it was left."""
    left = dict(step.removes)
    for row in steps.there.evidence.get(step.key, ()):
        piece = piece_of(row)
        if left.get(piece):
            left[piece] -= 1
            yield row
