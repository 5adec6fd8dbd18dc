"""The groups that a person sorts their places into."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms import form_helper
from assessments.forms.texts import Line
from assessments.models import Place, PlaceGroup

LONGEST_NAME = 80
NAME_TAKEN = _("You have another group of this name. Choose another name, or put the places into that group.")
TOO_LONG = _("The name has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it.")


class GroupForm(forms.Form):
    """A group: its name, and which of my places are in it."""

    name = Line(
        label=_("Name of the group"),
        max_length=LONGEST_NAME,
        help_text=_("Only you see it, for example: Coast."),
        error_messages={"required": _("Say what the group is called."), "max_length": TOO_LONG},
    )
    places = forms.TypedMultipleChoiceField(
        label=_("Places in it"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, own: Iterable[Place], group: PlaceGroup | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["places"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(place.pk, place.name) for place in own]
            field.error_messages["invalid_choice"] = _("You have left one of these places meanwhile. Choose again.")
        self.helper = form_helper(_("Save") if group else _("Make the group"))


class AddToGroupForm(forms.Form):
    """Which group the places chosen go into: one that is there, or a new one."""

    group = forms.ChoiceField(
        label=_("Which group?"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("This group is not there any more. Choose another one.")},
    )
    name = Line(
        label=_("Name of a new group"),
        max_length=LONGEST_NAME,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, groups: Iterable[PlaceGroup], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["group"]
        listed = [(str(group.pk), group.name) for group in groups]
        if isinstance(field, forms.ChoiceField) and listed:
            field.choices = [*listed, ("", _("A new group"))]
        else:
            del self.fields["group"]
        self.helper = form_helper(_("Put them into the group"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("group") and not given.get("name") and not self.errors:
            self.add_error("name", _("Say what the new group is called, or choose a group above."))
        return given
