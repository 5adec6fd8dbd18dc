"""What moved between two assessments of one place, over the criteria that mean the same in both."""

from collections.abc import Iterator
from dataclasses import dataclass

from assessments.scoring.inputs import Criterion, Playbook, is_level
from assessments.scoring.result import LessonResult, OverallResult, Result


@dataclass(frozen=True)
class Move:
    """The levels answered before and now; `by` is above 0 for up and below 0 for down."""

    criterion: str
    before: int
    now: int

    @property
    def by(self) -> int:
        return self.now - self.before


@dataclass(frozen=True)
class Change:
    """`compared` lists the criteria with the same key, levels and weight that have a level in both assessments.

    `clear` is true only where the two overall low-high ranges share no point.
    """

    compared: tuple[str, ...]
    moves: tuple[Move, ...]
    clear: bool

    @property
    def up(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.by > 0)

    @property
    def down(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.by < 0)


def change(before: tuple[Playbook, Result], now: tuple[Playbook, Result]) -> Change:
    """Compare two results, each with the playbook version that it was scored on; in the order of the later one."""
    compared = tuple(_compared(before, now))
    moves = tuple(move for move in compared if move.by)
    return Change(
        compared=tuple(move.criterion for move in compared),
        moves=moves,
        clear=is_clear(before[1].overall, now[1].overall),
    )


def is_clear(before: LessonResult | OverallResult, now: LessonResult | OverallResult) -> bool:
    """Whether the ranges do not overlap; false where either has no figures."""
    if before.low is None or before.high is None or now.low is None or now.high is None:
        return False
    return before.high < now.low or now.high < before.low


def is_same(before: Criterion | None, now: Criterion) -> bool:
    """Whether a criterion's levels and weight are what they were, so that its answers can be compared."""
    return before is not None and (before.levels, before.weight) == (now.levels, now.weight)


def _compared(before: tuple[Playbook, Result], now: tuple[Playbook, Result]) -> Iterator[Move]:
    for criterion in now[0].criteria():
        if is_same(before[0].criterion.get(criterion.key), criterion):
            old = before[1].criteria[criterion.key].answer
            new = now[1].criteria[criterion.key].answer
            if is_level(old) and is_level(new):
                yield Move(criterion.key, old, new)
