"""The wall of a workshop: one criterion, large, for everybody in the room.

What it shows is the workshop's, not the page's: every wall that is open shows the same, and whatever is pressed says
what was on it then, so that two facilitators who press at once go one step and not two.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments.charts.spread import SpreadChart, spread_chart
from assessments.findings.codes import in_groups
from assessments.forms.workshop import WallForm
from assessments.interchange import Playbook, documents
from assessments.models import Answer, Assessment, Ballot, Membership, Workshop
from assessments.reports.qr import qr
from assessments.selectors.access import assessment_for
from assessments.selectors.answers import answer_to
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.voices import agreed_on
from assessments.selectors.workshop import (
    earlier_ballots,
    last_ballot,
    live_workshops,
    numbers_in,
    spread_in,
    standing_of,
    turnout,
    workshop_on,
)
from assessments.views.address import on_this_site
from assessments.views.answering import answer_words
from assessments.views.people import Request, signed_in

LOBBY = 0
"""The number of the wall that shows no criterion yet: how to join."""


@dataclass(frozen=True)
class Wall:
    """What a wall shows: the workshop's criterion by its number in the whole playbook, or none (LOBBY)."""

    assessment: Assessment
    membership: Membership
    workshop: Workshop
    playbook: Playbook
    number: int
    steps: tuple[int, ...]
    """The numbers that it goes through, with the lobby before them."""

    @property
    def key(self) -> str:
        return list(self.playbook.criterion)[self.number - 1]

    @property
    def text(self) -> documents.Criterion | None:
        return self.playbook.criterion[self.key] if self.number else None

    @property
    def label(self) -> str:
        return self.playbook.label[self.key] if self.number else ""

    @property
    def lesson(self) -> documents.Lesson:
        return next(each for each in self.playbook.lessons if self.key in {one.key for one in each.criteria})

    @property
    def lesson_number(self) -> int:
        return self.playbook.lessons.index(self.lesson) + 1

    @property
    def place_in_order(self) -> int:
        """How many of the steps come before it, without the lobby; for one that is not among them, those before it."""
        return len([step for step in self.steps if 0 < step <= self.number])

    @property
    def how_many(self) -> int:
        return len(self.steps) - 1

    @property
    def before(self) -> int | None:
        return max((step for step in self.steps if step < self.number), default=None)

    @property
    def after(self) -> int | None:
        return min((step for step in self.steps if step > self.number), default=None)

    def id_of(self, number: int) -> int | None:
        ids = list(criterion_ids(self.workshop.version).values())
        return ids[number - 1] if 0 < number <= len(ids) else None


def wall_of(found: tuple[Assessment, Membership]) -> Wall | None:
    """The wall of the workshop that is on."""
    assessment, membership = found
    workshop = workshop_on(assessment)
    return wall_at(assessment, membership, workshop, workshop.criterion_id) if workshop else None


def wall_at(assessment: Assessment, membership: Membership, workshop: Workshop, criterion_id: int | None) -> Wall:
    """The wall as it shows this criterion."""
    ids = list(criterion_ids(assessment.version).values())
    number = ids.index(criterion_id) + 1 if criterion_id else LOBBY
    playbook = playbook_to_read(assessment.version)
    return Wall(assessment, membership, workshop, playbook, number, (LOBBY, *numbers_in(workshop)))


@signed_in
@require_safe
def wall_now(request: Request, assessment_id: int) -> HttpResponse:
    """Lead on to what the wall shows."""
    found = wall_of(assessment_for(request.user, assessment_id))
    return redirect("wall", assessment_id, found.number) if found else redirect("workshop", assessment_id)


@signed_in
@require_safe
def wall(request: Request, assessment_id: int, number: int) -> HttpResponse:
    """The wall, as it stands. The address of another criterion leads to the one that is on it."""
    found = wall_of(assessment_for(request.user, assessment_id))
    if found is None:
        return redirect("workshop", assessment_id)
    if number != found.number:
        return redirect("wall", assessment_id, found.number)
    return page(request, found, last_ballot(found.workshop))


def page(
    request: Request,
    wall: Wall,
    ballot: Ballot | None,
    *,
    form: WallForm | None = None,
    stored: Answer | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a wall that shows this ballot. `stored` is what somebody else answered while the room agreed."""
    address = on_this_site("vote", wall.workshop.code)
    context = {
        "wall": wall,
        "place": wall.assessment.place,
        "assessment": wall.assessment,
        "membership": wall.membership,
        "qr": qr(address),
        "code": in_groups(wall.workshop.code),
        "join_at": on_this_site("vote_join").split("://")[-1].rstrip("/"),
        "ballot": ballot,
        "turnout": turnout(wall.workshop, ballot),
        "mark": _mark(wall.workshop),
        "stored": stored,
        "stored_words": answer_words(wall.text, stored.value) if stored and wall.text else "",
    }
    if ballot:
        context |= {"earlier": [(row.number, _chart(wall, row)) for row in earlier_ballots(wall.workshop, ballot)]}
    if ballot and ballot.revealed_at:
        context |= _revealed(wall, ballot, form)
    return render(request, "workshop/wall.html", context, status=status)


def _chart(wall: Wall, ballot: Ballot) -> SpreadChart:
    return spread_chart(wall.playbook, spread_in(wall.playbook, wall.key, ballot), in_a_room=True)


def _revealed(wall: Wall, ballot: Ballot, form: WallForm | None) -> dict[str, Any]:
    """What the phones said, what was agreed, and the form that agrees on it."""
    chart = _chart(wall, ballot)
    result = chart.spread.result
    answer = answer_to(wall.assessment, ballot.criterion_id)
    begin = {"seen": answer.revision if answer else 0, "ballot": ballot.pk}
    form = form or WallForm(criterion=chart.spread.criterion, initial=begin)
    form.suggest(result.suggested if result else None)
    return {
        "chart": chart,
        "agreed": agreed_on(wall.assessment).get(wall.key),
        "form": form,
    }


def _mark(workshop: Workshop) -> str:
    standing = standing_of(live_workshops().filter(pk=workshop.pk))
    return standing.mark if standing else ""


@signed_in
@require_safe
def wall_state(request: Request, assessment_id: int) -> HttpResponse:
    """For the script of the wall: a mark that changes when there is something new to show, and the numbers."""
    assessment, _membership = assessment_for(request.user, assessment_id)
    workshop = workshop_on(assessment)
    if workshop is None:
        return JsonResponse({"mark": "", "joined": 0, "voted": 0})
    counted = turnout(workshop, last_ballot(workshop) if workshop.criterion_id else None)
    return JsonResponse({"mark": _mark(workshop), "joined": counted.joined, "voted": counted.voted})
