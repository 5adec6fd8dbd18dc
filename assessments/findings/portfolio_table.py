"""A portfolio as a table: which of the places are shown, in what order. Pure; the same for page and workbook."""

import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.findings.portfolio import NOTHING, OPEN, SUBMITTED, PlaceStanding
from assessments.wording import gettext as _
from assessments.wording import gettext_noop

BY_NAME = "name"
STATES = {
    NOTHING: gettext_noop("Not started"),
    OPEN: gettext_noop("An assessment is open"),
    SUBMITTED: gettext_noop("An assessment is submitted"),
}
"""In English. A place may be in two of them: one assessment submitted, and the next one open."""

ROLES = ("owner", "editor", "consultant", "viewer")
"""In the order in which they are sorted: who may do most comes first."""


@dataclass(frozen=True)
class Column:
    """A column of the table. `value` is what it is sorted by, None where a place has nothing there."""

    key: str
    heading: str
    value: Callable[[PlaceStanding], Any]
    highest_first: bool = False
    """Which way round it is sorted when somebody first asks for it."""

    @property
    def words(self) -> str:
        return _(self.heading)


def _state(each: PlaceStanding) -> tuple[int, Any]:
    """Not started, then the open ones by how far they are, then those submitted by their date."""
    if each.submitted_on is not None:
        return 2, each.submitted_on
    if each.progress is None:
        return 0, 0
    return 1, Fraction(each.progress.done, max(each.progress.total, 1))


def _weakest(each: PlaceStanding) -> tuple[int, ...] | None:
    return (each.findings and tuple(lesson.number for lesson in each.findings.weakest)) or None


def _plan(each: PlaceStanding) -> tuple[Fraction, int] | None:
    return each.plan and (Fraction(*each.plan), each.plan[1])


COLUMNS = (
    Column(BY_NAME, gettext_noop("Place"), lambda each: each.name),
    Column("role", gettext_noop("My role"), lambda each: ROLES.index(each.role_key)),
    Column("state", gettext_noop("State"), _state, highest_first=True),
    Column("stage", gettext_noop("Stage declared"), lambda each: each.stage_rank, highest_first=True),
    Column("supported", gettext_noop("Stage supported"), lambda each: each.supported_rank, highest_first=True),
    Column(
        "score", gettext_noop("Score"), lambda each: each.findings and each.findings.overall.score, highest_first=True
    ),
    Column(
        "evidenced",
        gettext_noop("Evidence supports"),
        lambda each: each.findings and each.findings.overall.evidenced,
        highest_first=True,
    ),
    Column("weakest", gettext_noop("Weakest lesson"), _weakest),
    Column("changed", gettext_noop("Last change"), lambda each: each.changed_on, highest_first=True),
    Column("plan", gettext_noop("Plan progress"), _plan, highest_first=True),
)
BY_KEY = {column.key: column for column in COLUMNS}


@dataclass(frozen=True)
class Picks:
    """What somebody chose to see, empty where they did not choose. `sort` is a column, with "-" before it backwards."""

    words: str = ""
    region: str = ""
    kind: str = ""
    state: str = ""
    stage: str = ""
    group: str = ""
    sort: str = BY_NAME

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_backwards(self) -> bool:
        return self.sort.startswith("-")

    @property
    def filters(self) -> dict[str, str]:
        """What is chosen beside the order."""
        return {key: value for key, value in vars(self).items() if value and key != "sort"}

    @property
    def query(self) -> dict[str, str]:
        """The same as an address says it: nothing that is as it would be anyway."""
        return self.filters | ({"sort": self.sort} if self.sort != BY_NAME else {})


def picked(standings: Sequence[PlaceStanding], picks: Picks, group: Collection[int] = ()) -> list[PlaceStanding]:
    """Those of the places, given by name, that fit, in the order chosen. `group`: the places of the group chosen."""
    return in_order([each for each in standings if _fits(each, picks, group)], picks.sort)


def in_order(standings: Sequence[PlaceStanding], sort: str) -> list[PlaceStanding]:
    """The places, given by name, sorted by a column of COLUMNS, with "-" before it backwards.

    Places that are level stay by name either way round, and those with nothing in the column come last either way.
    """
    value = BY_KEY[sort.removeprefix("-")].value
    if sort.removeprefix("-") == BY_NAME:  # in the reader's alphabet, which stands in the order given
        first: dict[str, int] = {}
        for number, each in enumerate(standings):
            first.setdefault(each.name, number)
        value = lambda each: first[each.name]  # noqa: E731
    told = [(value(each), each) for each in standings]
    known = [pair for pair in told if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [each for _value, each in known] + [each for value, each in told if value is None]


def _fits(each: PlaceStanding, picks: Picks, group: Collection[int]) -> bool:
    return (
        all(word in _folded(each.name) for word in _folded(picks.words).split())
        and picks.region in ("", each.region_key)
        and picks.kind in ("", each.kind_key)
        and picks.stage in ("", each.stage_key)
        and (not picks.state or picks.state in each.states)
        and (not picks.group or each.place_id in group)
    )


def _folded(text: str) -> str:
    """Without case and accents, so that "ty gwyn" finds Tŷ Gwyn."""
    folded = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
