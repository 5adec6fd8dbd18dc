"""Text as people type and paste it, made safe to keep: one kind of line end, no control characters."""

from typing import Any

from django import forms
from django.core.validators import URLValidator

from assessments.interchange.filled import readable


class PlainText(forms.CharField):
    """Several lines of plain text. Line ends are counted once; what cannot be printed is dropped, nothing else."""

    widget = forms.Textarea

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No `maxlength`: a browser cuts pasted words off in silence; the server says how many are too many."""
        return {}

    def to_python(self, value: Any) -> str:
        return readable(super().to_python(value) or "")


class Line(forms.CharField):
    """One line of plain text."""

    def to_python(self, value: Any) -> str:
        return " ".join(readable(super().to_python(value) or "").split())


class WebAddress(forms.URLField):
    """An address on the web: http or https, and nothing else that a browser might follow."""

    default_validators = [URLValidator(["http", "https"])]
