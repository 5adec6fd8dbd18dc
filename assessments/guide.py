"""What is next and how far: progress through the lessons, where to resume, and what to look at before submitting.

Pure: it is given what a playbook asks and what was answered, and knows no database. One definition of progress holds
everywhere: a criterion counts as dealt with when it has a level, a don't know or a not applicable, and when this was
not merely brought over from an earlier version of the playbook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

NOT_APPLICABLE = "not_applicable"
DONT_KNOW = "dont_know"

NOT_STARTED, IN_PROGRESS, COMPLETE = "not_started", "in_progress", "complete"


@dataclass(frozen=True)
class Given:
    """What was given to one criterion; `answer` is None where only a note stands.

    `waits`: it was brought over from an earlier version, and nobody has looked at it since.
    """

    answer: int | str | None
    reason: str = ""
    note: str = ""
    saved_at: datetime | None = None
    saved_by: int | None = None
    waits: bool = False


@dataclass(frozen=True)
class Progress:
    """How many of so many criteria are dealt with."""

    done: int
    total: int

    @property
    def open(self) -> int:
        """How many are still to be dealt with."""
        return self.total - self.done

    @property
    def state(self) -> str:
        if self.done >= self.total:
            return COMPLETE
        return IN_PROGRESS if self.done else NOT_STARTED

    @property
    def percent(self) -> int:
        """Whole percent, 0 to 100; 100 only when all is done."""
        return 100 * self.done // self.total if self.total else 0

    def __add__(self, other: "Progress") -> "Progress":
        return Progress(self.done + other.done, self.total + other.total)


def is_done(given: Given | None) -> bool:
    """Whether the criterion is dealt with."""
    return given is not None and given.answer is not None and not given.waits


def progress(keys: Sequence[str], given: Mapping[str, Given]) -> Progress:
    """Progress through the criteria named by `keys`."""
    return Progress(sum(is_done(given.get(key)) for key in keys), len(keys))


def resume_at(keys: Sequence[str], given: Mapping[str, Given], person: int | None) -> str | None:
    """The criterion to open next: the first that waits for another look; else the first open one after what this person
    saved last; else the first open one. None where every criterion is dealt with.
    """
    if waiting := [key for key in keys if key in given and given[key].waits]:
        return waiting[0]
    still_open = [key for key in keys if not is_done(given.get(key))]
    if not still_open:
        return None
    mine = [key for key in keys if key in given and given[key].saved_by == person and given[key].saved_at]
    if not mine:
        return still_open[0]
    last = max(mine, key=lambda key: given[key].saved_at or datetime.min)
    after = [key for key in still_open if keys.index(key) >= keys.index(last)]
    return (after or still_open)[0]


@dataclass(frozen=True)
class Concern:
    """Something to look at before submitting. Only those that `block` must be put right."""

    kind: str
    criterion: str
    blocks: bool = False


def concerns(
    keys: Sequence[str],
    given: Mapping[str, Given],
    evidenced: Mapping[str, int | None],
    apart: Sequence[str] = (),
) -> list[Concern]:
    """What is unfinished or does not fit together, in the order in which it is best looked at.

    `evidenced` holds the level that the evidence supports, for criteria answered with a level; `apart` those on which
    respondents lie far apart and nothing is agreed, in the order in which a group takes them.
    """
    waiting = [key for key in keys if key in given and given[key].waits]
    stands = {key: given[key].answer for key in keys if key in given and key not in waiting}
    found = [
        Concern("no_reason", key, blocks=True)
        for key, answer in stands.items()
        if answer == NOT_APPLICABLE and not given[key].reason.strip()
    ]
    found += [Concern("look_again", key) for key in waiting]
    found += [Concern("unanswered", key) for key in keys if key not in waiting and not is_done(given.get(key))]
    found += [Concern("dont_know", key) for key, answer in stands.items() if answer == DONT_KNOW]
    found += [Concern("not_agreed", key) for key in apart]
    for key, answer in stands.items():
        supported = evidenced.get(key)
        if isinstance(answer, int) and supported is not None and answer - supported >= 2:
            found.append(Concern("beyond_evidence", key))
    return found
