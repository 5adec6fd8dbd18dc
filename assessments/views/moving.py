"""A newer version beside an open assessment: what is new, moving to it, back, or staying; what was left behind."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments.comparing.differences import differences
from assessments.models import Assessment, Version
from assessments.selectors.access import assessment_for, assessment_to_submit
from assessments.selectors.answers import given_answers
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.moves import left_behind as all_left_behind
from assessments.selectors.moves import preview
from assessments.selectors.moving import newer_version, plan
from assessments.selectors.rounds import unrevealed_round
from assessments.services.answering import NotOpen
from assessments.services.moving import NotThere, NoWayBack, RoundStands, move_assessment, move_back
from assessments.services.moving import stay as stay_on
from assessments.views.people import Request, signed_in


@signed_in
@require_safe
def newer(request: Request, assessment_id: int) -> HttpResponse:
    """What is new in the version that the assessment could move to, and what a move would do."""
    found, membership = assessment_for(request.user, assessment_id)
    version = newer_version(found)
    if version is None:
        return redirect("assessment", found.pk)
    before, after = playbook_to_read(found.version), playbook_to_read(version)
    context = {
        "assessment": found,
        "place": found.place,
        "membership": membership,
        "newer": version,
        "preview": preview(plan(found, version), before, after),
        "differences": differences(before, after, with_map=False),
        "round": unrevealed_round(found),
    }
    return render(request, "moving/preview.html", context)


@signed_in
@require_POST
def move(request: Request, assessment_id: int) -> HttpResponse:
    """Move to the version that the preview showed. Sent twice, it moves once."""
    found, _membership = assessment_to_submit(request.user, assessment_id)
    version = _named(request, found)
    try:
        if version is None:
            raise NotThere
        moved = move_assessment(assessment=found, version=version, by=request.user)
    except NotThere:
        messages.error(request, _("Nothing was moved: this is what it can move to now, if anything."))
        return redirect("newer", found.pk)
    except RoundStands:
        return _round_stands(request, found)
    except NotOpen:
        return _already_submitted(request, found)
    waiting = sum(each.waits for each in given_answers(moved).values())
    messages.success(request, _("This assessment is on version {number} now.").format(number=moved.version.number))
    if waiting:
        said = ngettext("{count} answer needs another look.", "{count} answers need another look.", waiting)
        messages.info(request, said.format(count=waiting))
    return redirect("assessment", found.pk)


@signed_in
@require_POST
def back(request: Request, assessment_id: int) -> HttpResponse:
    """Undo the last move. The form says which version it leaves, so that sent twice it goes one step back."""
    found, _membership = assessment_to_submit(request.user, assessment_id)
    if request.POST.get("version") != str(found.version_id):
        return redirect("assessment", found.pk)
    try:
        moved = move_back(assessment=found, by=request.user)
    except NoWayBack:
        messages.error(request, _("There is no move to undo."))
    except RoundStands:
        return _round_stands(request, found)
    except NotOpen:
        return _already_submitted(request, found)
    else:
        said = _("This assessment is on version {number} again, as it stood before.")
        messages.success(request, said.format(number=moved.version.number))
    return redirect("assessment", found.pk)


@signed_in
@require_POST
def stay(request: Request, assessment_id: int) -> HttpResponse:
    """Finish on the version that it is on. Only a quiet line then says that there is a newer one."""
    found, _membership = assessment_to_submit(request.user, assessment_id)
    version = _named(request, found)
    try:
        if version is None:
            raise NotThere
        stay_on(assessment=found, version=version, by=request.user)
    except NotThere:
        messages.error(request, _("There is another version by now: look at it first."))
        return redirect("newer", found.pk)
    except NotOpen:
        return _already_submitted(request, found)
    said = _("This assessment stays on version {number}. You can still move it, as long as it is open.")
    messages.success(request, said.format(number=found.version.number))
    return redirect("assessment", found.pk)


@signed_in
@require_safe
def left_behind(request: Request, assessment_id: int) -> HttpResponse:
    """What was said on versions that the assessment has left, each with the text that it was given to."""
    found, membership = assessment_for(request.user, assessment_id)
    dropped, left = all_left_behind(found)
    context = {
        "assessment": found,
        "place": found.place,
        "membership": membership,
        "dropped": dropped,
        "left": left,
    }
    return render(request, "moving/left_behind.html", context)


def _named(request: Request, found: Assessment) -> Version | None:
    """The version that the form was shown for, if it is one of the playbook."""
    pk = request.POST.get("version", "")
    versions = Version.objects.select_related("playbook").filter(playbook=found.version.playbook_id)
    return versions.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 10 else None


def _round_stands(request: Request, found: Assessment) -> HttpResponse:
    said = _("Nothing was moved: your partners are answering the questions as they are. Reveal their answers first.")
    messages.error(request, said)
    return redirect("assessment", found.pk)


def _already_submitted(request: Request, found: Assessment) -> HttpResponse:
    messages.error(request, _("This assessment has been submitted meanwhile, so nothing was changed."))
    return redirect("results", found.pk)
