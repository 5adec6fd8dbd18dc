"""Writes to an assessment as a whole: start it, declare its stage, submit it, reopen it."""

import json
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import scoring
from assessments.findings.agreed import freeze_agreed
from assessments.interchange import (
    MOST_BYTES,
    dump_answers,
    freeze_answers,
    freeze_playbook,
    scorable_answers,
    scorable_playbook,
)
from assessments.models import Answer, Assessment, Event, Place, Stage, Submission, User, Version
from assessments.scoring.frozen import freeze
from assessments.selectors.answers import answers_document
from assessments.selectors.places import place_facts
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.results import previous_submission
from assessments.selectors.voices import last_agreed
from assessments.services.answering import Moved, NotOpen, hold_on, hold_open
from assessments.services.evidence import bring_over


class NothingToSubmit(Exception):
    """No criterion has an answer yet."""


class TooMuchText(Exception):
    """The answers are longer than their own file may be, so that nobody could read it in again."""


class ReasonMissing(Exception):
    """A criterion is not applicable, and nobody has said why."""


def start_assessment(*, place: Place, version: Version, by: User | None) -> Assessment:
    """Start an assessment on a published version, or return the one that is open already.

    The evidence of the last one is brought over.
    """
    last = place.assessments.filter(version__playbook=version.playbook_id).select_related("stage").first()
    declared = last.stage.key if last else place.declared_stage
    stage = version.stages.filter(key=declared).first() or version.stages.all()[0]
    try:
        with transaction.atomic():
            assessment = Assessment.objects.create(
                place=place,
                version=version,
                stage=stage,
                stage_confirmed=last is None and stage.key == declared,
                started_by=by,
            )
            _record(assessment, Event.Kind.STARTED, by)
            bring_over(assessment=assessment, by=by)
            return assessment
    except IntegrityError:
        return place.assessments.get(state=Assessment.State.OPEN)


@transaction.atomic
def declare_stage(*, assessment: Assessment, stage: Stage) -> None:
    """Declare the stage of an open assessment. Raises NotOpen, or Moved where it is a stage of another version."""
    if hold_open(assessment) != stage.version_id:
        raise Moved("This is a stage of another version.")
    Assessment.objects.filter(pk=assessment.pk).update(stage=stage, stage_confirmed=True)


@transaction.atomic
def submit_assessment(*, assessment: Assessment, by: User, dated: date | None = None) -> Submission:
    """Freeze texts, answers and result. Dated today unless told otherwise; submitted again, it keeps its first date.

    Submitting what is submitted already returns the submission that stands. Raises NothingToSubmit, ReasonMissing,
    TooMuchText, and Moved where `assessment` was read with another version than it is on.
    """
    try:
        hold_on(assessment)
    except NotOpen:
        return assessment.submissions.latest("number")
    assessment = Assessment.objects.select_related("place", "version__playbook", "stage").get(pk=assessment.pk)
    _check_submittable(assessment)
    playbook, answers = playbook_document(assessment.version), answers_document(assessment, dated=dated)
    if len(dump_answers(answers).encode()) > MOST_BYTES:
        raise TooMuchText(_("Notes and evidence are too long to be kept together. Shorten some notes or links."))
    result = scoring.score(scorable_playbook(playbook), scorable_answers(answers))
    submission = Submission.objects.create(
        assessment=assessment,
        previous=previous_submission(assessment, answers.dated),
        number=assessment.submissions.count() + 1,
        dated=answers.dated,
        submitted_at=timezone.now(),
        submitted_by=by,
        submitted_by_name=str(by),
        place=json.dumps(place_facts(assessment.place), ensure_ascii=False),
        playbook=freeze_playbook(playbook),
        answers=freeze_answers(answers),
        result=json.dumps(freeze(result), ensure_ascii=False),
        agreed=freeze_agreed(last_agreed(assessment)),
        engine=scoring.VERSION,
    )
    Assessment.objects.filter(pk=assessment.pk).update(state=Assessment.State.SUBMITTED)
    _record(assessment, Event.Kind.SUBMITTED, by)
    return submission


@transaction.atomic
def reopen_assessment(*, assessment: Assessment, by: User, reason: str) -> Assessment:
    """Open a submitted assessment again; the submission stays on record. An open one is returned as it is.

    Where the place has started another assessment since, its unique constraint refuses: raises AnotherIsOpen.
    """
    try:
        with transaction.atomic():
            changed = Assessment.objects.filter(pk=assessment.pk, state=Assessment.State.SUBMITTED).update(
                state=Assessment.State.OPEN
            )
    except IntegrityError:
        raise AnotherIsOpen("The place has another open assessment.") from None
    if changed:
        _record(assessment, Event.Kind.REOPENED, by, reason)
    assessment.refresh_from_db()
    return assessment


class AnotherIsOpen(Exception):
    """A place has one open assessment at a time."""


def _check_submittable(assessment: Assessment) -> None:
    answers = Answer.objects.current().filter(assessment=assessment, carried=False)
    if not answers.exclude(state=Answer.State.MISSING).exists():
        raise NothingToSubmit(_("Answer at least one criterion first."))
    if any(not answer.reason.strip() for answer in answers.filter(state=Answer.State.NOT_APPLICABLE)):
        raise ReasonMissing(_("Say why each criterion that is not applicable does not apply."))


def _record(assessment: Assessment, kind: str, by: User | None, reason: str = "") -> None:
    Event.objects.create(assessment=assessment, kind=kind, at=timezone.now(), by=by, reason=reason)
