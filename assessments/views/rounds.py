"""A round of respondents, as the people of a place see it: opened, changed, closed, discarded, revealed by an owner."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import mail
from assessments.findings.selection import selection
from assessments.findings.voices import FEWEST
from assessments.forms.rounds import RoundForm, SelectionForm, WordsForm
from assessments.interchange.documents import Playbook
from assessments.models import Assessment, Round
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.rounds import (
    asked_in,
    assessment_to_ask,
    days_left,
    role_states,
    round_for,
    round_to_manage,
    tally,
    unrevealed_round,
)
from assessments.services.answering import Moved, NotOpen
from assessments.services.revealing import NobodyAnswered, reveal_round
from assessments.services.rounds import (
    AnotherRound,
    HasAnswers,
    HasBegun,
    Revealed,
    Terms,
    change_round,
    close_round,
    discard_round,
    has_begun,
    open_round,
)
from assessments.views.people import Request, signed_in

COUNT = "count"
"""What the button sends that only counts how long the questions take."""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: Request, assessment_id: int) -> HttpResponse:
    """Open a round: who is asked what, by name or not, until when."""
    found, _membership = assessment_to_ask(request.user, assessment_id)
    if not found.is_open:
        return redirect("results", found.pk)
    if standing := unrevealed_round(found):
        return _there_is_one(request, standing)
    playbook = playbook_to_read(found.version)
    form = _filled(RoundForm, request, **_beginning(found, playbook))
    if form.is_bound and form.is_valid() and _is_same_version(form, found):
        try:
            opened = open_round(assessment=found, terms=_terms(form), by=request.user)
        except AnotherRound as error:
            return _there_is_one(request, error.round)
        except Moved:
            form.add_error(None, _moved())
        except NotOpen:
            messages.error(request, _("This assessment has been submitted meanwhile, so nothing was changed."))
            return redirect("results", found.pk)
        else:
            messages.success(request, _("The round is open. Now ask people to take part."))
            return redirect("round", found.pk, opened.pk)
    context = {"assessment": found, "place": found.place, "form": form, "playbook": playbook}
    return render(request, "rounds/form.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def round(request: Request, assessment_id: int, round_id: int) -> HttpResponse:
    """How the round stands: who has answered, never what."""
    found, membership = round_for(request.user, assessment_id, round_id)
    playbook = playbook_to_read(found.version)
    roles = role_states(found, playbook)
    context = {
        "assessment": found.assessment,
        "place": found.assessment.place,
        "membership": membership,
        "round": found,
        "playbook": playbook,
        "roles": roles,
        "begun": sum(each.begun for each in roles),
        "done": sum(each.done for each in roles),
        "unsent": sum(each.unsent for each in roles),
        "days_left": days_left(found),
        "reaches_people": mail.reaches_people(),
    }
    return render(request, "rounds/round.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: Request, assessment_id: int, round_id: int) -> HttpResponse:
    """Change the closing date and the welcome; and who is asked what, until somebody has begun."""
    found, _membership = round_to_manage(request.user, assessment_id, round_id)
    if found.is_revealed:
        return _is_revealed(request, found)
    playbook, is_fixed = playbook_to_read(found.version), has_begun(found)
    form = _filled(WordsForm if is_fixed else SelectionForm, request, **_as_it_is(found, playbook, is_fixed=is_fixed))
    if form.is_bound and form.is_valid():
        try:
            change_round(round=found, by=request.user, **_changes(form))
        except HasBegun:
            form.add_error(
                None,
                _("Somebody was asked in a role that you took out, or has begun meanwhile. Nothing was changed."),
            )
        except Revealed:
            return _is_revealed(request, found)
        else:
            messages.success(request, _("Saved."))
            return redirect("round", assessment_id, found.pk)
    context = {**about(found), "form": form, "playbook": playbook, "is_fixed": is_fixed}
    return render(request, "rounds/form.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def round_close(request: Request, assessment_id: int, round_id: int) -> HttpResponse:
    """Close a round early, after asking."""
    found, _membership = round_to_manage(request.user, assessment_id, round_id)
    if request.method != "POST":
        return render(request, "rounds/close.html", about(found)) if found.takes_answers else back(found)
    try:
        close_round(round=found, by=request.user)
    except Revealed:
        return _is_revealed(request, found)
    messages.success(request, _("The round is closed. Until you reveal the answers you can open it again."))
    return back(found)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def round_discard(request: Request, assessment_id: int, round_id: int) -> HttpResponse:
    """Throw away a round that nobody has answered, after asking."""
    found, _membership = round_to_manage(request.user, assessment_id, round_id)
    if found.is_revealed:
        return _is_revealed(request, found)
    if request.method != "POST":
        return render(request, "rounds/discard.html", {**about(found), "tally": tally(found)})
    try:
        discard_round(round=found, by=request.user)
    except HasAnswers:
        messages.error(request, _("Somebody has answered, so the round stays."))
        return back(found)
    except Revealed:
        return _is_revealed(request, found)
    messages.success(request, _("The round is discarded. Its links lead nowhere any more."))
    return redirect("assessment", assessment_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: Request, assessment_id: int, round_id: int) -> HttpResponse:
    """Reveal the answers, after saying what that means."""
    found, _membership = round_to_manage(request.user, assessment_id, round_id)
    if found.is_revealed:
        return _is_revealed(request, found)
    if request.method != "POST":
        counted = tally(found)
        playbook = playbook_to_read(found.version)
        context = {
            **about(found),
            "tally": counted,
            "fewest": FEWEST,
            "roles": [(role, counted.by_role[role.key]) for role in playbook.roles if role.key in counted.by_role],
            "together": [role for role in playbook.roles if role.key in counted.together],
            "playbook": playbook,
        }
        return render(request, "rounds/reveal.html", context)
    try:
        reveal_round(round=found, by=request.user)
    except Revealed:
        return _is_revealed(request, found)
    except NobodyAnswered:
        messages.error(request, _("Nobody has answered yet, so there is nothing to reveal."))
    else:
        messages.success(request, _("The answers are revealed."))
    return back(found)


def _filled(kind: type[Any], request: Request, **options: Any) -> Any:
    """A form with what was sent; or, where that is only to be counted, one that begins with it and judges nothing."""
    if request.method != "POST":
        return kind(None, **options)
    if request.POST.get("go") != COUNT:
        return kind(request.POST, **options)
    sent = kind(None, **options).again(request.POST)
    return kind(None, **{**options, "initial": {**options.get("initial", {}), **sent}})


def _beginning(found: Assessment, playbook: Playbook) -> dict[str, Any]:
    """What the form of a new round begins with."""
    welcome = _(
        "Thank you for helping {place} to see where it stands. Answer from where you are: what you know at first hand "
        "counts most. If you do not know, say so; that is an answer too."
    )
    return {
        "playbook": playbook,
        "asked": selection(playbook_document(found.version), found.stage.key),
        "version": found.version_id,
        "initial": {"welcome": welcome.format(place=found.place.name)},
    }


def _as_it_is(found: Round, playbook: Playbook, *, is_fixed: bool) -> dict[str, Any]:
    """What the form that changes a round begins with; one that is closed is opened again by a date."""
    is_closed = not found.takes_answers
    initial = {"closes_on": None if is_closed else found.closes_on, "welcome": found.welcome}
    if is_fixed:
        return {"is_closed": is_closed, "initial": initial}
    selected = {"playbook": playbook, "asked": asked_in(found), "version": found.version_id}
    return {"is_closed": is_closed, "initial": initial, **selected}


def _moved() -> str:
    return _("This assessment is on another version of the questions by now. Open this page again and choose anew.")


def _is_same_version(form: RoundForm, found: Assessment) -> bool:
    """Criteria are chosen of the version that the page showed."""
    if form.cleaned_data["version"] in (None, found.version_id):
        return True
    form.add_error(None, _moved())
    return False


def _terms(form: RoundForm) -> Terms:
    data = form.cleaned_data
    return Terms(data["naming"], data["closes_on"], data["welcome"], form.asked())


def _changes(form: WordsForm) -> dict[str, Any]:
    data = form.cleaned_data
    asked = {"asked": form.asked()} if isinstance(form, SelectionForm) else {}
    return {"closes_on": data["closes_on"], "welcome": data["welcome"], **asked}


def about(found: Round) -> dict[str, Any]:
    """What every page of a round says it is of."""
    return {"round": found, "assessment": found.assessment, "place": found.assessment.place}


def back(found: Round) -> HttpResponse:
    """Lead to the page of the round."""
    return redirect("round", found.assessment_id, found.pk)


def _there_is_one(request: Request, standing: Round) -> HttpResponse:
    messages.info(request, _("There is a round already: this one. Reveal its answers before you open another."))
    return back(standing)


def _is_revealed(request: Request, found: Round) -> HttpResponse:
    messages.info(request, _("The answers of this round are revealed already, so it stays as it is."))
    return back(found)
