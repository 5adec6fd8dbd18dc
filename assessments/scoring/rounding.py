"""The one rounding, at the edge, half up: four decimals for JSON and stored figures, whole points for people."""

from fractions import Fraction
from math import floor


def half_up(value: Fraction, decimals: int = 0) -> Fraction:
    """Round to so many decimals; a tie goes up (2.5 → 3, −2.5 → −2)."""
    scale = 10**decimals
    return Fraction(floor(value * scale + Fraction(1, 2)), scale)


def whole(value: Fraction) -> int:
    """Whole points, as pages and PDFs show them."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def four_decimals(value: Fraction | None) -> float | None:
    """A figure as JSON holds it; None stays None."""
    return None if value is None else float(half_up(value, 4))
