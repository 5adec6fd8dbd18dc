"""What somebody chooses of a report before they take it away. All of it is in the address, to be kept or sent on."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.forms import Button, Choice, form_helper
from assessments.models import Branding
from assessments.reports.branding import branding_of
from assessments.reports.making import MAKERS
from assessments.reports.options import CHAPTERS, KINDS, Options
from assessments.selectors.branding import PLACE

NO_BRANDING = "none"
WHOSE = {PLACE: _("The place’s: {name}"), "own": _("My own: {name}")}
HAS_CHAPTERS = _("For the full report, to read or to edit; the others are short and always whole.")
SINCE = _("only where there was an assessment before")


class ExportForm(forms.Form):
    """Kind, chapters, appendix, language and branding. What an address leaves out is as usual.

    `chosen` is there once the form was sent: only then is no chapter none at all.
    """

    chosen = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("What do you need?"), widget=forms.RadioSelect)
    chapters = forms.MultipleChoiceField(
        label=_("Chapters"), widget=forms.CheckboxSelectMultiple, required=False, help_text=HAS_CHAPTERS
    )
    appendix = forms.BooleanField(label=_("With the appendix: the stages and their facts"), required=False)
    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)
    branding = forms.ChoiceField(label=_("Under whose name"), widget=forms.RadioSelect)

    def __init__(self, asked: QueryDict, address: str, *, brandings: Mapping[str, Branding], kind: str) -> None:
        """`asked` is of the address; `kind` is what is made where it names none; `address` answers a script."""
        super().__init__(_with_the_usual(asked, kind, brandings))
        self.brandings = brandings
        made = [kind for kind in KINDS.values() if kind.key in MAKERS]
        self._offer("kind", [(kind.key, Choice(str(kind.name), str(kind.purpose))) for kind in made])
        hints = {"change": str(SINCE)}
        self._offer("chapters", [(key, Choice(str(name), hints.get(key, ""))) for key, name in CHAPTERS.items()])
        self._offer("language", [(code, _named_in_itself(code, name)) for code, name in settings.LANGUAGES])
        named = [(whose, WHOSE[whose].format(name=row.name)) for whose, row in brandings.items()]
        self._offer("branding", [(NO_BRANDING, _("None: Hub Playbook alone")), *named])
        buttons = (
            Button(_("Show the first page"), kind="secondary"),
            Button(_("Download"), name="download", value="1"),
        )
        self.helper = form_helper(
            *buttons,
            hx_get=address,
            hx_trigger="change delay:250ms",
            hx_target="#preview",
            hx_sync="this:replace",
            hx_replace_url="true",
        )
        self.helper.form_method = "get"

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = KINDS.get(cleaned.get("kind", ""))
        if kind and kind.has_chapters and cleaned.get("chapters") == []:
            self.add_error("chapters", _("Choose at least one chapter."))
        return cleaned

    def options(self) -> Options:
        """What was chosen. Only of a form that is valid."""
        chosen = self.cleaned_data
        branding = branding_of(self.brandings.get(chosen["branding"]))
        return Options(chosen["kind"], tuple(chosen["chapters"]), chosen["appendix"], chosen["language"], branding)

    def query(self) -> str:
        """The choices as they stand in an address. Only of a form that is valid."""
        values: dict[str, Any] = {**self.cleaned_data, "chosen": "1", "appendix": "on"}
        if not self.cleaned_data["appendix"]:
            del values["appendix"]
        return urlencode(values, doseq=True)


def _with_the_usual(asked: QueryDict, kind: str, brandings: Mapping[str, Branding]) -> QueryDict:
    """What was asked for, and the usual for everything that the address leaves open."""
    data = asked.copy()
    reader = get_language()
    usual = {
        "kind": kind,
        "language": reader if reader in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        "branding": PLACE if PLACE in brandings else NO_BRANDING,
    }
    if "chosen" not in data:
        usual |= {"chosen": "1", "appendix": "on"}
        if "chapters" not in data:
            data.setlist("chapters", list(CHAPTERS))
    for name, value in usual.items():
        data.setdefault(name, value)
    return data


def _named_in_itself(code: str, name: str | Promise) -> Choice:
    return Choice(format_html('<span lang="{}">{}</span>', code, name))
