"""Each change of a draft alone: playbooks made of parts of two versions."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import scoring
from assessments.comparing.mixing import Mix
from assessments.comparing.naming import changes
from assessments.comparing.origins import origins
from assessments.comparing.taking import taking
from assessments.interchange import Playbook, documents, scorable_playbook
from assessments.scoring import Standing, standing
from tests.strategies import WEIGHTS, answers_to, playbooks

Edit = Callable[[Playbook, st.DataObject], Playbook]


def with_criteria(book: Playbook, change: Callable[[documents.Criterion], documents.Criterion | None]) -> Playbook:
    """The playbook with each criterion changed, or taken out with its gates where `change` gives none."""
    lessons = []
    for lesson in book.lessons:
        criteria = tuple(new for each in lesson.criteria if (new := change(each)) is not None)
        lessons.append(replace(lesson, criteria=criteria))
    return with_gates(replace(book, lessons=tuple(lesson for lesson in lessons if lesson.criteria)), {})


def with_gates(book: Playbook, gates: Mapping[tuple[str, str], int]) -> Playbook:
    """The playbook with these gates by (stage, criterion), and without those that nothing stands for any more."""
    stages = []
    for stage in book.stages:
        own = {key: level for key, level in stage.gates.items() if key in book.criterion}
        own |= {key: level for (at, key), level in gates.items() if at == stage.key}
        stages.append(replace(stage, gates=own))
    return replace(book, stages=tuple(stages))


def told(book: Playbook, kind: str, key: str, *sources: str) -> Playbook:
    """The playbook that says of one criterion where it comes from."""
    follows = book.follows or documents.Follows("", {}, ())
    criteria = {**follows.criteria, key: documents.Origin(kind, sources, False)}
    return replace(book, follows=replace(follows, criteria=criteria))


def any_of(book: Playbook, data: st.DataObject) -> documents.Criterion:
    return data.draw(st.sampled_from(list(book.criteria())))


def reweigh(book: Playbook, data: st.DataObject) -> Playbook:
    key, weight = any_of(book, data).key, data.draw(WEIGHTS)
    return with_criteria(book, lambda each: replace(each, weight=weight) if each.key == key else each)


def reweigh_lesson(book: Playbook, data: st.DataObject) -> Playbook:
    first = replace(book.lessons[0], weight=data.draw(WEIGHTS))
    return replace(book, lessons=(first, *book.lessons[1:]))


def retire(book: Playbook, data: st.DataObject) -> Playbook:
    key = any_of(book, data).key
    left = with_criteria(book, lambda each: None if each.key == key else each)
    return left if left.lessons else book


def add(book: Playbook, data: st.DataObject) -> Playbook:
    """A new criterion, in a lesson that is there or in one of its own."""
    new = replace(any_of(book, data), key="new", weight=data.draw(WEIGHTS))
    book = told(book, "new", "new")
    if data.draw(st.booleans()):
        return replace(book, lessons=(documents.Lesson("own", "Own", "", data.draw(WEIGHTS), (new,)), *book.lessons))
    last = book.lessons[-1]
    return replace(book, lessons=(*book.lessons[:-1], replace(last, criteria=(*last.criteria, new))))


def split(book: Playbook, data: st.DataObject) -> Playbook:
    old = any_of(book, data)
    part = replace(old, key="part", weight=data.draw(WEIGHTS))
    lessons = tuple(
        replace(lesson, criteria=(*lesson.criteria, part)) if old in lesson.criteria else lesson
        for lesson in book.lessons
    )
    return told(told(replace(book, lessons=lessons), "split", old.key, old.key), "split", "part", old.key)


def merge(book: Playbook, data: st.DataObject) -> Playbook:
    """Two become one, under a key of its own, in the lesson of the first."""
    first, second = any_of(book, data), any_of(book, data)
    if first == second or first.key not in original(book) or second.key not in original(book):
        return book
    left = with_criteria(book, lambda each: None if each == second else each)
    one = with_criteria(left, lambda each: replace(each, key="one") if each == first else each)
    return told(one, "merged", "one", first.key, second.key)


def original(book: Playbook) -> set[str]:
    return {key for key in book.criterion if not book.follows or key not in book.follows.criteria}


def relevel(book: Playbook, data: st.DataObject) -> Playbook:
    """The lowest level goes, or another lowest comes; what its gates and targets were stays."""
    old = any_of(book, data)
    levels = (
        old.levels[1:]
        if len(old.levels) > 2 and data.draw(st.booleans())
        else (documents.Level("below", "up"), *old.levels)
    )
    return with_criteria(book, lambda each: replace(each, levels=levels) if each == old else each)


def forbid(book: Playbook, data: st.DataObject) -> Playbook:
    old = any_of(book, data)
    return with_criteria(book, lambda each: replace(each, not_applicable=None) if each == old else each)


def move(book: Playbook, data: st.DataObject) -> Playbook:
    old = any_of(book, data)
    left = with_criteria(book, lambda each: None if each == old else each)
    if not left.lessons:
        return book
    goal = data.draw(st.integers(0, len(left.lessons) - 1))
    lessons = [
        replace(each, criteria=(*each.criteria, old)) if number == goal else each
        for number, each in enumerate(left.lessons)
    ]
    gates = {(stage.key, old.key): stage.gates[old.key] for stage in book.stages if old.key in stage.gates}
    return with_gates(replace(left, lessons=tuple(lessons)), gates)


def regate(book: Playbook, data: st.DataObject) -> Playbook:
    criterion = any_of(book, data)
    stage = data.draw(st.sampled_from(list(book.stage)))
    if stage == book.stages[0].key:
        return book
    return with_gates(book, {(stage, criterion.key): data.draw(st.integers(0, criterion.top))})


def drop_stage(book: Playbook, data: st.DataObject) -> Playbook:
    return replace(book, stages=book.stages[:-1]) if len(book.stages) > 1 else book


def turn(book: Playbook, data: st.DataObject) -> Playbook:
    return replace(book, lessons=book.lessons[::-1])


def indicative(book: Playbook, data: st.DataObject) -> Playbook:
    return replace(book, indicative_from=data.draw(st.sampled_from([Decimal("0.3"), Decimal("0.9")])))


EDITS: list[Edit] = [
    reweigh,
    reweigh,
    reweigh_lesson,
    retire,
    add,
    split,
    merge,
    relevel,
    forbid,
    move,
    regate,
    drop_stage,
    turn,
    indicative,
]


@st.composite
def drafts(draw: st.DrawFn) -> tuple[Playbook, Playbook, dict[str, Any]]:
    """A version, a draft that follows it with one to five changes, and answers to the version."""
    before = draw(playbooks())
    data = draw(st.data())
    after = replace(before, version=before.version + "+", follows=documents.Follows(before.version, {}, ()))
    for edit in draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=5, unique_by=lambda each: each.__name__)):
        after = edit(after, data)
    follows = after.follows or documents.Follows("", {}, ())
    origins_left = {key: each for key, each in follows.criteria.items() if key in after.criterion}
    after = replace(after, follows=replace(follows, version=before.version, criteria=origins_left))
    return before, after, dict(draw(answers_to(before)).answers)


def mix_of(before: Playbook, after: Playbook) -> Mix:
    return Mix(scorable_playbook(before), scorable_playbook(after), origins(before, after))


def taken(before: Playbook, after: Playbook, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as the draft's criteria take them over."""
    old, new = scorable_playbook(before), scorable_playbook(after)
    came = origins(before, after).criteria
    found = {
        key: taking([old.criterion[each] for each in came[key].sources], criterion).of(answers)
        for key, criterion in new.criterion.items()
    }
    return {key: answer for key, answer in found.items() if answer is not None}


