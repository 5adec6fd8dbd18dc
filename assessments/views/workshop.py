"""A workshop on an assessment: choose what the wall goes through, begin, go on, end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.findings.voices_words import told
from assessments.forms.workshop import StartForm
from assessments.models import Assessment, Membership, Workshop
from assessments.selectors.access import assessment_for, assessment_to_answer
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.workshop import held_workshops, not_agreed, numbers_in, to_discuss, turnout, workshop_on
from assessments.services.answering import Moved, NotOpen
from assessments.services.workshop import end_workshop, start_workshop
from assessments.views.address import is_this_computer_only
from assessments.views.people import Request, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def workshop(request: Request, assessment_id: int) -> HttpResponse:
    """The workshop of an assessment; POST starts one, or leads on to the one that is on."""
    if request.method == "POST":
        assessment, membership = assessment_to_answer(request.user, assessment_id)
    else:
        assessment, membership = assessment_for(request.user, assessment_id)
    if not assessment.is_open:
        return redirect("assessment", assessment_id)
    running = workshop_on(assessment)
    if running:
        if request.method == "POST":
            return redirect("wall_now", assessment_id)
        return _page(request, assessment, membership, running)
    form = _form(request, assessment)
    if request.method == "POST" and form.is_valid():
        return _start(request, assessment, form)
    return _page(request, assessment, membership, None, form)


def _form(request: Request, assessment: Assessment) -> StartForm:
    playbook = playbook_to_read(assessment.version)
    open_still, apart = not_agreed(assessment, playbook), to_discuss(assessment, playbook)
    return StartForm(
        request.POST if request.method == "POST" else None,
        playbook=playbook,
        not_agreed=open_still,
        to_discuss=apart,
        initial={"which": "discuss" if apart else "all"},
    )


def _start(request: Request, assessment: Assessment, form: StartForm) -> HttpResponse:
    ids = criterion_ids(assessment.version)
    try:
        start_workshop(assessment=assessment, criteria=[ids[key] for key in form.chosen()], by=request.user)
    except (NotOpen, Moved):
        return redirect("assessment", assessment.pk)
    return redirect("wall_now", assessment.pk)


def _page(
    request: Request,
    assessment: Assessment,
    membership: Membership,
    running: Workshop | None,
    form: StartForm | None = None,
) -> HttpResponse:
    context = {
        "assessment": assessment,
        "place": assessment.place,
        "membership": membership,
        "workshop": running,
        "how_many": len(numbers_in(running)) if running else 0,
        "turnout": turnout(running, None) if running else None,
        "held": _held(assessment, running),
        "form": form,
        "this_computer_only": is_this_computer_only(),
    }
    return render(request, "workshop/workshop.html", context, status=422 if form and form.errors else 200)


def _held(assessment: Assessment, running: Workshop | None) -> list[tuple[Workshop, list[tuple[str, list[str]]]]]:
    """Earlier workshops: what was said on each criterion, in words."""
    playbook = playbook_to_read(assessment.version)
    return [
        (
            held.workshop,
            [
                (f"{playbook.label[key]} {playbook.criterion[key].title}", [told(each) for each in said])
                for key, said in held.said.items()
            ],
        )
        for held in held_workshops(assessment, playbook, running)
    ]


@signed_in
@require_POST
def workshop_end(request: Request, assessment_id: int) -> HttpResponse:
    """End the workshop that is on; nothing where there is none."""
    assessment, _membership = assessment_to_answer(request.user, assessment_id)
    running = workshop_on(assessment)
    if running:
        end_workshop(workshop=running, by=request.user)
        messages.success(request, _("The workshop has ended. Its code leads nowhere any more."))
    return redirect("assessment", assessment_id)
