"""Weights as the smallest whole numbers in the same proportion: 20, 12.5 → 8, 5; and means that are counted so."""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm


def whole_numbers(weights: Sequence[Fraction]) -> list[int]:
    """The smallest whole numbers in the same proportion as `weights`, each of which is above 0."""
    unit = lcm(*(weight.denominator for weight in weights))
    numbers = [weight.numerator * (unit // weight.denominator) for weight in weights]
    common = gcd(*numbers)
    return [number // common for number in numbers]


def weighted_mean(values: Sequence[Fraction], weights: Sequence[int]) -> Fraction:
    """The mean of one or more values, by whole weights above 0; exact."""
    unit = lcm(*(value.denominator for value in values))
    total = sum(
        value.numerator * (unit // value.denominator) * weight for value, weight in zip(values, weights, strict=True)
    )
    return Fraction(total, unit * sum(weights))
