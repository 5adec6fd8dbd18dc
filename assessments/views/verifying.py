"""Check an issued report by its code, without an account: genuine, superseded, or not known here. Nothing else is told.

Whoever asks is not signed in and changes nothing, so these pages need no token against forged requests, set no cookie
and are the same for everybody. No search engine and no browser keeps them.
"""

import hashlib

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from assessments.findings.codes import in_groups, read_code
from assessments.forms.issuing import CodeForm
from assessments.selectors.issued import Known, known_under

MOST_BYTES = 20_000_000
"""Of a file to compare. It is read piece by piece, and none of it is kept."""
MOST_SENT = 2 * MOST_BYTES
"""More than this is not even read."""


class Fingerprint(FileUploadHandler):
    """Hashes a file while it arrives; holds the hash, or None where the file is too large, and never the file."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.hash = hashlib.sha256()
        self.size = 0
        self.came = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > MOST_BYTES:
            raise StopUpload(connection_reset=False)
        self.hash.update(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        self.came = file_size > 0
        return None

    @property
    def is_too_large(self) -> bool:
        return self.size > MOST_BYTES


@never_cache
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a report; lead on to what is known of it."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("verified", in_groups(form.cleaned_data["code"]))
    return _unlisted(render(request, "verify.html", {"form": form}, status=422 if form.errors else 200))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody may know of the report with this code, and whether a file is the one that was issued under it."""
    plain = read_code(code)
    known = known_under(plain) if plain else None
    if known is None:
        context = {"form": CodeForm(), "typed": in_groups(plain) if plain else code[:40]}
        return _unlisted(render(request, "verified_unknown.html", context, status=404))
    problem, is_same, status = "", None, 200
    if request.method == "POST":
        problem, is_same, status = _compared(request, known)
    context = {"known": known, "code": in_groups(plain or ""), "problem": problem, "is_same": is_same}
    return _unlisted(render(request, "verified.html", context, status=status))


def _compared(request: HttpRequest, known: Known) -> tuple[str, bool | None, int]:
    """What is wrong with what was sent, or whether it is the file; and the status that says so."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or int(length) > MOST_SENT:
        return _too_large(), None, 413
    fingerprint = Fingerprint(request)
    request.upload_handlers = [fingerprint]  # type: ignore[assignment]  # a list of them, whatever its type says
    request.FILES  # noqa: B018 - reads what was sent
    if fingerprint.is_too_large:
        return _too_large(), None, 413
    if not fingerprint.came:
        return _("Choose the file to compare."), None, 422
    return "", fingerprint.hash.hexdigest() == known.sha256, 200


def _too_large() -> str:
    return _("The file is larger than 20 MB; no report that is issued here is.")


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
