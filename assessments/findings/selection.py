"""Which criteria each role is asked in a round of respondents, to begin with, and how long answering them takes.

Pure, and the same for the same playbook and stage. A role is asked first what it can judge: criteria whose title, or
whom to ask about them, shares words with the role's name and summary. Then one criterion of each lesson that everybody
is asked, so that roles can be compared: a gate of the declared or the next stage, or else the heaviest. Then those that
other roles are asked least, so that between them the roles are asked everything that there is room for.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile

from assessments.interchange.documents import Criterion, Playbook, Role

SECONDS = 90
"""How long one criterion takes somebody who reads its levels for the first time."""
MOST_MINUTES = 15
MOST = MOST_MINUTES * 60 // SECONDS
"""As many criteria a role is asked unless the owner chooses more."""
OWN = 4
"""As many of them, at most, because of what the role is."""
SHORTEST = 4
COMMON = {"here", "many", "other", "that", "their", "they", "this", "those", "which", "with"}
WORD = re.compile(r"[^\W\d_]+")


def minutes(criteria: int) -> int:
    """How many minutes so many criteria take, rounded up."""
    return -(-criteria * SECONDS // 60)


def selection(playbook: Playbook, stage: str) -> dict[str, tuple[str, ...]]:
    """The criteria that each role begins with, by the role's key, in playbook order; at most MOST of them."""
    asked: Counter[str] = Counter()
    shelf = _Shelf(playbook, _gates(playbook, stage))
    found = {}
    for role in playbook.roles:
        chosen = _chosen(shelf, suited(playbook, role), asked)
        asked.update(chosen)
        found[role.key] = tuple(key for key in playbook.criterion if key in chosen)
    return found


def suited(playbook: Playbook, role: Role) -> list[str]:
    """The criteria that name the role, those that do most first. A word counts less, the more roles it is said of."""
    words = {each.key: _words(f"{each.name} {each.summary}") for each in playbook.roles}
    rarity = {word: sum(_said(word, of) for of in words.values()) for word in words[role.key]}
    telling = {word: 1 / count**2 for word, count in rarity.items() if 2 * count <= max(2, len(words))}
    scores = {key: _score(criterion, telling, _words(role.name)) for key, criterion in playbook.criterion.items()}
    return sorted((key for key in scores if scores[key]), key=lambda key: -scores[key])


@dataclass(frozen=True)
class _Shelf:
    """What there is to choose from: criteria in playbook order, best first in each lesson."""

    playbook: Playbook
    gates: frozenset[str]
    lesson: Mapping[str, int] = field(init=False)
    place: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        lessons = enumerate(self.playbook.lessons)
        of = {criterion.key: number for number, lesson in lessons for criterion in lesson.criteria}
        object.__setattr__(self, "lesson", of)
        object.__setattr__(self, "place", {key: at for at, key in enumerate(self.playbook.criterion)})

    def rank(self, key: str) -> tuple[bool, Decimal, int]:
        """Gates first, then the heaviest; ties in playbook order."""
        return key not in self.gates, -self.playbook.criterion[key].weight, self.place[key]


def _chosen(shelf: _Shelf, own: Sequence[str], asked: Mapping[str, int]) -> set[str]:
    chosen = set(own[:OWN])
    for lesson in shelf.playbook.lessons[: MOST - len(chosen)]:
        if lesson.criteria:
            chosen.add(min((each.key for each in lesson.criteria), key=shelf.rank))
    while len(chosen) < min(MOST, len(shelf.place)):
        of_lesson = Counter(shelf.lesson[key] for key in chosen)
        left = (key for key in shelf.place if key not in chosen)
        chosen.add(min(left, key=lambda key: (asked.get(key, 0), of_lesson[shelf.lesson[key]], *shelf.rank(key))))
    return chosen


def _gates(playbook: Playbook, stage: str) -> frozenset[str]:
    """The criteria that are gates of the declared stage, or of the one after it."""
    order = list(playbook.stage)
    at = order.index(stage)
    return frozenset(key for each in order[at : at + 2] for key in playbook.stage[each].gates)


def _score(criterion: Criterion, telling: Mapping[str, float], name: Sequence[str]) -> float:
    """A word in the title counts twice, and so does one of the role's name."""
    score = 0.0
    for text, counts in ((criterion.title, 2), (criterion.ask, 1)):
        said = _words(text)
        score += sum(counts * (2 if word in name else 1) * telling[word] for word in telling if _said(word, said))
    return score


def _words(text: str) -> list[str]:
    found = (word.casefold() for word in WORD.findall(text))
    return list(dict.fromkeys(word for word in found if len(word) >= SHORTEST and word not in COMMON))


def _said(word: str, words: Sequence[str]) -> bool:
    return any(_alike(word, each) for each in words)


def _alike(one: str, other: str) -> bool:
    """Whether two words begin alike for most of their length, as *investor* and *investment* do."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return same >= SHORTEST and 5 * same >= 3 * max(len(one), len(other))
