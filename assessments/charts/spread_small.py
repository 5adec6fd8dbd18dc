"""A spread as small as a word: a bar for each level, a line under the suggested one. For lists."""

from dataclasses import dataclass

from assessments.charts.chart import tone
from assessments.charts.spread import SpreadMark
from assessments.findings.voices import Spread

COLUMN, BAR, TALL, EDGE = 22, 17, 30, 2


@dataclass(frozen=True)
class SmallSpread:
    """In user units. Its words stand beside it."""

    width: int
    height: int
    marks: tuple[SpreadMark, ...]


def small_spread(spread: Spread) -> SmallSpread | None:
    """The drawing; None where nothing may be shown."""
    if spread.result is None:
        return None
    top, most, foot = spread.criterion.top, max(spread.counts), TALL + EDGE
    marks = []
    for level, count in enumerate(spread.counts):
        x = EDGE + COLUMN * level
        if count:
            tall = max(3, round(TALL * count / most))
            marks.append(SpreadMark(f"level-{tone(level, top)}", f"M{x} {foot}v{-tall}h{BAR}v{tall}z"))
        marks.append(SpreadMark("grid", f"M{x} {foot}h{BAR}"))
        if level == spread.result.suggested:
            marks.append(SpreadMark("mean", f"M{x} {foot + 3}h{BAR}v4h{-BAR}z"))
    return SmallSpread(COLUMN * (top + 1), foot + 9, tuple(marks))
