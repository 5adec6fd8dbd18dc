"""The sentence over each line of a history: how far it went since it broke last."""

from collections.abc import Sequence

from assessments.findings.history import Break, History, LevelLine, ScoreLine
from assessments.findings.sentences import points
from assessments.scoring.change import is_clear
from assessments.wording import day
from assessments.wording import gettext as _


def score_sentence(history: History, line: ScoreLine) -> str:
    """How a score went from the first to the last submitted assessment that can be compared."""
    scored = [
        (at, moment.dated, result)
        for at, (moment, result) in enumerate(zip(history.moments, line.results, strict=True))
        if not moment.is_open and result is not None and result.score is not None
    ]
    if not scored:
        return _("No submitted assessment has a score yet.")
    run = [each for each in scored if each[0] >= _last_break(line.breaks, scored[-1][0])]
    (_at, first_day, first), (_at, last_day, last) = run[0], run[-1]
    if len(run) > 1:
        text = _("From {before} on {first_day} to {score} on {last_day}.")
        sure = (
            _("The change is clear: the ranges then and now do not overlap.")
            if is_clear(first, last)
            else _("The change is not clear: the ranges then and now touch or overlap.")
        )
        days = {"first_day": day(first_day), "last_day": day(last_day)}
        return f"{text.format(before=points(first.score), score=points(last.score), **days)} {sure}"
    return _("{score} out of 100 on {day}.").format(score=points(last.score), day=day(last_day))


def level_sentence(history: History, line: LevelLine) -> str:
    """How a level went, over the submitted assessments, since the line broke last."""
    known = [
        (at, spot.level)
        for at, (moment, spot) in enumerate(zip(history.moments, line.spots, strict=True))
        if not moment.is_open and spot is not None and spot.level is not None
    ]
    if not known:
        return _("No submitted assessment gives a level.")
    run = [level for at, level in known if at >= _last_break(line.breaks, known[-1][0])]
    if len(run) == 1:
        return _("Level {level}.").format(level=run[0])
    if len(set(run)) == 1:
        return _("Level {level} throughout.").format(level=run[0])
    if run[0] == run[-1]:
        return _("Level {level} then and now.").format(level=run[0])
    return _("From level {before} to level {level}.").format(before=run[0], level=run[-1])


def _last_break(breaks: Sequence[Break], until: int) -> int:
    return max((each.at for each in breaks if each.at <= until), default=0)
