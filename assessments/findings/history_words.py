"""The sentence over each line of a history: how far it went since it broke last."""

from collections.abc import Sequence
from datetime import date

from assessments.findings.history import Break, History, LevelLine, ScoreLine
from assessments.findings.sentences import points
from assessments.scoring.change import is_clear


def score_sentence(history: History, line: ScoreLine) -> str:
    """How a score went from the first to the last submitted assessment that can be compared."""
    scored = [
        (at, moment.dated, result)
        for at, (moment, result) in enumerate(zip(history.moments, line.results, strict=True))
        if not moment.is_open and result is not None and result.score is not None
    ]
    if not scored:
        return "No submitted assessment has a score yet."
    run = [each for each in scored if each[0] >= _last_break(line.breaks, scored[-1][0])]
    (_, first_day, first), (_, last_day, last) = run[0], run[-1]
    if len(run) > 1:
        text = f"From {points(first.score)} on {day(first_day)} to {points(last.score)} on {day(last_day)}. "
        text += (
            "The change is clear: the ranges then and now do not overlap."
            if is_clear(first, last)
            else "The change is not clear: the ranges then and now touch or overlap."
        )
    else:
        text = f"{points(last.score)} out of 100 on {day(last_day)}."
    return text


def level_sentence(line: LevelLine) -> str:
    """How a level went since the line broke last."""
    known = [(at, spot.level) for at, spot in enumerate(line.spots) if spot is not None and spot.level is not None]
    if not known:
        return "No level was given."
    run = [level for at, level in known if at >= _last_break(line.breaks, known[-1][0])]
    if len(run) == 1:
        return f"Level {run[0]}."
    return f"Level {run[0]} throughout." if len(set(run)) == 1 else f"From level {run[0]} to level {run[-1]}."


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _last_break(breaks: Sequence[Break], until: int) -> int:
    return max((each.at for each in breaks if each.at <= until), default=0)
