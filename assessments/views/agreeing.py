"""Agreeing: the criteria in the order in which a group takes them, and for each what was said and what is agreed."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.charts.spread import spread_chart
from assessments.charts.spread_small import SmallSpread, small_spread
from assessments.findings.agreeing import Matter
from assessments.findings.voices_words import working
from assessments.forms.agreeing import AgreeForm
from assessments.models import Agreement, Answer, Assessment, Membership
from assessments.selectors.access import assessment_for, assessment_to_answer
from assessments.selectors.answers import answer_to, given_answers
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.voices import Agreeing, Said, agreeing_on, agreements_to, hidden_round
from assessments.services.agreeing import AgreedMeanwhile, Heard, agree
from assessments.services.answering import Conflict, Moved, NotOpen
from assessments.views.answering import answer_words
from assessments.views.asking import Neighbour, Question
from assessments.views.moved import belongs_elsewhere, criterion_sent, moved_meanwhile
from assessments.views.people import Request, signed_in
from assessments.views.trouble import kept

SHOWN = {"discuss": "to discuss", "open": "not agreed yet"}
"""What the list may be cut down to, as its address says."""


@dataclass(frozen=True)
class Row:
    """A criterion in the list."""

    matter: Matter
    small: SmallSpread | None


@signed_in
@require_safe
def agreeing(request: Request, assessment_id: int) -> HttpResponse:
    """All criteria, those to discuss first, and how far the group has come."""
    found, membership = assessment_for(request.user, assessment_id)
    stood = _stood(found)
    said, every = stood.said, stood.matters
    show = request.GET.get("show", "") if request.GET.get("show") in SHOWN else ""
    kept_back = {
        "discuss": stood.apart,
        "open": [each for each in every if not each.stands],
    }
    rows = [Row(each, small_spread(each.spread) if each.spread else None) for each in kept_back.get(show, every)]
    context = {
        "assessment": found,
        "place": found.place,
        "membership": membership,
        "round": said.round if said else None,
        "hidden": hidden_round(found) if found.is_open else None,
        "rows": rows,
        "shown": [(row.matter.text.title, row.matter.lesson.title) for row in rows],
        "show": show,
        "progress": stood.progress,
        "to_discuss": len(kept_back["discuss"]),
        "open": len(kept_back["open"]),
    }
    return render(request, "agreeing/list.html", context)


def _stood(assessment: Assessment) -> Agreeing:
    return agreeing_on(assessment, playbook_to_read(assessment.version), given_answers(assessment))


@dataclass(frozen=True)
class Discussed(Question):
    """The criterion that a group agrees on; those before and after are its neighbours in the list."""

    assessment: Assessment
    membership: Membership
    criterion_id: int
    said: Said | None
    every: tuple[Matter, ...]

    def address_of(self, number: int) -> str:
        return reverse("agree", args=[self.assessment.pk, number])

    @property
    def after_the_last(self) -> str:
        return reverse("agreeing", args=[self.assessment.pk])

    @cached_property
    def place(self) -> int:
        return [each.number for each in self.every].index(self.number)

    @property
    def matter(self) -> Matter:
        return self.every[self.place]

    @property
    def before(self) -> Neighbour | None:
        return self._beside(self.place - 1)

    @property
    def after(self) -> Neighbour | None:
        return self._beside(self.place + 1)

    def _beside(self, place: int) -> Neighbour | None:
        if not 0 <= place < len(self.every):
            return None
        found = self.every[place]
        return Neighbour(found.label, found.text.title, self.address_of(found.number))

    @property
    def suggested(self) -> int | None:
        spread = self.matter.spread
        return spread.result.suggested if spread and spread.result else None

    @property
    def heard(self) -> Heard:
        """What is kept with an agreement of how many had said what."""
        spread = self.matter.spread
        if self.said is None or spread is None or not spread.answered:
            return Heard()
        return Heard(spread.answered, spread.lowest, spread.highest, self.said.round)


def _discussed(found: tuple[Assessment, Membership], number: int) -> Discussed:
    assessment, membership = found
    playbook = playbook_to_read(assessment.version)
    if not 1 <= number <= len(playbook.criterion):
        raise Http404("No such criterion.")
    key = list(playbook.criterion)[number - 1]
    stood = _stood(assessment)
    ids = criterion_ids(assessment.version)
    stage = playbook.stage[assessment.stage.key]
    return Discussed(playbook, number, stage, assessment, membership, ids[key], stood.said, tuple(stood.matters))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def agree_on(request: Request, assessment_id: int, number: int) -> HttpResponse:
    """What was said on one criterion; POST records what the group agrees."""
    if request.method != "POST":
        asked = _discussed(assessment_for(request.user, assessment_id), number)
        return _page(request, asked, _Now.of(asked))
    found = assessment_to_answer(request.user, assessment_id)
    if found[0].is_open and belongs_elsewhere(request, found[0], number):
        return moved_meanwhile(request, found[0], criterion_sent(request, found[0]))
    return _record(request, _discussed(found, number))


@dataclass(frozen=True)
class _Now:
    """What stands of a criterion: its answer, and everything that was agreed on it, the last first."""

    answer: Answer | None
    agreements: list[Agreement]

    @classmethod
    def of(cls, asked: Discussed) -> "_Now":
        agreements = agreements_to(asked.assessment, asked.criterion_id)
        return cls(answer_to(asked.assessment, asked.criterion_id), agreements)

    @property
    def seen(self) -> dict[str, int]:
        """What the form says that its page saw."""
        return {
            "seen": self.answer.revision if self.answer else 0,
            "after": self.agreements[0].pk if self.agreements else 0,
        }


def _record(request: Request, asked: Discussed) -> HttpResponse:
    form = AgreeForm(request.POST, criterion=asked.text, suggested=asked.suggested)
    if not form.is_valid():
        return _page(request, asked, _Now.of(asked), form=form, status=422)
    try:
        agree(
            assessment=asked.assessment,
            criterion_id=asked.criterion_id,
            terms=form.terms(),
            heard=asked.heard,
            seen=form.cleaned_data["seen"],
            after=form.cleaned_data["after"],
            by=request.user,
        )
    except NotOpen:
        context = {"asked": asked, "place": asked.assessment.place, "kept": kept(request)}
        return render(request, "submitted_meanwhile.html", context, status=409)
    except Moved:
        again, _membership = assessment_to_answer(request.user, asked.assessment.pk)
        return moved_meanwhile(request, again, asked.criterion_id)
    except (Conflict, AgreedMeanwhile):
        return _both(request, asked)
    messages.success(request, _("Recorded: {label} {title}").format(label=asked.label, title=asked.text.title))
    return redirect(asked.address)


def _both(request: Request, asked: Discussed) -> HttpResponse:
    """Somebody changed the answer, or recorded another agreement, first: both, and what was typed ready to be sent."""
    now = _Now.of(asked)
    again = request.POST.copy()
    for name, value in now.seen.items():
        again[name] = str(value)
    form = AgreeForm(again, criterion=asked.text, suggested=asked.suggested)
    form.full_clean()
    return _page(request, asked, now, form=form, mine=form.terms(), status=409)


def _page(
    request: Request, asked: Discussed, now: _Now, *, form: AgreeForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    may = asked.membership.may_answer and asked.assessment.is_open
    start = {**now.seen, "asked": asked.criterion_id}
    spread = asked.matter.spread
    answer = now.answer
    mine = more.get("mine")
    context = {
        "asked": asked,
        "matter": asked.matter,
        "assessment": asked.assessment,
        "place": asked.assessment.place,
        "membership": asked.membership,
        "chart": spread_chart(asked.playbook, spread) if spread else None,
        "working": working(spread) if spread else None,
        "comments": asked.said.comments_on(asked.text.key) if asked.said else (),
        "hidden": hidden_round(asked.assessment) if asked.assessment.is_open else None,
        "answer": answer,
        "answer_words": answer_words(asked.text, answer.value if answer else None),
        "agreements": now.agreements,
        "by_me": bool(answer and answer.saved_by_id == request.user.pk),
        "mine_words": answer_words(asked.text, mine.level) if mine else "",
        "form": (form or AgreeForm(initial=start, criterion=asked.text, suggested=asked.suggested)) if may else None,
        **more,
    }
    return render(request, "agreeing/criterion.html", context, status=status)
