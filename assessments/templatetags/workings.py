"""How the workings of a score say figures: in tenths, so that the parts can be added up by hand."""

from fractions import Fraction

from django import template

from assessments.scoring.rounding import half_up

register = template.Library()


@register.filter
def tenths(value: Fraction | None) -> str:
    """One decimal, half up (8.25 → "8.3"); nothing for None."""
    return "" if value is None else f"{float(half_up(value, 1)):.1f}"
