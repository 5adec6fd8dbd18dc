"""Who belongs to a place: owners say what members may do, hand over and remove; everybody may leave."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.forms.members import LEAVE, MAY, HandOverForm, RoleForm
from assessments.models import Membership
from assessments.selectors.access import place_for, place_to_manage
from assessments.selectors.members import is_only_owner, member_to_change, member_to_remove, successors
from assessments.services.members import (
    ChangedMeanwhile,
    LastOwner,
    NotOwner,
    OwnersStepDown,
    change_role,
    leave_place,
    remove_member,
)
from assessments.services.members import hand_over as hand_over_to
from assessments.views.people import Request, signed_in

OWNER = Membership.Role.OWNER
SURE = "sure"
"""What the page that asks once more adds to a form, before somebody becomes an owner."""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def member_edit(request: Request, place_id: int, member_id: int) -> HttpResponse:
    """Say what a member may do; an owner may step down. Making somebody an owner is asked once more."""
    member = member_to_change(request.user, place_id, member_id)
    is_self = member.user_id == request.user.pk
    form = RoleForm(request.POST if request.method == "POST" else None, member=member, is_self=is_self)
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        if role == OWNER and not member.may_submit and SURE not in request.POST:
            return _ask_again(request, member, {"role": role, "seen": form.cleaned_data["seen"]}, becomes="")
        try:
            change_role(membership=member, role=role, seen=form.cleaned_data["seen"], by=request.user)
        except LastOwner:
            form.add_error("role", _("You are the only owner, and a place is never without one. Hand it over instead."))
        except (NotOwner, OwnersStepDown, ChangedMeanwhile):
            return _changed_meanwhile(request, place_id)
        else:
            return _role_changed(request, member, role)
    context = {"form": form, "place": member.place, "member": member, "is_self": is_self}
    return render(request, "people/member.html", context, status=422 if form.errors else 200)


def _role_changed(request: Request, member: Membership, role: str) -> HttpResponse:
    words = (
        _("{name} is {role} from now on.") if member.user_id != request.user.pk else _("You are {role} from now on.")
    )
    label = str(Membership.Role(role).label).lower()
    messages.success(request, words.format(name=member.user, role=label))
    return redirect("place", member.place_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: Request, place_id: int) -> HttpResponse:
    """Make a member the owner in one's place, after asking once more; one stays as less, or leaves."""
    place, membership = place_to_manage(request.user, place_id)
    form = HandOverForm(request.POST if request.method == "POST" else None, successors=successors(membership))
    if request.method == "POST" and form.is_valid():
        to, becomes = form.of[form.cleaned_data["to"]], form.cleaned_data["becomes"]
        if SURE not in request.POST:
            return _ask_again(request, to, {"to": to.pk, "becomes": becomes}, becomes=becomes)
        try:
            hand_over_to(to=to, becomes="" if becomes == LEAVE else becomes, by=request.user)
        except (NotOwner, ChangedMeanwhile):
            return _changed_meanwhile(request, place_id)
        words = _("{name} is the owner of {place} from now on.").format(name=to.user, place=place.name)
        messages.success(request, words)
        return redirect("home") if becomes == LEAVE else redirect("place", place_id)
    return render(request, "people/hand_over.html", {"form": form, "place": place}, status=422 if form.errors else 200)


def _ask_again(request: Request, member: Membership, sent: dict[str, object], *, becomes: str) -> HttpResponse:
    """The page between the choice and the deed. Nothing is changed yet."""
    context = {
        "place": member.place,
        "member": member,
        "may": MAY[OWNER],
        "sent": sent,
        "becomes": becomes,
        "becomes_role": "" if becomes in ("", LEAVE) else str(Membership.Role(becomes).label).lower(),
    }
    return render(request, "people/make_owner.html", context)


def _changed_meanwhile(request: Request, place_id: int) -> HttpResponse:
    """Somebody else was quicker: the page of the place shows how it is now, or that it is no longer theirs."""
    messages.error(
        request, _("Somebody else changed who belongs to the place meanwhile, so nothing was done. It is as below now.")
    )
    return redirect("place", place_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: Request, place_id: int, member_id: int) -> HttpResponse:
    """Take somebody who is no owner out of the place, after asking."""
    member = member_to_remove(request.user, place_id, member_id)
    if request.method == "POST":
        try:
            remove_member(membership=member, by=request.user)
        except NotOwner:
            raise PermissionDenied(_("Only an owner of this place can do that.")) from None
        except OwnersStepDown:
            messages.error(request, _("This person has become an owner meanwhile, so nothing was changed."))
        else:
            messages.success(request, _("{name} does not belong to the place any more.").format(name=member.user))
        return redirect("place", place_id)
    return render(request, "people/remove.html", {"place": member.place, "member": member})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request, place_id: int) -> HttpResponse:
    """Leave a place, after asking. Its last owner hands over first."""
    place, membership = place_for(request.user, place_id)
    status = 200
    if request.method == "POST":
        try:
            leave_place(membership=membership)
        except LastOwner:
            status = 409
        else:
            messages.success(request, _("You have left {name}.").format(name=place.name))
            return redirect("home")
    context = {
        "place": place,
        "membership": membership,
        "is_only_owner": is_only_owner(membership),
        "is_refused": status == 409,
    }
    return render(request, "people/leave.html", context, status=status)
