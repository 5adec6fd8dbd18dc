"""Reads for the history of a place: its assessments on one playbook, as they were submitted, in order of time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assessments.findings import Findings, PlaceFacts, assess
from assessments.findings.history import History, Moment
from assessments.models import Assessment, Place, Playbook, Submission, Version
from assessments.scoring.frozen import thaw
from assessments.selectors.answers import answers_document
from assessments.selectors.languages import in_words_of
from assessments.selectors.places import place_facts
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.results import frozen_playbook, previous_submission
from assessments.selectors.versions import documents_along, versions_by_number


@dataclass(frozen=True)
class Assessed:
    """A playbook that a place has an assessment on, with the title that it has there now."""

    playbook: Playbook
    title: str


def assessed_playbooks(place: Place) -> list[Assessed]:
    """The playbooks of the place's assessments, that of the latest one first. One query."""
    found: dict[int, Assessed] = {}
    for each in place.assessments.select_related("version__playbook").order_by("-started_at", "-pk"):
        found.setdefault(each.version.playbook_id, Assessed(each.version.playbook, each.version.title))
    return list(found.values())


def history_of_place(place: Place, playbook: Playbook) -> History | None:
    """Every assessment that is submitted now, and the open one so far as it is answered; None where there is none.

    Seven queries, however many assessments there are, once the versions have been read.
    """
    moments = [_submitted(row) for row in _standing(place, playbook)]
    moments += [_open(each) for each in _still_open(place, playbook)]
    moments = sorted((each for each in moments if _is_begun(each)), key=lambda each: each.dated)
    return _along(moments) if moments else None


def history_up_to(assessment: Assessment, findings: Findings) -> History:
    """The assessments that led up to this one, which stands last. At most three queries.

    What is submitted later does not change it: a submission remembers what came before it.
    """
    number = findings.submitted.number if findings.submitted else 0
    playbook = findings.source or findings.playbook
    this = Moment(assessment.pk, number, findings.answers.dated, playbook, findings.result)
    before = [_submitted(row) for row in _chain(assessment, findings)]
    return _along([*before[::-1], this])


def _chain(assessment: Assessment, findings: Findings) -> Iterator[Submission]:
    """The submissions before this assessment, each the one that the last was compared with."""
    found = Submission.objects.filter(assessment__place_id=assessment.place_id).defer("answers", "place")
    rows = {row.pk: row for row in found}
    if findings.submitted is None:
        last = previous_submission(assessment, findings.answers.dated)
        at = last.pk if last else None
    else:
        own = {row.number: row for row in rows.values() if row.assessment_id == assessment.pk}
        at = own[findings.submitted.number].previous_id
    while at in rows:
        row = rows.pop(at)
        yield row
        at = row.previous_id


def _along(moments: Sequence[Moment]) -> History:
    """The assessments in the language of the reader, with the versions that lie between. One query."""
    by_number = versions_by_number(moments[-1].playbook.key)
    between = [documents_along(before.playbook, now.playbook, by_number) for before, now in pairwise(moments)]
    return History(tuple(_to_read(each, by_number) for each in moments), tuple(between))


def _to_read(moment: Moment, by_number: Mapping[str, Version]) -> Moment:
    version = by_number[moment.playbook.version]
    return replace(moment, playbook=in_words_of(version, moment.playbook))


def _standing(place: Place, playbook: Playbook) -> list[Submission]:
    """The last submission of each assessment that is submitted now, the earliest first."""
    rows = Submission.objects.filter(
        assessment__place=place,
        assessment__state=Assessment.State.SUBMITTED,
        assessment__version__playbook=playbook,
    )
    last = {row.assessment_id: row for row in rows.defer("answers", "place").order_by("number")}
    return sorted(last.values(), key=lambda row: (row.dated, row.submitted_at))


def _submitted(row: Submission) -> Moment:
    """As it was frozen, with the playbook that it froze."""
    result = thaw(json.loads(row.result))
    return Moment(row.assessment_id, row.number, row.dated, frozen_playbook(row.playbook), result)


def _still_open(place: Place, playbook: Playbook) -> list[Assessment]:
    rows = place.assessments.filter(state=Assessment.State.OPEN, version__playbook=playbook)
    return list(rows.select_related("place", "version__playbook", "stage"))


def _open(assessment: Assessment) -> Moment:
    answers = answers_document(assessment)
    told = assess(playbook_document(assessment.version), answers, PlaceFacts(**place_facts(assessment.place)))
    return Moment(assessment.pk, 0, answers.dated, told.playbook, told.result)


def _is_begun(moment: Moment) -> bool:
    counts = moment.result.overall.counts
    return not moment.is_open or counts.total > counts.missing
