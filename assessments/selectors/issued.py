"""Reads of issued reports: of a place, for its members; and the little that anybody may know who has a code."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from assessments.findings.succession import Issue, successor
from assessments.models import IssuedReport, Membership, Place, Submission, User
from assessments.selectors.access import assessment_for, place_for


@dataclass(frozen=True)
class Standing:
    """An issued report and the one that took its place, if one did."""

    report: IssuedReport
    successor: IssuedReport | None


@dataclass(frozen=True)
class Known:
    """All that the check page may say of a report to somebody who holds its code, and the hash to compare with."""

    place: str
    dated: date
    issued_at: datetime
    superseded_at: datetime | None
    sha256: str


def submission_to_issue(user: User, assessment_id: int, number: int) -> tuple[Submission, Membership]:
    """The submission with its assessment, for somebody who may issue reports of it. Three queries.

    Raises Http404 for a stranger and where there is no such submission, PermissionDenied for another member.
    """
    assessment, membership = assessment_for(user, assessment_id)
    if not membership.may_issue:
        raise PermissionDenied(_("Only an owner or a consultant of this place can issue a report of it."))
    submission = assessment.submissions.filter(number=number).first()
    if submission is None:
        raise Http404("No such submission.")
    submission.assessment = assessment
    return submission, membership


def is_last(submission: Submission) -> bool:
    """Whether no later submission of the same assessment has taken its place. One query."""
    return not submission.assessment.submissions.filter(number__gt=submission.number).exists()


def reports_of(place: Place) -> list[Standing]:
    """The issued reports of a place, the latest first, each with what took its place. One query."""
    rows = list(_light().filter(place=place))
    return [Standing(row, _successor(row, rows)) for row in rows]


def report_for(user: User, place_id: int, code: str) -> tuple[IssuedReport, Membership]:
    """An issued report of a place, for its members. Two queries. Raises Http404."""
    place, membership = place_for(user, place_id)
    report = _light().filter(place=place, code=code).first()
    if report is None:
        raise Http404("No such report.")
    return report, membership


def known_under(code: str) -> Known | None:
    """What anybody may know of the report with this code; None where there is none. Two queries."""
    report = _light().filter(code=code).first()
    if report is None:
        return None
    later = _light().filter(place_id=report.place_id, kind=report.kind, pk__gt=report.pk)
    took_its_place = _successor(report, list(later))
    return Known(
        report.place_name,
        report.dated,
        report.issued_at,
        took_its_place.issued_at if took_its_place else None,
        report.sha256,
    )


def issued_alike(submission: Submission, kind: str, language: str, options: str) -> IssuedReport | None:
    """The report of this kind and language that was issued last of a submission, if it was made of these choices."""
    rows = IssuedReport.objects.filter(submission=submission, kind=kind, language=language)
    last = rows.order_by("-number").first()
    return last if last and last.options == options else None


def _light() -> QuerySet[IssuedReport]:
    """Issued reports with what the rule of succession asks for, without the branding and the texts that they hold."""
    frozen = [f"submission__{name}" for name in ("place", "playbook", "answers", "result")]
    return IssuedReport.objects.select_related("submission").defer("options", "seal", *frozen).order_by("-pk")


def _issue(row: IssuedReport) -> Issue:
    return Issue(
        turn=row.pk,
        place=row.place_id,
        kind=row.kind,
        language=row.language,
        playbook=row.playbook.rpartition(" ")[0],
        dated=row.dated,
        submission=row.submission_id,
    )


def _successor(row: IssuedReport, rows: list[IssuedReport]) -> IssuedReport | None:
    issues = {each.pk: each for each in rows}
    found = successor(_issue(row), [_issue(each) for each in rows])
    return issues[found.turn] if found else None
