"""Reads of one assessment's answers, as the plain values that the guide, the documents and the engine take."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone

from assessments import guide
from assessments.findings.heard import respondents_told
from assessments.interchange import documents
from assessments.models import Answer, Assessment, Backing, Submission
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.voices import is_told_as_anonymous, revealed_round, voices_of

BY_KEY = "criterion__key"

Pieces = tuple[documents.Evidence, ...]


@dataclass(frozen=True)
class Backed:
    """What backs a criterion: all of it, and without what was brought over from the last assessment."""

    pieces: Pieces = ()
    added: Pieces = ()


def given_answers(assessment: Assessment) -> dict[str, guide.Given]:
    """What was given on the version that it is on, by criterion key. One query."""
    return _given([assessment]).get(assessment.pk, {})


def _given(assessments: Collection[Assessment]) -> dict[int, dict[str, guide.Given]]:
    """The same for many, by the primary key of each. One query."""
    found: dict[int, dict[str, guide.Given]] = defaultdict(dict)
    rows = Answer.objects.current().filter(assessment__in=assessments)
    named = (BY_KEY, "assessment_id", "state", "level", "reason", "note", "saved_at", "saved_by_id", "carried")
    for row in rows.values(*named):
        found[row["assessment_id"]][row[BY_KEY]] = guide.Given(
            _value(row), row["reason"], row["note"], row["saved_at"], row["saved_by_id"], row["carried"]
        )
    return found


def _value(row: dict[str, Any]) -> int | str | None:
    if row["state"] == Answer.State.LEVEL:
        level: int = row["level"]
        return level
    return None if row["state"] == Answer.State.MISSING else str(row["state"])


def answers_document(
    assessment: Assessment, *, dated: date | None = None, with_waiting: bool = False
) -> documents.Answers:
    """The open assessment as it stands, in the interchange form; dated as `date_of` says unless told. Six queries.

    What respondents gave is in it once it is revealed, as far as it may be told (findings.heard).
    What was brought over from another version and waits to be looked at is in it only `with_waiting`.
    """
    said = given_answers(assessment)
    given = {key: each for key, each in said.items() if with_waiting or not each.waits}
    evidence = _pieces([assessment]).get(assessment.pk, {})
    counting = evidence if with_waiting else _counting(evidence, given)
    found = _document(assessment, given, counting, dated or date_of(assessment))
    return replace(found, respondents=_respondents(assessment))


def _respondents(assessment: Assessment) -> tuple[documents.Respondent, ...]:
    revealed = revealed_round(assessment)
    if revealed is None:
        return ()
    playbook = playbook_document(assessment.version)
    return respondents_told(playbook, voices_of(revealed), anonymous=is_told_as_anonymous(revealed))


def answers_documents(assessments: Collection[Assessment]) -> dict[int, documents.Answers]:
    """The same for many, by the primary key of each, without respondents, which no figure of a portfolio asks for.

    Three queries, once their versions have been read.
    """
    if not assessments:
        return {}
    given, evidence, dates, today = _given(assessments), _pieces(assessments), _dates(assessments), timezone.localdate()
    found = {}
    for each in assessments:
        said = {key: one for key, one in given.get(each.pk, {}).items() if not one.waits}
        counting = _counting(evidence.get(each.pk, {}), said)
        found[each.pk] = _document(each, said, counting, dates.get(each.pk, today))
    return found


def _document(
    assessment: Assessment, given: dict[str, guide.Given], evidence: Mapping[str, Backed], dated: date
) -> documents.Answers:
    playbook = playbook_document(assessment.version)
    return documents.Answers(
        place=assessment.place.name,
        dated=dated,
        stage=assessment.stage.key,
        answers=_answers(playbook, given),
        playbook=(playbook.key, playbook.version),
        reasons={key: given[key].reason for key in playbook.criterion if key in given and given[key].reason.strip()},
        notes={key: given[key].note for key in playbook.criterion if key in given and given[key].note.strip()},
        evidence={key: evidence[key].pieces for key in playbook.criterion if key in evidence},
    )


def date_of(assessment: Assessment) -> date:
    """The day that it is dated: that of its first submission, which reopening does not change; before that, today."""
    return _dates([assessment]).get(assessment.pk) or timezone.localdate()


def _dates(assessments: Collection[Assessment]) -> dict[int, date]:
    """The day of the first submission of each that has one. One query."""
    rows = Submission.objects.filter(assessment__in=assessments, number=1).order_by()
    return dict(rows.values_list("assessment", "dated"))


def _answers(playbook: documents.Playbook, given: dict[str, guide.Given]) -> dict[str, int | str]:
    found = ((key, given[key].answer) for key in playbook.criterion if key in given)
    return {key: answer for key, answer in found if answer is not None}


def evidence_pieces(assessment: Assessment) -> Mapping[str, Pieces]:
    """The evidence by criterion key, in the order in which it was added, whether it counts yet or not. One query."""
    return {key: backed.pieces for key, backed in _pieces([assessment]).get(assessment.pk, {}).items()}


def _pieces(assessments: Collection[Assessment]) -> dict[int, dict[str, Backed]]:
    """The same for many, by the primary key of each. One query."""
    found: dict[int, dict[str, Backed]] = defaultdict(dict)
    rows = Backing.objects.current().filter(assessment__in=assessments).order_by("pk")
    of_item = ("evidence__grade", "evidence__dated", "evidence__title", "evidence__link")
    for pk, key, brought, grade, dated, title, link in rows.values_list("assessment", BY_KEY, "brought_from", *of_item):
        piece, stood = documents.Evidence(grade, dated, title, link or None), found[pk].get(key, Backed())
        found[pk][key] = Backed((*stood.pieces, piece), stood.added if brought else (*stood.added, piece))
    return found


def _counting(evidence: Mapping[str, Backed], given: Mapping[str, guide.Given]) -> Mapping[str, Backed]:
    """Without what was brought over from the last assessment to a criterion that nobody has answered since."""
    answered = {key for key, each in given.items() if each.answer is not None}
    kept = {key: each if key in answered else Backed(each.added, each.added) for key, each in evidence.items()}
    return {key: each for key, each in kept.items() if each.pieces}


def answer_to(assessment: Assessment, criterion_id: int) -> Answer | None:
    """The row of one answer with who saved it. One query."""
    return Answer.objects.select_related("saved_by").filter(assessment=assessment, criterion_id=criterion_id).first()
