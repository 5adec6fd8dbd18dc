"""The sentences that tell a figure, in the reader's language; whole points, every comparison on the exact figure."""

from collections.abc import Sequence
from fractions import Fraction

from assessments.scoring.result import INDICATIVE, LessonResult, OverallResult, Range
from assessments.scoring.rounding import whole
from assessments.wording import gettext as _
from assessments.wording import ngettext


def score(overall: OverallResult, withheld: Sequence[str]) -> str:
    """The overall figure, its range and how sure it is. `withheld`: the lessons that too little is known of."""
    if overall.low is None:
        return _("Every criterion was answered not applicable, so there is no score.")
    if overall.score is None:
        return _(
            "The score is withheld, because too little is known of {lessons}. "
            "Once everything is known it will lie {between}."
        ).format(lessons=listed(withheld), between=between(overall.low, overall.high))
    if overall.status == INDICATIVE:
        return _(
            "{score} out of 100 so far. It is provisional: once everything is known it will lie {between}."
        ).format(score=points(overall.score), between=between(overall.low, overall.high))
    return _("{score} out of 100. Every criterion that applies has a level.").format(score=points(overall.score))


def lesson(result: LessonResult) -> str:
    """A lesson's figure."""
    if not result.applicable:
        return _("Every criterion of this lesson was answered not applicable, so it has no score.")
    if result.score is None:
        return _("The score is withheld: {share} of the lesson, by weight, has a level. It lies {between}.").format(
            share=percent(result.completeness), between=between(result.low, result.high)
        )
    if result.status == INDICATIVE:
        text = _("{score} out of 100, provisional: {between} once everything is known. Evidence supports {evidenced}.")
    else:
        text = _("{score} out of 100. Evidence supports {evidenced}.")
    figures = {"score": points(result.score), "evidenced": points(result.evidenced)}
    return text.format(between=between(result.low, result.high), **figures)


def caveat(result: LessonResult) -> str:
    """Why a lesson should not be compared, where it should not."""
    if result.comparable or not result.applicable:
        return ""
    return _(
        "More than a quarter of this lesson’s weight is not applicable here, so its score should not be "
        "compared with another place’s."
    )


def stage(declared: int, supported: int, possible: int, names: Sequence[str]) -> str:
    """Declared beside supported, and how far what is unknown could carry it: numbers of stages, from 0, and names."""
    if declared == supported:
        text = _("The place declares {declared}, and its answers support it.")
    elif supported > declared:
        text = _("The place declares {declared}; its answers support a later stage, {supported}.")
    else:
        text = _("The place declares {declared}; its answers support {supported}.")
    text = text.format(declared=names[declared], supported=names[supported])
    if possible != supported:
        further = _("With what is not yet known it could be as far as {stage}.").format(stage=names[possible])
        return f"{text} {further}"
    return text


def weakest(titles: Sequence[str], lessons: int, figure: Fraction | None, *, robust: bool) -> str:
    """Which of so many lessons is the weakest, or which are level in whole points, and whether weights could change it.

    No titles where the score is withheld.
    """
    if not titles:
        return _("No lesson can be called the weakest while the score is withheld.")
    if lessons == 1:
        return _("Only one lesson applies, so none is weaker than another.")
    if len(titles) == lessons:
        return _("No lesson stands out as the weakest: each is at {score} out of 100.").format(score=points(figure))
    if len(titles) > 1:
        return _level_weakest(titles, figure, robust=robust)
    sure = (
        _("It stays the weakest even if every weight is off by a quarter.")
        if robust
        else _("Another lesson could be the weakest if the weights were up to a quarter different.")
    )
    text = _("{lesson} is the weakest lesson, at {score} out of 100.").format(lesson=titles[0], score=points(figure))
    return f"{text} {sure}"


def _level_weakest(titles: Sequence[str], figure: Fraction | None, *, robust: bool) -> str:
    text = _("{lessons} are the weakest lessons, each at {score} out of 100.")
    text = text.format(lessons=listed(titles), score=points(figure))
    if robust:
        return text
    unsure = _("Which lesson is the weakest could change if the weights were up to a quarter different.")
    return f"{text} {unsure}"


