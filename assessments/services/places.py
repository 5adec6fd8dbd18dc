"""Writes to places: create one with its first owner, change its facts."""

from django.db import transaction

from assessments.models import Membership, Place, User


@transaction.atomic
def create_place(*, place: Place, by: User) -> Place:
    """Save a new place and make the person its owner."""
    place.save()
    Membership.objects.create(place=place, user=by, role=Membership.Role.OWNER)
    return place
