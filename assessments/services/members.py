"""Writes to who belongs to a place: invitations that let one person in, once, and how members leave.

A place is never without an owner: who goes holds the place's row, so that two owners cannot leave it at once.
"""

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Invitation, Membership, Place, PlaceGroup, User
from assessments.selectors.members import token_hash, waiting_at

DAYS = 14
"""How long an invitation can be accepted."""
MOST_WAITING = 50
"""How many invitations to one place may wait at once."""
INVITED = (Membership.Role.CONSULTANT, Membership.Role.EDITOR, Membership.Role.VIEWER)
"""The roles that an invitation may give. An owner is made by the people who run the site."""


class NotInvited(Exception):
    """The invitation is used, expired, withdrawn, or there never was one. It is the same for whoever holds the link."""


class AlreadyMember(Exception):
    """The person is a member of the place; nothing was changed."""


class TooManyInvitations(Exception):
    """So many invitations to the place wait already that there can be no more."""


class LastOwner(Exception):
    """The place would be without an owner; nothing was changed."""


class NotRemovable(Exception):
    """Owners leave by themselves: nobody else removes them."""


@transaction.atomic
def invite(*, place: Place, role: str, note: str, by: User) -> str:
    """Make an invitation into a place, and return the secret of its link, which is nowhere kept.

    Raises ValueError for a role that no invitation gives, TooManyInvitations.
    """
    if role not in INVITED:
        raise ValueError(f"No invitation makes somebody {role}.")
    now = timezone.now()
    _hold(place)
    if waiting_at(place).count() >= MOST_WAITING:
        raise TooManyInvitations
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        place=place,
        role=role,
        note=note,
        token_hash=token_hash(token),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=DAYS),
    )
    return token


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by: User) -> Membership:
    """Let the person in, as the role says. One of two who accept at once wins. Raises NotInvited, AlreadyMember."""
    now = timezone.now()
    if Membership.objects.filter(place=invitation.place_id, user=by).exists():
        raise AlreadyMember
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    if not rows.update(accepted_by=by, accepted_at=now):
        raise NotInvited
    try:
        with transaction.atomic():
            return Membership.objects.create(place_id=invitation.place_id, user=by, role=invitation.role)
    except IntegrityError:  # let in by another invitation meanwhile: this one stays as it was
        raise AlreadyMember from None


def withdraw_invitation(*, invitation: Invitation) -> bool:
    """Let nobody in by this link any more; false where somebody has come in by it, or it was withdrawn before."""
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    return bool(rows.update(withdrawn_at=timezone.now()))


@transaction.atomic
def remove_member(*, membership: Membership) -> None:
    """Take somebody who is no owner out of a place, at once and everywhere. Raises NotRemovable."""
    _hold(membership.place)
    role = Membership.objects.filter(pk=membership.pk).values_list("role", flat=True).first()
    if role == Membership.Role.OWNER:
        raise NotRemovable
    _end(membership)


@transaction.atomic
def leave_place(*, membership: Membership) -> None:
    """Leave a place, at once and everywhere. Raises LastOwner where nobody else is its owner."""
    _hold(membership.place)
    owners = Membership.objects.filter(place=membership.place_id, role=Membership.Role.OWNER)
    if set(owners.values_list("pk", flat=True)) == {membership.pk}:
        raise LastOwner
    _end(membership)


def _hold(place: Place) -> None:
    """Hold the place's row until the transaction ends.

    PostgreSQL locks the row; on SQLite an immediate transaction is the only writer anyway.
    """
    Place.objects.select_for_update(no_key=True).filter(pk=place.pk).values_list("pk").first()


def _end(membership: Membership) -> None:
    """Without the membership there is no way to the place; groups forget it, and links that this member made end."""
    person, place = membership.user_id, membership.place_id
    Membership.objects.filter(pk=membership.pk).delete()
    PlaceGroup.places.through.objects.filter(placegroup__person=person, place=place).delete()
    waiting_at(membership.place).filter(made_by=person).update(withdrawn_at=timezone.now())
