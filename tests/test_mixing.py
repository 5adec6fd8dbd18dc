"""Each change of a draft alone: playbooks made of parts of two versions."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import scoring
from assessments.comparing.mixing import Mix
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
