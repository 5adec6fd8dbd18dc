"""Writes to the groups that a person sorts their places into. A place that the person is not in never goes into one."""

from collections.abc import Collection

from django.db import IntegrityError, transaction

from assessments.models import Membership, PlaceGroup, User


class NameTaken(Exception):
    """The person has another group of this name; nothing was saved."""


def make_group(*, name: str, places: Collection[int], by: User) -> PlaceGroup:
    """A new group with those of the places that the person is in. Raises NameTaken."""
    try:
        with transaction.atomic():
            group = PlaceGroup.objects.create(person=by, name=name)
            group.places.set(_own(places, by))
            return group
    except IntegrityError:
        raise NameTaken from None


def change_group(*, group: PlaceGroup, name: str, places: Collection[int], by: User) -> None:
    """Another name, and exactly these places, so far as the person is in them. Raises NameTaken."""
    try:
        with transaction.atomic():
            PlaceGroup.objects.filter(pk=group.pk, person=by).update(name=name)
            group.places.set(_own(places, by))
    except IntegrityError:
        raise NameTaken from None


@transaction.atomic
def add_to_group(*, group: PlaceGroup, places: Collection[int], by: User) -> None:
    """These places beside those that are in it already, so far as the person is in them."""
    group.places.add(*_own(places, by))


def delete_group(*, group: PlaceGroup, by: User) -> None:
    """The group goes, its places stay."""
    PlaceGroup.objects.filter(pk=group.pk, person=by).delete()


def _own(places: Collection[int], by: User) -> list[int]:
    return list(Membership.objects.filter(user=by, place__in=places).values_list("place", flat=True))
