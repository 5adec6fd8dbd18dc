"""Writes to a place's library of evidence, and to what of it backs which criterion.

What backs a criterion is written while the assessment's row is held, as its answers are; the library itself while the
place's row is, in that order where both are. An item is changed by compare-and-set on its revision, for every
criterion that it backs in an assessment that is open; what was submitted stays as it was frozen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from assessments.models import Assessment, Backing, Evidence, Place, User
from assessments.selectors.evidence import last_backings
from assessments.services.answering import Conflict, hold_at
from assessments.services.storing import File, discard, remove_unnamed, stored

FOLDER = "evidence"
MOST_SPACE = 200 * 1024 * 1024
"""How many bytes the files of a place may take together."""


class NoSpace(Exception):
    """The files of the place would take more than they may together; nothing was kept."""


class InUse(Exception):
    """The item backs a criterion of an assessment that is open; it was not deleted."""


@dataclass(frozen=True)
class Piece:
    """A piece of evidence as a person gives it. `grade` 0 to 4; `link` empty or http(s)."""

    grade: int
    title: str
    link: str = ""
    dated: date | None = None

    def is_in(self, row: Evidence) -> bool:
        return (row.grade, row.title, row.link, row.dated) == (self.grade, self.title, self.link, self.dated)


# --- what backs a criterion -------------------------------------------------------------------------------------------


def add_evidence(
    *, assessment: Assessment, criterion_id: int, piece: Piece, token: UUID, by: User, file: File | None = None
) -> Backing:
    """Back a criterion with a piece, which the library then holds. Raises NotOpen, Moved or NoSpace.

    Sending the same token again adds nothing more; what the library holds already, to the letter, is taken from there.
    """
    with stored(FOLDER, file) as name:
        with transaction.atomic():
            hold_at(assessment, criterion_id)
            item = _put(assessment.place, piece, token, by, file, name)
            row = _back(assessment, criterion_id, item, by)
        _drop_second(item, name)
    return row


@transaction.atomic
def back_with(*, assessment: Assessment, criterion_id: int, items: Iterable[Evidence], by: User) -> list[Backing]:
    """Back a criterion with items of the library. Those that back it already stay; what was deleted meanwhile is left
    out. Raises NotOpen or Moved.
    """
    hold_at(assessment, criterion_id)
    hold_place(assessment.place)
    there = _library(assessment.place).filter(pk__in=[item.pk for item in items])
    return [_back(assessment, criterion_id, item, by) for item in there.order_by("title", "pk")]


def _back(assessment: Assessment, criterion_id: int, item: Evidence, by: User) -> Backing:
    row, _ = Backing.objects.get_or_create(
        assessment=assessment, criterion_id=criterion_id, evidence=item, defaults={"added_by": by}
    )
    return row


@transaction.atomic
def change_backing(*, backing: Backing, piece: Piece, seen: int) -> Evidence:
    """Change the item from the page of a criterion. Raises NotOpen, Moved, or what `change_evidence` raises."""
    hold_at(backing.assessment, backing.criterion_id)
    return change_evidence(evidence=backing.evidence, piece=piece, seen=seen)


@transaction.atomic
def remove_backing(*, backing: Backing, seen: int) -> None:
    """Let the item back the criterion no longer; it stays in the library. Removing it twice is no error.

    Raises NotOpen, Moved, and Conflict where the item says something else by now than at revision `seen`.
    """
    hold_at(backing.assessment, backing.criterion_id)
    hold_place(backing.evidence.place)
    stored = Evidence.objects.filter(backings=backing.pk).first()
    if stored is not None and stored.revision != seen:
        raise Conflict(stored)
    Backing.objects.filter(pk=backing.pk).delete()


def bring_over(*, assessment: Assessment, by: User | None) -> None:
    """What backed a criterion of the place's last assessment backs it in this one, which has just been started.

    It counts once the criterion is answered, since every answer is given anew.
    """
    hold_place(assessment.place)
    Backing.objects.bulk_create(
        Backing(
            assessment=assessment,
            criterion_id=criterion_id,
            evidence_id=row.evidence_id,
            brought_from_id=row.assessment_id,
            added_by=by,
        )
        for criterion_id, row in last_backings(assessment)
    )


# --- the library itself -----------------------------------------------------------------------------------------------


def put_into_library(*, place: Place, piece: Piece, token: UUID, by: User | None, file: File | None = None) -> Evidence:
    """The item of that token or, to the letter, of that content; else a new one. Raises NoSpace."""
    with stored(FOLDER, file) as name:
        with transaction.atomic():
            item = _put(place, piece, token, by, file, name)
        _drop_second(item, name)
    return item


def _put(place: Place, piece: Piece, token: UUID, by: User | None, file: File | None, name: str) -> Evidence:
    hold_place(place)
    fields = {"grade": piece.grade, "title": piece.title, "link": piece.link, "dated": piece.dated}
    same = _library(place).filter(**fields, file_hash=file.hash if file else "")
    found = _library(place).filter(token=token).first() or same.order_by("pk").first()
    if found:
        return found
    if file and space_used(place) + file.size > MOST_SPACE:
        raise NoSpace
    if Evidence.objects.filter(token=token).exists():  # of an item that was deleted, or of another place
        token = uuid4()
    return Evidence.objects.create(place=place, token=token, added_by=by, **fields, **_told(file, name))


def _told(file: File | None, name: str) -> dict[str, Any]:
    if file is None:
        return {}
    about = {"file_name": file.name, "file_type": file.kind, "file_size": file.size, "file_hash": file.hash}
    return {"file": name, **about}


def _drop_second(item: Evidence, name: str) -> None:
    """Delete a file that was stored in vain, since the library holds it already."""
    if name and item.file != name:
        discard(name)


def space_used(place: Place) -> int:
    """How many bytes the files of a place take. One query."""
    used: int | None = Evidence.objects.filter(place=place, file__gt="").aggregate(Sum("file_size"))["file_size__sum"]
    return used or 0


@transaction.atomic
def change_evidence(*, evidence: Evidence, piece: Piece, seen: int) -> Evidence:
    """Change an item over revision `seen`. Raises Conflict (`stored` None: it was deleted)."""
    rows = Evidence.objects.filter(pk=evidence.pk, deleted_at=None)
    stored = rows.first()
    if stored is not None and piece.is_in(stored):
        return stored
    fields = {"grade": piece.grade, "title": piece.title, "link": piece.link, "dated": piece.dated}
    if not rows.filter(revision=seen).update(**fields, revision=seen + 1):
        raise Conflict(stored)
    return rows.get()


@transaction.atomic
def delete_evidence(*, evidence: Evidence, seen: int, by: User) -> None:
    """Delete an item and its file. Deleting it twice is no error.

    What is part of something submitted stays as a row without its file, so that nothing vanishes in silence. Raises
    InUse where it backs a criterion of an assessment that is open, and Conflict where it says something else by now
    than at revision `seen`.
    """
    hold_place(evidence.place)
    found = Evidence.objects.filter(pk=evidence.pk, deleted_at=None).first()
    if found is None:
        return
    if found.revision != seen:
        raise Conflict(found)
    backings = Backing.objects.filter(evidence=found)
    if backings.current().filter(assessment__state=Assessment.State.OPEN).exists():
        raise InUse
    if backings.exists():
        gone = {"file": "", "deleted_at": timezone.now(), "deleted_by": by, "revision": seen + 1}
        Evidence.objects.filter(pk=found.pk).update(**gone)
    else:
        found.delete()
    if found.file:
        transaction.on_commit(partial(discard, found.file))


def remove_orphans() -> None:
    """Delete files that no item names: what was stored in vain, and those of places that were deleted."""
    remove_unnamed(FOLDER, set(Evidence.objects.filter(file__gt="").values_list("file", flat=True)))


def _library(place: Place) -> QuerySet[Evidence]:
    return Evidence.objects.filter(place=place, deleted_at=None)


def hold_place(place: Place) -> None:
    """Hold the place's row until the transaction ends, so that its space is counted once, and nothing is deleted
    that is put to use in the same moment.
    """
    list(Place.objects.select_for_update(no_key=True).filter(pk=place.pk).values_list("pk"))
