"""How respondents come in, without an account: the secret of their link moves from the address into a cookie.

The cookie goes to the addresses of one round alone. A signed-in account is neither asked for nor touched: whoever
answers is a respondent like any other. Opening a link changes nothing, since programs that look through mail open it
too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.models import Round, RoundRole
from assessments.selectors.responding import Part, part_by, round_of, shared_link
from assessments.views.trouble import is_htmx, kept

View = Callable[..., HttpResponse]
AFTERWARDS = timedelta(days=1)
"""How long after its last day a round's cookie stays, so that what is sent too late can be shown back."""


@dataclass(frozen=True)
class Visit:
    """Somebody who shows a cookie of a round: the part that they have in it, or the shared link that they came by."""

    round: Round
    part: Part | None = None
    link: RoundRole | None = None

    @property
    def role(self) -> str:
        return self.part.role if self.part else self.link.role if self.link else ""

    @property
    def is_open(self) -> bool:
        return self.round.takes_answers


def for_respondents(view: View) -> View:
    """No browser keeps a copy of the page, no search engine lists it, and nobody is told its address."""

    @wraps(view)
    @never_cache
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"  # not `no-referrer`: see views.invitations
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return wrapped


@for_respondents
@require_safe
def take_part(request: HttpRequest, secret: str) -> HttpResponse:
    """Put the secret of a personal or a shared link into a cookie, and lead on to the round."""
    part = part_by(secret)
    if part is not None:
        return keep(redirect("respond", part.round.pk), part.round, secret)
    if _too_many_wrong(request, ask=True):
        return ratelimit.respond_429(request)
    link = shared_link(secret)
    if link is not None:
        return _keep(redirect("respond", link.round_id), link.round, _link_cookie(link.round_id), link.link_code or "")
    _too_many_wrong(request)
    return unknown(request)


def _too_many_wrong(request: HttpRequest, *, ask: bool = False) -> bool:
    """Count a wrong link from this address, or only ask whether there were too many."""
    limits = settings.LINK_RATE_LIMITS
    used = ratelimit.consume(
        request, app="assessments", action="wrong_link", config=limits, limit_get=True, dry_run=ask
    )
    return used is None


def visit_to(request: HttpRequest, round_id: int) -> Visit | None:
    """Who shows a cookie of this round. None for everybody else, whatever other links and accounts they have."""
    secret = _shown(request, round_id, _part_cookie(round_id))
    part = part_by(secret) if secret else None
    if part is not None and part.round.pk == round_id:
        return Visit(part.round, part=part)
    code = _shown(request, round_id, _link_cookie(round_id))
    link = shared_link(code) if code else None
    if link is not None and link.round_id == round_id:
        return Visit(link.round, link=link)
    asked = round_of(round_id) if secret or code else None
    return Visit(asked) if asked and asked.is_revealed else None


def unknown(request: HttpRequest) -> HttpResponse:
    """The same page whatever is wrong with a link, so that it tells nothing of any place; what was typed is kept.

    A script is told that this browser has been forgotten, and shows that where somebody types.
    """
    if is_htmx(request):
        return render(request, "respond/forgotten.html", status=401)
    return render(request, "respond/unknown.html", {"kept": kept(request)}, status=404)


def keep(response: HttpResponse, asked: Round, secret: str) -> HttpResponse:
    """Remember in a cookie that this browser holds the secret."""
    return _keep(response, asked, _part_cookie(asked.pk), secret)


def forget(response: HttpResponse, round_id: int) -> HttpResponse:
    """Forget this browser's part in the round, so that somebody else can answer on it."""
    for name in (_part_cookie(round_id), _link_cookie(round_id)):
        response.delete_cookie(name, path=_path(round_id), samesite="Lax")
    return response


def _keep(response: HttpResponse, asked: Round, name: str, value: str) -> HttpResponse:
    last = datetime.combine(asked.closes_on + timedelta(days=1), time.min, timezone.get_current_timezone())
    response.set_signed_cookie(
        name,
        value,
        salt=_salt(asked.pk, name),
        expires=max(last, timezone.now()) + AFTERWARDS,
        path=_path(asked.pk),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    return response


def _shown(request: HttpRequest, round_id: int, name: str) -> str:
    return request.get_signed_cookie(name, default="", salt=_salt(round_id, name)) or ""


def _path(round_id: int) -> str:
    return reverse("respond", args=[round_id])


def _part_cookie(round_id: int) -> str:
    return f"round-{round_id}"


def _link_cookie(round_id: int) -> str:
    return f"round-{round_id}-link"


def _salt(round_id: int, name: str) -> str:
    return f"assessments.round.{round_id}.{name}"
