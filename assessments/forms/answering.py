"""The form of one criterion, made from its rows, and the form of a piece of evidence."""

import uuid
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.forms import Button, Choice, form_helper
from assessments.forms.texts import Line, PlainText, WebAddress
from assessments.interchange.documents import Criterion
from assessments.interchange.filled import LONGEST_NOTE, LONGEST_REASON
from assessments.models import Answer, Evidence
from assessments.services.answering import Content, Piece

REASON_TOO_LONG = _("The reason has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it.")
NOTE_TOO_LONG = _("The note has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it.")
"""They say by how much; nothing of what was typed is cut off."""


class AnswerForm(forms.Form):
    """Level, don't know or not applicable; a reason; a note; and the revision that the page saw."""

    answer = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the answers on this page.")},
    )
    reason = PlainText(
        label=_("Why does it not apply here?"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("You can submit once there is a reason. It is printed in the report."),
        error_messages={"max_length": REASON_TOO_LONG},
    )
    note = PlainText(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("What makes you choose this answer? It is printed in the report."),
        error_messages={"max_length": NOTE_TOO_LONG},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, criterion: Criterion, **options: Any) -> None:
        super().__init__(*args, **options)
        if not criterion.not_applicable:
            del self.fields["reason"]
        field = self.fields["answer"]
        if isinstance(field, forms.ChoiceField):
            field.choices = answer_choices(criterion)
        field.label = criterion.question
        for name, rows in (("reason", 2), ("note", 4)):
            if name in self.fields:
                self.fields[name].widget.attrs["rows"] = rows
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.include_media = False
        self.helper.layout = Layout(
            Field("answer", template="partials/question.html"),
            Div("reason", css_class="reason") if "reason" in self.fields else None,
            "note",
            "seen",
        )

    def content(self) -> Content:
        """What a valid form gives. A reason is kept only where the answer is not applicable."""
        data = self.cleaned_data
        answer, note = data["answer"], data["note"]
        if answer.isdecimal():
            return Content(Answer.State.LEVEL, int(answer), note=note)
        if answer == Answer.State.NOT_APPLICABLE:
            return Content(Answer.State.NOT_APPLICABLE, reason=data.get("reason", ""), note=note)
        return Content(answer or Answer.State.MISSING, note=note)


def answer_choices(criterion: Criterion) -> list[tuple[str, str]]:
    """The levels from lowest to highest, don't know, and not applicable (with its condition) where it is allowed."""
    choices = [(str(number), level.descriptor) for number, level in enumerate(criterion.levels)]
    choices.append((Answer.State.DONT_KNOW.value, gettext("Don’t know")))
    if criterion.not_applicable:
        choices.append((Answer.State.NOT_APPLICABLE.value, Choice(gettext("Not applicable"), criterion.not_applicable)))
    return choices


def answer_data(answer: Answer | None) -> dict[str, Any]:
    """What the form of a criterion starts with."""
    if answer is None:
        return {"answer": "", "reason": "", "note": "", "seen": 0}
    value = answer.value
    return {
        "answer": "" if value is None else str(value),
        "reason": answer.reason,
        "note": answer.note,
        "seen": answer.revision,
    }


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
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.include_media = False

    def clean_dated(self) -> date | None:
        dated: date | None = self.cleaned_data["dated"]
        if dated and dated > timezone.localdate():
            raise forms.ValidationError(_("The date is in the future."))
        return dated

    def piece(self) -> Piece:
        data = self.cleaned_data
        return Piece(data["grade"], data["title"], data["link"], data["dated"])


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


class ReopenForm(forms.Form):
    """Why a submitted assessment is opened again; it is kept on record."""

    reason = PlainText(
        label=_("Why is it reopened?"),
        max_length=LONGEST_REASON,
        help_text=_("Kept on record with your name."),
        error_messages={"required": _("Say why it is reopened."), "max_length": REASON_TOO_LONG},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].widget.attrs["rows"] = 3
        self.helper = form_helper(Button(_("Reopen the assessment")))
