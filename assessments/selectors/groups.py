"""Reads of the groups that a person sorts their places into: theirs alone, and only with places that they are in."""

from django.http import Http404

from assessments.models import Place, PlaceGroup, User
from assessments.selectors.places import by_name

Group = tuple[PlaceGroup, list[Place]]
"""A group with those of its places that the person is in now, whatever the rows say, by name."""


def groups_of(user: User) -> list[Group]:
    """The person's groups with their places, by name. Two queries, however many there are."""
    groups = list(PlaceGroup.objects.filter(person_id=user.pk).order_by("pk"))
    in_order, places = by_name(), _places(user, groups)
    return sorted(((group, places[group.pk]) for group in groups), key=lambda pair: in_order(pair[0].name))


def group_for(user: User, group_id: int) -> Group:
    """One of the person's own groups. Two queries. Raises Http404 for anybody else's."""
    group = PlaceGroup.objects.filter(person_id=user.pk, pk=group_id).first()
    if group is None:
        raise Http404("No such group.")
    return group, _places(user, [group])[group.pk]


def _places(user: User, groups: list[PlaceGroup]) -> dict[int, list[Place]]:
    rows = PlaceGroup.places.through.objects.filter(placegroup__in=groups, place__memberships__user_id=user.pk)
    found: dict[int, list[Place]] = {group.pk: [] for group in groups}
    for row in rows.select_related("place"):
        found[row.placegroup_id].append(row.place)
    in_order = by_name()
    return {pk: sorted(places, key=lambda place: (in_order(place.name), place.pk)) for pk, places in found.items()}
