"""How many scores lie in each ten of points, now and under a draft."""

from collections.abc import Sequence

from assessments.charts.chart import Chart
from assessments.charts.drawing import Axis, Legend, Line, Mark

LEGEND = (Legend("range", "bar", "Now"), Legend("target", "tick", "Under the draft"))
STEPS = (1, 2, 5)


def impact_chart(bands: Sequence[tuple[str, int, int]]) -> Chart:
    """The chart of scores in bands, each as (its points, how many now, how many under the draft)."""
    most = max((max(now, then) for _, now, then in bands), default=0)
    return Chart(
        key="impact",
        title="Scores now and under the draft",
        sentence="How many assessments have a score in each ten of points: the bar is now, the upright mark the draft.",
        columns=("Score", "Now", "Under the draft", "Difference"),
        table=tuple((name, str(now), str(then), _difference(then - now)) for name, now, then in bands),
        legend=LEGEND,
        axis=axis(most),
        lines=tuple(_line(*band) for band in bands),
        traces=[],
    )


def axis(most: int) -> Axis:
    """From 0 to at least `most` and 1, with at most six ticks at round numbers."""
    unit = 1
    while True:
        for step in STEPS:
            if 5 * step * unit >= most:
                end = max(1, -(-most // (step * unit))) * step * unit
                return Axis(end, tuple(range(0, end + 1, step * unit)), "Assessments")
        unit *= 10


def _line(name: str, now: int, then: int) -> Line:
    bar = (Mark("range", "bar", 0, now),) if now else ()
    tick = (Mark("target", "tick", then),) if now or then else ()
    return Line(name, name, bar + tick, f"{now}→{then}" if now or then else "–")


def _difference(number: int) -> str:
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"
