"""Keep what an uploaded workbook says, and take over those of its lines that somebody has chosen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.interchange.filled import Entry, Filled, freeze, thaw
from assessments.models import Answer, AnswerChange, Assessment, User, WorkbookUpload
from assessments.selectors.playbooks import criterion_ids
from assessments.services.answering import Conflict, Content, Moved, hold_on, save_answer

KEPT_FOR = timedelta(days=7)
MOST_KEPT = 5
"""Uploads of one person to one assessment; the oldest go first."""


@transaction.atomic
def keep_upload(*, assessment: Assessment, name: str, filled: Filled, by: User) -> WorkbookUpload:
    """Keep what a workbook says until its lines are chosen, for a week at most. What is too old goes."""
    now = timezone.now()
    remove_old_uploads(before=now - KEPT_FOR)
    upload = WorkbookUpload.objects.create(
        assessment=assessment,
        version=assessment.version,
        person=by,
        name=name[:200],
        content=freeze(filled),
        uploaded_at=now,
    )
    mine = WorkbookUpload.objects.filter(assessment=assessment, person=by)
    kept = list(mine.values_list("pk", flat=True)[:MOST_KEPT])
    mine.exclude(pk__in=kept).delete()
    return upload


def remove_old_uploads(*, before: datetime) -> int:
    """Remove what was uploaded before a moment; how many that were."""
    return WorkbookUpload.objects.filter(uploaded_at__lt=before).delete()[0]


@dataclass(frozen=True)
class Chosen:
    """What somebody wants at a criterion, having seen `seen`: the revision of what stood there, 0 where nothing did."""

    key: str
    entry: Entry
    seen: int


@dataclass(frozen=True)
class Accepted:
    """The keys of what was taken over, and of what somebody else has changed meanwhile, which stays as it is."""

    saved: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


@transaction.atomic
def accept_lines(
    *,
    upload: WorkbookUpload,
    assessment: Assessment,
    chosen: Sequence[Chosen],
    by: User,
    kept: Collection[str] = (),
) -> Accepted:
    """Take over what was chosen, each line over the revision that was seen; what stands already stays.

    `kept` are the keys where somebody chose what stands on the site. What is saved or kept is settled for this upload.
    Raises NotOpen or Moved before anything is written.
    """
    hold_on(assessment)
    if upload.version_id != assessment.version_id:
        raise Moved("This workbook answers another version.")
    ids, accepted = criterion_ids(assessment.version), Accepted()
    for each in chosen:
        try:
            content = content_of(each.entry)
            save_answer(
                assessment=assessment,
                criterion_id=ids[each.key],
                content=content,
                seen=each.seen,
                by=by,
                kind=AnswerChange.Kind.WORKBOOK,
                why=upload.name,
            )
            accepted.saved.append(each.key)
        except Conflict:
            accepted.conflicts.append(each.key)
    if accepted.saved:
        WorkbookUpload.objects.filter(pk=upload.pk, applied_at=None).update(applied_at=timezone.now())
    _settle(upload, {*accepted.saved, *kept})
    return accepted


def _settle(upload: WorkbookUpload, keys: Collection[str]) -> None:
    """Keep which lines are decided, so that nobody is asked again. The assessment is held: nobody else writes here."""
    upload.refresh_from_db(fields=["content"])
    filled = thaw(upload.content)
    if not filled.settled.issuperset(keys):
        upload.content = freeze(replace(filled, settled=filled.settled.union(keys)))
        upload.save(update_fields=["content"])


def content_of(entry: Entry) -> Content:
    """What an entry says, as answers are saved."""
    if isinstance(entry.answer, int):
        return Content(Answer.State.LEVEL, entry.answer, note=entry.note)
    if entry.answer == Answer.State.NOT_APPLICABLE:
        return Content(Answer.State.NOT_APPLICABLE, reason=entry.reason, note=entry.note)
    return Content(entry.answer or Answer.State.MISSING, note=entry.note)
