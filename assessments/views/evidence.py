"""What backs a criterion: adding evidence to it, changing it, and letting it go."""

from collections.abc import Sequence
from uuid import uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.forms.evidence import EvidenceForm, NewEvidenceForm, evidence_data
from assessments.models import Backing, Evidence, Place
from assessments.selectors.access import assessment_to_answer
from assessments.selectors.answers import answer_to
from assessments.selectors.evidence import backing_of, other_backings, to_choose
from assessments.services.answering import Conflict, Moved, NotOpen
from assessments.services.evidence import (
    MOST_SPACE,
    NoSpace,
    add_evidence,
    back_with,
    change_backing,
    remove_backing,
    space_used,
)
from assessments.templatetags.words import size_words
from assessments.views.answering import Asked, asked_about, criterion_page, moved_away, not_open
from assessments.views.asking import EVIDENCE_IDS
from assessments.views.moved import belongs_elsewhere, criterion_sent, moved_meanwhile
from assessments.views.people import Request, signed_in

MOST_SHOWN = 100
"""How many items of the library are offered at once; looking for something narrows them down."""
FINDING = {"find", "all"}
"""The buttons of the page to choose on that look for something, and keep what is ticked."""


@signed_in
@require_POST
def evidence_add(request: Request, assessment_id: int, number: int) -> HttpResponse:
    """Add a piece of evidence to a criterion."""
    found = assessment_to_answer(request.user, assessment_id)
    if belongs_elsewhere(request, found[0], number):
        return moved_meanwhile(request, found[0], criterion_sent(request, found[0]))
    asked = asked_about(found, number)
    form = NewEvidenceForm(request.POST, request.FILES, auto_id=EVIDENCE_IDS)
    if not form.is_valid():
        return _refused(request, asked, form)
    try:
        added = add_evidence(
            assessment=asked.assessment,
            criterion_id=asked.criterion_id,
            piece=form.piece(),
            token=form.cleaned_data["token"],
            by=request.user,
            file=form.file_sent(),
        )
    except NoSpace:
        form.add_error("file", no_space(asked.assessment.place))
        return _refused(request, asked, form)
    except NotOpen:
        return not_open(request, asked)
    except Moved:
        return moved_away(request, asked)
    messages.success(request, added_words(request, added.evidence))
    return redirect(f"{asked.address}#evidence")


def _refused(request: Request, asked: Asked, form: NewEvidenceForm) -> HttpResponse:
    answer = answer_to(asked.assessment, asked.criterion_id)
    return criterion_page(request, asked, answer, evidence_form=form, status=422)


def no_space(place: Place) -> str:
    """Why a file found no room, and what to do."""
    words = _(
        "There is no room for it: the files of a place may take {most} together, and those here take {used}. "
        "Delete what is not needed from the evidence of the place, or give a link instead."
    )
    return words.format(most=size_words(MOST_SPACE), used=size_words(space_used(place)))


def added_words(request: Request, item: Evidence) -> str:
    """That it was added; and the name of its file, where that is not what the sender called it."""
    said = _("Evidence added: {title}").format(title=item.title)
    sent = request.FILES.get("file")
    if isinstance(sent, UploadedFile) and item.file and sent.name != item.file_name:
        said += " " + _("Its file is kept as {name}, by what it is.").format(name=item.file_name)
    return said


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_choose(request: Request, assessment_id: int, number: int) -> HttpResponse:
    """Back a criterion with what the library of the place holds already."""
    found = assessment_to_answer(request.user, assessment_id)
    if request.method == "POST" and belongs_elsewhere(request, found[0], number):
        return moved_meanwhile(request, found[0], criterion_sent(request, found[0]))
    asked = asked_about(found, number)
    if not asked.assessment.is_open:
        return not_open(request, asked) if request.method == "POST" else redirect("results", assessment_id)
    if request.method != "POST":
        return _choose_page(request, asked)
    chosen = [int(pk) for pk in request.POST.getlist("item") if pk.isdecimal() and len(pk) < 16]
    if request.POST.get("go") in FINDING:
        return _choose_page(request, asked, chosen)
    if not chosen:
        return _choose_page(request, asked, is_none_chosen=True, status=422)
    items = Evidence.objects.filter(pk__in=chosen, place=asked.assessment.place)
    try:
        rows = back_with(assessment=asked.assessment, criterion_id=asked.criterion_id, items=items, by=request.user)
    except NotOpen:
        return not_open(request, asked)
    except Moved:
        return moved_away(request, asked)
    for row in rows:
        messages.success(request, _("Evidence added: {title}").format(title=row.evidence.title))
    return redirect(f"{asked.address}#evidence")


