"""What a group gave to a criterion, in words: the sentence, who is not shown, and why the figures are what they are.

Pure. The parts of a working add up to the engine's figures, and a test holds them to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import log2

from assessments.findings.voices import Spread
from assessments.scoring.result import Collective
from assessments.scoring.rounding import half_up
from assessments.wording import gettext as _
from assessments.wording import ngettext


def told(spread: Spread) -> str:
    """“9 gave a level, from 1 to 4; mean 2.6; suggested 3; consensus 0.71; to discuss: they are 3 levels apart.”"""
    if spread.result is None:
        return _without_figures(spread)
    return "; ".join(_parts(spread, spread.result)) + "."


def _parts(spread: Spread, result: Collective) -> Iterator[str]:
    yield _how_many(spread)
    if spread.asked_unknown:
        yield _unknown(spread)
    yield _("mean {mean}").format(mean=tenths(result.mean))
    yield _("suggested {level}").format(level=result.suggested)
    if result.consensus is not None:
        yield _("consensus {figure}").format(figure=hundredths(result.consensus))
    if result.discuss:
        yield apart(spread)


def _how_many(spread: Spread) -> str:
    if spread.lowest == spread.highest:
        text = ngettext("{number} gave a level: {level}", "{number} gave a level, all {level}", spread.answered)
        return text.format(number=spread.answered, level=spread.lowest)
    text = ngettext(
        "{number} gave a level, from {low} to {high}", "{number} gave a level, from {low} to {high}", spread.answered
    )
    return text.format(number=spread.answered, low=spread.lowest, high=spread.highest)


def _unknown(spread: Spread) -> str:
    text = ngettext("{number} does not know", "{number} do not know", spread.asked_unknown)
    return text.format(number=spread.asked_unknown)


def apart(spread: Spread) -> str:
    """Why a criterion is to be discussed."""
    levels = (spread.highest or 0) - (spread.lowest or 0)
    text = ngettext("to discuss: they are {number} level apart", "to discuss: they are {number} levels apart", levels)
    return text.format(number=levels)


def _without_figures(spread: Spread) -> str:
    if spread.is_gone:
        return _(
            "Fewer than three gave a level, so nothing is shown, and whatever was said was thrown away at the reveal."
        )
    if spread.answered:
        text = ngettext("{number} gave a level.", "{number} gave a level.", spread.answered)
        why = _("What fewer than three said is not shown, because the answers are anonymous.")
        return f"{text.format(number=spread.answered)} {why}"
    if spread.asked_unknown:
        return _("Nobody gave a level; {unknown}.").format(unknown=_unknown(spread))
    return _("Nobody gave a level.")


def not_shown(spread: Spread) -> str:
    """Which of them have no row of their own, and why; empty where every role has one."""
    if spread.result is None or not spread.untold:
        return ""
    if spread.is_one_group:
        return _("All are told of together, without their roles.")
    if spread.together:
        text = ngettext(
            "{number} stands in no row of a role of its own: a role is shown by itself only where at least three of it "
            "gave a level, and only where nobody could be found by taking one figure from another.",
            "{number} are told of together: a role is shown by itself only where at least three of it gave a level, "
            "and only where nobody could be found by taking one figure from another.",
            spread.untold,
        )
    else:
        text = ngettext(
            "{number} is in a role that is not shown by itself: fewer than three of it gave a level.",
            "{number} are in roles that are not shown by themselves: fewer than three of each gave a level.",
            spread.untold,
        )
    return text.format(number=spread.untold)


@dataclass(frozen=True)
class Share:
    """One level's part in the figures: its share, the shares up to it, what it adds to the mean and takes from 1."""

    level: int
    share: Fraction
    reached: Fraction
    adds: Fraction
    takes: float

    @property
    def takes_words(self) -> str:
        return hundredths(Fraction(self.takes))


@dataclass(frozen=True)
class SpreadWorking:
    """How mean, suggested level and consensus come about, level by level."""

    rows: tuple[Share, ...]
    result: Collective

    @property
    def mean(self) -> str:
        return tenths(self.result.mean)

    @property
    def consensus(self) -> str:
        """Empty where fewer than three gave a level."""
        return "" if self.result.consensus is None else hundredths(self.result.consensus)


def working(spread: Spread) -> SpreadWorking | None:
    """Why the figures are what they are; None where there are none."""
    if spread.result is None:
        return None
    rows, reached = [], Fraction(0)
    for level, share in enumerate(spread.shares):
        reached += share
        distance = abs(level - spread.result.mean) / spread.criterion.top
        takes = -float(share) * log2(1 - distance) if share else 0.0
        rows.append(Share(level, share, reached, level * share, takes))
    return SpreadWorking(tuple(rows), spread.result)


def tenths(value: Fraction) -> str:
    """One decimal, half up."""
    return f"{float(half_up(value, 1)):.1f}"


def hundredths(value: Fraction) -> str:
    """Two decimals, half up."""
    return f"{float(half_up(value, 2)):.2f}"
