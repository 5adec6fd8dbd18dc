"""Reads of the groups that a person sorts their places into: theirs alone, and only with places that they are in."""

from django.db.models import Prefetch
from django.http import Http404

from assessments.models import Place, PlaceGroup, User
from assessments.selectors.places import by_name


def groups_of(user: User) -> list[PlaceGroup]:
    """The person's groups by name, each with its places by name in `shown`. Two queries, however many there are.

    A place that the person has left is in none of them, whatever the rows say.
    """
    in_order = by_name()
    rows = PlaceGroup.objects.filter(person_id=user.pk).prefetch_related(_places(user))
    return sorted(rows, key=lambda group: in_order(group.name))


def group_for(user: User, group_id: int) -> PlaceGroup:
    """One of the person's own groups with its places. Two queries. Raises Http404 for anybody else's."""
    group = PlaceGroup.objects.filter(person_id=user.pk, pk=group_id).prefetch_related(_places(user)).first()
    if group is None:
        raise Http404("No such group.")
    return group


def _places(user: User) -> "Prefetch[str]":
    return Prefetch("places", Place.objects.filter(memberships__user_id=user.pk), to_attr="shown")
