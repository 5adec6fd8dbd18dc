"""A place: create it, look at it, change its facts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.places import PlaceForm
from assessments.interchange import Playbook
from assessments.models import Version
from assessments.selectors.access import place_for, place_to_manage
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.members import people_at
from assessments.selectors.places import rounds
from assessments.services.places import create_place
from assessments.views.people import Request, signed_in


def current_playbook() -> Playbook | None:
    """The playbook that new assessments start on, if one is published."""
    version = Version.objects.current()
    return playbook_to_read(version) if version else None


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def place_new(request: Request) -> HttpResponse:
    """Create a place; the person becomes its owner."""
    form = PlaceForm(request.POST if request.method == "POST" else None, playbook=current_playbook())
    if request.method == "POST" and form.is_valid():
        place = create_place(place=form.save(commit=False), by=request.user)
        return redirect("place", place.pk)
    return render(request, "place_form.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_safe
def place(request: Request, place_id: int) -> HttpResponse:
    """The place's assessments over time and its people."""
    found, membership = place_for(request.user, place_id)
    listed = rounds(found)
    context = {
        "place": found,
        "membership": membership,
        "rounds": listed,
        "open": next((each for each in listed if each.assessment.is_open), None),
        "people": people_at(found, membership),
        "startable": _startable() if membership.may_answer else [],
    }
    return render(request, "place.html", context)


def _startable() -> list[tuple[Version, Playbook]]:
    """What an assessment can be started on: the current version of each playbook."""
    return [(version, playbook_to_read(version)) for version in Version.objects.current_of_each()]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def place_edit(request: Request, place_id: int) -> HttpResponse:
    """Change the facts of a place. Its declared stage is changed in its assessment."""
    found, _membership = place_to_manage(request.user, place_id)
    form = PlaceForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("place", found.pk)
    return render(request, "place_form.html", {"form": form, "place": found}, status=422 if form.errors else 200)
