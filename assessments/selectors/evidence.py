"""Reads of a place's library of evidence, and of what of it backs which criterion."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from assessments.interchange import Playbook
from assessments.models import Assessment, Backing, Evidence, Place, Submission
from assessments.selectors.answers import date_of
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.versions import origins_between


@dataclass(frozen=True)
class Backs:
    """A piece that backs a criterion. `brought`: the date of the assessment that it was brought over from, if it was.

    `is_old`: dated more than 24 months before the assessment.
    """

    piece: Evidence
    brought: date | None
    is_old: bool


def backings_of(assessment: Assessment, criterion_id: int) -> list[Backs]:
    """What backs one criterion, in the order in which it was added. One query."""
    first = Submission.objects.filter(number=1).order_by()
    brought = first.filter(assessment=OuterRef("brought_from")).values("dated")
    dated = first.filter(assessment=OuterRef("assessment")).values("dated")
    rows = Backing.objects.filter(assessment=assessment, criterion_id=criterion_id).select_related("evidence")
    rows = rows.annotate(brought_dated=Subquery(brought), assessed=Subquery(dated)).order_by("pk")
    today = timezone.localdate()
    return [Backs(row.evidence, row.brought_dated, row.evidence.is_old(row.assessed or today)) for row in rows]


def backing_of(assessment: Assessment, criterion_id: int, evidence_id: int) -> Backing | None:
    """An item that backs a criterion, with its assessment. One query."""
    rows = Backing.objects.select_related("assessment__version__playbook", "evidence__place")
    return rows.filter(assessment=assessment, criterion_id=criterion_id, evidence=evidence_id).first()


@dataclass(frozen=True)
class Backed:
    """A criterion of an assessment that an item backs: its number in its address, from 1, its label and its title."""

    assessment_id: int
    number: int
    label: str
    title: str


def other_backings(playbook: Playbook, backing: Backing) -> list[Backed]:
    """The other criteria of the assessment that the item of a backing backs. One query."""
    rows = Backing.objects.current().filter(assessment=backing.assessment_id, evidence=backing.evidence_id)
    keys = set(rows.exclude(pk=backing.pk).values_list("criterion__key", flat=True))
    return [
        Backed(backing.assessment_id, number, playbook.label[key], each.title)
        for number, (key, each) in enumerate(playbook.criterion.items(), 1)
        if key in keys
    ]


# --- the library of a place -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """An item of the library and the criteria of the open assessment that it backs. `is_old` as of that one's date."""

    piece: Evidence
    is_old: bool
    backs: Sequence[Backed]


@dataclass(frozen=True)
class Library:
    """`items` as they are looked for; `deleted`: what was part of something submitted, without its file; bytes used."""

    items: Sequence[Item]
    deleted: Sequence[Evidence]
    is_empty: bool
    used: int


def library(place: Place, find: str = "") -> Library:
    """The library of a place; `find` looks into titles, links and names of files. Five queries at most."""
    rows = list(place.library.order_by("title", "pk"))
    opened = _open_assessment(place)
    day = date_of(opened) if opened else timezone.localdate()
    backs = _backed(opened) if opened else {}
    shown = [row for row in rows if row.deleted_at is None and _is_found(row, find)]
    return Library(
        items=[Item(row, row.is_old(day), backs.get(row.pk, ())) for row in shown],
        deleted=[row for row in rows if row.deleted_at],
        is_empty=not any(row.deleted_at is None for row in rows),
        used=sum(row.file_size for row in rows if row.file),
    )


def _is_found(row: Evidence, find: str) -> bool:
    return find.casefold() in "\n".join((row.title, row.link, row.file_name)).casefold()


def _open_assessment(place: Place) -> Assessment | None:
    rows = Assessment.objects.filter(place=place, state=Assessment.State.OPEN)
    return rows.select_related("version__playbook").first()


