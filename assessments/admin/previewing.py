"""A draft as places will see it: the page of each criterion, out of the very same templates, and the report.

Nothing is saved here: a form that is sent leads on to the next page.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from assessments.admin.faults import Told, page, proofs_of_criterion, told
from assessments.admin.journal import journal_page
from assessments.findings.sample import sample_findings
from assessments.forms.answering import AnswerForm, answer_data
from assessments.interchange import DocumentError, Playbook, dump_playbook, read_playbook
from assessments.interchange.documents import Stage
from assessments.models import Version
from assessments.reports.pdf import ReportBusy, ReportFailed, ReportTooSlow
from assessments.reports.report import report_pdf
from assessments.selectors.playbooks import criterion_ids, playbook_document
from assessments.views.asking import Question, screen

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin

log = logging.getLogger(__name__)

NO_STAGE = Stage("", "no stage yet", "")
BUSY = "Several reports are being printed just now. Try again in a moment."
FAILED = "The report could not be printed. It has been noted; if it fails again, tell the people who run this site."


@dataclass(frozen=True)
class Previewed(Question):
    """A criterion of a draft, as its page will ask it."""

    base: str

    def address_of(self, number: int) -> str:
        return f"{self.base}?{urlencode({'criterion': number, 'stage': self.stage.key})}"

    @property
    def after_the_last(self) -> str:
        return self.base

    @property
    def evidence_address(self) -> str:
        return self.address


@dataclass(frozen=True)
class Member:
    """Somebody who may answer, as the templates ask it."""

    may_answer: bool = True


def preview(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """All that can be looked at; one criterion as its page will be; the report as PDF."""
    playbook = playbook_document(version)
    stage = playbook.stage.get(request.GET.get("stage", "")) or _middle(playbook)
    if "report" in request.GET:
        return _report(admin, request, version, playbook, stage)
    if number := request.GET.get("criterion", ""):
        return _criterion(request, version, playbook, stage, number)
    return _all(admin, request, version, playbook, stage)


def _middle(playbook: Playbook) -> Stage:
    return playbook.stages[(len(playbook.stages) - 1) // 2] if playbook.stages else NO_STAGE


def _all(
    admin: "VersionAdmin",
    request: HttpRequest,
    version: Version,
    playbook: Playbook,
    stage: Stage,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    numbers = {key: number for number, key in enumerate(playbook.criterion, 1)}
    context: dict[str, Any] = {
        "playbook": playbook,
        "stage": stage,
        "lessons": [(lesson, [(numbers[each.key], each) for each in lesson.criteria]) for lesson in playbook.lessons],
        "missing": _missing(version, playbook),
        "trouble": trouble,
    }
    return admin.own_page(request, version, "preview", f"Preview of {version}", status=status, **context)


def _missing(version: Version, playbook: Playbook) -> list[Told]:
    """What the form of a playbook still refuses: the report needs a complete one."""
    try:
        read_playbook(dump_playbook(playbook))
    except DocumentError as error:
        return told(version, error.faults)
    return []


def _criterion(request: HttpRequest, version: Version, playbook: Playbook, stage: Stage, number: str) -> HttpResponse:
    if not number.isdecimal() or not 1 <= int(number) <= len(playbook.criterion):
        raise Http404("No such criterion.")
    asked = Previewed(playbook, int(number), stage, journal_page(version.pk, "preview"))
    if request.method == "POST":
        return HttpResponseRedirect(asked.following if request.POST.get("go") == "next" else asked.address)
    pk = criterion_ids(version)[asked.text.key]
    form = AnswerForm(initial=answer_data(None), criterion=asked.text)
    context = {
        **screen(asked, {}, form=form),
        "place": {"name": "Preview"},
        "membership": Member(),
        "version": version,
        "faults": proofs_of_criterion(pk).faults,
        "edit_page": page(version.criteria.get(pk=pk)),
    }
    return TemplateResponse(request, "preview/criterion.html", context)


def _report(
    admin: "VersionAdmin", request: HttpRequest, version: Version, playbook: Playbook, stage: Stage
) -> HttpResponse:
    """The report of a sample place with sample answers; where it cannot be printed, the reason."""
    if _missing(version, playbook):
        return _all(admin, request, version, playbook, stage, status=409)
    try:
        pdf = report_pdf(sample_findings(playbook, timezone.localdate()))
    except ReportBusy:
        return _all(admin, request, version, playbook, stage, BUSY, 503)
    except (ReportTooSlow, ReportFailed):
        log.exception("The preview report of version %s could not be printed", version.pk)
        return _all(admin, request, version, playbook, stage, FAILED, 500)
    name = f"{playbook.key}-{playbook.version}-preview.pdf"
    headers = {
        "Content-Disposition": str(content_disposition_header(False, name)),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
