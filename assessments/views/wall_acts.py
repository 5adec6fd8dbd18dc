"""What is pressed on the wall of a workshop: next, back, reveal, vote again, agree. By POST, by who may answer."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.findings.voices import Spread
from assessments.forms.workshop import WallForm
from assessments.models import Answer, Ballot
from assessments.selectors.access import assessment_to_answer
from assessments.selectors.workshop import revealed_ballot, spread_in
from assessments.services.agreeing import Heard, agree
from assessments.services.answering import Conflict, Moved, NotOpen
from assessments.services.workshop import Over, reveal, show, vote_again
from assessments.views.moved import moved_meanwhile
from assessments.views.people import Request, signed_in
from assessments.views.wall import LOBBY, Wall, page, wall_at, wall_of


@signed_in
@require_POST
def wall_show(request: Request, assessment_id: int, number: int) -> HttpResponse:
    """Put a criterion on the wall, if it still shows what the page showed."""

    def put_up(found: Wall) -> None:
        target = found.id_of(number)
        if target or number == LOBBY:
            show(workshop=found.workshop, seen=found.id_of(_number(request, "seen")), criterion_id=target)

    return _pressed(request, assessment_id, put_up)


@signed_in
@require_POST
def wall_reveal(request: Request, assessment_id: int) -> HttpResponse:
    """Show the votes of the ballot that the page showed."""
    ballot_id = _number(request, "ballot")
    return _pressed(request, assessment_id, lambda found: reveal(workshop=found.workshop, ballot_id=ballot_id))


@signed_in
@require_POST
def wall_again(request: Request, assessment_id: int) -> HttpResponse:
    """Open the next ballot after the revealed one that the page showed."""
    ballot_id = _number(request, "ballot")
    return _pressed(request, assessment_id, lambda found: vote_again(workshop=found.workshop, ballot_id=ballot_id))


def _pressed(request: Request, assessment_id: int, act: Callable[[Wall], object]) -> HttpResponse:
    """Do this to the wall, and show the wall as it is now; where no workshop runs, the page on which one begins."""
    found = wall_of(assessment_to_answer(request.user, assessment_id))
    try:
        if found:
            act(found)
    except Over:
        return redirect("workshop", assessment_id)
    return redirect("wall_now", assessment_id)


@signed_in
@require_POST
def wall_agree(request: Request, assessment_id: int) -> HttpResponse:
    """Record what the room agreed on the ballot that the page showed, also where the wall has gone on meanwhile."""
    assessment, membership = assessment_to_answer(request.user, assessment_id)
    ballot = revealed_ballot(assessment, _number(request, "ballot"))
    if ballot is None:
        if wall_of((assessment, membership)) is None:
            return moved_meanwhile(request, assessment, None)
        raise Http404("No such ballot.")
    wall = wall_at(assessment, membership, ballot.workshop, ballot.criterion_id)
    form = WallForm(request.POST, criterion=wall.playbook.criterion[wall.key])
    if not form.is_valid():
        return page(request, wall, ballot, form=form, status=422)
    try:
        return _agree(request, wall, ballot, form)
    except (NotOpen, Moved):
        found, _membership = assessment_to_answer(request.user, assessment_id)
        return moved_meanwhile(request, found, ballot.criterion_id)
    except Conflict as conflict:
        return _conflict(request, wall, ballot, conflict)


def _agree(request: Request, wall: Wall, ballot: Ballot, form: WallForm) -> HttpResponse:
    agree(
        assessment=wall.assessment,
        criterion_id=ballot.criterion_id,
        terms=form.terms(),
        heard=heard(spread_in(wall.playbook, wall.key, ballot), ballot),
        seen=form.cleaned_data["seen"],
        by=request.user,
    )
    if ballot.workshop.criterion_id != ballot.criterion_id:  # else the wall says it itself
        level = form.cleaned_data["level"]
        messages.success(request, _("Agreed on {label}: level {level}").format(label=wall.label, level=level))
    return redirect("wall_now", wall.assessment.pk)


def heard(found: Spread, ballot: Ballot) -> Heard:
    """What an agreement keeps of a ballot: how many gave a level, and from which to which where that is shown."""
    return Heard(found.answered, found.lowest, found.highest, ballot=ballot)


def _conflict(request: Request, wall: Wall, ballot: Ballot, conflict: Conflict) -> HttpResponse:
    """Somebody else answered meanwhile: say what, keep what was typed, and let the room decide again."""
    stored = conflict.stored if isinstance(conflict.stored, Answer) else None
    again = request.POST.copy()
    again["seen"] = str(stored.revision if stored else 0)
    form = WallForm(again, criterion=wall.playbook.criterion[wall.key])
    return page(request, wall, ballot, form=form, stored=stored, status=409)


def _number(request: Request, name: str) -> int:
    """A number that a form holds; 0 for anything else."""
    sent = request.POST.get(name, "")
    return int(sent) if sent.isdecimal() and len(sent) < 16 else 0
