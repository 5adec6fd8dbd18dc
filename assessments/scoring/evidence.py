"""How far evidence carries a level: its grade, how old it is, and the highest level that it supports."""

import calendar
from collections.abc import Iterable
from datetime import date

from assessments.scoring.inputs import Criterion, Evidence

STALE_AFTER_YEARS = 2
NO_EVIDENCE = 0


def stale_before(assessed: date) -> date:
    """The day 24 calendar months before `assessed`; evidence dated earlier counts one grade lower.

    Where that month has no such day (29 February), it is the month's last. Before year 1 there is no date, so
    nothing is older.
    """
    year = assessed.year - STALE_AFTER_YEARS
    if year < date.min.year:
        return date.min
    return date(year, assessed.month, min(assessed.day, calendar.monthrange(year, assessed.month)[1]))


def is_stale(piece: Evidence, assessed: date) -> bool:
    """Whether the evidence is dated more than 24 calendar months before the assessment."""
    return piece.dated is not None and piece.dated < stale_before(assessed)


def counted_grade(piece: Evidence, assessed: date) -> int:
    """The grade, 0 to 4, that a piece counts with: one lower where it is stale, never below 0."""
    return max(NO_EVIDENCE, piece.grade - is_stale(piece, assessed))


def best_grade(pieces: Iterable[Evidence], assessed: date) -> int:
    """The best grade of several pieces; 0 where there are none."""
    return max((counted_grade(piece, assessed) for piece in pieces), default=NO_EVIDENCE)


def cap(criterion: Criterion, grade: int) -> int:
    """The highest level, 0..m, that evidence of `grade` supports: a quarter, half, three quarters, then all of m."""
    return criterion.top * min(grade + 1, 4) // 4
