"""Weights as the smallest whole numbers in the same proportion: 20, 12.5 → 8, 5."""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm


def whole_numbers(weights: Sequence[Fraction]) -> list[int]:
    """The smallest whole numbers in the same proportion as `weights`, each of which is above 0."""
    unit = lcm(*(weight.denominator for weight in weights))
    numbers = [weight.numerator * (unit // weight.denominator) for weight in weights]
    common = gcd(*numbers)
    return [number // common for number in numbers]
