"""Respondents answer: the welcome, one criterion at a time, and the end. Nobody is signed in; see views.taking_part.

With JavaScript an answer is sent by htmx after each change, without by its button, as on the pages of members.
"""

from collections.abc import Callable
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assessments.forms.responding import BeginForm, ResponseForm, response_data
from assessments.models import RoundRole
from assessments.selectors.responding import Part, new_secret
from assessments.services.responding import (
    Closed,
    Full,
    Given,
    Gone,
    NotAsked,
    begin,
    begin_by_link,
    delete_answers,
    finish,
    save_given,
)
from assessments.views.respondent_screen import Asked, Screen
from assessments.views.taking_part import for_respondents, forget, keep, unknown, visit_to
from assessments.views.trouble import is_htmx, kept

DRAWN = "assessments.round.drawn"


@for_respondents
@require_http_methods(["GET", "HEAD", "POST"])
def respond(request: HttpRequest, round_id: int) -> HttpResponse:
    """The first page: who asks, what for, and what happens to the answers. POST begins."""
    visit = visit_to(request, round_id)
    if visit is None:
        return unknown(request)
    screen = Screen(visit)
    if request.method == "POST" and request.POST.get("go") == "forget":
        return forget(redirect("home"), round_id)
    if not visit.is_open:
        return _over(request, screen)
    form = BeginForm(
        request.POST if request.method == "POST" else None,
        asks_name=not visit.round.is_anonymous,
        initial={"name": visit.part.response.name if visit.part and visit.part.response else ""},
    )
    if request.method == "POST" and form.is_valid():
        return _begin(request, screen, form)
    if visit.link and visit.link.begun >= visit.link.limit:
        return _full(request, screen)
    return _welcome(request, screen, form)


def _welcome(request: HttpRequest, screen: Screen, form: BeginForm) -> HttpResponse:
    visit = screen.visit
    context = screen.context(form=form, come_back=_come_back(request, visit.part))
    if visit.link:  # drawn here and kept by nobody; the button brings it back, and pressed twice it begins once
        context["drawn"] = signing.dumps(new_secret(), salt=DRAWN)
    response = render(request, "respond/welcome.html", context, status=422 if form.errors else 200)
    return keep(response, visit.round, visit.part.secret) if visit.part else response


def _begin(request: HttpRequest, screen: Screen, form: BeginForm) -> HttpResponse:
    visit = screen.visit
    try:
        if visit.part:
            begin(part=visit.part, name=form.given_name)
            return redirect(screen.resume_address)
        return _begin_by_link(request, screen, visit.link, form) if visit.link else unknown(request)
    except Closed:
        return _over(request, screen)
    except Full:
        return _full(request, screen)
    except Gone:
        return unknown(request)
    except signing.BadSignature:
        return redirect("respond", visit.round.pk)


def _begin_by_link(request: HttpRequest, screen: Screen, link: RoundRole, form: BeginForm) -> HttpResponse:
    secret = signing.loads(request.POST.get("drawn", ""), salt=DRAWN)
    begin_by_link(link=link, secret=secret, name=form.given_name)
    return keep(redirect(screen.resume_address), screen.visit.round, secret)


def _full(request: HttpRequest, screen: Screen) -> HttpResponse:
    return render(request, "respond/full.html", screen.context(), status=409)


