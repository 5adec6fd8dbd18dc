"""One criterion at a time: the question page, saving as it is answered, and its evidence.

With JavaScript the form is sent by htmx after each change, and the reply is a line that says what was saved. Without,
it is sent by its button. Both go the same way to the same service.
"""

from dataclasses import dataclass
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import guide
from assessments.forms.answering import AnswerForm, EvidenceForm, answer_data, evidence_data
from assessments.interchange import documents
from assessments.models import Answer, Assessment, Evidence, Membership
from assessments.selectors.access import assessment_for, assessment_to_answer
from assessments.selectors.answers import answer_to, evidence_for, given_answers, piece_of
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.moves import earlier_words
from assessments.selectors.playbooks import criterion_ids
from assessments.services.answering import (
    Conflict,
    Moved,
    NotOpen,
    add_evidence,
    change_evidence,
    remove_evidence,
    save_answer,
)
from assessments.views.asking import EVIDENCE_IDS, Question, screen
from assessments.views.moved import belongs_elsewhere, criterion_sent, moved_meanwhile
from assessments.views.people import Request, signed_in
from assessments.views.trouble import is_htmx, kept


@dataclass(frozen=True)
class Asked(Question):
    """The criterion of an assessment that a page is about."""

    assessment: Assessment
    membership: Membership
    criterion_id: int

    def address_of(self, number: int) -> str:
        return reverse("criterion", args=[self.assessment.pk, number])

    @property
    def after_the_last(self) -> str:
        return reverse("check", args=[self.assessment.pk])

    @property
    def evidence_address(self) -> str:
        return reverse("evidence_add", args=[self.assessment.pk, self.number])


def _asked(found: tuple[Assessment, Membership], number: int) -> Asked:
    assessment, membership = found
    playbook = playbook_to_read(assessment.version)
    if not 1 <= number <= len(playbook.criterion):
        raise Http404("No such criterion.")
    key = list(playbook.criterion)[number - 1]
    stage = playbook.stage[assessment.stage.key]
    return Asked(playbook, number, stage, assessment, membership, criterion_ids(assessment.version)[key])


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def criterion(request: Request, assessment_id: int, number: int) -> HttpResponse:
    """The page of one criterion; POST saves its answer."""
    if request.method == "POST":
        found = assessment_to_answer(request.user, assessment_id)
        if belongs_elsewhere(request, found[0], number):
            return moved_meanwhile(request, found[0], criterion_sent(request, found[0]))
        return _save(request, _asked(found, number))
    asked = _asked(assessment_for(request.user, assessment_id), number)
    if not asked.assessment.is_open:
        return redirect("results", assessment_id)
    return _page(request, asked, answer_to(asked.assessment, asked.criterion_id))


def _save(request: Request, asked: Asked) -> HttpResponse:
    form = AnswerForm(_posted(request), criterion=asked.text)
    if not form.is_valid():
        return _refused(request, asked, form)
    try:
        answer = save_answer(
            assessment=asked.assessment,
            criterion_id=asked.criterion_id,
            content=form.content(),
            seen=form.cleaned_data["seen"],
            by=request.user,
        )
    except NotOpen:
        return _not_open(request, asked)
    except Moved:
        return _moved(request, asked)
    except Conflict as conflict:
        stored = conflict.stored
        return _conflict(request, asked, form, stored if isinstance(stored, Answer) else None)
    return _saved(request, asked, answer)


def _posted(request: Request) -> QueryDict:
    """What was sent; the button "Clear my answer" takes the answer out and leaves the note."""
    posted = request.POST.copy()
    if posted.get("go") == "clear":
        posted["answer"] = posted["reason"] = ""
    return posted


def _saved(request: Request, asked: Asked, answer: Answer | None) -> HttpResponse:
    address = asked.following if request.POST.get("go") == "next" else asked.address
    if not is_htmx(request):
        return redirect(address)
    if request.POST.get("go"):
        return HttpResponse(headers={"HX-Redirect": address})
    waited = bool(request.POST.get("waited"))
    context = {"seen": answer.revision if answer else 0, "now": timezone.now(), "waited": waited}
    return render(request, "partials/saved.html", context)


def _refused(request: Request, asked: Asked, form: AnswerForm) -> HttpResponse:
    if is_htmx(request):
        return render(request, "partials/refused.html", {"form": form}, status=422)
    return _page(request, asked, answer_to(asked.assessment, asked.criterion_id), form=form, status=422)


def _not_open(request: Request, asked: Asked) -> HttpResponse:
    """Somebody submitted it while this person wrote. Nothing was saved; what was typed is shown, to be copied."""
    context = {"asked": asked, "place": asked.assessment.place, "kept": kept(request)}
    template = "partials/submitted_meanwhile.html" if is_htmx(request) else "submitted_meanwhile.html"
    return render(request, template, context, status=409)


def _moved(request: Request, asked: Asked) -> HttpResponse:
    """An owner moved it while this was on its way."""
    found, _ = assessment_to_answer(request.user, asked.assessment.pk)
    return moved_meanwhile(request, found, asked.criterion_id)


def _conflict(request: Request, asked: Asked, form: AnswerForm, stored: Answer | None) -> HttpResponse:
    """Both texts, side by side; nothing was overwritten."""
    content = form.content()
    mine = content.level if content.state == Answer.State.LEVEL else content.state
    notes = [stored.note if stored else "", content.note]
    context = {
        "asked": asked,
        "place": asked.assessment.place,
        "stored": stored,
        "by_me": stored is not None and stored.saved_by_id == request.user.pk,
        "stored_words": answer_words(asked.text, stored.value if stored else None),
        "mine": content,
        "mine_words": answer_words(asked.text, mine),
        "answers": {"theirs": answer_data(stored)["answer"], "mine": form.cleaned_data["answer"]},
        "both_notes": "\n\n".join(dict.fromkeys(note for note in notes if note)),
        "seen": stored.revision if stored else 0,
    }
    template = "partials/conflict.html" if is_htmx(request) else "conflict.html"
    return render(request, template, context, status=409)


