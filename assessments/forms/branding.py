"""Under whose name and colours reports go out: colours that can be read, a logo that we draw ourselves."""

import base64
import binascii
import math
import re
from collections.abc import Callable
from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.forms import Button, form_helper
from assessments.forms.texts import Line, PlainText
from assessments.models import Branding
from assessments.reports.branding import LEAST_CONTRAST, WHITE, best_contrast, contrast, nearest_darker
from assessments.reports.logos import MOST_BYTES, LogoRefused, ReportBusy, drawn_logo
from assessments.services.branding import Content

MAIN, ACCENT = "#12475a", "#12475a"
"""What a new branding begins with: the colours of the pages."""
TYPED = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


class Colour(forms.CharField):
    """A colour as #rrggbb on which, or in which, text can be read: `reaches` gives the contrast of a colour."""

    def __init__(self, reaches: Callable[[str], float], too_faint: Any, **options: Any) -> None:
        super().__init__(**options)
        self.reaches, self.too_faint = reaches, too_faint
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        found = TYPED.fullmatch(typed)
        if found is None:
            raise forms.ValidationError(_("Write the colour as # and six digits or letters from a to f, like #12475a."))
        digits = found[1].lower()
        colour = "#" + (digits if len(digits) == 6 else "".join(2 * each for each in digits))
        if self.reaches(colour) < LEAST_CONTRAST:
            told = {"reached": _ratio(self.reaches(colour)), "needed": _ratio(LEAST_CONTRAST)}
            raise forms.ValidationError(self.too_faint, params=told | {"shade": nearest_darker(colour, self.reaches)})
        return colour


def _ratio(value: float) -> str:
    """A contrast, never rounded up to one that it does not reach."""
    return f"{math.floor(value * 100) / 100:.2f}".rstrip("0").rstrip(".")


class BrandingForm(forms.Form):
    """One for places and consultancies. `shown` is the row that the page shows, if there is one."""

    name = Line(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("Who reports, as it should stand on the cover."),
        error_messages={"required": gettext_lazy("Say whose name reports should carry.")},
    )
    main = Colour(
        best_contrast,
        gettext_lazy(
            "Neither white nor dark letters can be read on this colour: they reach a contrast of %(reached)s to 1, and "
            "%(needed)s is needed. The nearest darker shade that does is %(shade)s."
        ),
        label=gettext_lazy("Main colour"),
        help_text=gettext_lazy("The ground of the cover."),
        error_messages={"required": gettext_lazy("Choose the main colour.")},
    )
    accent = Colour(
        lambda colour: contrast(colour, WHITE),
        gettext_lazy(
            "This colour is too faint on white paper: it reaches a contrast of %(reached)s to 1, and %(needed)s is "
            "needed. The nearest darker shade that does is %(shade)s."
        ),
        label=gettext_lazy("Accent colour"),
        help_text=gettext_lazy("Of headings and rules on white."),
        error_messages={"required": gettext_lazy("Choose the accent colour.")},
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("PNG, JPEG or SVG, at most 1 MB. We draw it anew and keep nothing else of the file."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/svg+xml"}),
    )
    logo_sent = forms.CharField(required=False, widget=forms.HiddenInput)
    remove_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)
    contact = PlainText(
        label=gettext_lazy("Contact"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("An address, a telephone number, an e-mail address: as it should stand in the report."),
        error_messages={"max_length": gettext_lazy("The contact has %(show_value)d characters; 500 can be kept.")},
    )
    disclaimer = PlainText(
        label=gettext_lazy("Disclaimer"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("It stands beside the project’s own note of independence, which always stays."),
        error_messages={"max_length": gettext_lazy("The disclaimer has %(show_value)d characters; 1,000 can be kept.")},
    )
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 2, widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, shown: Branding | None, **options: Any) -> None:
        super().__init__(self._with_picked(data), files, initial=_initial(shown), **options)
        self.shown = shown
        for name, rows in (("contact", 3), ("disclaimer", 4)):
            self.fields[name].widget.attrs["rows"] = rows
        if not (shown and shown.logo):
            del self.fields["remove_logo"]
        buttons = [Button(_("Save"))]
        if shown:
            buttons.append(Button(_("Take the branding away"), name="go", value="remove", kind="danger"))
        self.helper = form_helper(*buttons)
        colours = (Field(name, template="hub/colour.html") for name in ("main", "accent"))
        rest = [name for name in self.fields if name not in ("name", "main", "accent")]
        self.helper.layout = Layout("name", *colours, *rest)

    @staticmethod
    def _with_picked(data: Any) -> Any:
        """The data, where a colour was picked beside a text that nobody touched: without scripts only one changes."""
        if data is None:
            return None
        data = dict(data.items())  # of a QueryDict, the last of each name
        for name in ("main", "accent"):
            typed, picked, was = (data.get(f"{name}{part}", "").strip() for part in ("", "_picked", "_was"))
            if picked and typed == was and picked != was.lower():
                data[name] = picked
        return data

    def clean_logo(self) -> bytes:
        """The drawn picture: of the file that came, of the one that came before a mistake elsewhere, or nothing."""
        file = self.cleaned_data.get("logo")
        try:
            return drawn_logo(file.read(MOST_BYTES + 1)) if file is not None else b""
        except LogoRefused as error:
            raise forms.ValidationError(str(error)) from None
        except ReportBusy:
            raise forms.ValidationError(_("The drawing has to wait a moment. Send it again.")) from None

    def clean_logo_sent(self) -> bytes:
        try:
            return drawn_logo(base64.b64decode(self.cleaned_data["logo_sent"], validate=True))
        except (LogoRefused, ReportBusy, binascii.Error, ValueError):
            return b""

    def keep_logo(self) -> None:
        """Let the page hold the logo that came, so that it need not be chosen again."""
        if sent := self.sent:
            self.hold("logo_sent", base64.b64encode(sent).decode())

    def hold(self, name: str, value: object) -> None:
        """Let the page show this in place of what was posted."""
        self.data = {**self.data, name: str(value)}

    @property
    def sent(self) -> bytes:
        """The logo that came with this form, now or before."""
        found = getattr(self, "cleaned_data", {})
        return bytes(found.get("logo") or found.get("logo_sent") or b"")

    @property
    def seen(self) -> int:
        """The revision that the person saw; 0 where there was none."""
        return self.cleaned_data.get("revision") or 0

    def content(self, stored: Branding | None) -> Content:
        """What to save; without a new logo the stored one stays, unless it is to go."""
        texts = {name: self.cleaned_data[name] for name in ("name", "main", "accent", "contact", "disclaimer")}
        keeps = stored is not None and not self.cleaned_data.get("remove_logo")
        return Content(**texts, logo=self.sent or (bytes(stored.logo) if keeps and stored else b""))


def _initial(shown: Branding | None) -> dict[str, Any]:
    if shown is None:
        return {"main": MAIN, "accent": ACCENT, "revision": 0}
    names = ("name", "main", "accent", "contact", "disclaimer", "revision")
    return {name: getattr(shown, name) for name in names}
