"""An assessment filled in away from the site: the workbook, its upload, and what it would change, line by line."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.workbook import FillInForm
from assessments.models import Assessment
from assessments.reports.fill_in import ToFillIn, fill_in_book
from assessments.reports.fill_in_faults import WorkbookError
from assessments.reports.fill_in_package import MOST_BYTES
from assessments.reports.fill_in_reading import read_fill_in
from assessments.reports.options import XLSX
from assessments.selectors.access import assessment_for, assessment_to_answer
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.workbooks import kept_uploads, playbooks_to_read, standings
from assessments.services.workbooks import KEPT_FOR, keep_upload
from assessments.views.files import attachment
from assessments.views.people import Request, signed_in


@signed_in
@require_safe
def fill_in(request: Request, assessment_id: int) -> HttpResponse:
    """The open assessment as a workbook in the reader's language."""
    found, _membership = assessment_for(request.user, assessment_id)
    if not found.is_open:
        return redirect("results", found.pk)
    stands, last_saved = standings(found)
    given = ToFillIn(
        assessment=found.pk,
        place=found.place.name,
        playbook=playbook_to_read(found.version),
        language=get_language() or "en",
        started=timezone.localdate(found.started_at),
        stands=stands,
        last_saved=last_saved,
    )
    plain, name = (slugify(found.place.name, allow_unicode=each) or "assessment" for each in (False, True))
    return attachment(fill_in_book(given), XLSX, f"{name}-answers.xlsx", plain=f"{plain}-answers.xlsx")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in_upload(request: Request, assessment_id: int) -> HttpResponse:
    """Explain, offer the workbook, and take it back: what is wrong with it is told whole."""
    found, _membership = assessment_to_answer(request.user, assessment_id)
    if request.method != "POST":
        return _upload_page(request, found, FillInForm()) if found.is_open else redirect("results", found.pk)
    form = FillInForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, found, form, status=422)
    file = form.cleaned_data["file"]
    try:
        filled = read_fill_in(file.read(MOST_BYTES + 1), playbooks_to_read(found.version), found.pk)
    except WorkbookError as error:
        return _upload_page(request, found, FillInForm(), faults=error.faults, name=file.name, status=422)
    upload = keep_upload(assessment=found, name=file.name, filled=filled, by=request.user)
    return redirect("fill_in_review", found.pk, upload.token)


def _upload_page(
    request: Request, found: Assessment, form: FillInForm, *, status: int = 200, **context: object
) -> HttpResponse:
    context |= {
        "assessment": found,
        "place": found.place,
        "form": form,
        "uploads": kept_uploads(request.user, found),
        "days": KEPT_FOR.days,
    }
    return render(request, "workbook/upload.html", context, status=status)
