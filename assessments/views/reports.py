"""The page where a report is chosen, its first page as a picture, and the reports themselves."""

from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from assessments.findings import Findings
from assessments.forms import Button
from assessments.forms.reports import ExportForm
from assessments.models import Assessment, Membership, Submission
from assessments.reports.fingerprints import stored_name
from assessments.reports.making import make
from assessments.reports.naming import ending
from assessments.reports.options import DOCX, KINDS, PDF, XLSX, Options
from assessments.reports.pictures import page_png
from assessments.selectors.access import assessment_for
from assessments.selectors.branding import brandings
from assessments.selectors.results import findings_for_report
from assessments.views.files import address_of, download, files
from assessments.views.people import Request, signed_in
from assessments.views.printing import NOT_PRINTED, no_picture, no_report
from assessments.views.trouble import is_htmx

ADDRESSES = {PDF: "report", DOCX: "report_word", XLSX: "workbook"}
PICTURES, PREVIEW_SECONDS = "pictures", 300
PREVIEW_WIDTH = 900


@signed_in
@require_safe
@vary_on_headers("HX-Request")
def export(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """Choose what to take away and see its first page; `download` in the address leads on to the file."""
    assessment, membership = assessment_for(request.user, assessment_id)
    form = _form(request, assessment)
    form.fields["branding"].help_text = _where_brandings_are_made(membership)
    if membership.may_issue and (number or not assessment.is_open):
        form.helper.add_input(Button(_("Issue under a code"), name="issue", value="1", kind="secondary"))
    options = form.options() if form.is_valid() else None
    if options and "issue" in request.GET:
        return redirect(_where_it_is_issued(assessment, number, form))
    if options and "download" in request.GET:
        name = ADDRESSES[KINDS[options.kind].media_type]
        return redirect(f"{address_of(name, assessment, number)}?{form.query()}")
    findings = _findings(assessment, number, options or Options())
    context = {
        "assessment": assessment,
        "membership": membership,
        "findings": findings,
        "files": files(assessment, number),
        "form": form,
        "kind": options and KINDS[options.kind],
        "language": options and options.language,
        "language_name": options and dict(settings.LANGUAGES)[options.language],
        "picture": _picture(form, assessment, number, findings, options),
    }
    if is_htmx(request):
        return render(request, "export/preview.html", context)
    return render(request, "export.html", context, status=200 if options else 422)


def _where_it_is_issued(assessment: Assessment, number: int | None, form: ExportForm) -> str:
    """The page that issues what was chosen, of this submission or the last one. Raises Http404 where there is none."""
    number = number or assessment.submissions.order_by("-number").values_list("number", flat=True).first()
    if number is None:
        raise Http404("Nothing is submitted.")
    return f"{reverse('issue', args=[assessment.pk, number])}?{form.query()}"


def _where_brandings_are_made(membership: Membership) -> SafeString:
    own, place = reverse("own_branding"), reverse("place_branding", args=[membership.place_id])
    if not membership.may_submit:  # the place's is for its owners
        return format_html(_('Name, logo and colours: make or change <a href="{own}">your own</a>.'), own=own)
    words = _(
        'Name, logo and colours: make or change <a href="{place}">the place’s</a> or <a href="{own}">your own</a>.'
    )
    return format_html(words, place=place, own=own)


def _picture(
    form: ExportForm, assessment: Assessment, number: int | None, findings: Findings, options: Options | None
) -> str:
    """The address of the first page's picture, another one where the report is; nothing where there are no pages."""
    if options is None or not KINDS[options.kind].is_pdf:
        return ""
    content = stored_name(findings, options)[:16]
    return f"{address_of('report_preview', assessment, number)}?{form.query()}&content={content}"


@signed_in
@require_safe
def preview(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """The first page of a PDF as a picture. We keep it for some minutes: no browser keeps what only members may see."""
    assessment, _membership = assessment_for(request.user, assessment_id)
    options = _options(request, assessment, "full", PDF)
    findings = _findings(assessment, number, options)
    kept = f"first-page:{stored_name(findings, options)}"
    picture = caches[PICTURES].get(kept)
    try:
        picture = picture or page_png(make(findings, options), width=PREVIEW_WIDTH)
    except NOT_PRINTED as error:
        return no_picture(error, f"The first page of a report of assessment {assessment.pk}")
    caches[PICTURES].set(kept, picture, PREVIEW_SECONDS)
    return HttpResponse(picture, content_type="image/png", headers={"X-Content-Type-Options": "nosniff"})


@signed_in
@require_safe
def report(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """A report as PDF; the full one where the address says nothing else."""
    return _made(request, assessment_id, number, "full", PDF)


@signed_in
@require_safe
def report_word(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """The full report as a Word document."""
    return _made(request, assessment_id, number, "word", DOCX)


@signed_in
@require_safe
def workbook(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """The result as a workbook."""
    return _made(request, assessment_id, number, "workbook", XLSX)


def _made(request: Request, assessment_id: int, number: int | None, kind: str, media_type: str) -> HttpResponse:
    assessment, _membership = assessment_for(request.user, assessment_id)
    options = _options(request, assessment, kind, media_type)
    findings = _findings(assessment, number, options)
    try:
        content = make(findings, options)
    except NOT_PRINTED as error:
        return no_report(request, error, f"A report of assessment {assessment.pk}", assessment)
    return download(content, media_type, findings, ending(options))


def _options(request: Request, assessment: Assessment, kind: str, media_type: str) -> Options:
    """What the address of a file asks for. Raises Http404 where there is no such thing."""
    form = _form(request, assessment, kind)
    if not form.is_valid() or KINDS[form.cleaned_data["kind"]].media_type != media_type:
        raise Http404("No such report.")
    return form.options()


def _form(request: Request, assessment: Assessment, kind: str = "full") -> ExportForm:
    offered = brandings(request.user, assessment.place)
    return ExportForm(request.GET, request.path, brandings=offered, kind=kind)


def _findings(assessment: Assessment, number: int | None, options: Options) -> Findings:
    try:
        return findings_for_report(assessment, number, options.language)
    except Submission.DoesNotExist:
        raise Http404("No such submission.") from None
