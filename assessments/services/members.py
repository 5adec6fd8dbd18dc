"""Writes to who belongs to a place: roles, handing over, and how members leave.

A place is never without an owner: each of these holds the place's row and looks again who is an owner, so that two
owners cannot both step down or leave at once, and nobody who has just stopped being an owner changes anything.
"""

from django.db import transaction
from django.utils import timezone

from assessments.models import Membership, Place, PlaceGroup, User
from assessments.selectors.members import invitations_made_by, other_owners
from assessments.services.delegating import end_delegations

OWNER = Membership.Role.OWNER


class NotOwner(Exception):
    """Whoever asks is no owner of the place any more; nothing was changed."""


class LastOwner(Exception):
    """The place would be without an owner; nothing was changed."""


class OwnersStepDown(Exception):
    """Owners leave and step down by themselves: nobody else removes or demotes them."""


class ChangedMeanwhile(Exception):
    """The member has another role than the one that was seen, or is gone; nothing was changed."""


@transaction.atomic
def change_role(*, membership: Membership, role: str, seen: str, by: User) -> None:
    """Give a member the role, if theirs still is `seen`; an owner may change their own.

    Raises NotOwner, OwnersStepDown for another owner, LastOwner, ChangedMeanwhile.
    """
    own = hold_as_owner(membership.place, by)
    if seen == OWNER and own.pk != membership.pk:
        raise OwnersStepDown
    if own.pk == membership.pk and role != OWNER:
        _keep_an_owner(own)
        invitations_made_by(own).update(expires_at=timezone.now())
    if not Membership.objects.filter(pk=membership.pk, role=seen).update(role=role):
        raise ChangedMeanwhile
    _may_only_read(membership, role)


@transaction.atomic
def hand_over(*, to: Membership, becomes: str, by: User) -> None:
    """Make a member the owner in one's place; one `becomes` that role, or leaves where it is empty.

    Raises NotOwner, and ChangedMeanwhile where the member is gone.
    """
    own = hold_as_owner(to.place, by)
    if own.pk == to.pk or becomes == OWNER:
        raise ValueError("Nobody hands over to themselves, or stays the owner.")
    if not Membership.objects.filter(pk=to.pk, place=to.place_id, user__is_active=True).update(role=OWNER):
        raise ChangedMeanwhile
    if becomes:
        Membership.objects.filter(pk=own.pk).update(role=becomes)
        invitations_made_by(own).update(expires_at=timezone.now())
        _may_only_read(own, becomes)
    else:
        _end(own)


@transaction.atomic
def remove_member(*, membership: Membership, by: User) -> None:
    """Take somebody who is no owner out of a place, at once and everywhere. Raises NotOwner, OwnersStepDown."""
    hold_as_owner(membership.place, by)
    role = Membership.objects.filter(pk=membership.pk).values_list("role", flat=True).first()
    if role == OWNER:
        raise OwnersStepDown
    _end(membership)


@transaction.atomic
def leave_place(*, membership: Membership) -> None:
    """Leave a place, at once and everywhere. Raises LastOwner where nobody else is its owner."""
    hold_place(membership.place)
    now = Membership.objects.filter(pk=membership.pk).first()
    if now and now.role == OWNER:
        _keep_an_owner(now)
    _end(membership)


def hold_place(place: Place) -> None:
    """Hold the place's row until the transaction ends.

    PostgreSQL locks the row; on SQLite an immediate transaction is the only writer anyway.
    """
    Place.objects.select_for_update(no_key=True).filter(pk=place.pk).values_list("pk").first()


def hold_as_owner(place: Place, by: User) -> Membership:
    """Hold the place's row for an owner of it: their membership as it is now. Raises NotOwner."""
    hold_place(place)
    own = Membership.objects.select_related("place").filter(place=place, user_id=by.pk, role=OWNER).first()
    if own is None:
        raise NotOwner
    return own


def _keep_an_owner(leaving: Membership) -> None:
    if not other_owners(leaving).exists():
        raise LastOwner


def _may_only_read(membership: Membership, role: str) -> None:
    """Whoever reads from now on has no lesson in hand any more."""
    if role == Membership.Role.VIEWER:
        end_delegations(person_id=membership.user_id, place_id=membership.place_id)


def _end(membership: Membership) -> None:
    """Without the membership there is no way to the place; groups forget it, lessons in hand are free again, and links
    that this member made end.
    """
    person, place = membership.user_id, membership.place_id
    Membership.objects.filter(pk=membership.pk).delete()
    end_delegations(person_id=person, place_id=place)
    PlaceGroup.places.through.objects.filter(placegroup__person=person, place=place).delete()
    invitations_made_by(membership).update(expires_at=timezone.now())
