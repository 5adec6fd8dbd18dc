"""What was sent from a page of another version than the assessment is on: nothing is saved, nothing typed is lost.

The address of a question holds its number, and after a move the same number is another question. So every form of a
question names its criterion, and what it names decides where it belongs.
"""

from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assessments.comparing.carrying import Said
from assessments.interchange.documents import Criterion
from assessments.models import Assessment
from assessments.selectors.evidence import criterion_backed
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.moves import Told, asked_on_another_version
from assessments.selectors.playbooks import criterion_ids
from assessments.views.people import Request
from assessments.views.trouble import is_htmx, kept


@dataclass(frozen=True)
class Onward:
    """A question of the version that the assessment is on now."""

    label: str
    title: str
    address: str


def belongs_elsewhere(request: Request, found: Assessment, number: int, evidence_id: int | None = None) -> bool:
    """Whether a form was opened for another criterion than has this number now.

    A form that names none, as one opened long ago, is taken at its address unless the assessment has ever moved.
    """
    here = next(iter(list(criterion_ids(found.version).values())[number - 1 : number]), None)
    asked = criterion_sent(request, found, evidence_id, at=here)
    if asked is None:
        return found.moves.exists()
    return here != asked


def criterion_sent(
    request: Request, found: Assessment, evidence_id: int | None = None, at: int | None = None
) -> int | None:
    """The criterion that a form was opened for, by what it says or by its piece of evidence: `at`, if that backs it."""
    asked = request.POST.get("asked", "")
    if asked.isdecimal() and len(asked) < 16:
        return int(asked)
    return criterion_backed(found, evidence_id, at) if evidence_id else None


def moved_meanwhile(request: Request, found: Assessment, criterion_id: int | None) -> HttpResponse:
    """Say which version the assessment is on now, show what was sent, and lead to the question as it is asked now."""
    if not found.is_open:
        context = {"asked": {"assessment": found}, "place": found.place, "kept": kept(request)}
        template = "partials/submitted_meanwhile.html" if is_htmx(request) else "submitted_meanwhile.html"
        return render(request, template, context, status=409)
    told, goes_on = _known(request, found, criterion_id)
    context = {
        "assessment": found,
        "place": found.place,
        "kept": kept(request),
        "told": told,
        "goes_on": goes_on,
    }
    template = "moving/moved_notice.html" if is_htmx(request) else "moving/moved_meanwhile.html"
    return render(request, template, context, status=409)


def _known(request: Request, found: Assessment, criterion_id: int | None) -> tuple[Told | None, list[Onward]]:
    asked = asked_on_another_version(found, criterion_id) if criterion_id else None
    if asked is None:
        return None, []
    told, keys = asked
    book = playbook_to_read(found.version)
    numbers = {key: number for number, key in enumerate(book.criterion, 1)}
    goes_on = [
        Onward(book.label[key], book.criterion[key].title, reverse("criterion", args=[found.pk, numbers[key]]))
        for key in keys
    ]
    return replace(told, said=Said(_answer(request, told.text))), goes_on


def _answer(request: Request, text: Criterion) -> int | str | None:
    sent = request.POST.get("answer", "")
    if sent in ("dont_know", "not_applicable"):
        return sent
    return int(sent) if sent.isdecimal() and len(sent) < 4 and int(sent) <= text.top else None
