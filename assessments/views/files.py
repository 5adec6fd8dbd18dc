"""A result as files for other programs: the answers, the playbook, every figure."""

import json
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessments.findings import Findings
from assessments.interchange import dump_answers, dump_playbook
from assessments.interchange.dumping import answers_json
from assessments.interchange.spreadsheets import answers_csv
from assessments.models import Assessment, Submission
from assessments.reports.naming import file_name, plain_name
from assessments.scoring import score_document
from assessments.selectors.access import assessment_for
from assessments.selectors.results import findings_of
from assessments.views.people import Request, signed_in

DATA = ("answers_file", "answers_as_json", "answers_as_csv", "playbook_file", "score_file")
NAMES = ("results", "export", "report", *DATA)


def files(assessment: Assessment, number: int | None) -> dict[str, str]:
    """The addresses at which a result can be taken away, by name."""
    return {name: address_of(name, assessment, number) for name in NAMES}


def address_of(name: str, assessment: Assessment, number: int | None) -> str:
    """The address of that name for an assessment as it stands, or as submission `number`."""
    if number is None:
        return reverse(name, args=[assessment.pk])
    return reverse("submission" if name == "results" else f"submission_{name}", args=[assessment.pk, number])


@signed_in
@require_safe
def answers_file(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """The answers in the interchange form; scored from the command line it gives the same result."""
    findings = _findings(request, assessment_id, number)
    text = dump_answers(findings.answers)
    if not findings.is_final:
        text = f"# Not submitted: as it stands now.\n{text}"
    return download(text.encode(), "application/yaml", findings, "answers.yaml")


@signed_in
@require_safe
def answers_as_json(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """The same form as JSON."""
    findings = _findings(request, assessment_id, number)
    return download(answers_json(findings.answers).encode(), "application/json", findings, "answers.json")


@signed_in
@require_safe
def answers_as_csv(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """A table with a line for each criterion, for a spreadsheet."""
    findings = _findings(request, assessment_id, number)
    agreed = {key: each.row() for key, each in findings.agreed.items()}
    text = answers_csv(findings.playbook, findings.answers, submitted=findings.is_final, agreed=agreed)
    return download(text.encode("utf-8-sig"), "text/csv; charset=utf-8", findings, "answers.csv")


@signed_in
@require_safe
def playbook_file(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """The playbook version of this assessment in the interchange form."""
    findings = _findings(request, assessment_id, number)
    return download(dump_playbook(findings.playbook).encode(), "application/yaml", findings, "playbook.yaml")


@signed_in
@require_safe
def score_file(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """Every figure, as `manage.py score` prints it."""
    findings = _findings(request, assessment_id, number)
    text = json.dumps(score_document(findings.result), indent=2)
    return download(text.encode(), "application/json", findings, "score.json")


def _findings(request: Request, assessment_id: int, number: int | None) -> Findings:
    assessment, _ = assessment_for(request.user, assessment_id)
    try:
        return findings_of(assessment, number)
    except Submission.DoesNotExist:
        raise Http404("No such submission.") from None


def download(content: bytes, media_type: str, findings: Findings, ending: str) -> HttpResponse:
    """A file to keep, named after the place and the date."""
    return attachment(content, media_type, file_name(findings, ending), plain=plain_name(findings, ending))


def attachment(content: bytes, media_type: str, name: str, *, plain: str = "") -> HttpResponse:
    """A file to keep, which a browser neither opens nor keeps by itself.

    `plain` is the same name in small Latin letters, for old browsers; needed where `name` may have any others.
    """
    named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(name)}" if plain else f'filename="{name}"'
    headers = {
        "Content-Disposition": f"attachment; {named}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)
