"""The form in which a group's agreed level is recorded, with its reason and its dissent."""

from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.forms import Button, Choice, form_helper
from assessments.forms.answering import REASON_TOO_LONG
from assessments.forms.texts import PlainText
from assessments.interchange.documents import Criterion
from assessments.interchange.filled import LONGEST_NOTE, LONGEST_REASON
from assessments.services.agreeing import Terms

DISSENT_TOO_LONG = _("This has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it.")


class AgreeForm(forms.Form):
    """Level, reason, dissent; and the revision of the answer, and the last agreement, that the page saw."""

    answer = forms.ChoiceField(
        label=_("Which level do you agree on?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the level that you agree on."),
            "invalid_choice": _("Choose one of the levels on this page."),
        },
    )
    reason = PlainText(
        label=_("Why this level?"),
        max_length=LONGEST_REASON,
        help_text=_("One or two sentences. They are printed in the report."),
        error_messages={"required": _("Say why you agree on this level."), "max_length": REASON_TOO_LONG},
    )
    dissent = PlainText(
        label=_("What those said who saw it otherwise"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("Leave it empty if nobody did. It is printed in the report; name nobody who does not wish it."),
        error_messages={"max_length": DISSENT_TOO_LONG},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    asked = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, criterion: Criterion, suggested: int | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["answer"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (str(number), _level(number, level.descriptor, suggested))
                for number, level in enumerate(criterion.levels)
            ]
        self.fields["reason"].widget.attrs["rows"] = 3
        self.fields["dissent"].widget.attrs["rows"] = 3
        self.helper = form_helper(Button(_("Record what you agree")))
        self.helper.form_id = "answer"
        chooser = Field("answer", template="hub/levels.html")
        self.helper.layout = Layout(chooser, "reason", "dissent", "seen", "after", "asked")

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(int(data["answer"]), data["reason"], data["dissent"])


def _level(number: int, descriptor: str, suggested: int | None) -> str:
    """A level; the suggested one says so, and none is chosen beforehand."""
    return Choice(descriptor, gettext("Suggested by what was said")) if number == suggested else descriptor
