"""Issue a report under a code, list what was issued, hand the file out, and make it again from what is kept."""

import logging

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.findings.codes import drawn_code, in_groups
from assessments.forms.issuing import IssueForm, asked_for
from assessments.models import IssuedReport, Membership, Submission
from assessments.reports.fingerprints import edition
from assessments.reports.making import make
from assessments.reports.options import KINDS, PDF, Options, Seal, thaw_options, thaw_seal
from assessments.reports.pdf import ReportBusy, ReportFailed, ReportTooSlow
from assessments.selectors.access import place_for
from assessments.selectors.branding import OWN, PLACE, brandings
from assessments.selectors.issued import is_last, issued_alike, report_for, reports_of, submission_to_issue
from assessments.selectors.results import findings_for_report
from assessments.services.issuing import NotTheLast, Printed, issue_report, sha256
from assessments.views.address import on_this_site
from assessments.views.files import attachment
from assessments.views.people import Request, signed_in

log = logging.getLogger(__name__)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: Request, assessment_id: int, number: int) -> HttpResponse:
    """Say what issuing means and what can be chosen; print the report and keep it under a new code."""
    submission, membership = submission_to_issue(request.user, assessment_id, number)
    offered = brandings(request.user, submission.assessment.place)
    if not is_last(submission):
        return _page(request, submission, None, 409 if request.method == "POST" else 200)
    if request.method != "POST":
        prefers = OWN if membership.role == Membership.Role.CONSULTANT else PLACE
        wanted = asked_for(request.GET, offered, get_language() or settings.LANGUAGE_CODE, prefers)
        return _page(request, submission, IssueForm(initial=wanted, offered=offered))
    form = IssueForm(request.POST, offered=offered)
    if not form.is_valid():
        return _page(request, submission, form, 422)
    try:
        report, is_new = _issued(request, submission, form.options())
    except NotTheLast:
        return _page(request, submission, None, 409)
    except ReportBusy:
        messages.error(request, _("Several reports are being printed just now, and nothing was issued. Try again."))
        return _page(request, submission, form, 503)
    except (ReportTooSlow, ReportFailed):
        log.exception("A report of submission %s could not be printed", submission.pk)
        messages.error(request, _("The report could not be printed, and nothing was issued. It has been noted."))
        return _page(request, submission, form, 500)
    messages.success(request, _told(report, is_new))
    return redirect("issued_reports", report.place_id)


def _told(report: IssuedReport, is_new: bool) -> str:
    words = {"code": in_groups(report.code)}
    if is_new:
        return _("Issued under the code %(code)s. Whoever holds the report can check it.") % words
    return _("This very report was issued before, under the code %(code)s; it is the one to send.") % words


def _page(request: Request, submission: Submission, form: IssueForm | None, status: int = 200) -> HttpResponse:
    context = {
        "assessment": submission.assessment,
        "place": submission.assessment.place,
        "submission": submission,
        "form": form,
        "check": on_this_site("verify"),
    }
    return render(request, "issue.html", context, status=status)


def _issued(request: Request, submission: Submission, options: Options) -> tuple[IssuedReport, bool]:
    """Print the report under a code that was drawn before, and keep it; or find the same, issued before."""
    frozen = options.freeze()
    if before := issued_alike(submission, options.kind, options.language, frozen):
        return before, False
    code, at = drawn_code(), timezone.now()
    seal = Seal(code, address_of(code), timezone.localdate(at), str(request.user))
    printed = Printed(
        file=_made(submission, options, seal),
        code=code,
        kind=options.kind,
        language=options.language,
        options=frozen,
        seal=seal.freeze(),
        edition=edition(),
        at=at,
    )
    report = issue_report(submission=submission, printed=printed, by=request.user)
    return report, report.code == code


def address_of(code: str) -> str:
    """The address on this site that says whether a report with this code is genuine."""
    return on_this_site("verified", in_groups(code))


def _made(submission: Submission, options: Options, seal: Seal) -> bytes:
    findings = findings_for_report(submission.assessment, submission.number, options.language)
    return make(findings, options, seal)


def remake(report: IssuedReport) -> bytes:
    """The report made again from what is kept of it: the same bytes, as long as the same edition makes it.

    Nothing that changed since matters: names, branding, accounts, answers. Raises what `render_pdf` raises.
    """
    return _made(report.submission, thaw_options(report.options), thaw_seal(report.seal))


def kept_file(report: IssuedReport) -> tuple[bytes, str]:
    """The bytes that are kept and nothing; or no bytes and why: "missing", or "damaged" where they are not those."""
    try:
        with default_storage.open(str(report.file.name)) as file:
            data: bytes = file.read()
    except OSError:
        return b"", "missing"
    return (data, "") if sha256(data) == report.sha256 else (b"", "damaged")


@signed_in
@require_safe
def issued_reports(request: Request, place_id: int) -> HttpResponse:
    """What was issued of a place, the latest first."""
    place, membership = place_for(request.user, place_id)
    languages = dict(settings.LANGUAGES)
    rows = [(each, KINDS[each.report.kind], languages.get(each.report.language, "")) for each in reports_of(place)]
    newest = _to_issue(place.pk) if membership.may_issue else None
    context = {"place": place, "membership": membership, "rows": rows, "newest": newest}
    return render(request, "issued_reports.html", context)


def _to_issue(place_id: int) -> Submission | None:
    """What the place submitted last."""
    submissions = Submission.objects.filter(assessment__place_id=place_id).only("number", "dated", "assessment")
    return submissions.order_by("-dated", "-submitted_at", "-number").first()


@signed_in
@require_safe
def issued_file(request: Request, place_id: int, code: str) -> HttpResponse:
    """The file as it was issued, after a look whether it still is; never another one in its place."""
    report, _membership = report_for(request.user, place_id, code)
    data, trouble = kept_file(report)
    if trouble:
        log.error("The file of the issued report %s is %s", report.code, trouble)
        context = {"place": report.place, "report": report, "trouble": trouble}
        return render(request, "issued_file_trouble.html", context, status=500)
    name = f"{slugify(report.place_name) or 'place'}-{report.dated.isoformat()}-{report.kind}-{report.code}.pdf"
    return attachment(data, PDF, name)
