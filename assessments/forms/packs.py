"""What somebody chooses for a pack: places, kinds of report, language, under whose name."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessments.forms import Choice, form_helper
from assessments.models import Branding, Membership, Place
from assessments.reports.branding import branding_of
from assessments.reports.making import MAKERS
from assessments.reports.options import KINDS
from assessments.selectors.branding import OWN

NONE = "none"


class PackForm(forms.Form):
    """The places are those of the person who asks; what is chosen already comes as `initial`."""

    places = forms.MultipleChoiceField(
        label=_("Places"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one place."),
            "invalid_choice": _("One of the places chosen is not yours any more. Choose again."),
        },
    )
    kinds = forms.MultipleChoiceField(
        label=_("What to make of each place"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one kind of report."),
            "invalid_choice": _("Choose from the kinds of report on this page."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language"),
        widget=forms.RadioSelect,
        choices=settings.LANGUAGES,
        error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language of this page.")},
    )
    branding = forms.ChoiceField(
        label=_("Under whose name"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose under whose name the reports go out."),
            "invalid_choice": _("Choose under whose name the reports go out."),
        },
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(
        self,
        *args: Any,
        memberships: Sequence[Membership],
        brandings: Mapping[str, Branding],
        too_many: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.of = {str(each.place_id): each.place for each in memberships}
        self.own = brandings.get(OWN)
        self.too_many = too_many
        self._offer("places", [(key, Choice(place.name, _where(place))) for key, place in self.of.items()])
        kinds = [(kind.key, Choice(kind.name, kind.purpose)) for kind in KINDS.values() if kind.key in MAKERS]
        self._offer("kinds", kinds)
        if self.own:
            self._offer("branding", [(NONE, _("Hub Playbook alone")), (OWN, self.own.name)])
        else:
            del self.fields["branding"]
        self.helper = form_helper(_("Make the pack"))

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_places(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["places"]
        if len(chosen) > settings.MOST_PACK_PLACES:
            text = _("A pack holds at most %(most)d places, and %(number)d are chosen. Make two packs.")
            raise forms.ValidationError(text % {"most": settings.MOST_PACK_PLACES, "number": len(chosen)})
        return chosen

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        files = len(given.get("places", [])) * len(given.get("kinds", []))
        if files > settings.MOST_PACK_FILES:
            text = _("A pack holds at most %(most)d files, and this would be %(number)d. Choose fewer kinds or places.")
            self.add_error("kinds", text % {"most": settings.MOST_PACK_FILES, "number": files})
        if self.too_many:
            most = settings.MOST_PACKS_AT_ONCE
            too_many = ngettext(
                "%(number)d pack of yours is still being made. Wait until it is ready, or cancel it.",
                "%(number)d packs of yours are still being made. Wait until one is ready, or cancel one.",
                most,
            )
            raise forms.ValidationError(too_many % {"number": most})
        return given

    @property
    def chosen_places(self) -> list[Place]:
        """The places that were chosen, in their order."""
        return [place for key, place in self.of.items() if key in self.cleaned_data["places"]]

    @property
    def chosen_branding(self) -> Any:
        """The plain values of the branding that was chosen, None for none."""
        return branding_of(self.own) if self.cleaned_data.get("branding") == OWN else None


def _where(place: Place) -> str:
    return say("%(kind)s, %(region)s") % {"kind": place.get_kind_display(), "region": place.get_region_display()}