def figures(standing: Standing) -> tuple[Any, ...]:
    overall = standing.overall
    return overall.status, overall.score, overall.weakest, dict(overall.lessons), standing.stage


@settings(max_examples=60)
@given(drafts())
def test_with_no_change_it_scores_as_before_and_with_all_as_the_draft(
    case: tuple[Playbook, Playbook, dict[str, Any]],
) -> None:
    before, after, answers = case
    mix = mix_of(before, after)
    none, every = mix.playbook(()), mix.playbook(mix.parts)
    held = mix.answers(answers)
    assert figures(standing(none, held)) == figures(standing(scorable_playbook(before), answers))
    draft = standing(scorable_playbook(after), taken(before, after, answers))
    assert figures(standing(every, held)) == figures(draft)
    scoring.score(scorable_playbook(after), answers_of(after, taken(before, after, answers)))  # they fit


def answers_of(book: Playbook, answers: Mapping[str, Any]) -> scoring.Answers:

    return scoring.Answers(date(2026, 1, 1), book.stages[0].key, answers)


# --- what is a change, and in what words --------------------------------------------------------------------------


def words(before: Playbook, after: Playbook) -> list[tuple[str, str, str]]:
    """What changed, in words: what, of what, how."""
    return [(each.what, each.of, each.how) for each in changes(mix_of(before, after), before, after)]


