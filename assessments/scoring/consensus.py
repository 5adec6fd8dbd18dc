"""What several respondents gave, each role that answered counting once, and how far they agree.

Consensus: W. J. Tastle and M. J. Wierman, "Consensus and dissention: A measure of ordinal dispersion", International
Journal of Approximate Reasoning 45 (2007).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction

from assessments.scoring.inputs import Criterion, Playbook, Respondent, is_level
from assessments.scoring.result import Collective

FEWEST_FOR_CONSENSUS = 3
DECIMALS = 30
_CONTEXT = Context(prec=60)


def collective_results(playbook: Playbook, respondents: Sequence[Respondent]) -> Mapping[str, Collective]:
    """One entry, in playbook order, for each criterion to which at least one respondent gave a level."""
    given = _levels(respondents)
    return {
        criterion.key: _collective(playbook, criterion, given[criterion.key])
        for criterion in playbook.criteria()
        if criterion.key in given
    }


def _levels(respondents: Sequence[Respondent]) -> dict[str, dict[str, list[int]]]:
    """The levels given, by criterion, then by role."""
    given: dict[str, dict[str, list[int]]] = {}
    for respondent in respondents:
        for key, answer in respondent.answers.items():
            if is_level(answer):
                given.setdefault(key, {}).setdefault(respondent.role, []).append(answer)
    return given


def _collective(playbook: Playbook, criterion: Criterion, given: Mapping[str, list[int]]) -> Collective:
    by_role = {role: given[role] for role in playbook.roles if role in given}
    levels = [level for levels in by_role.values() for level in levels]
    shares = _shares(criterion, by_role)
    mean = sum((level * share for level, share in enumerate(shares)), Fraction(0))
    role_means = {role: Fraction(sum(levels), len(levels)) for role, levels in by_role.items()}
    return Collective(
        respondents=len(levels),
        mean=mean,
        consensus=_consensus(shares, mean, criterion.top) if len(levels) >= FEWEST_FOR_CONSENSUS else None,
        spread=max(role_means.values()) - min(role_means.values()),
        suggested=_lower_median(shares),
        discuss=2 * (max(levels) - min(levels)) >= criterion.top,
        role_means=role_means,
    )


def _shares(criterion: Criterion, by_role: Mapping[str, list[int]]) -> list[Fraction]:
    """The mean of the roles' distributions: for each level 0..m, its share between 0 and 1."""
    shares = [Fraction(0)] * (criterion.top + 1)
    for levels in by_role.values():
        for level, times in Counter(levels).items():
            shares[level] += Fraction(times, len(levels) * len(by_role))
    return shares


def _lower_median(shares: Sequence[Fraction]) -> int:
    reached = Fraction(0)
    for level, share in enumerate(shares):
        reached += share
        if 2 * reached >= 1:
            return level
    raise AssertionError("shares add up to 1")


def _consensus(shares: Sequence[Fraction], mean: Fraction, top: int) -> Fraction:
    total = Decimal(1)
    for level, share in enumerate(shares):
        if share:
            logarithm = _log2(1 - abs(level - mean) / top)
            total = _CONTEXT.add(total, _CONTEXT.multiply(_decimal(share), logarithm))
    return Fraction(total.quantize(Decimal(1).scaleb(-DECIMALS), context=_CONTEXT))


def _log2(value: Fraction) -> Decimal:
    """The base-two logarithm of a fraction above 0 and at most 1; exact for powers of two."""
    if value.numerator == 1 and value.denominator.bit_count() == 1:
        return Decimal(1 - value.denominator.bit_length())
    return _CONTEXT.divide(_CONTEXT.ln(_decimal(value)), _CONTEXT.ln(Decimal(2)))


def _decimal(value: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
