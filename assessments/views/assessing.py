"""An assessment as a whole: its task list, the stage, checking the answers, submitting, reopening."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import guide
from assessments.findings import CriterionTold, Findings, level_words
from assessments.forms.answering import ReopenForm
from assessments.forms.places import StageForm
from assessments.interchange import Playbook, documents
from assessments.models import Assessment, Version
from assessments.selectors.access import assessment_for, assessment_to_answer, assessment_to_submit, place_for
from assessments.selectors.answers import given_answers
from assessments.selectors.delegation import Held, hands
from assessments.selectors.languages import findings_to_read, playbook_to_read
from assessments.selectors.moving import versions_beside
from assessments.selectors.places import last_submission, owners
from assessments.selectors.results import findings_of
from assessments.selectors.rounds import partners, unrevealed_round
from assessments.selectors.voices import agreeing_on
from assessments.services.answering import Moved, NotOpen
from assessments.services.assessing import (
    AnotherIsOpen,
    NothingToSubmit,
    ReasonMissing,
    TooMuchText,
    declare_stage,
    reopen_assessment,
    start_assessment,
    submit_assessment,
)
from assessments.views.people import Request, signed_in


@signed_in
@require_POST
def start(request: Request, place_id: int) -> HttpResponse:
    """Start an assessment on the published version, or go on with the one that is open."""
    place, membership = place_for(request.user, place_id)
    versions = {str(version.pk): version for version in Version.objects.current_of_each()}
    wanted = request.POST.get("version") or next(iter(versions), "")
    version = versions.get(wanted)
    if not membership.may_answer or version is None:
        messages.error(request, _("That was not started: choose again from what is offered now."))
        return redirect("place", place.pk)
    assessment = start_assessment(place=place, version=version, by=request.user)
    return redirect("assessment", assessment.pk)


@signed_in
@require_safe
def assessment(request: Request, assessment_id: int) -> HttpResponse:
    """The task list: setting up, the lessons with how far each is, checking and submitting."""
    found, membership = assessment_for(request.user, assessment_id)
    playbook = playbook_to_read(found.version)
    given = given_answers(found)
    keys = list(playbook.criterion)
    resume = guide.resume_at(keys, given, request.user.pk)
    tasks = [_task(playbook, number, key, given) for number, key in enumerate(keys, 1)]
    submission = last_submission(found)
    versions = versions_beside(found, was_submitted=submission is not None)
    context = {
        "assessment": found,
        "place": found.place,
        "membership": membership,
        "playbook": playbook,
        "stage": playbook.stage[found.stage.key],
        "lessons": _lessons(playbook, tasks, given, hands(found, playbook, given)),
        "progress": guide.progress(keys, given),
        "resume": tasks[keys.index(resume)] if resume else None,
        "started": bool(given),
        "submission": submission,
        "current": versions.current,
        "newer": versions.newer,
        "moved": versions.moved,
        "was_moved": versions.was_moved,
        "waiting": sum(each.waits for each in given.values()),
        "partners": partners(found),
        "agreeing": agreeing_on(found, playbook, given),
    }
    return render(request, "assessment.html", context)


@dataclass(frozen=True)
class Task:
    """A criterion as the task list shows it. `number` is its place in the whole playbook, from 1."""

    number: int
    label: str
    text: documents.Criterion
    given: guide.Given | None

    @property
    def level(self) -> int | None:
        answer = self.given.answer if self.given and not self.given.waits else None
        return answer if isinstance(answer, int) else None

    @property
    def state(self) -> str:
        """The answer in a few words."""
        if self.given and self.given.waits:
            return _("Needs another look")
        if self.level is not None:
            return level_words(self.level)
        words = {guide.DONT_KNOW: _("Don’t know"), guide.NOT_APPLICABLE: _("Not applicable")}
        answer = self.given.answer if self.given else None
        return words.get(str(answer), _("Note only") if self.given and self.given.note.strip() else _("Not answered"))


def _task(playbook: Playbook, number: int, key: str, given: dict[str, guide.Given]) -> Task:
    return Task(number, playbook.label[key], playbook.criterion[key], given.get(key))


def _lessons(
    playbook: Playbook, tasks: list[Task], given: dict[str, guide.Given], held: dict[str, list[Held]]
) -> list[dict[str, object]]:
    """Each lesson with its progress, its criteria, and in whose hands it is."""
    lessons = []
    for number, lesson in enumerate(playbook.lessons, 1):
        keys = [criterion.key for criterion in lesson.criteria]
        lessons.append(
            {
                "number": number,
                "text": lesson,
                "shown": [lesson.title, lesson.summary, *(criterion.title for criterion in lesson.criteria)],
                "tasks": [task for task in tasks if task.text.key in keys],
                "progress": guide.progress(keys, given),
                "hands": held.get(lesson.key, []),
            }
        )
    return lessons


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def stage(request: Request, assessment_id: int) -> HttpResponse:
    """Declare the stage by its facts."""
    found, _membership = assessment_to_answer(request.user, assessment_id)
    if not found.is_open:
        return redirect("results", found.pk)
    playbook = playbook_to_read(found.version)
    initial = {"stage": found.stage.key} if found.stage_confirmed else {}
    form = StageForm(request.POST if request.method == "POST" else None, playbook=playbook, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            declare_stage(assessment=found, stage=found.version.stages.get(key=form.cleaned_data["stage"]))
        except NotOpen:
            return _already_submitted(request, found)
        except Moved:
            messages.error(request, _("This assessment has moved to another version meanwhile. Choose again."))
            return redirect("stage", found.pk)
        return redirect("assessment", found.pk)
    context = {"assessment": found, "place": found.place, "form": form, "stages": playbook.stages}
    return render(request, "stage.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def check(request: Request, assessment_id: int) -> HttpResponse:
    """Everything on one page, what is unfinished first; then submit."""
    found, membership = assessment_for(request.user, assessment_id)
    if not found.is_open:
        return redirect("results", found.pk)
    findings = findings_to_read(findings_of(found), found.version)
    given = given_answers(found)
    keys = list(findings.playbook.criterion)
    evidenced = {key: told.result.evidenced_level for key, told in findings.criterion.items()}
    apart = [each.text.key for each in agreeing_on(found, findings.playbook, given).apart]
    concerns = guide.concerns(keys, given, evidenced, apart)
    waiting = {key for key, each in given.items() if each.waits}
    rows = {key: Row(number, findings.criterion[key], key in waiting) for number, key in enumerate(keys, 1)}
    context = {
        "assessment": found,
        "place": found.place,
        "membership": membership,
        "findings": findings,
        "concerns": _grouped(concerns, rows),
        "blocked": any(concern.blocks for concern in concerns),
        "lessons": [(lesson, [rows[each.key] for each in lesson.criteria]) for lesson in findings.lessons],
        "shown": [(told.title, told.descriptor) for told in findings.criteria],
        "progress": guide.progress(keys, given),
        "stage_ahead": _stage_ahead(findings),
        "owners": [] if membership.may_submit else owners(found.place),
        "round": unrevealed_round(found),
    }
    return render(request, "check.html", context)


@dataclass(frozen=True)
class Row:
    """A criterion with its answer, as the check lists it; `number` leads to its page.

    `waits`: what was brought over from another version waits there to be looked at.
    """

    number: int
    told: CriterionTold
    waits: bool


def _grouped(concerns: list[guide.Concern], rows: dict[str, Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for concern in concerns:
        groups.setdefault(concern.kind, []).append(rows[concern.criterion])
    return groups


def _stage_ahead(findings: Findings) -> bool:
    """Whether the place declares a later stage than its answers could support."""
    order = list(findings.playbook.stage)
    return order.index(findings.declared.key) > order.index(findings.supported_high.key)


@signed_in
@require_POST
def submit(request: Request, assessment_id: int) -> HttpResponse:
    """Freeze the assessment. Sending it twice submits it once."""
    found, _membership = assessment_to_submit(request.user, assessment_id)
    try:
        _check_same_version(request, found)
        submit_assessment(assessment=found, by=request.user)
    except Moved:
        messages.error(request, _("This assessment has moved to another version meanwhile. Check it again first."))
        return redirect("check", found.pk)
    except (NothingToSubmit, ReasonMissing, TooMuchText) as error:
        messages.error(request, str(error))
        return redirect("check", found.pk)
    return redirect("results", found.pk)


def _check_same_version(request: Request, found: Assessment) -> None:
    """What is submitted is what the page showed. Raises Moved where it showed another version."""
    shown = request.POST.get("version", "")
    if found.is_open and shown != str(found.version_id) and (shown or found.moves.exists()):
        raise Moved


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: Request, assessment_id: int) -> HttpResponse:
    """Open a submitted assessment again, with a reason that is kept."""
    found, _membership = assessment_to_submit(request.user, assessment_id)
    if found.is_open:
        return redirect("assessment", found.pk)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_assessment(assessment=found, by=request.user, reason=form.cleaned_data["reason"])
        except AnotherIsOpen:
            form.add_error(None, _("This place has another open assessment. Submit that one first."))
        else:
            messages.success(request, _("The assessment is open again. What was submitted stays on record."))
            return redirect("assessment", found.pk)
    context = {"assessment": found, "place": found.place, "form": form}
    return render(request, "reopen.html", context, status=422 if form.errors else 200)


def _already_submitted(request: Request, found: Assessment) -> HttpResponse:
    messages.error(request, _("This assessment has been submitted meanwhile, so nothing was changed."))
    return redirect(reverse("results", args=[found.pk]))
