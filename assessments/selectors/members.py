"""Reads of who belongs to a place and who is invited: its people as its page lists them, and a link by its secret."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Invitation, Membership, Place, User
from assessments.selectors.access import place_to_manage
from assessments.selectors.places import people

DAYS_LISTED = 30
"""For how long an invitation that lets nobody in any more is listed, so that it can be sent again."""
KEPT = "invitation"
"""Where a session keeps the hash of a link that was opened by somebody who has yet to sign in."""


@dataclass(frozen=True)
class Person:
    """A member as the place's page lists them; `came_by` says which invitation, where it was for somebody else's name
    or address, and only to owners."""

    membership: Membership
    came_by: Invitation | None = None


@dataclass(frozen=True)
class Invited:
    """An invitation that nobody has accepted; `is_living` says whether somebody still could."""

    invitation: Invitation
    is_living: bool

    @property
    def is_expired(self) -> bool:
        return self.invitation.expires_at <= timezone.now()


@dataclass(frozen=True)
class People:
    """Who belongs to a place, and for its owners who is invited."""

    members: list[Person]
    invited: list[Invited]


def people_at(place: Place, asker: Membership) -> People:
    """The place's people as this member sees them, owners first. One query, or two for an owner."""
    members = people(place)
    if not asker.may_submit:
        return People([Person(each) for each in members], [])
    since = timezone.now() - timedelta(days=DAYS_LISTED)
    rows = Invitation.objects.filter(Q(accepted_by__isnull=False) | Q(accepted_at=None, expires_at__gt=since))
    rows = rows.filter(place=place, withdrawn_at=None).select_related("made_by")
    owners = {each.user_id for each in members if each.may_submit and each.user.is_active}
    invited, by_person = [], dict[int, Invitation]()
    for each in rows:
        if each.accepted_by_id:
            by_person.setdefault(each.accepted_by_id, each)  # the latest come first
        elif each.accepted_at is None:
            invited.append(Invited(each, each.made_by_id in owners and each.expires_at > timezone.now()))
    return People([_person(each, by_person.get(each.user_id)) for each in members], invited)


def _person(membership: Membership, invitation: Invitation | None) -> Person:
    if invitation is None:
        return Person(membership)
    same = (
        invitation.email.casefold() == membership.user.email.casefold()
        if invitation.email
        else invitation.note.casefold() == membership.user.name.casefold()
    )
    return Person(membership, None if same else invitation)


def token_hash(token: str) -> str:
    """What is kept of the secret of a link: its SHA-256, as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def living() -> Q:
    """Whether somebody could accept an invitation now: nobody has, it is in time, and its maker still is an owner.

    So a link also ends when its maker was removed, or their account closed, in the admin.
    """
    in_time = Q(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
    by_owner = Q(made_by__memberships__place=F("place"), made_by__memberships__role=Membership.Role.OWNER)
    return in_time & by_owner & Q(made_by__is_active=True)


def waiting_at(place: Place) -> QuerySet[Invitation]:
    """The invitations to a place that somebody could still accept, the latest first. One query."""
    return Invitation.objects.filter(living(), place=place).select_related("made_by")


def invitations_made_by(membership: Membership) -> QuerySet[Invitation]:
    """Those of this member's invitations to the place that have neither been used nor withdrawn, nor have expired."""
    rows = Invitation.objects.filter(place=membership.place_id, made_by=membership.user_id)
    return rows.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


def invitation_by(hashed: str) -> Invitation | None:
    """The invitation of a link, by the hash of its secret, with its place; whether or not it still lets in."""
    return Invitation.objects.select_related("place", "made_by").filter(token_hash=hashed).first()


def invitation_kept_in(session: Mapping[str, Any]) -> Invitation | None:
    """The invitation that somebody opened before signing in, if it still lets in. No query where there is none."""
    found = invitation_by(session[KEPT]) if session.get(KEPT) else None
    return found if lets_in(found) else None


def lets_in(invitation: Invitation | None) -> bool:
    """Whether somebody could still accept it. One query."""
    return invitation is not None and Invitation.objects.filter(living(), pk=invitation.pk).exists()


def membership_in(user: User, place_id: int) -> Membership | None:
    """What the person is in a place already. One query."""
    return Membership.objects.filter(user_id=user.pk, place_id=place_id).first()


def other_owners(membership: Membership) -> QuerySet[Membership]:
    """The owners of the place beside this member who can sign in: a closed account looks after nothing."""
    rows = Membership.objects.filter(place=membership.place_id, role=Membership.Role.OWNER, user__is_active=True)
    return rows.exclude(pk=membership.pk)


def is_only_owner(membership: Membership) -> bool:
    """Whether the place would be without an owner if this member left. One query."""
    return membership.may_submit and not other_owners(membership).exists()


def successors(membership: Membership) -> list[Membership]:
    """The members to whom an owner could hand over: those who are no owners yet and can sign in. One query."""
    return [each for each in people(membership.place) if not each.may_submit and each.user.is_active]


def invitation_to_manage(user: User, place_id: int, invitation_id: int) -> Invitation:
    """One invitation to a place, for an owner of it. Raises Http404, or PermissionDenied for another member."""
    place, _membership = place_to_manage(user, place_id)
    invitation = Invitation.objects.select_related("place").filter(place=place, pk=invitation_id).first()
    if invitation is None:
        raise Http404("No such invitation.")
    return invitation


def member_to_change(user: User, place_id: int, membership_id: int) -> Membership:
    """A member whose role this owner may change: anybody who is no owner, or themselves.

    Raises Http404, or PermissionDenied for another member and for another owner.
    """
    place, _membership = place_to_manage(user, place_id)
    member = Membership.objects.select_related("user", "place").filter(place=place, pk=membership_id).first()
    if member is None:
        raise Http404("No such member.")
    if member.may_submit and member.user_id != user.pk:
        raise PermissionDenied(_("Owners step down and leave by themselves. Nobody else changes what they may do."))
    return member


def member_to_remove(user: User, place_id: int, membership_id: int) -> Membership:
    """A member who is no owner, for an owner of the place. Raises Http404, or PermissionDenied for another member."""
    member = member_to_change(user, place_id, membership_id)
    if member.may_submit:
        raise PermissionDenied(_("Owners step down and leave by themselves. Nobody else changes what they may do."))
    return member
