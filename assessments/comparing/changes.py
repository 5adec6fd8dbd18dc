"""What a comparison of two versions consists of: the parts that differ, and the fields of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from assessments.comparing.wording import Run, words

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
PLAYBOOK, ROLES, STAGES, LESSONS, CRITERIA = "playbook", "roles", "stages", "lessons", "criteria"
GROUPS = (PLAYBOOK, ROLES, STAGES, LESSONS, CRITERIA)


@dataclass(frozen=True)
class Change:
    """One field. `before` is None where there was nothing, `after` where there is nothing any more.

    `name` says which of several it is: the number of a level, the name of a stage. `was` is the number that an entry
    of a list had before, where its order changed. `shares` are those of a weight, from 0 to 1, before and after.
    """

    field: str
    before: str | None
    after: str | None
    name: str = ""
    was: str = ""
    shares: tuple[Fraction | None, Fraction | None] | None = None
    figure: bool = False

    @property
    def where(self) -> str:
        """The field with its name, in English; a page translates `field` and puts `name` behind it."""
        return f"{self.field} {self.name}".strip()

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The words kept, removed and added; none for a figure, and where all of it is new, gone or as it was."""
        if self.figure or self.before is None or self.after is None or self.before == self.after:
            return ()
        return words(self.before, self.after)


@dataclass(frozen=True)
class Moved:
    """Numbers as people say them ("1.3"), and the titles of the lessons where the lesson is another one."""

    before: str
    after: str
    lessons: tuple[str, str] | None = None


@dataclass(frozen=True)
class Share:
    """A share that moved because others' weights did, its own weight being as before."""

    title: str
    before: Fraction
    after: Fraction


@dataclass(frozen=True)
class Part:
    """A part that differs: the playbook itself, a role, stage, lesson or criterion.

    `number` is as people say it ("2" for a lesson, "2.1" for a criterion): of the new version, of the old one for what
    was removed.
    """

    group: str
    became: str
    key: str
    title: str
    number: str = ""
    moved: Moved | None = None
    changes: tuple[Change, ...] = ()
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Differences:
    """All that differs from one version to another, in the order of the playbook; false where nothing does."""

    parts: tuple[Part, ...]

    def __bool__(self) -> bool:
        return bool(self.parts)

    def groups(self) -> Iterator[tuple[str, list[Part]]]:
        """The parts that differ by what they are, each group that has any."""
        for group in GROUPS:
            if parts := [part for part in self.parts if part.group == group]:
                yield group, parts
