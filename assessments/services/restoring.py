"""Make a draft say what a document says, and put a draft back as it was: whole, or not at all.

Rows are matched by their keys, levels and hints by their places, and only what differs is written. So a page that is
open on a criterion that stays can still be saved afterwards. Translations stay; they find their texts by key.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from assessments.comparing.guessing import asked
from assessments.interchange import Playbook as Document
from assessments.models import (
    Criterion,
    DraftChange,
    Gate,
    Hint,
    Lesson,
    Level,
    Origin,
    OriginSource,
    Retired,
    Role,
    Stage,
    Target,
    User,
    Version,
)
from assessments.selectors.drafts import Decided, DraftState, last_change, state_after, state_of
from assessments.services.journal import open_journal, record_change
from assessments.services.origins import take_at_its_word
from assessments.services.playbooks import VersionExists, check_storable

Row = TypeVar("Row", bound=Model)
Wanted = Mapping[Hashable, Mapping[str, Any]]


_UNDONE = re.compile(r"Undid change (\d+): (.*)", re.DOTALL)
_MADE_AGAIN = re.compile(r"Made change (\d+) again: (.*)", re.DOTALL)


class ChangedMeanwhile(Exception):
    """Somebody changed the draft after the person who wants to undo looked at it."""


@transaction.atomic
def write_document(*, draft: Version, document: Document, by: User | None, what: str) -> DraftChange | None:
    """Make a draft say what a document says, and record it. Returns the change, None where it said so already.

    The draft stays in its playbook whatever key the document has. What the document says of a criterion counts as
    decided, except where it changes neither that nor the texts: then a decision that is to be looked at again stays
    so. Where it says nothing of one, “the same” stays as it was decided. Raises PublishedIsReadOnly, DocumentError
    for what the database cannot hold, and VersionExists where the document has the number of another version.
    """
    check_storable(document)
    open_journal(version_id=draft.pk)
    _write(draft, DraftState(document, _agreeing(document, state_of(draft))))
    take_at_its_word(version=draft, silence_is_same=False)
    return record_change(version=draft, by=by, what=what)


@transaction.atomic
def put_back(*, draft: Version, number: int, seen: int, by: User) -> DraftChange | None:
    """Put a draft back as it stood after change `number`, and record that as one more change.

    `seen` is the latest change that the person knows of. Raises ChangedMeanwhile where there is a later one,
    PublishedIsReadOnly, VersionExists, and DraftChange.DoesNotExist.
    """
    open_journal(version_id=draft.pk)
    last = last_change(draft)
    if last is None or last.number != seen:
        raise ChangedMeanwhile
    _write(draft, state_after(draft, number))
    what = _undoing(last) if number == seen - 1 else f"Put back as it was after change {number}"
    return record_change(version=draft, by=by, what=what)


def _undoing(last: DraftChange) -> str:
    """What it is called to undo a change; undoing the undoing of one makes it again."""
    if undone := _UNDONE.fullmatch(last.what):
        return "Made change {} again: {}".format(*undone.groups())
    again = _MADE_AGAIN.fullmatch(last.what)
    number, what = again.groups() if again else (last.number, last.what)
    return f"Undid change {number}: {what}"


def _agreeing(document: Document, before: DraftState) -> dict[str, Decided]:
    """The map as a document says it, with what was decided already where the document changes nothing about that."""
    told = document.follows.criteria if document.follows else {}
    found = {key: each for key, each in before.decided.items() if each.kind == Origin.Kind.SAME and key not in told}
    for key, origin in told.items():
        said = Decided(origin.kind, origin.sources, origin.comparable, "")
        old = before.decided.get(key, said)
        untouched = _agree(old, said) and _asks_alike(document, before.document, key)
        found[key] = replace(said, decided_on=old.decided_on) if untouched else said
    return {key: each for key, each in found.items() if key in document.criterion}


def _asks_alike(one: Document, other: Document, key: str) -> bool:
    """Whether a criterion reads the same in both, and both follow the same version."""
    if key not in one.criterion or key not in other.criterion or one.follows is None or other.follows is None:
        return False
    return one.follows.version == other.follows.version and asked(one.criterion[key]) == asked(other.criterion[key])


def _agree(one: Decided, other: Decided) -> bool:
    return (one.kind, one.sources, one.comparable) == (other.kind, other.sources, other.comparable)


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(draft: Version, state: DraftState) -> None:
    document = state.document
    _write_own(draft, document)
    of_draft = {"version": draft}
    stages = _match(Stage, of_draft, _key, _in_order(draft, document.stages, ("name", "facts")))
    _match(Role, of_draft, _key, _in_order(draft, document.roles, ("name", "summary")))
    lessons = _match(
        Lesson, of_draft, _key, _in_order(draft, document.lessons, ("title", "summary", "weight")), keep_others=True
    )
    criteria = _match(Criterion, of_draft, _key, _criteria(draft, document, lessons))
    Lesson.objects.filter(version=draft).exclude(pk__in=[lesson.pk for lesson in lessons.values()]).delete()
    _write_criterion_parts(draft, document, criteria, stages)
    _write_map(draft, state, criteria)


def _write_own(draft: Version, document: Document) -> None:
    """The fields of the version itself, by an update, so that nothing of an older instance is written back."""
    others = Version.objects.filter(playbook=draft.playbook_id, number=document.version)
    if others.exclude(pk=draft.pk).exists():
        raise VersionExists(f"There is a version {document.version} of this playbook already.")
    Version.objects.filter(pk=draft.pk).update(
        number=document.version,
        title=document.title,
        summary=document.summary,
        indicative_from=document.indicative_from,
        follows=document.follows.version if document.follows else "",
    )
    draft.refresh_from_db()


def _key(row: Any) -> Hashable:
    key: str = row.key
    return key


def _in_order(draft: Version, parts: Iterable[Any], names: Iterable[str]) -> Wanted:
    return {
        part.key: {"version": draft, "key": part.key, "position": n} | {name: getattr(part, name) for name in names}
        for n, part in enumerate(parts)
    }


def _criteria(draft: Version, document: Document, lessons: Mapping[Hashable, Lesson]) -> Wanted:
    names = ("title", "question", "why", "weight", "ask")
    return {
        each.key: {
            **values,
            "lesson": lessons[lesson.key],
            "not_applicable": each.not_applicable or "",
        }
        for lesson in document.lessons
        for each, values in zip(lesson.criteria, _in_order(draft, lesson.criteria, names).values(), strict=True)
    }


def _write_criterion_parts(
    draft: Version, document: Document, criteria: Mapping[Hashable, Criterion], stages: Mapping[Hashable, Stage]
) -> None:
    of_draft = {"criterion__version": draft}
    each = [(criteria[text.key], text) for text in document.criteria()]
    _match(
        Level,
        of_draft,
        _counted(lambda row: (row.criterion_id,)),
        {
            (row.pk, n): {"criterion": row, "position": n, "descriptor": level.descriptor, "next_step": level.next_step}
            for row, text in each
            for n, level in enumerate(text.levels)
        },
    )
    _match(
        Hint,
        of_draft,
        _counted(lambda row: (row.criterion_id, row.kind)),
        {
            (row.pk, kind, n): {"criterion": row, "kind": kind, "position": n, "text": hint}
            for row, text in each
            for kind, hints in ((Hint.Kind.EVIDENCE.value, text.evidence), (Hint.Kind.DATA.value, text.data))
            for n, hint in enumerate(hints)
        },
    )
    targets = [(row, stages[key], level) for row, text in each for key, level in text.targets.items()]
    gates = [(criteria[key], stages[s.key], level) for s in document.stages for key, level in s.gates.items()]
    for model, wanted in ((Target, targets), (Gate, gates)):
        _match(
            model,
            of_draft,
            lambda row: (row.criterion_id, row.stage_id),
            {(row.pk, stage.pk): {"criterion": row, "stage": stage, "level": level} for row, stage, level in wanted},
        )


def _counted(owner: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], Hashable]:
    """The key of a row by its owner and its place there; rows come in their order."""
    seen: dict[tuple[Any, ...], int] = {}

    def key(row: Any) -> Hashable:
        number = seen[owner(row)] = seen.get(owner(row), -1) + 1
        return (*owner(row), number)

    return key


def _write_map(draft: Version, state: DraftState, criteria: Mapping[Hashable, Criterion]) -> None:
    known = {key: each for key, each in state.decided.items() if key in criteria}
    origins = _match(
        Origin,
        {"criterion__version": draft},
        lambda row: row.criterion_id,
        {
            criteria[key].pk: {
                "criterion": criteria[key],
                "kind": each.kind,
                "comparable": each.comparable,
                "decided_on": each.decided_on,
            }
            for key, each in known.items()
        },
    )
    _match(
        OriginSource,
        {"origin__criterion__version": draft},
        lambda row: (row.origin_id, row.key),
        {
            (row.pk, source): {"origin": row, "position": n, "key": source}
            for row, each in zip(origins.values(), known.values(), strict=True)
            for n, source in enumerate(each.sources)
        },
    )
    retired = state.document.follows.retired if state.document.follows else ()
    _match(
        Retired,
        {"version": draft},
        _key,
        {key: {"version": draft, "position": n, "key": key} for n, key in enumerate(retired)},
    )


def _match(
    model: type[Row],
    those: Mapping[str, Any],
    key_of: Callable[[Any], Hashable],
    wanted: Wanted,
    *,
    keep_others: bool = False,
) -> dict[Hashable, Row]:
    """Make just the rows that are wanted out of those that are there. Returns them by key, in the order wanted.

    Four queries or fewer, and those that a deletion takes with it. `save` is passed by: the caller holds the draft.
    """
    rows = model._default_manager.filter(**those)
    there = {key_of(row): row for row in rows}
    new = {key: model(**values) for key, values in wanted.items() if key not in there}
    stale = [there[key] for key, values in wanted.items() if key in there and _tell(there[key], values)]
    gone = [] if keep_others else [row.pk for key, row in there.items() if key not in wanted]
    if gone:
        model._default_manager.filter(pk__in=gone).delete()
    if stale:
        model._default_manager.bulk_update(stale, list(next(iter(wanted.values()))))
    model._default_manager.bulk_create(new.values())
    return {key: new.get(key) or there[key] for key in wanted}


def _tell(row: Model, values: Mapping[str, Any]) -> bool:
    """Set the values of a row; whether any was another one."""
    different = {name: value for name, value in values.items() if getattr(row, _column(row, name)) != _plain(value)}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def _column(row: Model, name: str) -> str:
    """The attribute that holds a value without a query: the primary key of a row that is pointed to."""
    return str(getattr(row._meta.get_field(name), "attname", name))


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