def _backed(opened: Assessment) -> Mapping[int, Sequence[Backed]]:
    """The criteria of an assessment that each item backs, by the primary key of the item. One query."""
    playbook, found = playbook_to_read(opened.version), defaultdict(list)
    numbers = {key: number for number, key in enumerate(playbook.criterion, 1)}
    rows = Backing.objects.current().filter(assessment=opened)
    pairs = sorted((numbers[key], key, pk) for key, pk in rows.values_list("criterion__key", "evidence"))
    for number, key, pk in pairs:
        found[pk].append(Backed(opened.pk, number, playbook.label[key], playbook.criterion[key].title))
    return found


def item_of(place: Place, evidence_id: int) -> Evidence:
    """An item of the place's library, deleted ones left out. Raises Http404."""
    found = place.library.select_related("place").filter(pk=evidence_id, deleted_at=None).first()
    if found is None:
        raise Http404("No such evidence.")
    return found


def backed_by(place: Place, item: Evidence) -> Sequence[Backed]:
    """The criteria of the open assessment that an item backs. Two queries."""
    opened = _open_assessment(place)
    return _backed(opened).get(item.pk, ()) if opened else ()


def is_part_of_submitted(item: Evidence) -> bool:
    """Whether it backs anything, so that its row has to stay. One query."""
    return Backing.objects.filter(evidence=item).exists()


def to_choose(assessment: Assessment, criterion_id: int, find: str) -> QuerySet[Evidence]:
    """The items of the library that do not back a criterion yet; `find` looks into titles, links and names of files."""
    backs = Backing.objects.filter(assessment=assessment, criterion_id=criterion_id).values("evidence")
    rows = Evidence.objects.filter(place=assessment.place_id, deleted_at=None).exclude(pk__in=backs)
    looked = Q(title__icontains=find) | Q(link__icontains=find) | Q(file_name__icontains=find)
    return rows.filter(looked).order_by("title", "pk")


# --- where an item is found, and where it goes on ---------------------------------------------------------------------


def criterion_backed(assessment: Assessment, evidence_id: int, at: int | None) -> int | None:
    """A criterion that an item backs, of whichever version: `at` if it backs that one. One query."""
    rows = Backing.objects.filter(assessment=assessment, evidence=evidence_id).order_by("pk")
    backed = list(rows.values_list("criterion_id", flat=True))
    return at if at in backed else next(iter(backed), None)


def last_backings(assessment: Assessment) -> Iterator[tuple[int, Backing]]:
    """What backed the criteria of the place's last assessment, with the criterion of this one that each goes on as.

    Nothing where that was an assessment of another playbook, or of a later version.
    """
    last = _last_before(assessment)
    if last is None:
        return
    rows = Backing.objects.current().filter(assessment=last, evidence__deleted_at=None)
    ids = criterion_ids(assessment.version)
    goes_on = _goes_on(last, assessment)
    brought = set()
    for row in rows.select_related("criterion").order_by("pk"):
        for key in goes_on.get(row.criterion.key, ()):
            if (ids[key], row.evidence_id) not in brought:
                brought.add((ids[key], row.evidence_id))
                yield ids[key], row


def _last_before(assessment: Assessment) -> Assessment | None:
    others = Assessment.objects.filter(place=assessment.place_id, version__playbook=assessment.version.playbook_id)
    submitted = others.exclude(pk=assessment.pk).filter(state=Assessment.State.SUBMITTED)
    return submitted.select_related("version__playbook").order_by("-started_at", "-pk").first()


def _goes_on(last: Assessment, assessment: Assessment) -> dict[str, list[str]]:
    """The criteria of this assessment that each of the last one goes on as, by key."""
    before, after = last.version, assessment.version
    if before.pk == after.pk:
        return {key: [key] for key in criterion_ids(after)}
    if before.published_at and after.published_at and before.published_at > after.published_at:
        return {}
    found: dict[str, list[str]] = {}
    for key, became in origins_between(before, after).criteria.items():
        for source in became.sources:
            found.setdefault(source, []).append(key)
    return found
