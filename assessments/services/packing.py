"""Writes to packs: ask for one, claim its steps one by one, end them. Each is a compare-and-set in a short transaction.

The truth of what is made and what is not stands in the items, never in the rows of the queue. Whoever makes an item
holds a claim on it, and can end it only while the claim is still theirs: a worker that was believed dead and comes back
changes nothing any more. Times of claims are the database's, so that the clocks of several machines do not matter.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from assessments.models import Pack, PackItem, Place, StoredReport, User
from assessments.selectors.packs import free_items, packs_in_turn, places_left
from assessments.services.storing import discard, remove_unnamed

MOST_TRIES = 3
"""How often an item may be begun: one that stops its worker each time must not go round for ever."""
TRIED_AT_ONCE = 5
"""How many items are tried to claim, where other workers are quicker, before looking at the next pack."""


@dataclass(frozen=True)
class Wish:
    """One file of a pack as it is asked for: of a place, or of all of them."""

    kind: str
    place: Place | None = None


def ask_pack(*, wishes: Sequence[Wish], options: str, token: uuid.UUID, by: User) -> Pack:
    """A new pack, or the one that the same form asked for already. The ZIP is one more item, the last."""
    try:
        with transaction.atomic():
            pack = Pack.objects.create(person=by, options=options, token=token, asked_at=timezone.now())
            items = [_item(pack, wish) for wish in wishes]
            items.append(PackItem(pack=pack, kind=PackItem.ZIP, phase=PackItem.TOGETHER))
            for position, item in enumerate(items):
                item.position = position
            PackItem.objects.bulk_create(items)
            return pack
    except IntegrityError:
        return Pack.objects.get(person=by, token=token)


def _item(pack: Pack, wish: Wish) -> PackItem:
    if wish.place is None:
        return PackItem(pack=pack, kind=wish.kind, phase=PackItem.OVERVIEWS)
    return PackItem(pack=pack, kind=wish.kind, place=wish.place, place_name=wish.place.name, phase=PackItem.REPORTS)


# --- claims ---------------------------------------------------------------------------------------------------------


def claim_next() -> PackItem | None:
    """Claim the item whose turn it is, if there is one: `claim` is then this try's own."""
    for pack in packs_in_turn():
        for item in free_items(pack)[:TRIED_AT_ONCE]:
            if item.attempts >= MOST_TRIES:
                give_up(item=item)
            elif _take(item):
                return item
    return None


def _take(item: PackItem) -> bool:
    """Claim it, unless somebody else has since it was read."""
    seen = PackItem.objects.filter(pk=item.pk, claim=item.claim, state=item.state, attempts=item.attempts)
    claim = uuid.uuid4()
    fields: dict[str, Any] = {"state": PackItem.State.MAKING, "claim": claim, "claimed_at": Now()}
    with transaction.atomic():
        if not seen.update(**fields, attempts=F("attempts") + 1):
            return False
        begun = Pack.objects.filter(pk=item.pack_id, state=Pack.State.WAITING)
        begun.update(state=Pack.State.MAKING, started_at=timezone.now())
    item.refresh_from_db()
    return item.claim == claim


def renew(*, item: PackItem) -> bool:
    """Say that the work on it goes on. False where the claim is lost or the pack is over: the work is for nothing."""
    return bool(_held(item).filter(pack__state__in=Pack.UNFINISHED).update(claimed_at=Now()))


def release(*, item: PackItem, counts: bool = True) -> None:
    """Give it back, for anybody to take at once. `counts` is whether this try is one of the few that there are."""
    _held(item).update(state=PackItem.State.WAITING, attempts=F("attempts") - (0 if counts else 1))


def give_up(*, item: PackItem) -> None:
    """It was begun too often, and never ended."""
    if item.phase == PackItem.TOGETHER:
        end_pack(item=item, state=Pack.State.FAILED, problem=Pack.Problem.TOGETHER)
    else:
        fail(item=item, problem=PackItem.Problem.DIED)


def _held(item: PackItem) -> QuerySet[PackItem]:
    """The row, as long as nobody else has taken it since `item` was read."""
    return PackItem.objects.filter(pk=item.pk, claim=item.claim, state=item.state)


# --- ends -----------------------------------------------------------------------------------------------------------


def finish(*, item: PackItem, **fields: Any) -> bool:
    """It is made: `report` or `file`, `name`, `seconds`, `reused`. False where the claim is lost, or the pack over."""
    held = _held(item).filter(pack__state__in=Pack.UNFINISHED)
    return bool(held.update(state=PackItem.State.DONE, problem="", **fields))


def fail(*, item: PackItem, problem: str, seconds: float | None = None) -> bool:
    """It cannot be made, and the reader is told why; the others go on."""
    return bool(_held(item).update(state=PackItem.State.FAILED, problem=problem, seconds=seconds))


