"""Reads of branding: under whose name somebody may report on a place."""

from assessments.models import Branding, Place, User

PLACE, OWN = "place", "own"


def brandings(user: User, place: Place | None = None) -> dict[str, Branding]:
    """The place's own (PLACE) and the person's (OWN), where there are any. `user` is a member of `place`. One query."""
    rows = Branding.objects.filter(person_id=user.pk)
    if place is not None:
        rows |= Branding.objects.filter(place_id=place.pk)
    found = {OWN if row.person_id else PLACE: row for row in rows}
    return {choice: found[choice] for choice in (PLACE, OWN) if choice in found}


def branding_stored(owner: Place | User) -> Branding | None:
    """The branding of a place or a person, with who wrote it last. One query."""
    rows = Branding.objects.select_related("updated_by")
    mine = rows.filter(place_id=owner.pk) if isinstance(owner, Place) else rows.filter(person_id=owner.pk)
    return mine.first()
