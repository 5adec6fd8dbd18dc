"""Reads of how one answer came to be what it is, for its page: a constant number of queries, however long it is.

First the changes without their texts, all of them; then the texts of those alone that the page shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.models import AnswerChange, Assessment, Event, User

TOGETHER = timedelta(minutes=10)
"""Saves of one person that follow each other so closely, with the same answer, are told as one: a note being typed."""
MOST_TOGETHER = 30
A_PAGE = 20

Heads = Sequence[AnswerChange]


@dataclass(frozen=True)
class Stretch:
    """Changes that are told as one, oldest first, without their texts; and the revision that stood before them."""

    heads: Heads
    before: int | None

    @property
    def last(self) -> AnswerChange:
        return self.heads[-1]

    @property
    def revisions(self) -> list[int]:
        return [head.revision for head in self.heads]


@dataclass(frozen=True)
class Page:
    """A part of an answer's history, newest first: stretches, the texts that they need, and what happened meanwhile.

    `changes` are whole rows by revision: the first and the last of each stretch, what stood before it, and every one
    of the stretch that was `opened`. `dated` says when each revision was written, of all that there are.
    """

    stretches: Sequence[Stretch]
    changes: dict[int, AnswerChange]
    dated: dict[int, datetime]
    events: Sequence[Event]
    newest: int
    number: int
    count: int


def history_page(assessment: Assessment, criterion_id: int, *, number: int = 1, opened: int = 0) -> Page:
    """The part `number`, from 1, of the history; the nearest one where there is none. Three queries."""
    rows = AnswerChange.objects.filter(assessment=assessment, criterion_id=criterion_id).order_by("revision")
    heads = list(rows.only("revision", "kind", "state", "level", "carried", "at", "by_id", "by_name"))
    told = list(reversed(stretches(heads)))
    count = max(1, -(-len(told) // A_PAGE))
    number = min(max(number, 1), count)
    shown = told[(number - 1) * A_PAGE : number * A_PAGE]
    return Page(
        stretches=shown,
        changes={row.revision: row for row in rows.filter(revision__in=_needed(shown, opened))},
        dated={head.revision: head.at for head in heads},
        events=_events_between(assessment, told, number, count),
        newest=heads[-1].revision if heads else 0,
        number=number,
        count=count,
    )


def stretches(heads: Heads) -> list[Stretch]:
    """The changes, oldest first, as they are told: what one person saved in a row, with the same answer, as one."""
    groups: list[list[AnswerChange]] = []
    for head in heads:
        if groups and _goes_on(groups[-1], head):
            groups[-1].append(head)
        else:
            groups.append([head])
    before = [None, *(group[-1].revision for group in groups)]
    return [Stretch(group, stood) for group, stood in zip(groups, before, strict=False)]


def _goes_on(group: list[AnswerChange], head: AnswerChange) -> bool:
    last = group[-1]
    return (
        len(group) < MOST_TOGETHER
        and {last.kind, head.kind} == {AnswerChange.Kind.ANSWERED}
        and (last.by_id, last.by_name, last.state, last.level) == (head.by_id, head.by_name, head.state, head.level)
        and last.at <= head.at <= last.at + TOGETHER
    )


def _needed(shown: Iterable[Stretch], opened: int) -> set[int]:
    found: set[int] = set()
    for stretch in shown:
        is_open = stretch.last.revision == opened
        found |= {stretch.before or 0, *(stretch.revisions if is_open else (stretch.last.revision,))}
    return found


def _events_between(assessment: Assessment, told: Sequence[Stretch], number: int, count: int) -> list[Event]:
    """What happened to the assessment in the time that this part of the history tells."""
    kinds = (Event.Kind.SUBMITTED, Event.Kind.REOPENED, Event.Kind.MOVED, Event.Kind.MOVED_BACK, Event.Kind.REVEALED)
    events = Event.objects.filter(assessment=assessment, kind__in=kinds).select_related("by").order_by("-at", "-pk")
    if number > 1:
        events = events.filter(at__lt=told[(number - 1) * A_PAGE - 1].last.at)
    if number < count:
        events = events.filter(at__gte=told[number * A_PAGE - 1].last.at)
    return list(events)


def change_at(assessment: Assessment, criterion_id: int, revision: int) -> AnswerChange | None:
    """One change with its texts. One query."""
    return AnswerChange.objects.filter(assessment=assessment, criterion_id=criterion_id, revision=revision).first()


def saved_by(
    assessment: Assessment, criterion_id: int, content: tuple[str, int | None, str, str], *, seen: int, by: User
) -> AnswerChange | None:
    """The first change after revision `seen` in which this person said this: state, level, reason, note. One query."""
    state, level, reason, note = content
    rows = AnswerChange.objects.filter(assessment=assessment, criterion_id=criterion_id, revision__gt=seen, by=by)
    return rows.filter(state=state, level=level, reason=reason, note=note).order_by("revision").first()
