"""How the answer to a criterion came to be what it is; and bringing back what it was."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.comparing.wording import Run, words
from assessments.interchange.documents import Criterion
from assessments.models import AnswerChange, Event
from assessments.selectors.access import assessment_for, assessment_to_answer
from assessments.selectors.answer_history import Page, Stretch, change_at, history_page
from assessments.services.answering import Conflict, Moved, NotOpen
from assessments.services.bringing_back import restore_answer
from assessments.views.answering import Asked, answer_words, asked_about
from assessments.views.moved import belongs_elsewhere, criterion_sent, moved_meanwhile
from assessments.views.people import Request, signed_in

MOST_DIGITS = 9


@dataclass(frozen=True)
class Told:
    """A change, or several told as one: what the answer was before, and what it was from then on."""

    row: AnswerChange
    before: AnswerChange | None
    text: Criterion
    began: datetime
    count: int = 1
    restored_at: datetime | None = None
    is_now: bool = False
    steps: list["Told"] = field(default_factory=list)

    @property
    def words(self) -> str:
        return answer_words(self.text, value_of(self.row))

    @property
    def words_before(self) -> str:
        """What the answer was, where it was another one; empty where it is the same."""
        if self.before is None or value_of(self.before) == value_of(self.row):
            return ""
        return answer_words(self.text, value_of(self.before))

    @property
    def reason_runs(self) -> tuple[Run, ...]:
        return self._runs("reason")

    @property
    def note_runs(self) -> tuple[Run, ...]:
        return self._runs("note")

    def _runs(self, name: str) -> tuple[Run, ...]:
        """How a text became what it is; nothing where it is the same."""
        before, after = getattr(self.before, name, ""), getattr(self.row, name)
        return words(before, after) if before != after else ()

    @property
    def changes_nothing(self) -> bool:
        """Whether only that somebody looked at it again, or moved it, is told."""
        return self.before is not None and not (self.words_before or self.reason_runs or self.note_runs)


def value_of(row: AnswerChange) -> int | str | None:
    if row.level is not None:
        return row.level
    return None if row.state == "missing" else row.state


@signed_in
@require_safe
def criterion_history(request: Request, assessment_id: int, number: int) -> HttpResponse:
    """Every change of an answer, newest first. `?page=2` goes on; `?saves=12` opens what is told as one."""
    return _page(request, asked_about(assessment_for(request.user, assessment_id), number))


@signed_in
@require_POST
def answer_restore(request: Request, assessment_id: int, number: int, revision: int) -> HttpResponse:
    """Bring back what an answer was from a revision on, over the one that the page saw."""
    found = assessment_to_answer(request.user, assessment_id)
    if belongs_elsewhere(request, found[0], number):
        return moved_meanwhile(request, found[0], criterion_sent(request, found[0]))
    asked = asked_about(found, number)
    change = change_at(asked.assessment, asked.criterion_id, revision)
    if change is None:
        raise Http404("No such change.")
    try:
        restore_answer(assessment=asked.assessment, change=change, seen=_number(request.POST, "seen"), by=request.user)
    except NotOpen:
        return _page(request, asked, trouble="submitted", status=409)
    except Moved:
        again, _membership = assessment_to_answer(request.user, assessment_id)
        return moved_meanwhile(request, again, asked.criterion_id)
    except Conflict:
        return _page(request, asked, trouble="changed", status=409)
    messages.success(request, _("Brought back. What stood before is kept below it."))
    return redirect("criterion_history", assessment_id, number)


def _number(sent: dict[str, str], name: str) -> int:
    value = sent.get(name, "")
    return int(value) if value.isdecimal() and len(value) <= MOST_DIGITS else 0


def _page(request: Request, asked: Asked, *, trouble: str = "", status: int = 200) -> HttpResponse:
    opened = _number(request.GET, "saves")
    found = history_page(asked.assessment, asked.criterion_id, number=_number(request.GET, "page"), opened=opened)
    context = {
        "asked": asked,
        "assessment": asked.assessment,
        "place": asked.assessment.place,
        "membership": asked.membership,
        "may_restore": asked.membership.may_answer and asked.assessment.is_open and trouble != "submitted",
        "entries": list(_entries(found, asked.text, opened)),
        "found": found,
        "seen": found.newest,
        "trouble": trouble,
    }
    return render(request, "answer_history.html", context, status=status)


def _entries(found: Page, text: Criterion, opened: int) -> Iterator[Told | Event]:
    """Changes and what happened to the assessment meanwhile, newest first."""
    told: list[Told | Event] = [_told(found, stretch, text, opened) for stretch in found.stretches]
    events: list[Told | Event] = [*found.events]
    yield from merge(told, events, key=_when, reverse=True)  # changes stay in their order, whatever a clock said


def _when(entry: Told | Event) -> datetime:
    return entry.row.at if isinstance(entry, Told) else entry.at


def _told(found: Page, stretch: Stretch, text: Criterion, opened: int) -> Told:
    row = found.changes[stretch.last.revision]
    return Told(
        row=row,
        before=found.changes.get(stretch.before or 0),
        text=text,
        began=stretch.heads[0].at,
        count=len(stretch.heads),
        restored_at=found.dated.get(row.restored or 0),
        is_now=row.revision == found.newest,
        steps=_steps(found, stretch, text) if row.revision == opened and len(stretch.heads) > 1 else [],
    )


def _steps(found: Page, stretch: Stretch, text: Criterion) -> list[Told]:
    """Each save of a stretch by itself, newest first."""
    revisions = stretch.revisions
    before = [stretch.before or 0, *revisions]
    return [
        Told(
            row=found.changes[revision],
            before=found.changes.get(stood),
            text=text,
            began=found.changes[revision].at,
            is_now=revision == found.newest,
        )
        for stood, revision in reversed(list(zip(before, revisions, strict=False)))
    ]
