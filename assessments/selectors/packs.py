"""Reads of packs: whose they are, how far they are, what is next to make. A pack is for the one who asked, alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone

from assessments.models import Assessment, Membership, Pack, PackItem, Place, Submission, User
from assessments.selectors.places import by_name

STALE = timedelta(seconds=20)
"""How old a claim is, by the clock of the database, when whoever held it is believed dead."""
SILENT = timedelta(seconds=60)
"""How long nobody has worked at any pack when a page says that no worker is running."""


class NotAMember(Exception):
    """Whoever asked for the pack is no longer a member of the place."""


class NothingAnswered(Exception):
    """Nobody has answered anything about the place."""


@dataclass(frozen=True)
class PackProgress:
    """How far a pack is. What is put together at the end is no file of its own, and not counted."""

    pack: Pack
    total: int
    done: tuple[PackItem, ...]
    failed: tuple[PackItem, ...]
    in_work: tuple[PackItem, ...]
    seconds_left: float | None
    nobody_works: bool

    @property
    def ended(self) -> int:
        return len(self.done) + len(self.failed)

    @property
    def is_all_made(self) -> bool:
        """Nothing is left but to put the files together."""
        return self.ended == self.total

    @property
    def quarters(self) -> int:
        """How many quarters are done: what is said aloud, so that it is said four times and not fifty."""
        return 4 * self.ended // self.total if self.total else 4


def pack_for(user: User, pack_id: int) -> Pack:
    """The pack, for whoever asked for it. One query. Raises Http404 for anybody else."""
    pack = Pack.objects.filter(person_id=user.pk, pk=pack_id).first()
    if pack is None:
        raise Http404("No such pack.")
    return pack


def asked_with(user: User, token: str) -> Pack | None:
    """The pack that the form with this token asked for, if it did. One query."""
    try:
        return Pack.objects.filter(person_id=user.pk, token=UUID(token)).first()
    except ValueError:
        return None


def packs_of(user: User) -> QuerySet[Pack]:
    """The person's packs, the latest first, with `files` (how many were wished) and `places`. One query."""
    counted = PackItem.objects.exclude(phase=PackItem.TOGETHER)
    files = counted.filter(pack=OuterRef("pk")).order_by().values("pack").annotate(n=Count("pk")).values("n")
    names = counted.filter(pack=OuterRef("pk"), phase=PackItem.REPORTS).order_by().values("pack")
    places = names.annotate(n=Count("place", distinct=True)).values("n")
    return Pack.objects.filter(person_id=user.pk).annotate(files=Subquery(files), places=Subquery(places))


def has_too_many_packs(user: User) -> bool:
    """Whether as many of the person's packs are waiting or being made as one person may have. One query."""
    unfinished = Pack.objects.filter(person_id=user.pk, state__in=Pack.UNFINISHED)
    return unfinished.count() >= settings.MOST_PACKS_AT_ONCE


def chosen_before(pack: Pack) -> set[int]:
    """The places that a pack was asked for, as far as they are there. One query."""
    return set(pack.items.filter(place__isnull=False).values_list("place", flat=True))


def pack_progress(pack: Pack) -> PackProgress:
    """How far the pack is, how long it will take, what failed. Two queries, however many files it has."""
    items = list(pack.items.exclude(phase=PackItem.TOGETHER))
    of = {state: tuple(item for item in items if item.state == state) for state in PackItem.State.values}
    done, in_work = of[PackItem.State.DONE], of[PackItem.State.MAKING]
    left = len(in_work) + len(of[PackItem.State.WAITING])
    took = [item.seconds for item in done if item.seconds is not None]
    seconds_left = left * sum(took) / len(took) / max(1, len(in_work)) if took else None
    waits = not pack.is_finished and not is_worked(pack)
    return PackProgress(pack, len(items), done, of[PackItem.State.FAILED], in_work, seconds_left, waits)


def is_worked(pack: Pack) -> bool:
    """Whether anybody has worked at any pack lately, or the pack is too new to tell. One query."""
    since = timezone.now() - SILENT
    return pack.asked_at > since or PackItem.objects.filter(claimed_at__gt=since).exists()


def places_left(pack: Pack) -> list[PackItem]:
    """The files in the pack of places that its asker no longer belongs to, or that are gone. One query."""
    mine = Membership.objects.filter(user_id=pack.person_id).values("place")
    made = pack.items.filter(phase=PackItem.REPORTS, state=PackItem.State.DONE)
    return list(made.filter(Q(place=None) | ~Q(place__in=mine)))


def places_made(pack: Pack) -> list[Place]:
    """The places of which at least one file was made, by name. One query."""
    made = PackItem.objects.filter(pack=pack, phase=PackItem.REPORTS, state=PackItem.State.DONE)
    in_order = by_name()
    return sorted(Place.objects.filter(pk__in=made.values("place")), key=lambda place: (in_order(place.name), place.pk))


def result_to_pack(person_id: int, place_id: int) -> tuple[Assessment, int | None]:
    """What a pack tells of a place: the assessment, and the number of the submission, None for an open one.

    That is what was submitted last; where nothing is submitted, what is open as it stands. Raises NotAMember for
    anybody who is no member now, NothingAnswered. At most four queries.
    """
    if not Membership.objects.filter(user_id=person_id, place_id=place_id).exists():
        raise NotAMember
    rows = Assessment.objects.select_related("place", "version__playbook", "stage").filter(place_id=place_id)
    standing = Submission.objects.filter(assessment__place=place_id, assessment__state=Assessment.State.SUBMITTED)
    last = standing.order_by("-dated", "-submitted_at", "-number").only("assessment_id", "number").first()
    if last:
        return rows.get(pk=last.assessment_id), last.number
    opened = rows.filter(state=Assessment.State.OPEN).first()
    if opened is None:
        raise NothingAnswered
    return opened, None


# --- the queue ------------------------------------------------------------------------------------------------------


def packs_in_turn() -> Sequence[Pack]:
    """Unfinished packs, first those of whoever has been served longest ago, so that no long pack starves another."""
    theirs = PackItem.objects.filter(pack__person=OuterRef("person"), pack__state__in=Pack.UNFINISHED)
    served = theirs.order_by().values("pack__person").annotate(last=Max("claimed_at")).values("last")
    rows = Pack.objects.filter(state__in=Pack.UNFINISHED).annotate(served=Subquery(served))
    return list(rows.order_by(F("served").asc(nulls_first=True), "asked_at", "pk"))


def free_items(pack: Pack) -> QuerySet[PackItem]:
    """What can be claimed of a pack now: what waits, and what a dead worker holds, of the phase that it is in."""
    open_states = (PackItem.State.WAITING, PackItem.State.MAKING)
    unfinished = PackItem.objects.filter(pack=pack, state__in=open_states).order_by()
    phase = unfinished.values("pack").annotate(least=Min("phase")).values("least")
    # A claim from the future was written before somebody put the clock back: nobody can tell how old it is.
    stale = Q(claimed_at__lt=Now() - STALE) | Q(claimed_at__gt=Now() + STALE)
    free = Q(state=PackItem.State.WAITING) | Q(Q(state=PackItem.State.MAKING) & stale)
    return unfinished.filter(free, phase=Subquery(phase)).order_by("position")
