"""One criterion at a time: the question page, and saving as it is answered.

With JavaScript the form is sent by htmx after each change, and the reply is a line that says what was saved. Without,
it is sent by its button. Both go the same way to the same service.
"""

from dataclasses import dataclass

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import guide
from assessments.forms.answering import AnswerForm, answer_data
from assessments.forms.evidence import EvidenceForm
from assessments.interchange import documents
from assessments.models import Answer, AnswerChange, Assessment, Membership
from assessments.selectors.access import assessment_for, assessment_to_answer
from assessments.selectors.answer_history import saved_by
from assessments.selectors.answers import answer_to, given_answers
from assessments.selectors.evidence import backings_of
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.moves import earlier_words
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.voices import departed_from, heard_on
from assessments.services.answering import Conflict, Moved, NotOpen, save_answer
from assessments.views.asking import Question, screen
from assessments.views.moved import belongs_elsewhere, criterion_sent, moved_meanwhile
from assessments.views.people import Request, signed_in
from assessments.views.trouble import is_htmx, kept, not_saved


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


def asked_about(found: tuple[Assessment, Membership], number: int) -> Asked:
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
        if request.POST.get("person", str(request.user.pk)) != str(request.user.pk):
            return not_saved(request, "somebody-else", status=403)
        found = assessment_to_answer(request.user, assessment_id)
        if belongs_elsewhere(request, found[0], number):
            return moved_meanwhile(request, found[0], criterion_sent(request, found[0]))
        return _save(request, asked_about(found, number))
    asked = asked_about(assessment_for(request.user, assessment_id), number)
    if not asked.assessment.is_open:
        return redirect("results", assessment_id)
    return criterion_page(request, asked, answer_to(asked.assessment, asked.criterion_id))


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
            kind=AnswerChange.Kind.JOINED if request.POST.get("joined") else AnswerChange.Kind.ANSWERED,
        )
    except NotOpen:
        return not_open(request, asked)
    except Moved:
        return moved_away(request, asked)
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
    context = {
        "seen": answer.revision if answer else 0,
        "now": timezone.now(),
        "waited": waited,
        "departed": departed_from(answer),
    }
    return render(request, "partials/saved.html", context)


def _refused(request: Request, asked: Asked, form: AnswerForm) -> HttpResponse:
    if is_htmx(request):
        return render(request, "partials/refused.html", {"form": form}, status=422)
    return criterion_page(request, asked, answer_to(asked.assessment, asked.criterion_id), form=form, status=422)


def not_open(request: Request, asked: Asked) -> HttpResponse:
    """Somebody submitted it while this person wrote. Nothing was saved; what was typed is shown, to be copied."""
    context = {"asked": asked, "place": asked.assessment.place, "kept": kept(request)}
    template = "partials/submitted_meanwhile.html" if is_htmx(request) else "submitted_meanwhile.html"
    return render(request, template, context, status=409)


def moved_away(request: Request, asked: Asked) -> HttpResponse:
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
        "mine_was_saved": _saved_before(request, asked, form),
    }
    template = "partials/conflict.html" if is_htmx(request) else "conflict.html"
    return render(request, template, context, status=409)


def _saved_before(request: Request, asked: Asked, form: AnswerForm) -> AnswerChange | None:
    """The change that this save made already, where its reply was lost and somebody else has saved since."""
    said = form.content()
    content = (said.state, said.level, said.reason, said.note)
    seen = form.cleaned_data["seen"]
    return saved_by(asked.assessment, asked.criterion_id, content, seen=seen, by=request.user)


def answer_words(criterion: documents.Criterion, value: int | str | None) -> str:
    """An answer in words: its level and what that level says."""
    if isinstance(value, int):
        return _("Level {level}: {words}").format(level=value, words=criterion.levels[value].descriptor)
    words = {guide.DONT_KNOW: _("Don’t know"), guide.NOT_APPLICABLE: _("Not applicable")}
    return words.get(value or "", _("No answer"))


def _standing(answer: Answer | None) -> int | str | None:
    """The answer that counts: none where what was brought over waits to be looked at."""
    return answer.value if answer and not answer.carried else None


def criterion_page(
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
        "evidence": backings_of(asked.assessment, asked.criterion_id),
        "is_answered": _standing(answer) is not None,
        "heard": heard_on(asked.assessment, asked.playbook, asked.text.key, _standing(answer)),
        "removed": removed,
        "earlier": earlier_words(asked.assessment, asked.text.key) if answer and answer.carried else None,
    }
    return render(request, "criterion.html", context, status=status)
