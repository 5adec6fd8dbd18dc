"""Writes of branding: of a place, or of a person who reports for several. Nobody overwrites what they have not seen."""

from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments.models import Branding, Place, User


class ChangedMeanwhile(Exception):
    """Somebody saved or removed the branding after it was looked at; `stored` is what stands now, if anything."""

    def __init__(self, stored: Branding | None) -> None:
        super().__init__("The branding has changed meanwhile.")
        self.stored = stored


@dataclass(frozen=True)
class Content:
    """What a branding says. `logo` is a PNG that we drew, or nothing."""

    name: str
    main: str
    accent: str
    contact: str = ""
    disclaimer: str = ""
    logo: bytes = b""

    def is_of(self, row: Branding) -> bool:
        return self == Content(row.name, row.main, row.accent, row.contact, row.disclaimer, bytes(row.logo))


def save_branding(*, owner: Place | User, content: Content, seen: int, by: User) -> Branding:
    """Write the branding of a place or a person over revision `seen`; 0 where there was none.

    Sent twice, it is saved once. Raises ChangedMeanwhile.
    """
    try:
        with transaction.atomic():
            if _written(owner, content, seen, by):
                return _stored(owner).get()
    except IntegrityError:  # somebody was first
        pass
    stored = _stored(owner).first()
    if stored and stored.revision == seen + 1 and stored.updated_by_id == by.pk and content.is_of(stored):
        return stored
    raise ChangedMeanwhile(stored)


def _written(owner: Place | User, content: Content, seen: int, by: User) -> bool:
    values = {**asdict(content), "updated_by": by}
    if seen:
        rows = _stored(owner).filter(revision=seen)
        return bool(rows.update(**values, revision=seen + 1, updated_at=timezone.now()))
    Branding.objects.create(**_of(owner), **values)
    return True


@transaction.atomic
def remove_branding(*, owner: Place | User, seen: int) -> None:
    """Take the branding away, logo and all; what was issued under it keeps its own copy. Raises ChangedMeanwhile."""
    if not _stored(owner).filter(revision=seen).delete()[0] and (stored := _stored(owner).first()):
        raise ChangedMeanwhile(stored)


def _stored(owner: Place | User) -> QuerySet[Branding]:
    return Branding.objects.filter(**_of(owner)).select_related("updated_by")


def _of(owner: Place | User) -> dict[str, int]:
    return {"place_id": owner.pk} if isinstance(owner, Place) else {"person_id": owner.pk}
