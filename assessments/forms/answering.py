"""The form of one criterion, made from its rows, and the form that reopens an assessment."""

from typing import Any

from crispy_forms.layout import Div, Field
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms import Button, fields_helper, form_helper
from assessments.forms.levels import offer_levels
from assessments.forms.texts import PlainText
from assessments.interchange.documents import Criterion
from assessments.interchange.filled import LONGEST_NOTE, LONGEST_REASON
from assessments.models import Answer
from assessments.services.answering import Content

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
        offer_levels(self, criterion, criterion.not_applicable)
        for name, rows in (("reason", 2), ("note", 4)):
            if name in self.fields:
                self.fields[name].widget.attrs["rows"] = rows
        reason = [Div("reason", css_class="reason")] if "reason" in self.fields else []
        self.helper = fields_helper(Field("answer", template="partials/question.html"), *reason, "note", "seen")

    def content(self) -> Content:
        """What a valid form gives. A reason is kept only where the answer is not applicable."""
        data = self.cleaned_data
        answer, note = data["answer"], data["note"]
        if answer.isdecimal():
            return Content(Answer.State.LEVEL, int(answer), note=note)
        if answer == Answer.State.NOT_APPLICABLE:
            return Content(Answer.State.NOT_APPLICABLE, reason=data.get("reason", ""), note=note)
        return Content(answer or Answer.State.MISSING, note=note)


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
