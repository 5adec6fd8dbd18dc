"""Which criteria each role is asked to begin with: what it can judge, a quarter of an hour, over all lessons."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as some

from assessments.findings.selection import MOST, MOST_MINUTES, minutes, selection, suited
from assessments.interchange.documents import Criterion, Lesson, Playbook, Role
from tests.factories import playbook

WORDS = some.sampled_from(["investor", "investors", "council", "councils", "planner", "planning", "with", "ß", "人"])
TEXT = some.lists(WORDS, max_size=4).map(" ".join)


@some.composite
def books(draw: some.DrawFn) -> Playbook:
    """Playbooks of any size: up to twelve lessons, up to eight roles, some criteria gates of the second stage."""
    sample, number = playbook(), 0
    lessons = []
    for at in range(draw(some.integers(1, 12))):
        criteria = []
        for _ in range(draw(some.integers(1, 5))):
            number += 1
            criteria.append(_criterion(f"c{number}", draw(TEXT), draw(TEXT), draw(some.integers(1, 3))))
        lessons.append(Lesson(f"l{at}", f"Lesson {at}", "", Decimal(1), tuple(criteria)))
    roles = tuple(Role(f"r{at}", draw(TEXT), draw(TEXT)) for at in range(draw(some.integers(1, 8))))
    keys = [criterion.key for lesson in lessons for criterion in lesson.criteria]
    gates = dict.fromkeys(draw(some.lists(some.sampled_from(keys), max_size=3)), 1)
    stages = (replace(sample.stages[0], gates={}), replace(sample.stages[1], gates=gates))
    return replace(sample, lessons=tuple(lessons), roles=roles, stages=stages)


def _criterion(key: str, title: str, ask: str, weight: int) -> Criterion:
    sample = playbook().lessons[0].criteria[0]
    return replace(sample, key=key, title=title, ask=ask, weight=Decimal(weight))


@given(books())
@settings(max_examples=40)
def test_every_role_has_as_much_as_fits_in_a_quarter_of_an_hour(book: Playbook) -> None:
    order, chosen = list(book.criterion), selection(book, book.stages[0].key)
    assert list(chosen) == [role.key for role in book.roles]
    for keys in chosen.values():
        assert len(keys) == min(MOST, len(order))
        assert list(keys) == sorted(set(keys), key=order.index)
        assert minutes(len(keys)) <= MOST_MINUTES
    assert selection(book, book.stages[0].key) == chosen


@given(books())
@settings(max_examples=40)
def test_every_role_is_asked_of_every_lesson_as_far_as_there_is_room(book: Playbook) -> None:
    for keys in selection(book, book.stages[0].key).values():
        lessons = [lesson for lesson in book.lessons if {each.key for each in lesson.criteria} & set(keys)]
        assert len(lessons) >= min(len(book.lessons), MOST - 4)


@given(books())
@settings(max_examples=40)
def test_nothing_is_left_out_where_the_roles_have_room_for_it(book: Playbook) -> None:
    """After what is a role's own, and one of each lesson, each role takes what nobody has been asked yet."""
    chosen = selection(book, book.stages[0].key)
    room = len(book.roles) * max(0, MOST - 4 - len(book.lessons))
    if room >= len(book.criterion):
        assert {key for keys in chosen.values() for key in keys} == set(book.criterion)


def test_the_first_playbook_asks_each_role_what_is_named_after_it() -> None:
    book = playbook()
    best = {role.key: suited(book, role)[:1] for role in book.roles}
    assert best == {
        "place-leadership": ["collective-leadership"],
        "central-government": ["central-government"],
        "local-authority": ["local-authorities"],
        "major-institution": ["major-institutions"],
        "investor": ["investors"],
        "academic-anchor": ["academic-anchors"],
        "infrastructure-provider": ["infrastructure-providers"],
        "planner": ["planners"],
        "anchor-business": ["anchor-businesses"],
        "citizen": ["citizens"],
    }
    chosen = selection(book, "exploring")
    assert {key for role, keys in best.items() for key in keys if key not in chosen[role]} == set()
    assert {key for keys in chosen.values() for key in keys} == set(book.criterion)


def test_everybody_is_asked_one_gate_of_each_lesson_or_else_its_heaviest() -> None:
    common = set.intersection(*(set(keys) for keys in selection(playbook(), "exploring").values()))
    assert common == {"right-path", "local-strengths", "knowledge-networks", "local-authorities"}


def test_a_minute_and_a_half_a_question_rounded_up() -> None:
    assert [minutes(number) for number in (0, 1, 2, 3, 10, 27)] == [0, 2, 3, 5, 15, 41]
