"""Form fields of the admin: plain texts, weights as they are said, places in an order counted from 1."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.text import slugify

from assessments.models.playbook import KEY_LENGTH

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PlainText(forms.CharField):
    """Text without spaces round it, its lines ended in one way whatever the browser sends."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        return text.replace("\r\n", "\n").replace("\r", "\n")


class PlainNumber(forms.DecimalField):
    """A decimal without the noughts that the database pads it with."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The arrows of a number's input step by 1, not by the database's last decimal; any decimals may be typed."""
        return {**super().widget_attrs(widget), "step": "any"}

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value


class PlaceInOrder(forms.IntegerField):
    """A position, counted from 1 by people and from 0 by the database."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "Position")
        messages = {"min_value": "The first one has number 1.", **options.pop("error_messages", {})}
        super().__init__(min_value=0, error_messages=messages, **options)

    def prepare_value(self, value: Any) -> Any:
        return value + 1 if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        number = super().to_python(value)
        return None if number is None else number - 1

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "min": 1}


def plain(number: Decimal) -> str:
    """A decimal as people write it: 20, not 20.000000."""
    return f"{number.normalize():f}"


def above_zero(number: Decimal) -> None:
    if number <= 0:
        raise ValidationError("Must be above 0. What counts is its share of the sum of weights.")


def key_from(text: str) -> str:
    """A key made from a title: lower-case words joined by hyphens."""
    return slugify(text)[:KEY_LENGTH].strip("-")


def check_key(key: str) -> str:
    """Return a new key that will do, or raise ValidationError saying which letters it may have."""
    if not KEY.fullmatch(key):
        raise ValidationError("Use small letters a to z, digits, and single hyphens between words: shared-vision.")
    return key


def live_share(weight: Decimal, total: Decimal | None, group: int) -> str:
    """A share that static/admin-extra/shares.js keeps up with what is typed; `group` tells whose sum it is of."""
    return format_html('<span data-share="{}" data-total="{}">{}</span>', group, total or "", share(weight, total))


def share(weight: Decimal, total: Decimal | None) -> str:
    """A weight as its share of a sum of weights, in per cent with one digit."""
    return f"{weight * 100 / total:.1f}%" if total else "–"
