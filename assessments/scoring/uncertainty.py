"""How sure a figure is when every weight may be off by up to a quarter, found exactly by trying every cut."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from assessments.scoring.proportion import whole_numbers
from assessments.scoring.result import Range

RAISED, LOWERED = 5, 3
"""Quarters of a weight: what 1.25 times and 0.75 times come to."""

Weighted = tuple[Fraction, Fraction]
"""A value and its weight."""


def greatest_mean(pairs: Sequence[Weighted]) -> Fraction:
    """The greatest weighted mean: the highest values weigh 1.25 times, the rest 0.75 times, at the best cut.

    `pairs` holds one or more values, each with a weight above 0. Counted in whole numbers, which is exact and quick.
    """
    unit = lcm(*(value.denominator for value, _ in pairs))
    values = [value.numerator * (unit // value.denominator) for value, _ in pairs]
    weights = whole_numbers([weight for _, weight in pairs])
    ordered = sorted(zip(values, weights, strict=True), reverse=True)
    top = LOWERED * sum(value * weight for value, weight in ordered)
    bottom = LOWERED * sum(weights)
    best = top, bottom
    for value, weight in ordered:
        top += (RAISED - LOWERED) * value * weight
        bottom += (RAISED - LOWERED) * weight
        if top * best[1] > best[0] * bottom:
            best = top, bottom
    return Fraction(best[0], best[1] * unit)


def least_mean(pairs: Sequence[Weighted]) -> Fraction:
    """The least weighted mean, by the same cuts from the other end."""
    return -greatest_mean([(-value, weight) for value, weight in pairs])


def weight_range(pairs: Sequence[Weighted]) -> Range:
    """The least and the greatest score when each weight lies anywhere within ±25 % of what it is."""
    return Range(least_mean(pairs), greatest_mean(pairs))
