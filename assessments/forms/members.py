"""Who is let into a place."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms import Choice, form_helper
from assessments.forms.texts import Line
from assessments.models import Membership

MAY = {
    Membership.Role.CONSULTANT: _("Read and answer, but not submit. For advisers from outside."),
    Membership.Role.EDITOR: _("Read and answer, but not submit."),
    Membership.Role.VIEWER: _("Read everything, but answer nothing."),
}
"""What a role may do that an invitation gives; nobody gets more by a link."""


class InviteForm(forms.Form):
    """A link for one person: the role that it gives, and a note for the owners."""

    role = forms.ChoiceField(
        label=_("What may they do?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they may do."), "invalid_choice": _("Choose one of these roles.")},
    )
    note = Line(
        label=_("For whom is it?"),
        max_length=120,
        help_text=_(
            "Only the owners see this, so that they can tell one link from another. For example: Carys Beddoe."
        ),
        error_messages={
            "required": _("Say for whom it is, so that the owners know who may come in by it."),
            "max_length": _("This has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it."),
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["role"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(role, Choice(str(role.label), str(may))) for role, may in MAY.items()]
        self.helper = form_helper(_("Make the link"))
