"""Reads of who is let into a place: the invitations that wait, and one by the secret of its link."""

import hashlib

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from assessments.models import Invitation, Membership, Place, User
from assessments.selectors.access import place_to_manage


def token_hash(token: str) -> str:
    """What is kept of the secret of a link: its SHA-256, as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def waiting_at(place: Place) -> QuerySet[Invitation]:
    """The invitations to a place that somebody could still accept, the latest first. One query."""
    rows = Invitation.objects.filter(place=place, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
    return rows.select_related("made_by")


def invitation_by(hashed: str) -> Invitation | None:
    """The invitation of a link, by the hash of its secret, with its place; whether or not it still lets in."""
    return Invitation.objects.select_related("place", "made_by").filter(token_hash=hashed).first()


def lets_in(invitation: Invitation | None) -> bool:
    """Whether somebody could still accept it."""
    if invitation is None or invitation.accepted_at or invitation.withdrawn_at:
        return False
    return invitation.expires_at > timezone.now()


def membership_in(user: User, place_id: int) -> Membership | None:
    """What the person is in a place already. One query."""
    return Membership.objects.filter(user_id=user.pk, place_id=place_id).first()


def is_only_owner(membership: Membership) -> bool:
    """Whether the place would be without an owner if this member left. One query."""
    if membership.role != Membership.Role.OWNER:
        return False
    owners = Membership.objects.filter(place=membership.place_id, role=Membership.Role.OWNER)
    return not owners.exclude(pk=membership.pk).exists()


def invitation_to_manage(user: User, place_id: int, invitation_id: int) -> Invitation:
    """One invitation to a place, for an owner of it. Raises Http404, or PermissionDenied for another member."""
    place, _membership = place_to_manage(user, place_id)
    invitation = Invitation.objects.filter(place=place, pk=invitation_id).first()
    if invitation is None:
        raise Http404("No such invitation.")
    return invitation


def member_to_remove(user: User, place_id: int, membership_id: int) -> Membership:
    """A member who is no owner, for an owner of the place. Raises Http404, or PermissionDenied for another member."""
    place, _membership = place_to_manage(user, place_id)
    rows = Membership.objects.select_related("user", "place").exclude(role=Membership.Role.OWNER)
    member = rows.filter(place=place, pk=membership_id).first()
    if member is None:
        raise Http404("No such member.")
    return member
