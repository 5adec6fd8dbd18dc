"""The groups that a person sorts their places into; nobody else sees them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.groups import NAME_TAKEN, AddToGroupForm, GroupForm
from assessments.models import Place
from assessments.selectors.groups import group_for, groups_of
from assessments.selectors.portfolio import memberships_of
from assessments.services.groups import NameTaken, add_to_group, change_group, delete_group, make_group
from assessments.views.people import Request, signed_in


@signed_in
@require_safe
def groups(request: Request) -> HttpResponse:
    """My groups, each with its places."""
    return render(request, "portfolio/groups.html", {"groups": groups_of(request.user)})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def group_new(request: Request) -> HttpResponse:
    """Make a group."""
    form = GroupForm(request.POST if request.method == "POST" else None, own=_own(request))
    if request.method == "POST" and form.is_valid():
        try:
            make_group(**form.cleaned_data, by=request.user)
        except NameTaken:
            form.add_error("name", NAME_TAKEN)
        else:
            messages.success(request, _("The group is made."))
            return redirect("groups")
    context = {"form": form, "group": None}
    return render(request, "portfolio/group_form.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def group_edit(request: Request, group_id: int) -> HttpResponse:
    """Rename a group, and choose its places anew."""
    group, places = group_for(request.user, group_id)
    now = {"name": group.name, "places": [place.pk for place in places]}
    form = GroupForm(request.POST if request.method == "POST" else None, initial=now, own=_own(request), group=group)
    if request.method == "POST" and form.is_valid():
        try:
            change_group(group=group, **form.cleaned_data, by=request.user)
        except NameTaken:
            form.add_error("name", NAME_TAKEN)
        else:
            messages.success(request, _("Saved."))
            return redirect("groups")
    context = {"form": form, "group": group}
    return render(request, "portfolio/group_form.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def group_delete(request: Request, group_id: int) -> HttpResponse:
    """Delete a group, after asking; its places stay."""
    group, places = group_for(request.user, group_id)
    if request.method == "POST":
        delete_group(group=group, by=request.user)
        messages.success(request, _("The group is deleted. Its places are still yours."))
        return redirect("groups")
    return render(request, "portfolio/group_delete.html", {"group": group, "places": places})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def group_add(request: Request) -> HttpResponse:
    """Put the places that were chosen in the table, and are named in the address, into a group."""
    wanted = {int(number) for number in request.GET.getlist("place") if number.isdecimal() and len(number) < 10}
    chosen = [place for place in _own(request) if place.pk in wanted]
    found = groups_of(request.user)
    form = AddToGroupForm(
        request.POST if request.method == "POST" else None, groups=[group for group, _places in found]
    )
    if request.method == "POST" and chosen and form.is_valid():
        try:
            name = _add(request, form, [place.pk for place in chosen])
        except NameTaken:
            form.add_error("name", NAME_TAKEN)
        else:
            messages.success(request, _("They are in the group {name} now.").format(name=name))
            return redirect("groups")
    context = {"form": form, "chosen": chosen}
    return render(request, "portfolio/group_add.html", context, status=422 if form.errors else 200)


def _add(request: Request, form: AddToGroupForm, places: list[int]) -> str:
    """Put the places into the group chosen, or into a new one; its name. Raises NameTaken."""
    if number := form.cleaned_data.get("group"):
        group, _places = group_for(request.user, int(number))
        add_to_group(group=group, places=places, by=request.user)
        return group.name
    return make_group(name=form.cleaned_data["name"], places=places, by=request.user).name


def _own(request: Request) -> list[Place]:
    return [membership.place for membership in memberships_of(request.user)]
