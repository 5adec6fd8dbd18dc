"""The sentence over a heat map. A lesson is called strong or weak only across places that have a figure for each."""

from collections.abc import Sequence
from fractions import Fraction
from statistics import median
from typing import Protocol

from assessments.findings.sentences import listed, points
from assessments.wording import gettext as _
from assessments.wording import ngettext

MOST_NAMED = 3


class Named(Protocol):
    @property
    def label(self) -> str: ...


class Below(Protocol):
    """In so many of the places that know it, a criterion is below its target."""

    @property
    def column(self) -> Named: ...
    @property
    def below(self) -> int: ...
    @property
    def known(self) -> int: ...


def lessons(figures: Sequence[Sequence[Fraction]], titles: Sequence[str], places: int) -> str:
    """The strongest and the weakest lesson by their medians; `figures` are of the places that have one for each."""
    if len(titles) < 2:
        return _("There is only one lesson, so none is weaker than another.")
    if not figures:
        return _("No place has a score for every lesson that can be compared, so none is called strongest or weakest.")
    medians = [points(median(column)) for column in zip(*figures, strict=True)]
    told = [_extremes(medians, titles, len(figures))]
    if places > len(figures):
        text = ngettext(
            "{number} place without such a score for every lesson is not counted.",
            "{number} places without such a score for every lesson are not counted.",
            places - len(figures),
        )
        told.append(text.format(number=places - len(figures)))
    return " ".join(told)


def _extremes(medians: Sequence[str], titles: Sequence[str], places: int) -> str:
    least, most = min(medians, key=int), max(medians, key=int)
    if least == most:
        return _("No lesson stands out: each has a median of {score} out of 100.").format(score=most)
    text = ngettext(
        "In {number} place. Strongest: {strongest}, {most} out of 100. Weakest: {weakest}, {least}.",
        "By the medians of {number} places. Strongest: {strongest}, {most} out of 100. Weakest: {weakest}, {least}.",
        places,
    )
    return text.format(
        number=places, strongest=_of(most, medians, titles), most=most, weakest=_of(least, medians, titles), least=least
    )


def _of(score: str, medians: Sequence[str], titles: Sequence[str]) -> str:
    return listed([title for title, each in zip(titles, medians, strict=True) if each == score])


def criteria(below: Sequence[Below], places: int) -> str:
    """The criteria that are most often below their target; `below` begins with them."""
    if not below:
        return _("No criterion that has a level is below its target in any of the places.")
    first = [each for each in below if each.below == below[0].below]
    named = [each.column.label for each in first[:MOST_NAMED]]
    if more := len(first) - len(named):
        named.append(ngettext("{number} other", "{number} others", more).format(number=more))
    text = ngettext(
        "Most often below the target for the stage that the place declared: {criteria}, in {number} of {places}.",
        "Most often below the target for the stage that the place declared: {criteria}, each in {number} of {places}.",
        len(first),
    )
    return text.format(criteria=listed(named), number=below[0].below, places=places)
