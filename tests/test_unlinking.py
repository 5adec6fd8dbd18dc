"""Anonymous answers are taken apart so that no row is a person, and no figure that may be shown changes by it."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as some

from assessments.findings.unlinking import Said, apart
from assessments.findings.voices import FEWEST, TOGETHER, Voice, merged, spread
from tests.factories import playbook

KEYS = list(playbook().criterion)
ROLES = [role.key for role in playbook().roles]
PERSON = some.tuples(some.sampled_from(ROLES[:4]), some.dictionaries(some.integers(0, 3), some.integers(0, 5)))


@some.composite
def rounds(draw: some.DrawFn, *, only_levels: bool = False) -> list[Said]:
    """Up to twelve people of four roles who answer some of four questions; 5 is a don't know."""
    people = draw(some.lists(PERSON, max_size=12))
    return [
        Said(number, role, question, None if level == 5 else level, comment=f"{number}/{question}")
        for number, (role, given) in enumerate(people)
        for question, level in given.items()
        if level <= (4 if only_levels else 5)
    ]


def shuffled(said: list[Said], seed: int = 1) -> dict[tuple[str, int], list[Said]]:
    return apart(said, random.Random(seed).shuffle)


def by_question(said: Iterable[Said]) -> dict[int, list[Said]]:
    found = defaultdict(list)
    for each in said:
        found[each.criterion].append(each)
    return found


@given(rounds())
@settings(max_examples=60)
def test_everything_that_may_be_shown_is_kept_and_nothing_else(said: list[Said]) -> None:
    kept = [each for given in by_question(said).values() if len(given) >= FEWEST for each in given]
    assert Counter(each for given in shuffled(said).values() for each in given) == Counter(kept)


@given(rounds())
@settings(max_examples=60)
def test_a_role_stands_only_where_it_points_at_nobody(said: list[Said]) -> None:
    rows: dict[int, list[tuple[str, Said]]] = defaultdict(list)
    for (role, _number), held in shuffled(said).items():
        assert len({each.criterion for each in held}) == len(held)
        for each in held:
            assert role in {each.role, TOGETHER}
            rows[each.criterion].append((role, each))
    for named in rows.values():
        assert min(Counter(role for role, _each in named).values()) >= FEWEST
        levels = Counter(role for role, each in named if each.level is not None)
        assert [role for role, count in levels.items() if role != TOGETHER and count < FEWEST] == []


@given(rounds(only_levels=True))
@settings(max_examples=40)
def test_the_figures_are_those_of_before(said: list[Said]) -> None:
    together = merged(Counter({each.response: each.role for each in said}.values()))
    rows = [(role, each) for (role, _number), given in shuffled(said).items() for each in given]
    for question, answers in by_question(said).items():
        if len(answers) >= FEWEST:
            before = [Voice(TOGETHER if each.role in together else each.role, each.level) for each in answers]
            after = [Voice(role, each.level) for role, each in rows if each.criterion == question]
            key = KEYS[question]
            assert spread(playbook(), key, after, anonymous=True) == spread(playbook(), key, before, anonymous=True)


def test_no_row_is_one_person_any_more() -> None:
    """Twelve people who each gave the same level to twelve questions: every row now holds what several gave."""
    said = [Said(person, "citizen", question, person % 5) for person in range(12) for question in range(12)]
    dealt = shuffled(said)
    assert sorted(dealt) == [("citizen", number) for number in range(12)]
    assert min(len({each.response for each in given}) for given in dealt.values()) > 1


def test_a_question_that_only_one_role_was_asked_does_not_betray_the_one_who_came() -> None:
    """Four citizens and one planner. Only the planner was asked the last question: what was said to it is not kept."""
    said = [Said(person, "citizen", 0, 2) for person in range(4)] + [Said(9, "planner", 0, 0), Said(9, "planner", 1, 0)]
    dealt = shuffled(said)
    assert {(role, each.criterion) for (role, _number), given in dealt.items() for each in given} == {(TOGETHER, 0)}
