"""Under whose name reports go out: the page of a place's branding and of one's own, with a picture of the cover."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.findings import Findings
from assessments.findings.sample import sample_findings
from assessments.forms.branding import ACCENT, MAIN, BrandingForm
from assessments.models import Branding, Place, Submission, User, Version
from assessments.reports import branding as plain
from assessments.reports.making import make
from assessments.reports.options import Options
from assessments.reports.pictures import page_png
from assessments.selectors.access import place_to_manage
from assessments.selectors.branding import branding_stored
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.results import findings_for_report
from assessments.services.branding import ChangedMeanwhile, remove_branding, save_branding
from assessments.views.people import Request, signed_in
from assessments.views.printing import NOT_PRINTED, no_picture


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def place_branding(request: Request, place_id: int) -> HttpResponse:
    """The branding of a place's reports, for its owners."""
    place, _membership = place_to_manage(request.user, place_id)
    return _branding(request, place)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_branding(request: Request) -> HttpResponse:
    """One's own branding: for those who report for several places."""
    return _branding(request, request.user)


@signed_in
@require_safe
def place_cover(request: Request, place_id: int) -> HttpResponse:
    """A picture of the cover of the place's report, or of a sample where nothing is submitted."""
    place, _membership = place_to_manage(request.user, place_id)
    submissions = Submission.objects.filter(assessment__place=place).select_related("assessment__version__playbook")
    submission = submissions.order_by("-dated", "-submitted_at").first()
    if submission is None:
        return _cover(request, place, _sample())
    language = get_language() or "en-gb"
    return _cover(request, place, findings_for_report(submission.assessment, submission.number, language))


@signed_in
@require_safe
def own_cover(request: Request) -> HttpResponse:
    """A picture of the cover of a sample report."""
    return _cover(request, request.user, _sample())


def _branding(request: Request, owner: Place | User) -> HttpResponse:
    stored = branding_stored(owner)
    if request.method != "POST":
        return _page(request, owner, BrandingForm(shown=stored))
    if request.POST.get("go") == "remove":
        return _removed(request, owner, stored)
    form = BrandingForm(request.POST, request.FILES, shown=stored)
    if not form.is_valid():
        form.keep_logo()
        return _page(request, owner, form, 422)
    try:
        save_branding(owner=owner, content=form.content(stored), seen=form.seen, by=request.user)
    except ChangedMeanwhile as conflict:
        return _conflict(request, owner, form, conflict.stored)
    messages.success(request, _("Saved. Reports that are made from now on can go out like this."))
    return redirect(request.path)


def _removed(request: Request, owner: Place | User, stored: Branding | None) -> HttpResponse:
    seen = request.POST.get("revision", "")
    try:
        remove_branding(owner=owner, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0)
    except ChangedMeanwhile as conflict:
        return _conflict(request, owner, BrandingForm(shown=conflict.stored), conflict.stored)
    messages.success(request, _("The branding is gone. What was issued under it keeps it."))
    return redirect(request.path)


def _conflict(request: Request, owner: Place | User, form: BrandingForm, stored: Branding | None) -> HttpResponse:
    """Nothing was written: both versions, and a form that holds mine and has now seen theirs."""
    if form.is_bound:
        form.keep_logo()
        form.hold("revision", stored.revision if stored else 0)
    return _page(request, owner, form, 409, stored=stored, is_conflict=True)


def _page(request: Request, owner: Place | User, form: BrandingForm, status: int = 200, **more: object) -> HttpResponse:
    place = owner if isinstance(owner, Place) else None
    address = reverse("place_branding_cover", args=[place.pk]) if place is not None else reverse("own_branding_cover")
    shown = {name: form[name].value() or "" for name in ("name", "main", "accent", "contact", "disclaimer")}
    context = {
        "place": place,
        "form": form,
        "shown": form.shown,
        "logo": _uri(bytes(form.shown.logo)) if form.shown else "",
        "sent": _uri(form.sent),
        "yours": shown,
        "cover": f"{address}?{urlencode(shown)}" if Version.objects.current() else "",
        **more,
    }
    return render(request, "branding.html", context, status=status)


def _uri(logo: bytes) -> str:
    return plain.Branding("", MAIN, ACCENT, logo=logo).logo_uri


def _sample() -> Findings:
    version = Version.objects.current()
    if version is None:
        raise Http404("No playbook is published.")
    return sample_findings(playbook_to_read(version), timezone.localdate())


def _colour(asked: str, stored: str) -> str:
    return asked.lower() if plain.COLOUR.fullmatch(asked) else stored


def _cover(request: Request, owner: Place | User, findings: Findings) -> HttpResponse:
    """The first page of a report with what the address asks for, else with what is stored."""
    stored = plain.branding_of(branding_stored(owner)) or plain.Branding("", MAIN, ACCENT)
    asked = request.GET
    texts = {name: asked.get(name, getattr(stored, name))[:1000] for name in ("name", "contact", "disclaimer")}
    colours = {name: _colour(asked.get(name, ""), getattr(stored, name)) for name in ("main", "accent")}
    wanted = plain.Branding(**texts, **colours, logo=stored.logo)
    options = Options(chapters=(), appendix=False, language=get_language() or "en-gb", branding=wanted)
    try:
        picture = page_png(make(findings, options), width=600)
    except NOT_PRINTED as error:
        return no_picture(error, "The cover of a branding")
    return HttpResponse(picture, content_type="image/png")
