"""Reads for results: an assessment's findings, frozen where it is submitted, scored now where it is open."""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import override

from assessments.findings import Earlier, Findings, PlaceFacts, Submitted, assess
from assessments.findings.agreed import thaw_agreed
from assessments.interchange import Playbook, thaw_answers, thaw_playbook
from assessments.models import Assessment, Submission, Version
from assessments.scoring.frozen import thaw
from assessments.selectors.answers import answers_document
from assessments.selectors.languages import findings_to_read
from assessments.selectors.places import place_facts
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.versions import documents_along, versions_by_number
from assessments.selectors.voices import last_agreed

Versions = Mapping[str, Version]


def findings_of(assessment: Assessment, number: int | None = None) -> Findings:
    """What a results page and a report tell, as it stands or as submission `number` froze it.

    At most ten queries, however many criteria and assessments there are. Raises Submission.DoesNotExist.
    """
    if number is None and assessment.is_open:
        answers = answers_document(assessment)
        playbook = playbook_document(assessment.version)
        return assess(
            playbook,
            answers,
            PlaceFacts(**place_facts(assessment.place)),
            _earlier(previous_submission(assessment, answers.dated), playbook),
            last_agreed(assessment),
        )
    submissions = assessment.submissions.select_related("previous")
    return frozen_findings(submissions.get(number=number) if number else submissions.latest("number"))


def findings_for_report(assessment: Assessment, number: int | None, language: str) -> Findings:
    """The same for a report in `language`, which nobody has read before. Raises Submission.DoesNotExist.

    A query more where the texts of a draft are translated. What was submitted stands on its version (services.moving),
    so its translations are those that the version was published with.
    """
    with override(language):
        return findings_to_read(findings_of(assessment, number), assessment.version)


def frozen_findings(submission: Submission, versions: Versions | None = None) -> Findings:
    """A submission's findings, read from what it froze; nothing is computed again.

    `versions`: those of its playbook by number, for who has read them already.
    """
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
        earlier=_earlier(submission.previous, playbook, versions),
        agreed=thaw_agreed(submission.agreed),
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


def _earlier(row: Submission | None, now: Playbook, by_number: Versions | None = None) -> Earlier | None:
    """What an assessment on the version `now` is compared with. One query where that is on another version, unless
    its versions are given.
    """
    if row is None:
        return None
    playbook = frozen_playbook(row.playbook)
    apart = playbook.version != now.version
    if apart and by_number is None:
        by_number = versions_by_number(now.key)
    versions = documents_along(playbook, now, by_number or {}) if apart else (now,)
    return Earlier(playbook, thaw_answers(row.answers, playbook), thaw(json.loads(row.result)), versions)
