"""Who is let into a place, and what its members may do."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms import Choice, form_helper
from assessments.forms.texts import Line
from assessments.models import Membership
from assessments.services.invitations import INVITED

ROLE = Membership.Role
MAY = {
    ROLE.OWNER: _("Everything: read, answer, submit and reopen, let people in, and say what they may do."),
    ROLE.EDITOR: _("Read and answer, but not submit."),
    ROLE.CONSULTANT: _("Read and answer, but not submit. For advisers from outside."),
    ROLE.VIEWER: _("Read everything, but answer nothing."),
}
"""What a role may do, in one sentence."""
LEAVE = "leave"
NO_ROLE = {"required": _("Choose what they may do."), "invalid_choice": _("Choose one of these roles.")}


def role_choices(roles: Iterable[str]) -> list[tuple[str, Choice]]:
    """The roles with what each may do."""
    return [(role.value, Choice(str(role.label), str(MAY[role]))) for role in map(ROLE, roles)]


class Address(forms.EmailField):
    """An e-mail address as people paste it: with spaces round it, in capitals, or out of an address book."""

    widget = forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        typed = re.sub(r"[\s\u200b-\u200f\ufeff]+", " ", str(value or "")).strip(" ;,")
        bracketed = re.search(r"<\s*([^<>\s][^<>]*)>$", typed)
        address = (bracketed[1] if bracketed else typed).strip()
        return str(super().to_python(re.sub(r"^mailto:", "", address, flags=re.IGNORECASE).lower()))


class InviteForm(forms.Form):
    """An invitation for one person: who it is, where it goes, and the role that it gives."""

    note = Line(
        label=_("Who is it?"),
        max_length=120,
        help_text=_(
            "Only the owners see this, so that they can tell one invitation from another. For example: Carys Beddoe."
        ),
        error_messages={
            "required": _("Say for whom it is, so that the owners know who may come in by it."),
            "max_length": _("This has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it."),
        },
    )
    email = Address(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_(
            "We send the invitation there. To hand the link over yourself leave this empty: you see the link once, on"
            " the next page."
        ),
        error_messages={
            "invalid": _("Enter an e-mail address in the right form, such as name@example.org."),
            "max_length": _("This has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it."),
        },
    )
    role = forms.ChoiceField(label=_("What may they do?"), widget=forms.RadioSelect, error_messages=NO_ROLE)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["role"]
        field.choices = role_choices(role for role in MAY if role in INVITED)
        self.helper = form_helper(_("Invite them"))


class RoleForm(forms.Form):
    """A member's role, and the one that the page showed, so that two owners do not cross."""

    role = forms.ChoiceField(label=_("What may they do?"), widget=forms.RadioSelect, error_messages=NO_ROLE)
    seen = forms.ChoiceField(choices=ROLE.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Membership, is_self: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"role": member.role, "seen": member.role}
        field: Any = self.fields["role"]
        field.choices = role_choices(MAY)
        if is_self:
            field.label = _("What may you do?")
            field.error_messages["required"] = _("Choose what you may do.")
        self.helper = form_helper(_("Save"))


class HandOverForm(forms.Form):
    """Who becomes the owner, and what becomes of the one who hands over."""

    to = forms.ChoiceField(
        label=_("Who becomes the owner?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who becomes the owner."),
            "invalid_choice": _("Choose somebody who still belongs to the place."),
        },
    )
    becomes = forms.ChoiceField(
        label=_("And you?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what becomes of you."),
            "invalid_choice": _("Choose one of these."),
        },
    )

    def __init__(self, *args: Any, successors: Sequence[Membership], **options: Any) -> None:
        super().__init__(*args, **options)
        self.of = {str(each.pk): each for each in successors}
        to: Any = self.fields["to"]
        to.choices = [(key, Choice(str(each.user), each.get_role_display())) for key, each in self.of.items()]
        becomes: Any = self.fields["becomes"]
        becomes.choices = [
            (ROLE.EDITOR.value, Choice(str(_("I stay as editor")), str(MAY[ROLE.EDITOR]))),
            (ROLE.VIEWER.value, Choice(str(_("I stay as viewer")), str(MAY[ROLE.VIEWER]))),
            (LEAVE, Choice(str(_("I leave the place")), str(_("You see nothing of it any more from that moment.")))),
        ]
        self.helper = form_helper(_("Go on"))
