"""Who is to see to a lesson, by when; and whether one wants to be reminded."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.forms import Choice, form_helper
from assessments.forms.texts import Line
from assessments.models import Delegation, Membership, User

LONGEST_NOTE = 500


class WhenForm(forms.Form):
    """By when, and a note: what both forms of delegating ask."""

    due = forms.DateField(
        label=_("By when?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("They are reminded by e-mail three days before, on the day, and each week after."),
        error_messages={"invalid": _("Enter a date that exists.")},
    )
    note = Line(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What they should know, for example: ask the landowners first. Every member can read it."),
        error_messages={
            "max_length": _("This has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it.")
        },
    )

    def clean_due(self) -> date | None:
        due: date | None = self.cleaned_data["due"]
        if due and due < timezone.localdate() and due != self.initial.get("due"):
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        return due


class DelegateForm(WhenForm):
    """To whom a lesson is given: members who may answer and have it not yet."""

    people = forms.TypedMultipleChoiceField(
        label=_("Who sees to it?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose who sees to it."),
            "invalid_choice": _(
                "One of these people may not answer any more, or has the lesson already. Choose again."
            ),
        },
    )
    field_order = ["people", "due", "note"]

    def __init__(self, *args: Any, members: Sequence[Membership], me: User, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["people"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(member.user_id, _choice(member, me)) for member in members]
        self.helper = form_helper(_("Delegate the lesson"))


def _choice(member: Membership, me: User) -> Choice:
    role = str(member.get_role_display())
    return Choice(str(member.user), _("{role}, you yourself").format(role=role) if member.user_id == me.pk else role)


class ChangeDelegationForm(WhenForm):
    """Another date or note for somebody who has the lesson."""

    def __init__(self, *args: Any, delegation: Delegation, **options: Any) -> None:
        options["initial"] = {"due": delegation.due, "note": delegation.note}
        super().__init__(*args, **options)
        self.helper = form_helper(_("Save"))


class RemindersForm(forms.Form):
    """A person's own switch."""

    wants = forms.BooleanField(
        label=_("Remind me by e-mail"),
        required=False,
        help_text=_(
            "Of lessons in your hands that are due, and of rounds that you were asked to answer. "
            "One e-mail a day at most, for all your places together."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = form_helper(_("Save"))