def answer_words(criterion: documents.Criterion, value: int | str | None) -> str:
    """An answer in words: its level and what that level says."""
    if isinstance(value, int):
        return _("Level {level}: {words}").format(level=value, words=criterion.levels[value].descriptor)
    words = {guide.DONT_KNOW: _("Don’t know"), guide.NOT_APPLICABLE: _("Not applicable")}
    return words.get(value or "", _("No answer"))


def _page(
    request: Request,
    asked: Asked,
    answer: Answer | None,
    *,
    form: AnswerForm | None = None,
    evidence_form: EvidenceForm | None = None,
    removed: bool = False,
    status: int = 200,
) -> HttpResponse:
    given = given_answers(asked.assessment)
    form = form or AnswerForm(initial=answer_data(answer), criterion=asked.text)
    context = {
        **screen(asked, given, form=form, evidence_form=evidence_form),
        "assessment": asked.assessment,
        "place": asked.assessment.place,
        "membership": asked.membership,
        "answer": answer,
        "answer_words": answer_words(asked.text, answer.value if answer else None),
        "evidence": evidence_for(asked.assessment, asked.criterion_id),
        "removed": removed,
        "earlier": earlier_words(asked.assessment, asked.text.key) if answer and answer.carried else None,
    }
    return render(request, "criterion.html", context, status=status)


@signed_in
@require_POST
def evidence_add(request: Request, assessment_id: int, number: int) -> HttpResponse:
    """Add a piece of evidence to a criterion."""
    found = assessment_to_answer(request.user, assessment_id)
    if belongs_elsewhere(request, found[0], number):
        return moved_meanwhile(request, found[0], criterion_sent(request, found[0]))
    asked = _asked(found, number)
    form = EvidenceForm(request.POST, auto_id=EVIDENCE_IDS)
    if not form.is_valid():
        return _page(request, asked, answer_to(asked.assessment, asked.criterion_id), evidence_form=form, status=422)
    try:
        added = add_evidence(
            assessment=asked.assessment,
            criterion_id=asked.criterion_id,
            piece=form.piece(),
            token=form.cleaned_data["token"],
            by=request.user,
        )
    except NotOpen:
        return _not_open(request, asked)
    except Moved:
        return _moved(request, asked)
    messages.success(request, _("Evidence added: {title}").format(title=added.title))
    return redirect(f"{asked.address}#evidence")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_edit(request: Request, assessment_id: int, number: int, evidence_id: int) -> HttpResponse:
    """Change a piece of evidence, or remove it."""
    found = assessment_to_answer(request.user, assessment_id)
    if request.method == "POST" and belongs_elsewhere(request, found[0], number, evidence_id):
        return moved_meanwhile(request, found[0], criterion_sent(request, found[0], evidence_id))
    asked = _asked(found, number)
    if not asked.assessment.is_open:
        return _not_open(request, asked) if request.method == "POST" else redirect("results", assessment_id)
    evidence = piece_of(asked.assessment, asked.criterion_id, evidence_id)
    if evidence is None:
        return _piece_is_gone(request, asked)
    if request.method != "POST":
        return _evidence_page(request, asked, evidence, EvidenceForm(initial=evidence_data(evidence)))
    try:
        if request.POST.get("go") == "remove":
            return _remove(request, asked, evidence)
        return _change(request, asked, evidence)
    except NotOpen:
        return _not_open(request, asked)
    except Moved:
        return _moved(request, asked)


def _remove(request: Request, asked: Asked, evidence: Evidence) -> HttpResponse:
    remove_evidence(evidence=evidence)
    messages.success(request, _("Evidence removed: {title}").format(title=evidence.title))
    return redirect(f"{asked.address}#evidence")


def _change(request: Request, asked: Asked, evidence: Evidence) -> HttpResponse:
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _evidence_page(request, asked, evidence, form, status=422)
    try:
        change_evidence(evidence=evidence, piece=form.piece(), seen=form.cleaned_data["seen"] or 0)
    except Conflict as conflict:
        if not isinstance(conflict.stored, Evidence):
            return _piece_is_gone(request, asked)
        again = request.POST.copy()
        again["seen"] = str(conflict.stored.revision)
        return _evidence_page(request, asked, evidence, EvidenceForm(again), stored=conflict.stored, status=409)
    messages.success(request, _("Evidence changed: {title}").format(title=form.cleaned_data["title"]))
    return redirect(f"{asked.address}#evidence")


def _evidence_page(
    request: Request,
    asked: Asked,
    evidence: Evidence,
    form: EvidenceForm,
    *,
    stored: Evidence | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"asked": asked, "place": asked.assessment.place, "evidence": evidence, "form": form, "stored": stored}
    return render(request, "evidence.html", context, status=status)


def _piece_is_gone(request: Request, asked: Asked) -> HttpResponse:
    """Somebody removed the piece. What was typed stands in the form that adds one, ready to be added again."""
    if request.method != "POST":
        raise Http404("No such piece of evidence.")
    if request.POST.get("go") == "remove":
        return redirect(f"{asked.address}#evidence")
    again = request.POST.copy()
    again["token"] = str(uuid4())
    form = EvidenceForm(again, auto_id=EVIDENCE_IDS)
    answer = answer_to(asked.assessment, asked.criterion_id)
    return _page(request, asked, answer, evidence_form=form, removed=True, status=409)