def _choose_page(
    request: Request, asked: Asked, chosen: Sequence[int] = (), *, is_none_chosen: bool = False, status: int = 200
) -> HttpResponse:
    """What there is to choose from; those of `chosen` that are not among what was found stand by themselves."""
    sent = request.POST if request.method == "POST" else request.GET
    find = "" if sent.get("go") == "all" else sent.get("find", "").strip()[:200]
    rows = to_choose(asked.assessment, asked.criterion_id, find)
    items = list(rows[:MOST_SHOWN])
    shown = [item.pk for item in items]
    apart = to_choose(asked.assessment, asked.criterion_id, "").filter(pk__in=set(chosen).difference(shown))
    context = {
        "asked": asked,
        "place": asked.assessment.place,
        "find": find,
        "items": items,
        "chosen": chosen,
        "chosen_apart": list(apart),
        "more": rows.exclude(pk__in=[*shown, *chosen]).count(),
        "is_none_chosen": is_none_chosen,
    }
    return render(request, "library/choose.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_edit(request: Request, assessment_id: int, number: int, evidence_id: int) -> HttpResponse:
    """Change a piece of evidence, or let it back the criterion no longer."""
    found = assessment_to_answer(request.user, assessment_id)
    if request.method == "POST" and belongs_elsewhere(request, found[0], number, evidence_id):
        return moved_meanwhile(request, found[0], criterion_sent(request, found[0], evidence_id))
    asked = asked_about(found, number)
    if not asked.assessment.is_open:
        return not_open(request, asked) if request.method == "POST" else redirect("results", assessment_id)
    backing = backing_of(asked.assessment, asked.criterion_id, evidence_id)
    if backing is None:
        return _piece_is_gone(request, asked)
    if request.method != "POST":
        return _evidence_page(request, asked, backing, EvidenceForm(initial=evidence_data(backing.evidence)))
    try:
        if request.POST.get("go") == "remove":
            return _remove(request, asked, backing)
        return _change(request, asked, backing)
    except NotOpen:
        return not_open(request, asked)
    except Moved:
        return moved_away(request, asked)


def _remove(request: Request, asked: Asked, backing: Backing) -> HttpResponse:
    seen = request.POST.get("seen", "")
    try:
        remove_backing(backing=backing, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0)
    except Conflict as conflict:
        stored = conflict.stored if isinstance(conflict.stored, Evidence) else backing.evidence
        form = EvidenceForm(initial=evidence_data(stored))
        return _evidence_page(request, asked, backing, form, not_removed=stored, status=409)
    messages.success(request, _("Evidence removed: {title}").format(title=backing.evidence.title))
    return redirect(f"{asked.address}#evidence")


def _change(request: Request, asked: Asked, backing: Backing) -> HttpResponse:
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _evidence_page(request, asked, backing, form, status=422)
    try:
        change_backing(backing=backing, piece=form.piece(), seen=form.cleaned_data["seen"] or 0)
    except Conflict as conflict:
        if not isinstance(conflict.stored, Evidence):
            return _piece_is_gone(request, asked)
        again = request.POST.copy()
        again["seen"] = str(conflict.stored.revision)
        return _evidence_page(request, asked, backing, EvidenceForm(again), stored=conflict.stored, status=409)
    messages.success(request, _("Evidence changed: {title}").format(title=form.cleaned_data["title"]))
    return redirect(f"{asked.address}#evidence")


def _evidence_page(
    request: Request,
    asked: Asked,
    backing: Backing,
    form: EvidenceForm,
    *,
    stored: Evidence | None = None,
    not_removed: Evidence | None = None,
    status: int = 200,
) -> HttpResponse:
    """`stored`: what stands instead of what was to be saved; `not_removed`: instead of what was to be removed."""
    context = {
        "asked": asked,
        "place": asked.assessment.place,
        "evidence": not_removed or stored or backing.evidence,
        "others": other_backings(asked.playbook, backing),
        "form": form,
        "stored": stored,
        "not_removed": not_removed,
    }
    return render(request, "evidence.html", context, status=status)


def _piece_is_gone(request: Request, asked: Asked) -> HttpResponse:
    """Somebody removed the piece. What was typed stands in the form that adds one, ready to be added again."""
    if request.method != "POST":
        raise Http404("No such piece of evidence.")
    if request.POST.get("go") == "remove":
        return redirect(f"{asked.address}#evidence")
    again = request.POST.copy()
    again["token"] = str(uuid4())
    form = NewEvidenceForm(again, auto_id=EVIDENCE_IDS)
    answer = answer_to(asked.assessment, asked.criterion_id)
    return criterion_page(request, asked, answer, evidence_form=form, removed=True, status=409)
