"""Reads for workbooks: what one is filled with, and what an uploaded one says held against what stands here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from assessments.comparing.three_ways import Held, hold
from assessments.interchange import Playbook
from assessments.interchange.documents import Criterion
from assessments.interchange.filled import Entry, Standing, thaw
from assessments.models import Answer, Assessment, User, Version, WorkbookUpload
from assessments.selectors.answers import evidence_pieces
from assessments.selectors.languages import playbook_to_read


def standings(assessment: Assessment) -> tuple[dict[str, Standing], date | None]:
    """What stands at each criterion of the version that it is on, and the day when it was last saved. Two queries."""
    rows, evidence = answers_by_key(assessment), evidence_pieces(assessment)
    found = {}
    for key in rows.keys() | evidence.keys():
        row = rows.get(key)
        pieces = evidence.get(key, ())
        found[key] = Standing(entry_of(row), row.revision if row else 0, pieces, bool(row and row.carried))
    saved = max((row.saved_at for row in rows.values()), default=None)
    return found, saved and timezone.localdate(saved)


def answers_by_key(assessment: Assessment) -> dict[str, Answer]:
    """The rows of the version that it is on, with who saved them, by criterion key. One query."""
    rows = Answer.objects.current().filter(assessment=assessment).select_related("criterion", "saved_by")
    return {row.criterion.key: row for row in rows}


def entry_of(row: Answer | None) -> Entry:
    """What a row says."""
    return Entry() if row is None else Entry(row.value, row.reason, row.note)


def playbooks_to_read(version: Version) -> dict[str, Playbook]:
    """The version in every language of the pages, by code."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = playbook_to_read(version)
    return found


@dataclass(frozen=True)
class HeldLine:
    """A line of a workbook beside the row that stands here. `number`: the criterion's place in the playbook, from 1."""

    number: int
    label: str
    text: Criterion
    held: Held
    row: Answer | None

    @property
    def revision(self) -> int:
        """The revision that a reader of it has seen."""
        return self.row.revision if self.row else 0


def held_lines(upload: WorkbookUpload, assessment: Assessment) -> Sequence[HeldLine]:
    """Every line of an upload against the version that the assessment is on. One query. Of another version: none."""
    if upload.version_id != assessment.version_id:
        return []
    playbook, rows = playbook_to_read(assessment.version), answers_by_key(assessment)
    numbers = {key: number for number, key in enumerate(playbook.criterion, 1)}
    found = []
    for line in thaw(upload.content).lines:
        row = rows.get(line.key)
        held = hold(line, entry_of(row), row.revision if row else 0)
        found.append(HeldLine(numbers[line.key], playbook.label[line.key], playbook.criterion[line.key], held, row))
    return found


def kept_uploads(user: User, assessment: Assessment) -> list[WorkbookUpload]:
    """What this person uploaded to an assessment and is kept, the latest first. One query."""
    return list(WorkbookUpload.objects.filter(assessment=assessment, person=user))
