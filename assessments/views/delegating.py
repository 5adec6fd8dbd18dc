"""Who sees to which lesson: owners delegate, whoever may answer takes one, and what is in hand is handed back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.forms.delegating import ChangeDelegationForm, DelegateForm
from assessments.models import Assessment
from assessments.selectors.access import assessment_to_answer, assessment_to_submit
from assessments.selectors.answers import given_answers
from assessments.selectors.delegation import (
    delegation_to_end,
    delegation_to_manage,
    hands,
    lesson_by,
    may_take,
)
from assessments.selectors.languages import playbook_to_read
from assessments.services.answering import Moved, NotOpen
from assessments.services.delegating import HeldAlready, NotAnswering, change_delegation, end_delegation, take_lesson
from assessments.services.delegating import delegate as give
from assessments.views.people import Request, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delegate(request: Request, assessment_id: int, lesson_number: int) -> HttpResponse:
    """Put a lesson into the hands of members; who has it already stands above."""
    found, _membership = assessment_to_submit(request.user, assessment_id)
    if not found.is_open:
        return redirect("results", found.pk)
    playbook = playbook_to_read(found.version)
    lesson = lesson_by(playbook, lesson_number)
    held = hands(found, playbook, given_answers(found))[lesson.key]
    taken = {each.delegation.person_id for each in held}
    members = [member for member in may_take(found) if member.user_id not in taken]
    form = DelegateForm(request.POST if request.method == "POST" else None, members=members, me=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            give(assessment=found, lesson_key=lesson.key, by=request.user, **form.cleaned_data)
        except (NotOpen, Moved):
            return _too_late(request, found)
        except (NotAnswering, HeldAlready):
            form.add_error("people", form.fields["people"].error_messages["invalid_choice"])
        else:
            messages.success(request, _("Delegated. They see it on their first page; a reminder tells them by e-mail."))
            return _back(found, lesson_number)
    context = {
        "assessment": found,
        "place": found.place,
        "lesson": lesson,
        "number": lesson_number,
        "held": held,
        "members": members,
        "form": form,
    }
    return render(request, "waiting/delegate.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def lesson_take(request: Request, assessment_id: int, lesson_number: int) -> HttpResponse:
    """Take a lesson into one's own hands."""
    found, _membership = assessment_to_answer(request.user, assessment_id)
    lesson = lesson_by(playbook_to_read(found.version), lesson_number)
    try:
        take_lesson(assessment=found, lesson_key=lesson.key, by=request.user)
    except (NotOpen, Moved, NotAnswering):
        return _too_late(request, found)
    messages.success(request, _("The lesson is in your hands now."))
    return _back(found, lesson_number)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delegation_edit(request: Request, assessment_id: int, delegation_id: int) -> HttpResponse:
    """Give what somebody has in hand another date or note."""
    found, delegation = delegation_to_manage(request.user, assessment_id, delegation_id)
    if not found.is_open:
        return redirect("results", found.pk)
    form = ChangeDelegationForm(request.POST if request.method == "POST" else None, delegation=delegation)
    if request.method == "POST" and form.is_valid():
        try:
            if not change_delegation(delegation=delegation, **form.cleaned_data):
                return _too_late(request, found)
        except NotOpen:
            return _too_late(request, found)
        messages.success(request, _("Saved."))
        return redirect("waiting", found.pk)
    titles = {lesson.key: lesson.title for lesson in playbook_to_read(found.version).lessons}
    context = {
        "assessment": found,
        "place": found.place,
        "delegation": delegation,
        "title": titles.get(delegation.lesson_key, delegation.lesson_key),
        "form": form,
    }
    return render(request, "waiting/delegation.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def delegation_end(request: Request, assessment_id: int, delegation_id: int) -> HttpResponse:
    """Take a lesson out of somebody's hands, or hand one's own back."""
    found, delegation = delegation_to_end(request.user, assessment_id, delegation_id)
    try:
        end_delegation(delegation=delegation)
    except NotOpen:
        return _too_late(request, found)
    messages.success(request, _("{name} does not have the lesson in hand any more.").format(name=delegation.person))
    return redirect("waiting", found.pk)


def _too_late(request: Request, found: Assessment) -> HttpResponse:
    messages.error(request, _("Something has changed meanwhile, so nothing was done. This is how it stands now."))
    return redirect("assessment", found.pk)


def _back(found: Assessment, lesson_number: int) -> HttpResponse:
    return redirect(f"{reverse('assessment', args=[found.pk])}#lesson-{lesson_number}")