def end_pack(*, item: PackItem, state: str, problem: str = "", file: str = "", size: int = 0) -> bool:
    """End the pack with its last item, exactly once. False where the claim is lost, or somebody cancelled."""
    now = timezone.now()
    until = now + timedelta(days=settings.PACK_DAYS)
    ended = PackItem.State.DONE if state == Pack.State.READY else PackItem.State.FAILED
    with transaction.atomic():
        if not _held(item).update(state=ended):
            return False
        pack = Pack.objects.filter(pk=item.pack_id, state__in=Pack.UNFINISHED)
        fields = {"problem": problem, "file": file, "size": size, "finished_at": now, "expires_at": until}
        return bool(pack.update(state=state, **fields))


def leave_out_places_left(*, item: PackItem) -> bool:
    """Before the files are put together: take out what was made of places that the asker has left meanwhile.

    What tells of all places is then made again, and `item`, the ZIP, waits for it. False where nobody left anything.
    """
    left = places_left(item.pack)
    if not left:
        return False
    with transaction.atomic():
        items = PackItem.objects.filter(pack=item.pack_id)
        items.filter(pk__in=[each.pk for each in left]).update(
            state=PackItem.State.FAILED, problem=PackItem.Problem.LEFT, report=None
        )
        items.filter(phase=PackItem.OVERVIEWS).update(state=PackItem.State.WAITING, attempts=0)
        release(item=item, counts=False)
    _delete_own_files(item.pack)
    return True


def make_again(*, item: PackItem, gone: Sequence[PackItem]) -> None:
    """Before the files are put together: have those made again whose files are gone; `item`, the ZIP, waits for them.

    Each of these tries counts, so that it does not go round for ever.
    """
    with transaction.atomic():
        if _held(item).exists():
            rows = PackItem.objects.filter(pk__in=[each.pk for each in gone], state=PackItem.State.DONE)
            rows.update(state=PackItem.State.WAITING, report=None, file="")
            release(item=item, counts=False)


def cancel_pack(*, pack: Pack) -> bool:
    """Stop it: what is in work ends for nothing, what it has of its own is deleted. False where it was over already."""
    now = timezone.now()
    rows = Pack.objects.filter(pk=pack.pk, state__in=Pack.UNFINISHED)
    over = {"state": Pack.State.CANCELLED, "finished_at": now, "expires_at": now + timedelta(days=settings.PACK_DAYS)}
    if not rows.update(**over):
        return False
    _delete_own_files(pack)
    return True


# --- what is kept, and for how long ---------------------------------------------------------------------------------


def stored_report(*, place_id: int, fingerprint: str) -> StoredReport | None:
    """The report that was made of the same before, if its file is whole; it is then kept for longer."""
    rows = StoredReport.objects.filter(place_id=place_id, fingerprint=fingerprint)
    found = rows.first()
    if found is None or not rows.filter(pk=found.pk).update(used_at=timezone.now()):
        return None
    name = str(found.file)
    if default_storage.exists(name) and default_storage.size(name) == found.size:
        return found
    found.delete()
    return None


def store_report(*, place_id: int, fingerprint: str, kind: str, file: str, size: int) -> StoredReport | None:
    """Keep a report whose file is stored. Two may make the same at once: the first row stands, the other file goes.

    None where the place is gone.
    """
    now = timezone.now()
    facts = {"kind": kind, "file": file, "size": size, "made_at": now, "used_at": now}
    try:
        with transaction.atomic():
            return StoredReport.objects.create(place_id=place_id, fingerprint=fingerprint, **facts)
    except IntegrityError:
        discard(file)
        return StoredReport.objects.filter(place_id=place_id, fingerprint=fingerprint).first()


def remove_old() -> None:
    """Delete the files of packs whose time is over, and reports that no pack has used for as long."""
    now = timezone.now()
    for pack in Pack.objects.filter(~Q(file="") | Q(items__file__gt=""), expires_at__lt=now).distinct():
        Pack.objects.filter(pk=pack.pk, state=Pack.State.READY).update(state=Pack.State.DELETED)
        Pack.objects.filter(pk=pack.pk).update(file="")
        if pack.file:
            discard(str(pack.file))
        _delete_own_files(pack)
    old = StoredReport.objects.filter(used_at__lt=now - timedelta(days=settings.PACK_DAYS))
    for report in old:
        if old.filter(pk=report.pk).delete()[0]:
            discard(str(report.file))


def _delete_own_files(pack: Pack) -> None:
    for item in pack.items.exclude(file=""):
        PackItem.objects.filter(pk=item.pk, file=item.file).update(file="")  # it may be made anew just now
        discard(str(item.file))


def remove_orphans() -> None:
    """Delete files that no row names: what a killed worker stored last, and those of places that were deleted.

    Only files that are an hour old, since a row follows its file in a moment.
    """
    named = {str(name) for name in StoredReport.objects.values_list("file", flat=True)}
    named |= set(Pack.objects.exclude(file="").values_list("file", flat=True))
    named |= set(PackItem.objects.exclude(file="").values_list("file", flat=True))
    for folder in ("made", "packs"):
        remove_unnamed(folder, named)
