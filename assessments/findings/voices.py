"""What several people gave to one criterion, and how much of it may be shown without pointing at anybody.

Pure. The figures are the engine's (`scoring.consensus`); nothing here computes another.

A breakdown by role is shown only where at least three of the role gave a level. Where the answers are anonymous, more
is kept back: nobody must be found by taking one figure from another. So roles with fewer than three become one group
without a name (`merged`), together with the smallest others until the group has three; this group is one role to the
engine, as else the mean would tell its parts apart; and of a criterion to which fewer than three gave a level, nothing
but their number is shown.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from assessments import scoring
from assessments.interchange.documents import Criterion, Playbook
from assessments.interchange.scorable import scorable_playbook
from assessments.scoring.consensus import collective_results
from assessments.scoring.result import Collective

FEWEST = 3
"""As many of a role must have answered before what it said is shown by itself."""
TOGETHER = ""
"""The role of those who are told of together, and of those who named none."""


@dataclass(frozen=True)
class Voice:
    """A level that somebody gave (None: they do not know), for which role (or TOGETHER), with what words.

    `name` is theirs, if they gave one.
    """

    role: str
    level: int | None
    comment: str = ""
    name: str = ""


@dataclass(frozen=True)
class RoleSpread:
    """How those of one role answered: how many at each level, and their mean as the engine has it."""

    role: str
    counts: tuple[int, ...]
    mean: Fraction

    @property
    def answered(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Spread:
    """What a group gave to one criterion. `asked_unknown` is how many said that they do not know.

    Where `is_shown` is false, no more may be told than how many `answered`.
    """

    criterion: Criterion
    answered: int
    asked_unknown: int
    is_shown: bool
    counts: tuple[int, ...]
    result: Collective | None
    roles: tuple[RoleSpread, ...]
    untold: int
    """How many of those who answered are in roles that are not shown by themselves."""
    together: RoleSpread | None = None
    """How these answered, where that may be shown: in an anonymous group, where they are three or more."""
    shares: tuple[Fraction, ...] = ()
    """For each level its share between 0 and 1, each role counting once: what the engine's figures are made of."""
    is_gone: bool = False
    """Nothing is kept of it: whether nobody answered, or fewer than three did, nobody can tell any more."""

    @cached_property
    def lowest(self) -> int | None:
        return next((level for level, count in enumerate(self.counts) if count), None)

    @cached_property
    def highest(self) -> int | None:
        return next((level for level in range(len(self.counts) - 1, -1, -1) if self.counts[level]), None)

    @property
    def is_one_group(self) -> bool:
        """Whether no role is told apart: nobody named one, or all lost its name."""
        return self.result is not None and set(self.result.role_means) == {TOGETHER}

    @property
    def discuss(self) -> bool:
        return self.result is not None and self.result.discuss


@dataclass(frozen=True)
class Comment:
    """What somebody wrote beside their level. `role` is its name, empty where it is not told; so is `name`."""

    text: str
    role: str
    name: str


def spread(playbook: Playbook, key: str, voices: Sequence[Voice], *, anonymous: bool) -> Spread:
    """How the voices on the criterion `key` spread. Levels are those of the criterion, 0 to its top."""
    criterion = playbook.criterion[key]
    given = _by_known_role(playbook, voices)
    enough = not anonymous or len(given) >= FEWEST
    told = Spread(
        criterion=criterion,
        answered=len(given),
        asked_unknown=len(voices) - len(given) if not anonymous or len(voices) >= FEWEST else 0,
        is_shown=bool(given) and enough,
        counts=(0,) * (criterion.top + 1),
        result=None,
        roles=(),
        untold=len(given),
    )
    return _shown(told, playbook, given, anonymous=anonymous) if told.is_shown else told


