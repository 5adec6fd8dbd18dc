"""The library of a place: all of its evidence, what it backs, and its files, for members alone."""

from uuid import uuid4

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.files import media_type
from assessments.forms.evidence import EvidenceForm, NewEvidenceForm, evidence_data
from assessments.models import Evidence, Membership, Place
from assessments.selectors.access import place_for, place_to_answer
from assessments.selectors.evidence import backed_by, is_part_of_submitted, item_of, library
from assessments.services.answering import Conflict
from assessments.services.evidence import (
    MOST_SPACE,
    InUse,
    NoSpace,
    change_evidence,
    delete_evidence,
    put_into_library,
)
from assessments.views.evidence import added_words, no_space
from assessments.views.people import Request, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_library(request: Request, place_id: int) -> HttpResponse:
    """All evidence of a place; POST adds an item."""
    if request.method != "POST":
        return _library_page(request, *place_for(request.user, place_id))
    place, membership = place_to_answer(request.user, place_id)
    form = NewEvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _library_page(request, place, membership, form=form, status=422)
    token = form.cleaned_data["token"]
    try:
        item = put_into_library(place=place, piece=form.piece(), token=token, by=request.user, file=form.file_sent())
    except NoSpace:
        form.add_error("file", no_space(place))
        return _library_page(request, place, membership, form=form, status=422)
    messages.success(request, added_words(request, item))
    return redirect("library", place.pk)


def _library_page(
    request: Request, place: Place, membership: Membership, *, form: NewEvidenceForm | None = None, status: int = 200
) -> HttpResponse:
    find = request.GET.get("find", "").strip()[:200]
    context = {
        "place": place,
        "membership": membership,
        "find": find,
        "library": library(place, find),
        "most": MOST_SPACE,
        "form": form or NewEvidenceForm(),
    }
    return render(request, "library/library.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def library_item(request: Request, place_id: int, evidence_id: int) -> HttpResponse:
    """Change an item, or delete it."""
    place, _membership = place_to_answer(request.user, place_id)
    try:
        item = item_of(place, evidence_id)
    except Http404:
        if request.method != "POST":
            raise
        return _is_gone(request, place)
    if request.method != "POST":
        return _item_page(request, item, EvidenceForm(initial=evidence_data(item)))
    if request.POST.get("go") == "delete":
        return _delete(request, item)
    return _change(request, item)


def _change(request: Request, item: Evidence) -> HttpResponse:
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _item_page(request, item, form, status=422)
    try:
        change_evidence(evidence=item, piece=form.piece(), seen=form.cleaned_data["seen"] or 0)
    except Conflict as conflict:
        if not isinstance(conflict.stored, Evidence):
            return _is_gone(request, item.place)
        again = request.POST.copy()
        again["seen"] = str(conflict.stored.revision)
        return _item_page(request, conflict.stored, EvidenceForm(again), trouble="changed", status=409)
    messages.success(request, _("Evidence changed: {title}").format(title=form.cleaned_data["title"]))
    return redirect("library", item.place_id)


def _delete(request: Request, item: Evidence) -> HttpResponse:
    seen = request.POST.get("seen", "")
    try:
        delete_evidence(evidence=item, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0, by=request.user)
    except InUse:
        return _item_page(request, item, EvidenceForm(initial=evidence_data(item)), trouble="in use", status=409)
    except Conflict as conflict:
        stored = conflict.stored if isinstance(conflict.stored, Evidence) else item
        form = EvidenceForm(initial=evidence_data(stored))
        return _item_page(request, stored, form, trouble="not deleted", status=409)
    messages.success(request, _("Evidence deleted: {title}").format(title=item.title))
    return redirect("library", item.place_id)


def _item_page(
    request: Request, item: Evidence, form: EvidenceForm, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "place": item.place,
        "item": item,
        "form": form,
        "trouble": trouble,
        "backs": backed_by(item.place, item),
        "is_part_of_submitted": is_part_of_submitted(item),
    }
    return render(request, "library/item.html", context, status=status)


def _is_gone(request: Request, place: Place) -> HttpResponse:
    """Somebody deleted it. What was typed stands in the form that adds an item, ready to be added again."""
    membership = place_for(request.user, place.pk)[1]
    if request.POST.get("go") == "delete":
        return redirect("library", place.pk)
    again = request.POST.copy()
    again["token"] = str(uuid4())
    form = NewEvidenceForm(again)
    form.add_error(None, _("Somebody deleted this piece. What you typed stands here: add it again if it should stay."))
    return _library_page(request, place, membership, form=form, status=409)


@signed_in
@require_safe
def evidence_file(request: Request, place_id: int, evidence_id: int) -> HttpResponseBase:
    """The file of an item, for members: kept by the browser, never opened in it."""
    place, _membership = place_for(request.user, place_id)
    item = item_of(place, evidence_id)
    try:
        content = default_storage.open(item.file) if item.file else None
    except FileNotFoundError:
        content = None
    if content is None:
        raise Http404("No such file.")
    kind = media_type(item.file_type)
    found = FileResponse(content, as_attachment=True, filename=item.file_name, content_type=kind)
    found["X-Content-Type-Options"] = "nosniff"
    found["Content-Security-Policy"] = "sandbox; default-src 'none'"
    found["Cross-Origin-Resource-Policy"] = "same-origin"
    found["Cache-Control"] = "private, no-store"
    found["Content-Length"] = str(content.size)  # also where the file comes from a bucket, piece by piece
    found["Content-Encoding"] = "identity"  # it is compressed already, and is not held in memory for it
    return found
