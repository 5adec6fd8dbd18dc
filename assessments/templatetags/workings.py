"""How the workings of a score say figures: in tenths, so that the parts can be added up by hand."""

from fractions import Fraction

from django import template
from django.utils import formats

from assessments.scoring.rounding import half_up

register = template.Library()


@register.filter
def tenths(value: Fraction | None) -> str:
    """One decimal, half up (8.25 → "8.3", in German "8,3"); nothing for None."""
    return "" if value is None else formats.number_format(float(half_up(value, 1)), decimal_pos=1)


@register.filter
def tenths_if_any(value: Fraction | None) -> str:
    """The same, without a decimal where it is none (75 → "75"): points of a level, which mostly are whole."""
    return str(half_up(value, 1)) if value is not None and half_up(value, 1).denominator == 1 else tenths(value)
