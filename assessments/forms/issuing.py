"""What somebody chooses before a report is issued under a code."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.findings.codes import read_code
from assessments.forms import Choice, form_helper
from assessments.forms.reports import NO_BRANDING, WHOSE
from assessments.models import Branding
from assessments.reports.branding import branding_of
from assessments.reports.options import CHAPTERS, KINDS, Options


class IssueForm(forms.Form):
    """`offered` are the brandings that the person may report under (selectors.branding)."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What to issue"),
        choices=[(each.key, Choice(each.name, each.purpose)) for each in KINDS.values() if each.is_pdf],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what to issue.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the language.")},
    )
    branding = forms.ChoiceField(
        label=gettext_lazy("Under whose name"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose under whose name it goes out.")},
    )
    chapters = forms.MultipleChoiceField(
        label=gettext_lazy("Chapters"),
        required=False,
        choices=list(CHAPTERS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of the full report. The other kinds are always whole."),
    )
    appendix = forms.BooleanField(
        label=gettext_lazy("With the appendix: the stages and their facts (full report)"), required=False
    )

    def __init__(self, *args: Any, offered: Mapping[str, Branding], **options: Any) -> None:
        super().__init__(*args, **options)
        self.offered = offered
        choices = [(whose, str(WHOSE[whose]).format(name=row.name)) for whose, row in offered.items()]
        branding: Any = self.fields["branding"]
        branding.choices = [(NO_BRANDING, _("None: Hub Playbook alone")), *choices]
        kind: Any = self.fields["kind"]
        kind.choices = [(each.key, Choice(str(each.name), str(each.purpose))) for each in KINDS.values() if each.is_pdf]
        self.helper = form_helper(_("Issue this report"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "full" and cleaned.get("chapters") == []:
            self.add_error("chapters", _("Choose at least one chapter."))
        return cleaned

    def options(self) -> Options:
        """What was chosen, with the branding as it is now."""
        told = self.cleaned_data
        return Options(
            kind=told["kind"],
            chapters=tuple(told["chapters"]),
            appendix=told["appendix"],
            language=told["language"],
            branding=branding_of(self.offered.get(told["branding"])),
        )


def asked_for(query: QueryDict, offered: Mapping[str, Branding], language: str, prefers: str) -> dict[str, Any]:
    """What the form begins with: what its address asks for, as the page where a report is chosen leads here."""
    kind = KINDS.get(query.get("kind") or "full")
    usual = next((each for each in (prefers, *offered) if each in offered), NO_BRANDING)
    return {
        "kind": kind.key if kind and kind.is_pdf else "full",
        "language": query.get("language") or language,
        "branding": query.get("branding") or usual,
        "chapters": query.getlist("chapters") or list(CHAPTERS),
        "appendix": "chosen" not in query or "appendix" in query,
    }


class CodeForm(forms.Form):
    """The code that stands on a report, typed by whoever holds it."""

    code = forms.CharField(
        label=gettext_lazy("Code of the report"),
        max_length=100,
        help_text=gettext_lazy("Ten letters and digits, such as 7KQ2M-9XW4T. It stands on the report’s first page."),
        error_messages={"required": gettext_lazy("Type the code that stands on the report.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = form_helper(_("Check the report"))
        self.helper.form_method = "get"

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("A code has ten letters and digits, such as 7KQ2M-9XW4T. Look at the report and type it again.")
            )
        return code
