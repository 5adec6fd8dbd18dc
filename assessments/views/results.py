"""The results of one assessment, on screen and as files: PDF, answers, playbook, score."""

import json
import logging
from collections.abc import Callable
from urllib.parse import quote

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from assessments.charts import charts
from assessments.charts.history import score_chart
from assessments.findings import Findings
from assessments.findings.history import History
from assessments.interchange import dump_answers, dump_playbook
from assessments.models import Assessment, Submission
from assessments.reports.pdf import ReportBusy, ReportFailed, ReportTooSlow
from assessments.reports.report import report_pdf
from assessments.scoring import score_document
from assessments.selectors.access import assessment_for
from assessments.selectors.history import history_up_to
from assessments.selectors.languages import findings_to_read
from assessments.selectors.results import findings_of
from assessments.views.people import Request, View, signed_in

log = logging.getLogger(__name__)

# Plotly draws with style attributes; every other page is strict. (It is typed for views of one argument.)
may_be_drawn_on: Callable[[View], View] = csp_update({"style-src": [SELF, UNSAFE_INLINE]})  # type: ignore[assignment]


@signed_in
@may_be_drawn_on
@require_safe
def results(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """What to do next first, then the score and where it comes from; as it stands, or as submission `number`."""
    assessment, membership = assessment_for(request.user, assessment_id)
    findings = findings_to_read(_findings(assessment, number), assessment.version)
    drawn = charts(findings)
    context = {
        "assessment": assessment,
        "place": assessment.place,
        "membership": membership,
        "findings": findings,
        "charts": {chart.key: chart for chart in drawn},
        **past(history_up_to(assessment, findings)),
        "files": files(assessment, number),
        "is_past": number is not None,
        "was_moved": assessment.moves.exists(),
    }
    return render(request, "results.html", context)


def past(history: History) -> dict[str, object]:
    """The history that led up to an assessment: its chart, and a row of the table for each, the latest first."""
    chart = score_chart(history, history.overall, "overall")
    return {
        "history": history,
        "overall": chart,
        "rows": list(zip(history.moments[::-1], chart.table[::-1], strict=True)),
    }


def _findings(assessment: Assessment, number: int | None) -> Findings:
    try:
        return findings_of(assessment, number)
    except Submission.DoesNotExist:
        raise Http404("No such submission.") from None


def files(assessment: Assessment, number: int | None) -> dict[str, str]:
    """The addresses of the files of a result."""
    names = ("report", "answers_file", "playbook_file", "score_file")
    if number is None:
        return {name: reverse(name, args=[assessment.pk]) for name in names}
    return {name: reverse(f"submission_{name}", args=[assessment.pk, number]) for name in names}


@signed_in
@require_safe
def report(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """The report as PDF, made from the same findings."""
    assessment, _ = assessment_for(request.user, assessment_id)
    findings = _findings(assessment, number)
    try:
        pdf = report_pdf(findings)
    except ReportBusy:
        return _no_report(request, assessment, "busy", 503)
    except (ReportTooSlow, ReportFailed):
        log.exception("The report of assessment %s could not be printed", assessment.pk)
        return _no_report(request, assessment, "failed", 500)
    return _file(pdf, "application/pdf", findings, "report.pdf")


def _no_report(request: Request, assessment: Assessment, why: str, status: int) -> HttpResponse:
    response = render(request, "no_report.html", {"why": why, "assessment": assessment}, status=status)
    if status == 503:
        response["Retry-After"] = "10"
    return response


@signed_in
@require_safe
def answers_file(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """The answers in the interchange form; scored from the command line it gives the same result."""
    findings = _findings(assessment_for(request.user, assessment_id)[0], number)
    return _file(dump_answers(findings.answers).encode(), "application/yaml", findings, "answers.yaml")


@signed_in
@require_safe
def playbook_file(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """The playbook version of this assessment in the interchange form."""
    findings = _findings(assessment_for(request.user, assessment_id)[0], number)
    return _file(dump_playbook(findings.playbook).encode(), "application/yaml", findings, "playbook.yaml")


@signed_in
@require_safe
def score_file(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """Every figure, as `manage.py score` prints it."""
    findings = _findings(assessment_for(request.user, assessment_id)[0], number)
    text = json.dumps(score_document(findings.result), indent=2)
    return _file(text.encode(), "application/json", findings, "score.json")


def _file(content: bytes, kind: str, findings: Findings, suffix: str) -> HttpResponse:
    """A download named after the place and the date; the plain name for old browsers, the real one beside it."""
    dated = findings.answers.dated.isoformat()
    suffix = suffix if findings.is_final else f"not-submitted-{suffix}"
    plain = f"{slugify(findings.place.name) or 'place'}-{dated}-{suffix}"
    real = quote(f"{findings.place.name} {dated} {suffix}")
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{real}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
