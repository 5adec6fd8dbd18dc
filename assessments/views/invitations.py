"""Invitations: owners make, send, renew and withdraw them; whoever holds a link comes in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.members import MAY, InviteForm
from assessments.mail import Letter, reaches_people, send
from assessments.models import Invitation, Membership
from assessments.selectors.access import place_to_manage
from assessments.selectors.members import (
    KEPT,
    invitation_by,
    invitation_to_manage,
    lets_in,
    membership_in,
    token_hash,
)
from assessments.services.invitations import (
    AlreadyInvited,
    AlreadyMember,
    NotInvited,
    TooManyInvitations,
    TooManyLetters,
    accept_invitation,
    note_sent,
    renew_invitation,
    withdraw_invitation,
)
from assessments.services.invitations import invite as make_invitation
from assessments.services.members import NotOwner
from assessments.templatetags.words import day
from assessments.views.people import Request, signed_in

REFUSED = (AlreadyInvited, AlreadyMember, TooManyInvitations, TooManyLetters)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request, place_id: int) -> HttpResponse:
    """Invite somebody by e-mail, or make a link to hand over, which is shown once, here, and nowhere else."""
    place, _membership = place_to_manage(request.user, place_id)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made, token = make_invitation(place=place, by=request.user, **form.cleaned_data)
        except NotOwner:
            raise _no_owner() from None
        except REFUSED as error:
            form.add_error("email" if form.cleaned_data["email"] else None, _why_refused(error))
        else:
            return _sent_or_shown(request, made, token)
    return render(request, "people/invite.html", {"place": place, "form": form}, status=422 if form.errors else 200)


@signed_in
@require_safe
def invitation_made(request: Request, place_id: int, invitation_id: int) -> HttpResponse:
    """What an owner sees of an invitation that was sent: to whom, as what, until when."""
    found = invitation_to_manage(request.user, place_id, invitation_id)
    if not lets_in(found):
        return _back(place_id)
    return render(request, "people/invited.html", {"place": found.place, "invitation": found})


@signed_in
@require_POST
def invitation_resend(request: Request, place_id: int, invitation_id: int) -> HttpResponse:
    """The same invitation with a new link, for another fortnight. The old link dies."""
    found = invitation_to_manage(request.user, place_id, invitation_id)
    try:
        made, token = renew_invitation(invitation=found, by=request.user)
    except NotOwner:
        raise _no_owner() from None
    except NotInvited:
        messages.info(request, _("This invitation had been used, withdrawn or sent again already."))
    except REFUSED as error:
        messages.error(request, _why_refused(error))
    else:
        return _sent_or_shown(request, made, token, again=True)
    return redirect("place", place_id)


def _sent_or_shown(request: Request, made: Invitation, token: str, *, again: bool = False) -> HttpResponse:
    """After an invitation is stored: send its link, or show it where there is no address or the letter did not go."""
    link = request.build_absolute_uri(reverse("invitation", args=[token]))
    if made.email and _send(request, made, link):
        note_sent(invitation=made)
        if again:
            messages.success(request, _("It is sent again, with a new link. The earlier link lets nobody in any more."))
        return redirect("invitation_made", made.place_id, made.pk)
    context = {
        "place": made.place,
        "invitation": made,
        "link": link,
        "again": again,
        "is_printed": not reaches_people(),
    }
    return _address_untold(render(request, "people/invited.html", context))


def _send(request: Request, made: Invitation, link: str) -> bool:
    """Whether the letter with the link is on its way to the person, and not only in a log."""
    context = {
        "person": one_line(str(request.user)),
        "place": one_line(made.place.name),
        "role": made.get_role_display().lower(),
        "may": MAY[Membership.Role(made.role)],
        "until": made.expires_at,
        "link": link,
        "site": request.get_host(),
    }
    return send([Letter(made.email, "invitation", context)])[0] and reaches_people()


def one_line(name: str) -> str:
    """A name for a letter: whoever chose it cannot begin a line of their own with it."""
    return " ".join(name.split())


def _why_refused(error: Exception) -> str:
    """What to tell an owner whose invitation was not made."""
    if isinstance(error, AlreadyInvited):
        words = _("An invitation to this address waits already, until {day}. It can be sent again on the place’s page.")
        return words.format(day=day(error.invitation.expires_at))
    if isinstance(error, AlreadyMember) and error.membership:
        words = _("{name} belongs to the place already, as {role}, with this address.")
        return words.format(name=error.membership.user, role=error.membership.get_role_display().lower())
    if isinstance(error, TooManyLetters):
        return _(
            "So many invitations were sent today that no more can go out. Try again tomorrow, or hand over a link."
        )
    return _("So many invitations wait already. Withdraw some of them on the page of the place.")


def _no_owner() -> PermissionDenied:
    return PermissionDenied(_("Only an owner of this place can do that."))


def _back(place_id: int) -> HttpResponse:
    return redirect("place", place_id)


@signed_in
@require_POST
def invitation_withdraw(request: Request, place_id: int, invitation_id: int) -> HttpResponse:
    """Let nobody in by this link any more."""
    found = invitation_to_manage(request.user, place_id, invitation_id)
    if withdraw_invitation(invitation=found):
        messages.success(request, _("The link is withdrawn. It lets nobody in any more."))
    else:
        messages.info(request, _("The link had been used or withdrawn already."))
    return _back(place_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponseBase:
    """What a link lets into, and the button that accepts. Somebody who has yet to sign in comes back without the secret
    in the address, so that no page on the way can pass it on; nobody signs up for a link that lets nobody in.
    """
    hashed = token_hash(secret)
    if request.user.is_authenticated or request.method == "POST":
        return _by_hash(request, hashed)
    if not lets_in(invitation_by(hashed)):
        return _not_invited(request)
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


def _not_invited(request: HttpRequest) -> HttpResponse:
    """The same page whatever is wrong with the link, so that it tells nothing of any place."""
    request.session.pop(KEPT, None)
    return _address_untold(render(request, "people/not_invited.html", status=404))


def _address_untold(response: Any) -> HttpResponse:
    """What the page leads to or loads is told the site alone, not this address, which may hold the secret of a link.

    Not `no-referrer`: with that a browser does not say either where a form comes from, and it would be refused.
    """
    response["Referrer-Policy"] = "strict-origin"
    return response
