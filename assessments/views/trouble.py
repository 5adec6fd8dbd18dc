"""When a page cannot do what was asked: a database or a store of files that is away, a form too old, a lost sign-in.

What was typed is shown again, with one button to send it again, unless another site may have sent it: it must never
take one click on a page of ours to do what a stranger wished. Nothing here reads the database.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.contrib.messages import get_messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from assessments.services.storing import FilesAway

log = logging.getLogger(__name__)

SECRETS = ("password", "csrfmiddlewaretoken")
LABELS = {
    "note": _("Note"),
    "comment": _("Comment"),
    "reason": _("Reason"),
    "dissent": _("What those said who saw it otherwise"),
    "title": _("Evidence"),
    "link": _("Link"),
    "name": _("Name"),
    "boundary_note": _("Boundary"),
    "email": _("E-mail address"),
    "login": _("E-mail address"),
    "people": _("Whom do you ask?"),
    "welcome": _("What people read first"),
}
"""The fields that people type in, by the names that the forms of this app give them."""
LONG = 40
"""From how many characters a field without a label is taken for a text that somebody may want back."""

FOREIGN = ("Origin checking failed", "Referer checking failed")
"""How Django's reasons begin when a form came from another site."""
NEVER_AGAIN = ("/admin/", "/accounts/")
"""Where one click can change who may do what: nothing is offered to be sent again there."""

LATER_WORDS = re.compile(
    r"\b(is locked|is busy|is full|no space left|unable to open database|lock timeout|statement timeout"
    r"|timed out|could not obtain lock|deadlock detected|could not connect|too many clients"
    r"|connection (failed|to server|refused|reset|timeout|unexpectedly|due to|is (closed|lost|bad))"
    r"|is (shutting down|starting up|in recovery mode))",
    re.IGNORECASE,
)
LATER_CODES = re.compile(r"08|53|57|40|55P03")
"""PostgreSQL's classes: no connection, no room, stopped from outside, a clash with others; and a lock not free."""


class NothingTypedIsLost:
    """Turns a database or a store of files that does not answer into a 503 page that keeps what was posted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, FilesAway):
            log.error("The store of files did not answer: %s", error)
            return not_saved(request, "busy" if is_htmx(request) else "files", status=503)
        if not is_passing(error):
            return None
        log.error("The database did not answer: %s", error, exc_info=error)
        return not_saved(request, "busy", status=503)


def is_passing(error: Exception) -> bool:
    """Whether waiting helps: a database that is locked, full or away. A missing table or a bad query is a fault."""
    if not isinstance(error, DatabaseError):
        return False
    code = getattr(error.__cause__, "sqlstate", None) or ""
    return bool(LATER_CODES.match(code) or LATER_WORDS.search(str(error)))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened too long ago or in another sign-in; or another site sent it, which is then not offered."""
    again = is_ours(request) and not reason.startswith(FOREIGN) and not request.path.startswith(NEVER_AGAIN)
    return not_saved(request, "old-form" if again else "not-ours", status=403)


def is_ours(request: HttpRequest) -> bool:
    """Whether the browser vouches that a page of this site sent the request. Silence is no proof."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        return urlsplit(source).netloc == request.get_host()
    except ValueError:
        return False


def signed_out(request: HttpRequest) -> HttpResponse:
    """Something was sent after the sign-in had ended."""
    return not_saved(request, "signed-out", status=401)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A member asked for more than their role allows. What they sent meanwhile is shown, to be copied."""
    if request.method == "POST":
        return not_saved(request, "not-allowed", status=403)
    return render(request, "403.html", {"said": str(exception or "")}, status=403)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was sent could not be taken apart, as where a file has a name of thousands of letters. Nothing is saved."""
    return render(request, "400.html", status=400)


def not_saved(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    """A page (or, for htmx, a short notice) that says why nothing was saved and keeps what was typed."""
    if request.method == "POST":
        list(get_messages(request))  # what the view was about to tell did not happen: reading it forgets it
    context = {
        "why": why,
        "address": request.get_full_path(),
        "kept": kept(request),
        "method": request.method,
        "messages": (),
    }
    template = "partials/not_saved.html" if is_htmx(request) else "not_saved.html"
    response = render(request, template, context, status=status)
    if status == 503:
        response["Retry-After"] = "5"
    return response


def is_htmx(request: HttpRequest) -> bool:
    """Whether a script asked, which shows a short notice where the person is, not a whole page."""
    return request.headers.get("HX-Request") == "true"


@dataclass(frozen=True)
class Kept:
    """A field that was posted. What people type has a `label` and is shown; the rest is only sent again."""

    name: str
    value: str

    @property
    def label(self) -> str:
        known = LABELS.get(self.name, "")
        return str(known) if self.value.strip() else ""

    @property
    def title(self) -> str:
        """What stands above it where it is shown only to be copied; empty for what nobody would miss."""
        return self.label or (self.name if len(self.value) > LONG else "")


def kept(request: HttpRequest) -> list[Kept]:
    """What was posted, without passwords and tokens. No file can be kept: the form that gets the rest is told so."""
    fields = []
    for name, values in request.POST.lists():
        if not any(secret in name for secret in SECRETS):
            fields += [Kept(name, value) for value in values]
    return fields + [Kept("without", name) for name in request.FILES]
