"""Reads for results: an assessment's findings, frozen where it is submitted, scored now where it is open."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import timezone

from assessments.findings import Earlier, Findings, PlaceFacts, Submitted, assess, status_words
from assessments.findings.sentences import span
from assessments.interchange import Playbook, thaw_answers, thaw_playbook
from assessments.models import Assessment, Submission
from assessments.scoring.frozen import thaw
from assessments.scoring.result import OverallResult
from assessments.selectors.answers import answers_document
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.places import place_facts
from assessments.selectors.playbooks import playbook_document


def findings_of(assessment: Assessment, number: int | None = None) -> Findings:
    """What a results page and a report tell, as it stands or as submission `number` froze it.

    At most five queries, however many criteria and assessments there are. Raises Submission.DoesNotExist.
    """
    if number is None and assessment.is_open:
        answers = answers_document(assessment)
        return assess(
            playbook_document(assessment.version),
            answers,
            PlaceFacts(**place_facts(assessment.place)),
            _earlier(previous_submission(assessment, answers.dated)),
        )
    submissions = assessment.submissions.select_related("previous")
    return frozen_findings(submissions.get(number=number) if number else submissions.latest("number"))


def frozen_findings(submission: Submission) -> Findings:
    """A submission's findings, read from what it froze; nothing is computed again."""
    playbook = frozen_playbook(submission.playbook)
    return Findings(
        playbook=playbook,
        answers=thaw_answers(submission.answers, playbook),
        result=thaw(json.loads(submission.result)),
        place=PlaceFacts(**json.loads(submission.place)),
        submitted=Submitted(
            timezone.localdate(submission.submitted_at),
            submission.submitted_by_name,
            submission.number,
            submission.engine,
        ),
        earlier=_earlier(submission.previous),
    )


@lru_cache(maxsize=32)
def frozen_playbook(text: str) -> Playbook:
    """The same frozen text is the same playbook, for every submission that holds it."""
    return thaw_playbook(text)


def previous_submission(assessment: Assessment, dated: date) -> Submission | None:
    """What the place submitted last, on the same playbook, up to the day of this assessment. One query."""
    rows = Submission.objects.filter(
        assessment__place_id=assessment.place_id,
        assessment__state=Assessment.State.SUBMITTED,
        assessment__version__playbook_id=assessment.version.playbook_id,
        dated__lte=dated,
    )
    return rows.exclude(assessment_id=assessment.pk).order_by("-dated", "-submitted_at", "-number").first()


def _earlier(row: Submission | None) -> Earlier | None:
    if row is None:
        return None
    playbook = frozen_playbook(row.playbook)
    return Earlier(playbook, thaw_answers(row.answers, playbook), thaw(json.loads(row.result)))


@dataclass(frozen=True)
class Past:
    """An assessment as the history of its place lists it."""

    assessment_id: int
    number: int
    dated: date
    version: str
    overall: OverallResult
    stage: str
    is_this: bool = False

    @property
    def status_words(self) -> str:
        return status_words(self.overall.status)

    @property
    def range_words(self) -> str:
        return span(self.overall.low, self.overall.high)


def history_of(assessment: Assessment, findings: Findings) -> list[Past]:
    """This assessment and those of its place that led up to it, the latest first. Two queries.

    What is submitted later does not change it: a submission remembers what came before it.
    """
    rows = {row.pk: row for row in _submissions(assessment)}
    this = Past(
        assessment.pk,
        findings.submitted.number if findings.submitted else 0,
        findings.answers.dated,
        findings.playbook.version,
        findings.overall,
        findings.supported.name,
        is_this=True,
    )
    before = list(_chain(assessment, findings, rows))
    return [this, *(_past(row) for row in before)]


def _submissions(assessment: Assessment) -> list[Submission]:
    rows = Submission.objects.filter(assessment__place_id=assessment.place_id).select_related(
        "assessment__version__playbook"
    )
    return list(rows.defer("playbook", "answers", "place"))


def _chain(assessment: Assessment, findings: Findings, rows: dict[int, Submission]) -> Iterator[Submission]:
    """The submissions before this assessment, each the one that the last was compared with."""
    if findings.submitted is None:
        found = previous_submission(assessment, findings.answers.dated)
        at = found.pk if found else None
    else:
        own = {row.number: row for row in rows.values() if row.assessment_id == assessment.pk}
        at = own[findings.submitted.number].previous_id
    while at in rows:
        row = rows.pop(at)
        yield row
        at = row.previous_id


def _past(row: Submission) -> Past:
    result = thaw(json.loads(row.result))
    stage = playbook_to_read(row.assessment.version).stage[result.stage.evidenced].name
    return Past(row.assessment_id, row.number, row.dated, row.assessment.version.number, result.overall, stage)
