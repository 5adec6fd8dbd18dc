"""The form of a piece of evidence."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.files import ACCEPTED, FileRefused, judge
from assessments.forms import fields_helper
from assessments.forms.texts import Line, WebAddress
from assessments.models import Evidence
from assessments.services.evidence import Piece
from assessments.services.storing import File


class EvidenceForm(forms.Form):
    """A piece of evidence; sent twice with the same token, it is added once."""

    title = Line(
        max_length=300,
        label=_("What is it?"),
        help_text=_("For example: Cabinet minute 14, hub vision adopted."),
        error_messages={"required": _("Say what the evidence is.")},
    )
    grade = forms.TypedChoiceField(
        label=_("What kind of evidence is it?"),
        choices=Evidence.Grade.choices[1:],  # with nothing to show there is nothing to add
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of evidence.")},
    )
    link = WebAddress(
        label=_("Link"),
        required=False,
        max_length=2000,
        assume_scheme="https",
        help_text=_("Where somebody can read it, if it is on the web."),
        error_messages={"invalid": _("Enter a web address in the right form, such as https://example.org/minute-14.")},
    )
    dated = forms.DateField(
        label=_("Date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("When it was made. Evidence more than 24 months old counts one grade lower."),
        error_messages={"invalid": _("Enter a date that exists.")},
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _("Open the page again and send this form from there.")}
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"token": uuid.uuid4(), "seen": 0})
        super().__init__(*args, **options)
        self.helper = fields_helper()

    def clean_dated(self) -> date | None:
        dated: date | None = self.cleaned_data["dated"]
        if dated and dated > timezone.localdate():
            raise forms.ValidationError(_("The date is in the future."))
        return dated

    def piece(self) -> Piece:
        data = self.cleaned_data
        return Piece(data["grade"], data["title"], data["link"], data["dated"])


class EvidenceFile(forms.FileField):
    """A file, judged by its content: what it gives is a services.storing.File, or None where none was sent."""

    def to_python(self, data: Any) -> Any:
        if data in self.empty_values:
            return None
        try:
            return judge(data, data.name or "", data.size)
        except FileRefused as refusal:
            raise forms.ValidationError(str(refusal), code="refused") from None


class NewEvidenceForm(EvidenceForm):
    """A piece of evidence that is new to the library: with a file, if there is one."""

    file = EvidenceFile(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=_(
            "PDF, Word, Excel, PowerPoint, CSV, PNG, JPEG or WebP, at most 20 MB. Only members of this place can "
            "download it. Pictures are kept without where and by whom they were taken."
        ),
        error_messages={"invalid": _("No file arrived. Choose it again.")},
    )
    field_order = ["title", "grade", "file", "link", "dated"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.data.get("without") == "file" and not data.get("file"):
            self.add_error("file", _("Choose the file again: it was lost with the page that could not be saved."))
        elif self.errors and data.get("file"):
            self.add_error("file", _("Choose the file again: it could not be kept while something else is not right."))
        return data

    def file_sent(self) -> File | None:
        found: File | None = self.cleaned_data.get("file")
        return found


def evidence_data(evidence: Evidence) -> dict[str, Any]:
    """What the form of a piece of evidence starts with."""
    return {
        "title": evidence.title,
        "grade": evidence.grade,
        "link": evidence.link,
        "dated": evidence.dated,
        "token": evidence.token,
        "seen": evidence.revision,
    }
