"""What became of each criterion since the version that a draft follows: decisions, and what is still to be decided.

A criterion that reads the same needs no decision. Each decision remembers the texts that it was made on, on both sides;
when they change afterwards, it has to be made again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from django.db import transaction

from assessments.comparing.deciding import ROOT, faults_of, fingerprint, followed, missing, used_keys
from assessments.comparing.texts import asks_the_same
from assessments.interchange import DocumentError, Fault, Playbook
from assessments.interchange.documents import Origin as Told
from assessments.interchange.faults import shortened
from assessments.models import Criterion, DraftChange, Origin, OriginSource, Retired, User, Version
from assessments.proofreading import Remark, Severity
from assessments.selectors.origins import Decisions, decisions_between, decisions_on
from assessments.services.journal import open_journal, record_change


@transaction.atomic
def decide_origins(
    *,
    version: Version,
    decisions: Mapping[str, Told | None],
    retired: Mapping[str, bool],
    by: User | None,
    seen: Mapping[str, str] | None = None,
) -> DraftChange | None:
    """Decide what became of these criteria, by their keys; None takes a decision back. The others stay as they are.

    `retired` confirms that nothing comes from a criterion that is gone, or takes that back. `seen` holds `state_of`
    each key as whoever decides saw it. Raises DocumentError with all that cannot be said, below `follows`, or that
    somebody else changed meanwhile; then nothing is written. Returns the change that the journal has of it.
    """
    open_journal(version_id=version.pk)
    standing = decisions_on(version)
    if standing is None:
        raise DocumentError([Fault(ROOT, "names no version that is here, so there is nothing to compare with")])
    told = {key: each for key, each in {**standing.told, **decisions}.items() if each is not None}
    kept = {**dict.fromkeys(standing.retired, True), **retired}
    gone = tuple(key for key in standing.gone if kept.get(key))
    after = replace(standing, told=told, retired=gone)
    faults = [*_meanwhile(standing, [*decisions, *retired], seen or {}), *_wrong(after, decisions, retired)]
    if faults:
        raise DocumentError(faults)
    _store(version, after, decisions)
    Retired.objects.filter(version=version).delete()
    Retired.objects.bulk_create(Retired(version=version, position=n, key=key) for n, key in enumerate(gone))
    return record_change(version=version, by=by, what=_what(standing, [*decisions, *retired]))


def _what(standing: Decisions, keys: list[str]) -> str:
    known = {**standing.before.criterion, **standing.document.criterion}
    what = f"“{shortened(known[keys[0]].title)}”" if len(keys) == 1 else f"{len(keys)} criteria"
    return f"Decided what became of {what}"


def state_of(standing: Decisions, key: str) -> str:
    """What somebody saw who decides on a criterion, or on one that is gone: its texts, and what was decided so far."""
    if key in standing.gone:
        return "retired" if key in standing.retired else ""
    told = standing.told.get(key)
    texts = fingerprint(told or Told("new", (), False), standing.document.criterion[key], standing.before)
    return f"{texts} {told}" if told else texts


def remarks_on_origins(version: Version, document: Playbook, before: Playbook | None) -> list[Remark]:
    """What is wrong with the decisions of a version, and what is still to be decided. At most three queries."""
    if before is None or not version.follows or before.version != version.follows:
        return []
    standing = decisions_between(version, document, before)
    found = [each for each in followed(standing.with_all_told(), before) if each.path[2] not in standing.stale]
    for key, now in standing.asked.items():
        if key in standing.stale:
            found.append(_stale(standing, key))
        elif key not in standing.told and _is_spelling(standing, key):
            found.append(missing(now, before))
    order = list(document.criterion)
    return sorted(found, key=lambda each: order.index(str(each.path[2])) if each.path[2] in order else len(order))


def is_undecided(remark: Remark) -> bool:
    """Whether it says that something is still to be decided, not that a decision is wrong."""
    path = remark.path
    return path[:1] == ROOT and len(path) == len((*ROOT, "criteria", "key")) and isinstance(path[2], str)


def take_at_its_word(*, version: Version, silence_is_same: bool) -> None:
    """Count what a file says of the criteria of a draft as decided, where the version that it follows is here.

    A file leaves out what is the same. Where its silence is to be taken for that, it is taken of criteria that differ
    in spelling only; any other change that it does not speak of stays undecided.
    """
    standing = decisions_on(version)
    if standing is None:
        return
    fresh = Origin.objects.filter(criterion__version=version, decided_on="")
    said = list(fresh.values_list("criterion__key", flat=True))
    silent = [key for key in standing.asked if key not in standing.told and _is_spelling(standing, key)]
    same = {key: Told("same", (key,), True) for key in silent} if silence_is_same else {}
    _store(version, replace(standing, told={**standing.told, **same}), [*said, *same])


def _is_spelling(standing: Decisions, key: str) -> bool:
    old = standing.before.criterion.get(key)
    return old is not None and asks_the_same(old, standing.document.criterion[key])


def _stale(standing: Decisions, key: str) -> Remark:
    kind = Origin.Kind(standing.told[key].kind).label.lower()
    return Remark(
        (*ROOT, "criteria", key),
        Severity.FAULT,
        f"has been reworded since it was decided that it is {kind}. Look whether that still holds, and decide again.",
    )


# --- deciding ---------------------------------------------------------------------------------------------------


def _meanwhile(standing: Decisions, keys: Iterable[str], seen: Mapping[str, str]) -> Iterator[Fault]:
    for key in keys:
        here = key in standing.gone or key in standing.document.criterion
        if key in seen and here and state_of(standing, key) != seen[key]:
            kind = "retired" if key in standing.gone else "criteria"
            yield Fault((*ROOT, kind, key), "has been changed by somebody else meanwhile. Look at it again.")


def _wrong(after: Decisions, decisions: Mapping[str, Told | None], retired: Mapping[str, bool]) -> Iterator[Fault]:
    for key, told in decisions.items():
        if (now := after.document.criterion.get(key)) is None:
            yield Fault((*ROOT, "criteria", key), "is not in this version any more")
        elif told is not None:
            yield from (Fault(each.path, each.sentence) for each in faults_of(told, now, after.before))
            yield from _called_retired(after, key, told)
    used = used_keys(after.told.values())
    for key in (key for key, yes in retired.items() if yes):
        if key not in after.gone:
            yield Fault((*ROOT, "retired", key), "is still in this version")
        elif key in used:
            yield Fault((*ROOT, "retired", key), "cannot be retired while another criterion comes from it")


def _called_retired(after: Decisions, key: str, told: Told) -> Iterator[Fault]:
    for source in told.sources:
        if source in after.retired:
            title = shortened(after.before.criterion[source].title)
            yield Fault((*ROOT, "criteria", key, "from"), f"names “{title}”, which is confirmed as retired")


def _store(version: Version, after: Decisions, decided: Iterable[str]) -> None:
    """Write the decisions on these criteria, or that there is none."""
    keys = list(decided)
    rows = {row.key: row for row in Criterion.objects.filter(version=version, key__in=keys)}
    Origin.objects.filter(criterion__in=rows.values()).delete()
    told = [(key, after.told[key]) for key in keys if key in after.told]
    origins = Origin.objects.bulk_create(
        Origin(
            criterion=rows[key],
            kind=each.kind,
            comparable=each.comparable,
            decided_on=fingerprint(each, after.document.criterion[key], after.before),
        )
        for key, each in told
    )
    OriginSource.objects.bulk_create(
        OriginSource(origin=origin, position=n, key=key)
        for origin, (_, each) in zip(origins, told, strict=True)
        for n, key in enumerate(dict.fromkeys(each.sources))
    )
