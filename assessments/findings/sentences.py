"""The sentences that tell a figure, in plain words; whole points, and every comparison on the exact figure."""

from collections.abc import Sequence
from fractions import Fraction

from assessments.scoring.result import INDICATIVE, LessonResult, OverallResult, Range
from assessments.scoring.rounding import whole


def score(overall: OverallResult, withheld: Sequence[str]) -> str:
    """The overall figure, its range and how sure it is. `withheld`: the lessons that too little is known of."""
    if overall.low is None:
        return "Every criterion was answered not applicable, so there is no score."
    if overall.score is None:
        return (
            f"The score is withheld, because too little is known of {listed(withheld)}. "
            f"Once everything is known it will lie {between(overall.low, overall.high)}."
        )
    if overall.status == INDICATIVE:
        return (
            f"{points(overall.score)} out of 100 so far. It is provisional: once everything is known it will "
            f"lie {between(overall.low, overall.high)}."
        )
    return f"{points(overall.score)} out of 100. Every criterion that applies has a level."


def lesson(result: LessonResult) -> str:
    """A lesson's figure."""
    if not result.applicable:
        return "Every criterion of this lesson was answered not applicable, so it has no score."
    if result.score is None:
        return (
            f"The score is withheld: {percent(result.completeness)} of the lesson, by weight, has a level. "
            f"It lies {between(result.low, result.high)}."
        )
    text = f"{points(result.score)} out of 100"
    if result.status == INDICATIVE:
        text += f", provisional: {between(result.low, result.high)} once everything is known"
    return f"{text}. Evidence supports {points(result.evidenced)}."


def caveat(result: LessonResult) -> str:
    """Why a lesson should not be compared, where it should not."""
    if result.comparable or not result.applicable:
        return ""
    return (
        "More than a quarter of this lesson’s weight is not applicable here, so its score should not be "
        "compared with another place’s."
    )


def stage(declared: int, supported: int, possible: int, names: Sequence[str]) -> str:
    """Declared beside supported, and how far what is unknown could carry it: numbers of stages, from 0, and names."""
    if declared == supported:
        text = f"The place declares {names[declared]}, and its answers support it."
    elif supported > declared:
        text = f"The place declares {names[declared]}; its answers support a later stage, {names[supported]}."
    else:
        text = f"The place declares {names[declared]}; its answers support {names[supported]}."
    if possible != supported:
        text += f" With what is not yet known it could be as far as {names[possible]}."
    return text


def weakest(title: str, figure: Fraction | None, *, robust: bool) -> str:
    """Which lesson is the weakest, and whether other weights could change that."""
    if not title:
        return "No lesson can be called the weakest while the score is withheld."
    sure = (
        "It stays the weakest even if every weight is off by a quarter."
        if robust
        else "Another lesson could be the weakest if the weights were up to a quarter different."
    )
    return f"{title} is the weakest lesson, at {points(figure)} out of 100. {sure}"


def evidence(overall: OverallResult) -> str:
    """Claimed beside evidenced."""
    if overall.score is None or overall.evidenced is None:
        return "No evidenced score is shown while the score is withheld."
    claimed, evidenced = points(overall.score), points(overall.evidenced)
    if overall.score == overall.evidenced:
        return f"The evidence attached supports the claimed score of {claimed} in full."
    if claimed == evidenced:
        return f"The evidence attached supports all but a fraction of a point of the claimed {claimed}."
    return f"Claimed: {claimed}. The evidence attached supports {evidenced}."


def weights(found: Range | None) -> str:
    """How far the score depends on the weights."""
    if found is None:
        return ""
    if found.low == found.high:
        return f"The score stays {points(found.low)} even if every weight is off by up to a quarter."
    return f"If every weight were off by up to a quarter, the score would lie {between(found.low, found.high)}."


def balance(overall: OverallResult) -> str:
    """The warning where a strong lesson hides a weak one."""
    if not overall.unbalanced:
        return ""
    return (
        f"A strong lesson hides a weak one. Counted so that it cannot, the score is {points(overall.balanced)} "
        f"in place of {points(overall.score)}."
    )


def change(compared: int, up: int, down: int, before: OverallResult, now: OverallResult, *, clear: bool) -> str:
    """How many criteria moved, and whether the overall change is clear."""
    if not compared:
        return "No criterion can be compared with last time."
    criteria = "criterion" if compared == 1 else "criteria"
    text = f"Of {compared} {criteria} compared, {up} went up, {down} went down and {compared - up - down} stayed."
    if before.score is not None and now.score is not None:
        text += f" Overall: {points(before.score)} before, {points(now.score)} now."
    if clear:
        return f"{text} The change is clear: the ranges before and now do not overlap."
    return f"{text} The overall change is not clear: the ranges before and now touch or overlap."


def left_out(number: int) -> str:
    """Why so many criteria are not compared."""
    if not number:
        return ""
    criteria = "criterion is" if number == 1 else "criteria are"
    return f"{number} {criteria} not compared: without a level in one of the two, or with other levels or weight then."


def gain(value: Fraction) -> str:
    """Points won, whole; what rounds to none is said in words."""
    if not whole(value):
        return "less than 1 point"
    return f"{whole(value)} {'point' if whole(value) == 1 else 'points'}"


def points(value: Fraction | None) -> str:
    """Whole points, half up; nothing for None."""
    return "" if value is None else str(whole(value))


def percent(share: Fraction | None) -> str:
    """A share from 0 to 1 as whole per cent."""
    return "" if share is None else f"{whole(share * 100)}%"


def between(low: Fraction | None, high: Fraction | None) -> str:
    """Two bounds in words; ends that round to the same figure are one."""
    if points(low) == points(high):
        return f"at about {points(low)}"
    return f"between {points(low)} and {points(high)}"


def span(low: Fraction | None, high: Fraction | None) -> str:
    """Two bounds as a table says them; ends that round to the same figure are one."""
    return points(low) if points(low) == points(high) else f"{points(low)} to {points(high)}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence says them: one, two and three."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
