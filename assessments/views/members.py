"""Who belongs to a place: owners invite, withdraw and remove; whoever holds a link comes in; everybody may leave."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments.forms.members import MAY, InviteForm
from assessments.models import Invitation, Membership
from assessments.selectors.access import place_for, place_to_manage
from assessments.selectors.members import (
    invitation_by,
    invitation_to_manage,
    is_only_owner,
    lets_in,
    member_to_remove,
    membership_in,
    token_hash,
)
from assessments.services.members import (
    DAYS,
    AlreadyMember,
    LastOwner,
    NotInvited,
    NotRemovable,
    TooManyInvitations,
    accept_invitation,
    leave_place,
    remove_member,
    withdraw_invitation,
)
from assessments.services.members import invite as make_invitation
from assessments.views.people import Request, signed_in

KEPT = "invitation"
"""Where a session keeps the hash of a link that was opened by somebody who has yet to sign in."""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request, place_id: int) -> HttpResponse:
    """Make a link that lets one person in; it is shown once, here, and nowhere else."""
    place, _membership = place_to_manage(request.user, place_id)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            token = make_invitation(place=place, by=request.user, **form.cleaned_data)
        except TooManyInvitations:
            form.add_error(None, _("So many links wait already. Withdraw some of them on the page of the place."))
        else:
            link = request.build_absolute_uri(reverse("invitation", args=[token]))
            context = {"place": place, "link": link, "note": form.cleaned_data["note"], "days": DAYS}
            return _address_untold(render(request, "people/invited.html", context))
    return render(request, "people/invite.html", {"place": place, "form": form}, status=422 if form.errors else 200)


@signed_in
@require_POST
def invitation_withdraw(request: Request, place_id: int, invitation_id: int) -> HttpResponse:
    """Let nobody in by this link any more."""
    found = invitation_to_manage(request.user, place_id, invitation_id)
    if withdraw_invitation(invitation=found):
        messages.success(request, _("The link is withdrawn. It lets nobody in any more."))
    else:
        messages.info(request, _("The link had been used or withdrawn already."))
    return redirect(f"{reverse('place', args=[place_id])}#people")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponseBase:
    """What a link lets into, and the button that accepts. Somebody who has yet to sign in comes back without the secret
    in the address, so that no page on the way can pass it on.
    """
    hashed = token_hash(secret)
    if request.user.is_authenticated or request.method == "POST":
        return _by_hash(request, hashed)
    if invitation_by(hashed):
        request.session[KEPT] = hashed
    return _address_untold(redirect_to_login(reverse("invitation_kept")))


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_kept(request: HttpRequest) -> HttpResponseBase:
    """The same for a link that was opened before signing in."""
    return _by_hash(request, request.session.get(KEPT, ""))


@signed_in
def _by_hash(request: Request, hashed: str) -> HttpResponse:
    found = invitation_by(hashed)
    if found and (already := membership_in(request.user, found.place_id)):
        return _address_untold(_already(request, found, already))
    if not found or not lets_in(found):
        return _not_invited(request)
    if request.method != "POST":
        context = {"invitation": found, "place": found.place, "may": MAY[Membership.Role(found.role)]}
        return _address_untold(render(request, "people/invitation.html", context))
    return _accept(request, found)


def _accept(request: Request, found: Invitation) -> HttpResponse:
    try:
        accept_invitation(invitation=found, by=request.user)
    except NotInvited:
        return _not_invited(request)
    except AlreadyMember:
        return redirect("place", found.place_id)
    request.session.pop(KEPT, None)
    messages.success(request, _("You are in. The place is among yours from now on."))
    return redirect("place", found.place_id)


def _already(request: Request, found: Invitation, membership: Membership) -> HttpResponse:
    request.session.pop(KEPT, None)
    context = {"place": found.place, "membership": membership}
    return render(request, "people/already.html", context)


def _not_invited(request: Request) -> HttpResponse:
    """The same page whatever is wrong with the link, so that it tells nothing of any place."""
    request.session.pop(KEPT, None)
    return _address_untold(render(request, "people/not_invited.html", status=404))


def _address_untold(response: Any) -> HttpResponse:
    """What the page leads to or loads is told the site alone, not this address, which may hold the secret of a link.

    Not `no-referrer`: with that a browser does not say either where a form comes from, and it would be refused.
    """
    response["Referrer-Policy"] = "strict-origin"
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: Request, place_id: int, member_id: int) -> HttpResponse:
    """Take somebody who is no owner out of the place, after asking."""
    member = member_to_remove(request.user, place_id, member_id)
    if request.method == "POST":
        try:
            remove_member(membership=member)
        except NotRemovable:
            messages.error(request, _("This person has become an owner meanwhile, so nothing was changed."))
        else:
            messages.success(request, _("{name} does not belong to the place any more.").format(name=member.user))
        return redirect(f"{reverse('place', args=[place_id])}#people")
    return render(request, "people/remove.html", {"place": member.place, "member": member})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request, place_id: int) -> HttpResponse:
    """Leave a place, after asking. Its last owner stays."""
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