def criterion(key: str, weight: int, levels: int = 3, *, skip: str | None = None) -> documents.Criterion:
    return documents.Criterion(
        key=key,
        title=key.title(),
        question="?",
        why="",
        weight=Decimal(weight),
        not_applicable=skip,
        evidence=(),
        data=(),
        ask="me",
        levels=tuple(documents.Level(f"{key} {number} of {levels}", "on") for number in range(levels)),
        targets={"first": 0, "second": 0},
    )


def lesson(key: str, weight: int, *criteria: documents.Criterion) -> documents.Lesson:
    return documents.Lesson(key, key.title(), "", Decimal(weight), criteria)


def book(*lessons: documents.Lesson, gates: Mapping[str, int] | None = None, share: str = "0.7") -> Playbook:
    stages = (documents.Stage("first", "First", "."), documents.Stage("second", "Second", ".", gates or {}))
    return Playbook("book", "1", "Book", "", Decimal(share), (), stages, lessons)


A, B, C, D = (criterion(key, 20) for key in "abcd")
PLAIN = book(lesson("one", 25, A, B, C), lesson("two", 25, D))
CASES = [
    ("nothing", PLAIN, []),
    (
        "a weight",
        book(lesson("one", 25, criterion("a", 60), B, C), PLAIN.lessons[1]),
        [("Weight of a criterion", "A", "20 → 60, 33.3% → 60.0% of its lesson")],
    ),
    (
        "a weight, with the others adjusted so that they add up to the same",
        book(lesson("one", 25, criterion("a", 36), criterion("b", 12), criterion("c", 12)), PLAIN.lessons[1]),
        [("Weight of a criterion", "A", "20 → 36, 33.3% → 60.0% of its lesson")],
    ),
    ("all weights alike", book(lesson("one", 25, *(criterion(key, 7) for key in "abc")), PLAIN.lessons[1]), []),
    (
        "two weights against each other",
        book(lesson("one", 25, A, criterion("b", 30), criterion("c", 10)), PLAIN.lessons[1]),
        [
            ("Weight of a criterion", "B", "20 → 30, 33.3% → 50.0% of its lesson"),
            ("Weight of a criterion", "C", "20 → 10, 33.3% → 16.7% of its lesson"),
        ],
    ),
    (
        "a lesson's weight",
        book(PLAIN.lessons[0], lesson("two", 75, D)),
        [("Weight of a lesson", "Two", "25 → 75, 50.0% → 75.0% of the whole")],
    ),
    (
        "retired",
        book(lesson("one", 25, A, B), PLAIN.lessons[1]),
        [("Retired criterion", "C", "its answers count no more")],
    ),
    (
        "new",
        book(*PLAIN.lessons[:1], lesson("two", 25, D, criterion("e", 9))),
        [("New criterion", "E", "unanswered everywhere until places answer it")],
    ),
    (
        "moved",
        book(lesson("one", 25, A, B), lesson("two", 25, D, C)),
        [("Moved to another lesson", "C", "One → Two, weight 20")],
    ),
    (
        "fewer levels",
        book(lesson("one", 25, criterion("a", 20, levels=2), B, C), PLAIN.lessons[1]),
        [("Levels", "A", "3 → 2 levels")],
    ),
    ("a gate", replace(PLAIN, stages=book(gates={"a": 2}).stages), [("Gate", "A", "at Second: none → level 2")]),
    ("another stage", replace(PLAIN, stages=PLAIN.stages[:1]), [("Stages", "", "First, Second → First")]),
    (
        "indicative from",
        replace(PLAIN, indicative_from=Decimal("0.5")),
        [("Indicative from", "", "70% → 50% of a lesson’s weight")],
    ),
    (
        "the order",
        replace(PLAIN, lessons=PLAIN.lessons[::-1]),
        [("Order of the lessons", "", "of lessons with the same score the first is the weakest")],
    ),
]