def _over(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The round is closed or revealed: nothing more is taken. Until the reveal people see what they gave."""
    posted = kept(request)
    status = 410 if screen.visit.round.is_revealed else 409 if request.method == "POST" else 200
    context = screen.context(kept=posted, typed=[each for each in posted if each.title])
    return render(request, "respond/over.html", context, status=status)


def _come_back(request: HttpRequest, part: Part | None) -> str:
    """The address by which somebody who came by a shared link comes back, also on another device."""
    if part is None or part.is_personal:
        return ""
    return request.build_absolute_uri(reverse("take_part", args=[part.secret]))


def _of_a_part(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for somebody who has a part in the round; the others are led to where they belong."""

    def wrapped(request: HttpRequest, round_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        visit = visit_to(request, round_id)
        if visit is None:
            return unknown(request)
        screen = Screen(visit)
        return view(request, screen, visit.part, *args, **kwargs) if visit.part else _without_part(request, screen)

    return wrapped


def _without_part(request: HttpRequest, screen: Screen) -> HttpResponse:
    if screen.visit.round.is_revealed:
        return _meanwhile(request, screen)
    return redirect(screen.welcome_address) if request.method != "POST" else unknown(request)


@for_respondents
@require_http_methods(["GET", "HEAD", "POST"])
@_of_a_part
def respond_criterion(request: HttpRequest, screen: Screen, part: Part, number: int) -> HttpResponse:
    """One criterion; POST saves what is given to it."""
    if not screen.visit.is_open:
        return _meanwhile(request, screen)
    number = _number_sent(request, screen) or number
    if not 1 <= number <= screen.total:
        return unknown(request)
    asked = Asked(screen, number)
    if request.method == "POST":
        return _save(request, asked, part)
    return _page(request, asked, ResponseForm(initial=response_data(asked.line.given), criterion=asked.text))


def _number_sent(request: HttpRequest, screen: Screen) -> int:
    """Where the criterion stands that was sent: the lead may have changed what is asked meanwhile. 0 for nowhere."""
    sent = request.POST.get("asked", "")
    return next((line.number for line in screen.lines if str(line.criterion_id) == sent), 0)


def _save(request: HttpRequest, asked: Asked, part: Part) -> HttpResponse:
    posted = request.POST.copy()
    if posted.get("go") == "clear":
        posted["answer"] = ""
    if posted.get("asked", "") not in ("", str(asked.line.criterion_id)):
        return _not_asked(request, asked)
    form = ResponseForm(posted, criterion=asked.text)
    if not form.is_valid():
        return _refused(request, asked, form)
    pk, changed = asked.line.criterion_id, form.changed()
    try:
        given = save_given(part=part, criterion_id=pk, given=form.given(), changed=changed)
    except Closed:
        return _meanwhile(request, asked.screen)
    except Gone:
        return unknown(request)
    except NotAsked:
        return _not_asked(request, asked)
    return _saved(request, asked, given)


def _refused(request: HttpRequest, asked: Asked, form: ResponseForm) -> HttpResponse:
    if is_htmx(request):
        return render(request, "partials/refused.html", {"form": form}, status=422)
    return _page(request, asked, form, status=422)


def _saved(request: HttpRequest, asked: Asked, given: Given) -> HttpResponse:
    address = asked.following if request.POST.get("go") == "next" else asked.line.address
    if not is_htmx(request):
        return redirect(address)
    if request.POST.get("go"):
        return HttpResponse(headers={"HX-Redirect": address})
    return render(request, "respond/saved.html", {"now": timezone.now(), **response_data(given)})


def _meanwhile(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The round was closed while somebody wrote. Nothing was saved; what was typed is shown, to be copied."""
    if is_htmx(request):
        return render(request, "respond/closed_meanwhile.html", screen.context(), status=409)
    return _over(request, screen)


def _not_asked(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The lead has changed what is asked of the role meanwhile."""
    context = asked.screen.context(kept=kept(request))
    template = "respond/not_asked_line.html" if is_htmx(request) else "respond/not_asked.html"
    return render(request, template, context, status=409)


def _page(request: HttpRequest, asked: Asked, form: ResponseForm, *, status: int = 200) -> HttpResponse:
    come_back = _come_back(request, asked.screen.visit.part)
    context = asked.screen.context(asked=asked, form=form, come_back=come_back)
    return render(request, "respond/criterion.html", context, status=status)


@for_respondents
@require_http_methods(["GET", "HEAD", "POST"])
@_of_a_part
def respond_finish(request: HttpRequest, screen: Screen, part: Part) -> HttpResponse:
    """Everything that somebody gave; they say that they have finished, or delete it all."""
    try:
        if request.method == "POST" and request.POST.get("go") == "delete":
            delete_answers(part=part)
            return forget(render(request, "respond/deleted.html", screen.context()), part.round.pk)
        if not screen.visit.is_open:
            return _over(request, screen)
        if request.method == "POST":
            finish(part=part)
            return redirect(screen.finish_address)
    except Closed:
        return _over(request, screen)
    return render(request, "respond/finish.html", screen.context(come_back=_come_back(request, part)))
