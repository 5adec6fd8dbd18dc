"""The form of one criterion, made from its rows, and the form that reopens an assessment."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.forms import Button, Choice, form_helper
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