@pytest.mark.parametrize(("after", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_changes_that_can_move_something_in_words(after: Playbook, told: list[tuple[str, str, str]]) -> None:
    assert words(PLAIN, replace(after, version="2")) == told


def test_a_condition_that_is_gone_takes_its_answers_along() -> None:
    before = book(lesson("one", 25, criterion("a", 20, skip="Where there is no sea."), B), PLAIN.lessons[1])
    after = replace(book(lesson("one", 25, A, B), PLAIN.lessons[1]), version="2")
    assert words(before, after) == [("Levels", "A", "may no longer be not applicable")]
    assert taken(before, after, {"a": "not_applicable", "b": 1}) == {"b": 1}


def test_split_and_merged_are_one_change_each() -> None:
    after = book(lesson("one", 25, A, criterion("half", 20), criterion("both", 20)), PLAIN.lessons[1])
    after = replace(after, version="2", follows=documents.Follows("1", {}, ("c",)))
    after = told(told(told(after, "split", "a", "a"), "split", "half", "a"), "merged", "both", "b", "c")
    assert words(PLAIN, after) == [("Split", "A", "into A, Half"), ("Merged", "B, C", "into Both")]
    assert taken(PLAIN, after, {"a": 2, "b": 2, "c": 1, "d": 0}) == {"a": 2, "half": 2, "both": 1, "d": 0}


@pytest.mark.parametrize(
    ("given_", "found"),
    [
        ({"b": 2, "c": 1}, 1),
        ({"b": 2}, 2),
        ({"b": 2, "c": "dont_know"}, 2),
        ({"b": "dont_know", "c": "not_applicable"}, "dont_know"),
        ({"b": "not_applicable", "c": "not_applicable"}, None),
        ({}, None),
    ],
)
def test_of_merged_answers_the_lowest_level_counts(given_: dict[str, Any], found: int | str | None) -> None:
    old = scorable_playbook(PLAIN)
    assert taking([old.criterion["b"], old.criterion["c"]], old.criterion["a"]).of(given_) == found


def test_a_level_is_found_by_its_text_then_by_its_number_if_there_are_as_many() -> None:
    old = scorable_playbook(PLAIN).criterion["a"]
    swapped = replace(old, levels=(old.levels[1], "new", old.levels[2]))
    fewer = replace(old, levels=old.levels[1:])
    reworded = replace(old, levels=("x", "y", "z"))
    assert [taking([old], each).levels for each in (swapped, fewer, reworded)] == [
        ((0, 0, 2),),
        ((None, 0, 1),),
        ((0, 1, 2),),
    ]