def weakest_tag(level: int, *, robust: bool) -> str:
    """The same in a word or two, beside the weakest lesson, or beside each of so many that are level."""
    if level > 1:
        return _("Joint weakest")
    return _("Weakest") if robust else _("Weakest by these weights")


def evidence(overall: OverallResult) -> str:
    """Claimed beside evidenced."""
    if overall.score is None or overall.evidenced is None:
        return _("No evidenced score is shown while the score is withheld.")
    claimed, evidenced = points(overall.score), points(overall.evidenced)
    if overall.score == overall.evidenced:
        return _("The evidence attached supports the claimed score of {score} in full.").format(score=claimed)
    if claimed == evidenced:
        text = _("The evidence attached supports all but a fraction of a point of the claimed {score}.")
        return text.format(score=claimed)
    text = _("Claimed: {score}. The evidence attached supports {evidenced}.")
    return text.format(score=claimed, evidenced=evidenced)


def weights(found: Range | None) -> str:
    """How far the score depends on the weights."""
    if found is None:
        return ""
    if found.low == found.high:
        text = _("The score stays {score} even if every weight is off by up to a quarter.")
        return text.format(score=points(found.low))
    text = _("If every weight were off by up to a quarter, the score would lie {between}.")
    return text.format(between=between(found.low, found.high))


def balance(overall: OverallResult) -> str:
    """The warning where a strong lesson hides a weak one."""
    if not overall.unbalanced:
        return ""
    return _(
        "A strong lesson hides a weak one. Counted so that it cannot, the score is {balanced} in place of {score}."
    ).format(balanced=points(overall.balanced), score=points(overall.score))


def change(
    compared: int, up: int, down: int, before: OverallResult, now: OverallResult, clear: bool, why_not: str = ""
) -> str:
    """How many criteria moved, and whether the overall change is clear; `why_not`: what keeps the two scores apart."""
    if not compared:
        return _("No criterion can be compared with last time.")
    text = ngettext(
        "Of {number} criterion compared, {up} went up, {down} went down and {stayed} stayed.",
        "Of {number} criteria compared, {up} went up, {down} went down and {stayed} stayed.",
        compared,
    )
    told = [text.format(number=compared, up=up, down=down, stayed=compared - up - down)]
    if before.score is not None and now.score is not None:
        overall = _("Overall: {before} before, {now} now.")
        told.append(overall.format(before=points(before.score), now=points(now.score)))
    if why_not:
        return " ".join([*told, _("The two overall scores cannot be compared."), why_not])
    if clear:
        told.append(_("The change is clear: the ranges before and now do not overlap."))
    else:
        told.append(_("The overall change is not clear: the ranges before and now touch or overlap."))
    return " ".join(told)


def left_out(number: int) -> str:
    """Why so many criteria are not compared."""
    if not number:
        return ""
    return ngettext(
        "{number} criterion is not compared: new since, without a level in one of the two, "
        "or with other levels or weight then.",
        "{number} criteria are not compared: new since, without a level in one of the two, "
        "or with other levels or weight then.",
        number,
    ).format(number=number)


def gain(value: Fraction) -> str:
    """Points won, whole; what rounds to none is said in words."""
    if not whole(value):
        return _("less than 1 point")
    return ngettext("{number} point", "{number} points", whole(value)).format(number=whole(value))


def points(value: Fraction | None) -> str:
    """Whole points, half up; nothing for None."""
    return "" if value is None else str(whole(value))


def percent(share: Fraction | None) -> str:
    """A share from 0 to 1 as whole per cent."""
    return "" if share is None else _("{number}%").format(number=whole(share * 100))


def between(low: Fraction | None, high: Fraction | None) -> str:
    """Two bounds in words; ends that round to the same figure are one."""
    if points(low) == points(high):
        return _("at about {score}").format(score=points(low))
    return _("between {low} and {high}").format(low=points(low), high=points(high))


def span(low: Fraction | None, high: Fraction | None) -> str:
    """Two bounds as a table says them; ends that round to the same figure are one."""
    if points(low) == points(high):
        return points(low)
    return _("{low} to {high}").format(low=points(low), high=points(high))


def listed(names: Sequence[str]) -> str:
    """Names as a sentence says them: one, two and three."""
    if len(names) < 2:
        return "".join(names)
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])
