"""Reads of one assessment's answers, as the plain values that the guide, the documents and the engine take."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from assessments import guide
from assessments.interchange import documents
from assessments.models import Answer, Assessment, Evidence, Submission
from assessments.selectors.playbooks import playbook_document

BY_KEY = "criterion__key"

Pieces = tuple[documents.Evidence, ...]


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
    """The open assessment as it stands, in the interchange form; dated as `date_of` says unless told. Four queries.

    What was brought over from another version and waits to be looked at is in it only `with_waiting`.
    """
    said = given_answers(assessment)
    given = {key: each for key, each in said.items() if with_waiting or not each.waits}
    return _document(assessment, given, evidence_pieces(assessment), dated or date_of(assessment))


def answers_documents(assessments: Collection[Assessment]) -> dict[int, documents.Answers]:
    """The same for many, by the primary key of each. Three queries, once their versions have been read."""
    if not assessments:
        return {}
    given, evidence, dates, today = _given(assessments), _pieces(assessments), _dates(assessments), timezone.localdate()
    return {
        each.pk: _document(
            each,
            {key: said for key, said in given.get(each.pk, {}).items() if not said.waits},
            evidence.get(each.pk, {}),
            dates.get(each.pk, today),
        )
        for each in assessments
    }


def _document(
    assessment: Assessment, given: dict[str, guide.Given], evidence: Mapping[str, Pieces], dated: date
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
        evidence={key: evidence[key] for key in playbook.criterion if key in evidence},
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
    """The evidence by criterion key, in the order in which it was added. One query."""
    return _pieces([assessment]).get(assessment.pk, {})


def _pieces(assessments: Collection[Assessment]) -> dict[int, dict[str, Pieces]]:
    """The same for many, by the primary key of each. One query."""
    found: dict[int, dict[str, Pieces]] = defaultdict(dict)
    rows = Evidence.objects.current().filter(assessment__in=assessments).order_by("pk")
    named = ("assessment_id", BY_KEY, "grade", "dated", "title", "link")
    for pk, key, grade, dated, title, link in rows.values_list(*named):
        piece = documents.Evidence(grade, dated, title, link or None)
        found[pk][key] = (*found[pk].get(key, ()), piece)
    return found


def answer_to(assessment: Assessment, criterion_id: int) -> Answer | None:
    """The row of one answer with who saved it. One query."""
    return Answer.objects.select_related("saved_by").filter(assessment=assessment, criterion_id=criterion_id).first()


def evidence_for(assessment: Assessment, criterion_id: int) -> list[Evidence]:
    """The rows of one criterion's evidence. One query."""
    return list(Evidence.objects.filter(assessment=assessment, criterion_id=criterion_id).order_by("pk"))


def criterion_of_piece(assessment: Assessment, evidence_id: int) -> int | None:
    """The criterion that a piece of an assessment's evidence belongs to, of whichever version. One query."""
    rows = Evidence.objects.filter(assessment=assessment, pk=evidence_id)
    return rows.values_list("criterion_id", flat=True).first()


def piece_of(assessment: Assessment, criterion_id: int, evidence_id: int) -> Evidence | None:
    """One piece of a criterion's evidence, with its assessment. One query."""
    rows = Evidence.objects.select_related("assessment__version__playbook")
    return rows.filter(assessment=assessment, criterion_id=criterion_id, pk=evidence_id).first()
