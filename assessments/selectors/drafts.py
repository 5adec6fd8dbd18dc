"""Reads of a draft as it is and as it was: its whole state, and the journal of its changes."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db.models import Count, QuerySet

from assessments.interchange import Playbook, freeze_playbook, thaw_draft
from assessments.models import Answer, Assessment, Criterion, DraftChange, Origin, Version
from assessments.selectors.playbooks import playbook_document


@dataclass(frozen=True)
class Decided:
    """What somebody decided of a criterion, as its row says it: also that it is the same, and on which texts."""

    kind: str
    sources: tuple[str, ...]
    comparable: bool
    decided_on: str


@dataclass(frozen=True)
class DraftState:
    """All that the journal keeps of a draft and can put back: its document, and the whole criterion map.

    Translations are no part of it: they have their own page, and stay with their texts by key.
    """

    document: Playbook
    decided: Mapping[str, Decided]


def state_of(version: Version) -> DraftState:
    """A draft as it is now. Twelve queries."""
    rows = Origin.objects.filter(criterion__version=version).select_related("criterion").prefetch_related("sources")
    decided = {
        row.criterion.key: Decided(
            row.kind, tuple(source.key for source in row.sources.all()), row.comparable, row.decided_on
        )
        for row in rows.order_by("criterion")
    }
    return DraftState(playbook_document(version), decided)


def packed(state: DraftState) -> bytes:
    """A state as it is kept; the same state gives the same bytes."""
    decided = {key: asdict(each) for key, each in state.decided.items()}
    text = json.dumps({"playbook": freeze_playbook(state.document), "decided": decided}, ensure_ascii=False)
    return zlib.compress(text.encode())


def unpacked(data: bytes) -> DraftState:
    value = json.loads(zlib.decompress(data))
    decided = {key: Decided(**{**each, "sources": tuple(each["sources"])}) for key, each in value["decided"].items()}
    return DraftState(thaw_draft(value["playbook"]), decided)


def state_after(version: Version, number: int) -> DraftState:
    """A draft as it stood after a change. One query. Raises DraftChange.DoesNotExist."""
    return unpacked(bytes(version.changes.get(number=number).document))


def changes_of(version: Version, part: str = "") -> "QuerySet[DraftChange]":
    """The journal of a version, the latest change first, without the documents; of one part where it is named.

    A part is named as `criteria/shared-vision`.
    """
    rows = version.changes.select_related("by").defer("document").order_by("-number")
    return rows.filter(about__contains=json.dumps(part)) if part else rows


def last_change(version: Version) -> DraftChange | None:
    """The latest change, with its document. One query."""
    return version.changes.order_by("-number").first()


@dataclass(frozen=True)
class Answered:
    """In how many assessments on other versions of a playbook a criterion of this key is answered."""

    is_new: bool
    open: int
    submitted: int


def answered_before(criterion: Criterion) -> Answered:
    """What a draft's criterion means to answers given already. Two queries; counts only, never whose they are."""
    others = Criterion.objects.filter(key=criterion.key, version__playbook=criterion.version.playbook_id)
    is_new = not others.exclude(version=criterion.version_id).exists()
    answers = Answer.objects.filter(criterion__in=others.order_by()).exclude(state=Answer.State.MISSING).order_by()
    told = answers.values_list("assessment__state").annotate(Count("assessment", distinct=True))
    counts: dict[str, int] = dict(told)
    return Answered(is_new, counts.get(Assessment.State.OPEN, 0), counts.get(Assessment.State.SUBMITTED, 0))
