"""The impact of a draft in words: its one line, and its counts as rows of tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments.comparing.impact import BANDS, EARLIER, EMPTY, UNFIT, UNREADABLE, FromTo, Impact, LargeMove, Tally
from assessments.comparing.naming import Change
from assessments.scoring.rounding import half_up

WHY = {
    EMPTY: "Nothing is answered yet",
    UNFIT: "An answer does not fit the version that it was given to",
    UNREADABLE: "What was kept when it was submitted cannot be read",
}
BEFORE_THE_DRAFT = Change(
    EARLIER, "Changes before this draft", "", "for assessments on a version older than the one that it follows"
)

Row = tuple[str, int, int, int]
"""A head, and the counts of open assessments, of submitted ones and of all."""


@dataclass(frozen=True)
class Cause:
    """One change of the draft, and what it does alone."""

    change: Change
    tally: Tally

    @property
    def cells(self) -> tuple[str, ...]:
        """Scores that move, the largest move, the mean in tenths; provisional, without score; other stage, weakest."""
        tally = self.tally
        largest, mean = (signed(tally.largest), tenths(tally.mean)) if tally.scored else ("–", "–")
        numbers = tally.provisional, tally.lost, tally.stages.total(), tally.weakest.total()
        return str(tally.moved), largest, mean, *map(str, numbers)

    @property
    def weight(self) -> tuple[Fraction, int, int, int]:
        """What causes are ordered by: points moved in all, then how many stages, weakest lessons, and how sure."""
        tally = self.tally
        return tally.distance, tally.stages.total(), tally.weakest.total(), tally.provisional


def headline(impact: Impact) -> str:
    """“27 places: 14 move, largest −4 points, 2 change their supported stage.”"""
    places = impact.places
    if not places.compared:
        return "No assessment can be compared with this draft yet."
    return f"{_count(places.compared, 'place')}: {', '.join(_does(impact))}."


def _does(impact: Impact) -> list[str]:
    places, largest = impact.places, impact.all.largest
    told = [f"{places.moved or 'none'} {_verb(places.moved or 1, 'moves', 'move')}"]
    if largest:
        told[0] += f", largest {signed(largest)} {'point' if abs(largest) == 1 else 'points'}"
    if places.lost:
        told.append(f"{places.lost} {_verb(places.lost, 'has', 'have')} no score any more")
    if places.stages:
        told.append(f"{places.stages} {_verb(places.stages, 'changes its', 'change their')} supported stage")
    if places.weakest:
        told.append(f"{places.weakest} {_verb(places.weakest, 'changes its', 'change their')} weakest lesson")
    return told


def assessments_line(impact: Impact) -> str:
    """How many assessments stand behind the headline, and how many could not be compared."""
    left_out = sum(counts.total() for counts in impact.uncompared.values())
    text = (
        f"{_count(impact.all.compared, 'assessment')} compared: "
        f"{impact.open.compared} open, {impact.submitted.compared} submitted"
    )
    return f"{text}; {left_out} more could not be." if left_out else f"{text}."


def causes(impact: Impact, changes: Sequence[Change]) -> tuple[list[Cause], list[Change]]:
    """The changes that alone move a score, stage or weakest lesson, the one that moves most first; then the others."""
    earlier = [Cause(BEFORE_THE_DRAFT, impact.causes[EARLIER])] if impact.causes[EARLIER].compared else []
    found = [*(Cause(change, impact.causes[change.part]) for change in changes), *earlier]
    doing = [cause for cause in found if not cause.tally.changes_nothing]
    idle = [cause.change for cause in found if cause.tally.changes_nothing]
    return sorted(doing, key=lambda cause: cause.weight, reverse=True), idle


def counts(impact: Impact) -> list[Row]:
    """The summary as rows."""
    names = {
        "compared": "Compared",
        "moved": "Score moves",
        "up": "– up",
        "down": "– down",
        "lost": "– no score any more",
        "gained": "– a score for the first time",
        "provisional": "Score becomes provisional",
    }
    rows = [_row(words, [getattr(each, name) for each in _tallies(impact)]) for name, words in names.items()]
    rows.append(_row("Supported stage changes", [each.stages.total() for each in _tallies(impact)]))
    rows.append(_row("Weakest lesson changes", [each.weakest.total() for each in _tallies(impact)]))
    return rows


def from_to(impact: Impact, name: str, titles: Mapping[str, str]) -> list[tuple[str, Row]]:
    """The changes of stage ("stages") or weakest lesson ("weakest"): from, then a row that begins with to."""
    found: list[Counter[FromTo]] = [getattr(each, name) for each in _tallies(impact)]
    order = {key: number for number, key in enumerate(titles)}
    pairs = sorted(found[-1], key=lambda pair: (-found[-1][pair], *(order.get(key, len(order)) for key in pair)))
    return [
        (titles.get(old, old), _row(titles.get(new, new), [each[old, new] for each in found])) for old, new in pairs
    ]


def left_out(impact: Impact) -> list[Row]:
    """Why assessments could not be compared."""
    found = [impact.uncompared[True], impact.uncompared[False]]
    rows = [(words, [each[why] for each in found]) for why, words in WHY.items()]
    return [_row(words, [*numbers, sum(numbers)]) for words, numbers in rows if any(numbers)]


def largest(impact: Impact, lessons: Mapping[str, str]) -> list[tuple[LargeMove, str, str]]:
    """The largest moves, each with its points and the title of the lesson that moves most ("" where none does)."""
    return [
        (move, signed(move.after - move.before), lessons.get(move.lesson, move.lesson) if move.lesson else "")
        for move in impact.largest
    ]


def bands(impact: Impact) -> list[tuple[str, int, int]]:
    """Scores in tens: how many there are now, and under the draft; those without a score last."""
    rows = [(_band(number), impact.now[number], impact.then[number]) for number in range(BANDS)]
    without = ("No score", impact.now[None], impact.then[None])
    return [*rows, without] if any(without[1:]) else rows


def signed(points: int) -> str:
    """Points up or down: +4, −4, 0."""
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


def tenths(points: Fraction) -> str:
    """The same to a tenth of a point; what is less than that says so."""
    rounded = half_up(abs(points), 1)
    if not rounded:
        return "0" if not points else "under 0.1"
    return f"{'+' if points > 0 else '−'}{float(rounded):.1f}"


def _band(number: int) -> str:
    return f"{number * 10} to {100 if number == BANDS - 1 else number * 10 + 9}"


def _tallies(impact: Impact) -> tuple[Tally, Tally, Tally]:
    return impact.open, impact.submitted, impact.all


def _row(words: str, numbers: Sequence[int]) -> Row:
    return words, numbers[0], numbers[1], numbers[2]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
