"""The phones of a workshop: join by the code on the wall, vote, see what the wall shows. Nobody signs in.

A phone is known by a random secret in a cookie that goes to this workshop's pages alone; its hash is all that is kept.
Whoever types many wrong codes has to wait. Right ones are not counted: a whole room may share one address.
"""

from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.charts.spread import spread_chart
from assessments.findings.codes import SHORT, read_code
from assessments.forms.workshop import JoinCodeForm, JoinForm, VoteForm, vote_data
from assessments.models import Ballot, Voter, Workshop
from assessments.models.workshop import LASTS
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.voices import agreed_on
from assessments.selectors.workshop import joining, last_ballot, phone_standing, spread_in, vote_of, voter_of
from assessments.services.workshop import Full, Over, TooLate, cast_vote, join
from assessments.views.trouble import is_htmx

COOKIE = "phone"
MOST_WRONG, FORGOTTEN_AFTER = 200, 10 * 60
"""So many wrong codes from one address, within so many seconds of each other, and no more is looked up for it."""
OVER = "over"


@never_cache
@require_safe
def vote_join(request: HttpRequest) -> HttpResponse:
    """Ask for the code on the wall; lead on to its workshop."""
    form = JoinCodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("vote", form.cleaned_data["code"])
    return _unlisted(render(request, "workshop/join_code.html", {"form": form}, status=422 if form.errors else 200))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, code: str) -> HttpResponse:
    """A phone's page: join, then vote on what the wall shows. POST joins, or votes."""
    plain = read_code(code, SHORT)
    if plain and plain != code and request.method != "POST":
        return redirect("vote", plain)
    found = joining(plain) if plain else None
    voter = voter_of(found.workshop, _secret(request)) if found else None
    if voter is None and _has_guessed_too_often(request):
        return render(request, "429.html", status=429)
    if found is None:
        _count_a_guess(request)
        return _unlisted(render(request, "workshop/no_workshop.html", {"form": JoinCodeForm()}, status=404))
    if not found.is_on:
        return _over(request)
    if request.method == "POST":
        return _posted(request, found.workshop, voter)
    if voter is None or "role" in request.GET:
        return _join_page(request, found.workshop, voter)
    return _vote_page(request, found.workshop, voter)


def _posted(request: HttpRequest, workshop: Workshop, voter: Voter | None) -> HttpResponse:
    try:
        if "join" in request.POST:
            return _join(request, workshop)
        if voter is None:
            return HttpResponse(status=410) if is_htmx(request) else _join_page(request, workshop, None)
        return _vote(request, workshop, voter)
    except Over:
        return _over(request)


def _join(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    form = JoinForm(request.POST, playbook=playbook_to_read(workshop.version))
    if not form.is_valid():
        return _join_page(request, workshop, None, form)
    try:
        secret = join(workshop=workshop, role=form.cleaned_data["role"], secret=_secret(request))
    except Full:
        return _unlisted(render(request, "workshop/full.html", status=409))
    address = reverse("vote", args=[workshop.code])
    response = redirect(address)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=LASTS,
        path=address,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def _join_page(
    request: HttpRequest, workshop: Workshop, voter: Voter | None, form: JoinForm | None = None
) -> HttpResponse:
    begin = {"role": voter.role if voter else ""}
    form = form or JoinForm(playbook=playbook_to_read(workshop.version), initial=begin)
    context = {"form": form, "place": workshop.assessment.place, "workshop": workshop}
    return _unlisted(render(request, "workshop/join.html", context, status=422 if form.errors else 200))


def _vote(request: HttpRequest, workshop: Workshop, voter: Voter) -> HttpResponse:
    ballot = last_ballot(workshop) if workshop.criterion_id else None
    key = _key(workshop)
    form = VoteForm(request.POST, criterion=playbook_to_read(workshop.version).criterion[key]) if key else None
    if ballot is None or form is None or request.POST.get("ballot") != str(ballot.pk):
        return _too_late(request, workshop)
    if not form.is_valid():
        return HttpResponse(status=422) if is_htmx(request) else _vote_page(request, workshop, voter, form)
    try:
        cast_vote(voter=voter, ballot_id=ballot.pk, level=form.level())
    except TooLate:
        return _too_late(request, workshop)
    if is_htmx(request):
        return HttpResponse(status=204)
    messages.success(request, _("Your vote is saved. You can change it until the votes are shown."))
    return redirect("vote", workshop.code)


def _too_late(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=409)
    messages.warning(request, _("Your vote came too late: the votes have been shown, or the wall has gone on."))
    return redirect("vote", workshop.code)


def _vote_page(request: HttpRequest, workshop: Workshop, voter: Voter, form: VoteForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {"workshop": workshop, "place": workshop.assessment.place, "voter": voter}
    standing = phone_standing(workshop.code, _secret(request))
    context["mark"] = standing.mark if standing else OVER
    ballot = last_ballot(workshop) if workshop.criterion_id else None
    if ballot:
        context |= _on_the_wall(workshop, voter, ballot, form)
    template = "workshop/vote_now.html" if is_htmx(request) else "workshop/vote.html"
    return _unlisted(render(request, template, context, status=422 if form else 200))


def _on_the_wall(workshop: Workshop, voter: Voter, ballot: Ballot, form: VoteForm | None) -> dict[str, Any]:
    playbook, key = playbook_to_read(workshop.version), _key(workshop)
    criterion = playbook.criterion[key]
    mine = vote_of(voter, ballot)
    told = {"ballot": ballot, "criterion": criterion, "label": playbook.label[key], "mine": mine}
    if ballot.revealed_at is None:
        form = form or VoteForm(criterion=criterion, initial=vote_data(mine, ballot.pk))
        return told | {"form": form}
    chart = spread_chart(playbook, spread_in(playbook, key, ballot), in_a_room=True)
    return told | {"chart": chart, "agreed": agreed_on(workshop.assessment).get(key)}


def _key(workshop: Workshop) -> str:
    """The key of the criterion on the wall; empty for none."""
    ids = criterion_ids(workshop.version)
    return next((key for key, pk in ids.items() if pk == workshop.criterion_id), "")


@never_cache
@require_safe
def vote_state(request: HttpRequest, code: str) -> HttpResponse:
    """For the script of a phone: a mark that changes when the wall shows something new. One query."""
    standing = phone_standing(code, _secret(request))
    mark = standing.mark if standing else OVER
    etag = quote_etag(mark)
    response = JsonResponse({"mark": mark}, headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=response) or response


def _over(request: HttpRequest) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=410)
    return _unlisted(render(request, "workshop/over.html"))


def _secret(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")


def _has_guessed_too_often(request: HttpRequest) -> bool:
    return int(cache.get(_guesses(request), 0)) >= MOST_WRONG


def _count_a_guess(request: HttpRequest) -> None:
    """Two at once may count as one: it is a brake, not a lock."""
    key = _guesses(request)
    cache.set(key, int(cache.get(key, 0)) + 1, FORGOTTEN_AFTER)


def _guesses(request: HttpRequest) -> str:
    return f"workshop-codes:{get_ip(request)}"


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
