"""Which issued report takes the place of which. The one rule, for the list of a place and for whoever checks a code."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Issue:
    """What matters of an issued report. `turn` grows with each one issued; `playbook` is a key, without its version."""

    turn: int
    place: int
    kind: str
    language: str
    playbook: str
    dated: date
    submission: int

    @property
    def rests_on(self) -> tuple[date, int]:
        """Sorts the submissions of a place: by the date of the assessment, then as they were written, by no clock."""
        return self.dated, self.submission


def supersedes(later: Issue, earlier: Issue) -> bool:
    """Whether a report takes the place of one that was issued before it.

    It does if it is of the same place, playbook and kind and rests on a later submission, in whatever language; or on
    the same submission in the same language, with other chapters or another branding. What was issued before never
    takes the place of what was issued after it, and a second language takes the place of nothing.
    """
    same = (later.place, later.kind, later.playbook) == (earlier.place, earlier.kind, earlier.playbook)
    if not same or later.turn <= earlier.turn:
        return False
    if later.submission == earlier.submission:
        return later.language == earlier.language
    return later.rests_on > earlier.rests_on


def successor(report: Issue, others: Iterable[Issue]) -> Issue | None:
    """Which of those that take its place to ask for: of the last submission the last issued. None while it stands."""
    taking = (each for each in others if supersedes(each, report))
    return max(taking, key=lambda each: (each.rests_on, each.turn), default=None)
