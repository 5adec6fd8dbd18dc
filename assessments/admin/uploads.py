"""The admin's upload of a playbook: what is wrong with the file, what it would change, and then storing it.

The file is kept nowhere in between: the page that shows the difference holds it, and sends it again.
"""

import base64
import binascii
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from assessments.admin.drafts import version_page
from assessments.comparing.deciding import followed
from assessments.comparing.differences import differences
from assessments.comparing.telling import summary
from assessments.interchange import MOST_BYTES, DocumentError, Fault, Playbook, read_playbook
from assessments.interchange.faults import written
from assessments.models import PublishedIsReadOnly, Version
from assessments.proofreading import Severity, remarks
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.uploads import Landing, landing_of
from assessments.services.playbooks import VersionExists, check_storable, next_number
from assessments.services.restoring import ChangedMeanwhile
from assessments.services.uploads import store_upload

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin

MOST_SHOWN = 200
MEANWHILE = (
    "Nothing was stored: somebody changed, stored or published something here after you looked. Your file is unharmed. "
    "Below is what it would do now; look again, then press the button."
)


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        error_messages={"required": "Choose a file.", "invalid": "No file arrived. Choose it again."},
        help_text=(
            f"YAML or JSON in the form hubplaybook/playbook@1, encoded as UTF-8, at most {MOST_BYTES // 1024:,} KiB: "
            "such as “Download as a file” gives."
        ),
    )


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name, and at most a little more of it than is read."""

    name: str
    data: bytes

    @property
    def packed(self) -> str:
        """The bytes as a hidden field holds them, untouched by what browsers do to line ends."""
        return base64.urlsafe_b64encode(zlib.compress(self.data)).decode()

    @classmethod
    def unpacked(cls, name: str, text: str) -> "Upload | None":
        """The upload that `packed` was made of; None for anything else."""
        unpacking = zlib.decompressobj()
        try:
            data = unpacking.decompress(base64.urlsafe_b64decode(text), MOST_BYTES + 1)
        except (ValueError, binascii.Error, zlib.error):
            return None
        return cls(name, data) if unpacking.eof or len(data) > MOST_BYTES else None


def upload(admin: "VersionAdmin", request: HttpRequest) -> HttpResponse:
    """Ask for a file; say what is wrong with it, or what it would change; store it at the second press."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    if "seen" in request.POST:
        confirmed = Upload.unpacked(request.POST.get("name", ""), request.POST.get("packed", ""))
        if confirmed is not None:
            return _store(admin, request, confirmed)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        return _look(admin, request, Upload(file.name, file.read(MOST_BYTES + 1)))
    return _page(admin, request, form, 422 if request.method == "POST" else 200)


def _look(admin: "VersionAdmin", request: HttpRequest, file: Upload, problem: str = "") -> HttpResponse:
    """The page that says what is wrong with a file, or else what storing it would change."""
    try:
        document, landing = _read(admin, request, file)
    except DocumentError as error:
        return _refused(admin, request, file, error.faults)
    found = differences(landing.compared, document)
    before = playbook_document(landing.before) if landing.before else None
    said = [*remarks(document, before), *followed(document, before)]
    context = {
        "upload": file,
        "document": document,
        "landing": landing,
        "differences": found,
        "summary": summary(found),
        "faults": [each for each in said if each.severity == Severity.FAULT],
        "warnings": [each for each in said if each.severity == Severity.WARNING],
        "problem": problem,
    }
    return _page(admin, request, UploadForm(), 409 if problem else 200, **context)


def _read(admin: "VersionAdmin", request: HttpRequest, file: Upload) -> tuple[Playbook, Landing]:
    """The document of a file and where it would go. Raises DocumentError with all that keeps it from going there."""
    document = read_playbook(file.data)
    check_storable(document)
    landing = landing_of(document)
    here = landing.here
    if here is not None and here.is_published:
        raise DocumentError([Fault(("version",), _published(here))])
    if here is not None and not admin.has_change_permission(request, here):
        reason = f"is {here.number}, a draft that you may not change. {_other_number(here)}"
        raise DocumentError([Fault(("version",), reason)])
    return document, landing


def _published(here: Version) -> str:
    return f"is {here.number}, which is published already and never changes. {_other_number(here)}"


def _other_number(here: Version) -> str:
    return (
        f'Give the file a number that is free, version: "{next_number(here)}", and upload it again; it becomes a draft.'
    )


def _refused(admin: "VersionAdmin", request: HttpRequest, file: Upload, faults: Iterable[Fault]) -> HttpResponse:
    faults = list(faults)
    told = [(written(fault.path), fault) for fault in faults[:MOST_SHOWN]]
    context = {"upload": file, "refused": told, "count": len(faults), "more": len(faults) - len(told)}
    return _page(admin, request, UploadForm(), 422, **context)


def _store(admin: "VersionAdmin", request: HttpRequest, file: Upload) -> HttpResponse:
    """Store what was shown, checked again; where something here is not as it was shown, show it anew instead."""
    try:
        document, landing = _read(admin, request, file)
        with transaction.atomic():
            draft = store_upload(document=document, seen=request.POST["seen"], by=request.user)  # type: ignore[arg-type]
            _log(admin, request, draft, file.name, landing.here is not None)
    except DocumentError as error:
        return _refused(admin, request, file, error.faults)
    except (ChangedMeanwhile, VersionExists, PublishedIsReadOnly):
        return _look(admin, request, file, MEANWHILE)
    text = f"Draft {draft.number} says what {file.name} says. Nobody else sees it until it is published."
    admin.message_user(request, text, messages.SUCCESS)
    return HttpResponseRedirect(version_page(draft.pk))


def _log(admin: "VersionAdmin", request: HttpRequest, draft: Version, name: str, was_here: bool) -> None:
    log = admin.log_change if was_here else admin.log_addition
    log(request, draft, f"Uploaded from the file {name}.")


def _page(admin: "VersionAdmin", request: HttpRequest, form: UploadForm, status: int, **context: Any) -> HttpResponse:
    own = {"title": "Upload a file", "opts": admin.opts, "form": form, "media": admin.media}
    whole = {**admin.admin_site.each_context(request), **own, **context}
    return TemplateResponse(request, "admin/assessments/version/upload.html", whole, status=status)