def comments(playbook: Playbook, told: Spread, voices: Sequence[Voice], *, anonymous: bool) -> tuple[Comment, ...]:
    """What they wrote, with the role where that is shown by itself. None where a spread may not be shown."""
    if anonymous and not told.is_shown:
        return ()
    shown = {each.role for each in told.roles}
    name = {role.key: role.name for role in playbook.roles if role.key in shown}
    return tuple(
        Comment(voice.comment.strip(), name.get(voice.role, ""), voice.name)
        for voice in voices
        if voice.comment.strip()
    )


def merged(counts: Mapping[str, int]) -> frozenset[str]:
    """The roles that lose their name where answers are anonymous, by how many responded in each.

    Those with fewer than three, and those without a name; and, until this group has three or is empty, the smallest of
    the others (of those as small, the first by key). Where fewer than three responded in all, every role.
    """
    gone = {role for role, count in counts.items() if count < FEWEST or role == TOGETHER}
    left = sorted((role for role in counts if role not in gone), key=lambda role: (counts[role], role))
    while 0 < sum(counts[role] for role in gone) < FEWEST and left:
        gone.add(left.pop(0))
    return frozenset(gone)


def _by_known_role(playbook: Playbook, voices: Sequence[Voice]) -> list[Voice]:
    """Those who gave a level; a role that the playbook does not have is none."""
    known = {role.key for role in playbook.roles}
    given = [voice for voice in voices if voice.level is not None]
    return [voice if voice.role in known else replace(voice, role=TOGETHER) for voice in given]


def _shown(told: Spread, playbook: Playbook, given: Sequence[Voice], *, anonymous: bool) -> Spread:
    hidden = _hidden(given, anonymous=anonymous)
    if anonymous:
        given = [replace(voice, role=TOGETHER) if voice.role in hidden else voice for voice in given]
    result = _engine(playbook, told.criterion, given)
    parts = {role: _role(told.criterion, role, given, result) for role in result.role_means}
    roles = tuple(parts[role.key] for role in playbook.roles if role.key in parts and role.key not in hidden)
    return replace(
        told,
        counts=_counts(told.criterion, given),
        result=result,
        roles=roles,
        untold=len(given) - sum(each.answered for each in roles),
        together=parts.get(TOGETHER) if anonymous else None,
        shares=_shares(list(parts.values())),
    )


def _hidden(given: Sequence[Voice], *, anonymous: bool) -> frozenset[str]:
    sizes = Counter(voice.role for voice in given)
    return merged(sizes) if anonymous else frozenset(role for role in sizes if sizes[role] < FEWEST or not role)


def _engine(playbook: Playbook, criterion: Criterion, given: Sequence[Voice]) -> Collective:
    """The engine's figures. Those without a role are one more role to it, which counts once like every other."""
    alone = tuple(
        replace(lesson, criteria=(criterion,))
        for lesson in playbook.lessons
        if criterion.key in {each.key for each in lesson.criteria}
    )
    scorable = scorable_playbook(replace(playbook, lessons=alone, stages=()))
    respondents = [
        scoring.Respondent(voice.role, {criterion.key: voice.level}) for voice in given if voice.level is not None
    ]
    return collective_results(replace(scorable, roles=(*scorable.roles, TOGETHER)), respondents)[criterion.key]


def _role(criterion: Criterion, role: str, given: Sequence[Voice], result: Collective) -> RoleSpread:
    return RoleSpread(role, _counts(criterion, [each for each in given if each.role == role]), result.role_means[role])


def _counts(criterion: Criterion, given: Sequence[Voice]) -> tuple[int, ...]:
    found = Counter(voice.level for voice in given)
    return tuple(found[level] for level in range(criterion.top + 1))


def _shares(parts: Sequence[RoleSpread]) -> tuple[Fraction, ...]:
    """The mean of the roles' distributions. A test holds it to the engine's mean, median and consensus."""
    columns = zip(*(each.counts for each in parts), strict=True)
    return tuple(
        sum((Fraction(count, each.answered) for count, each in zip(column, parts, strict=True)), Fraction(0))
        / len(parts)
        for column in columns
    )
