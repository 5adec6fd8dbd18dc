"""The balanced score: a geometric mean shifted by 25 points, so that a strong lesson cannot hide a weak one.

The mean is seldom a fraction, so it is found to more digits than any rounding needs: sixty, and four hundred where
sixty do not tell on which side of a half, or of the five points, it lies.
"""

from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction

SHIFT = 25
UNBALANCED_FROM = 5
HALF_STEP = Fraction(1, 20_000)
"""All that figures are rounded at, four decimals or whole, lies on a multiple of this."""

Weighted = tuple[Fraction, Fraction]


def balanced(pairs: Sequence[Weighted]) -> Fraction:
    """Π (score + 25)^(W/ΣW) − 25 over (score, weight) pairs: 0 to 100, to thirty decimals or more."""
    value = _balanced(pairs, digits=60, decimals=30)
    past = value % HALF_STEP
    if min(past, HALF_STEP - past) < Fraction(1, 10**25):
        return _balanced(pairs, digits=400, decimals=200)
    return value


def is_unbalanced(pairs: Sequence[Weighted], score: Fraction, value: Fraction) -> bool:
    """Whether `value`, the balanced score of the pairs, lies five points or more below their plain `score`."""
    limit = score - UNBALANCED_FROM
    if abs(value - limit) < Fraction(1, 10**25):
        value = _balanced(pairs, digits=400, decimals=200)
    return value <= limit


def _balanced(pairs: Sequence[Weighted], digits: int, decimals: int) -> Fraction:
    count = Context(prec=digits)
    whole = sum((weight for _, weight in pairs), Fraction(0))
    logarithm = Decimal(0)
    for score, weight in pairs:
        part = count.multiply(_decimal(weight / whole, count), count.ln(_decimal(score + SHIFT, count)))
        logarithm = count.add(logarithm, part)
    value = count.subtract(count.exp(logarithm), Decimal(SHIFT))
    return Fraction(value.quantize(Decimal(1).scaleb(-decimals), context=count))


def _decimal(value: Fraction, count: Context) -> Decimal:
    return count.divide(Decimal(value.numerator), Decimal(value.denominator))
