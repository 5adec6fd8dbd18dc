"""What became of each criterion, as the texts tell: named cases, what holds for any two versions, and the time."""

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.comparing.deciding import followed
from assessments.comparing.guessing import guess, guesses, is_same
from assessments.comparing.texts import asks_the_same, is_slip
from assessments.interchange.documents import Criterion, Follows, Lesson, Level, Origin, Playbook
from tests import factories, strategies

PLAN = [
    "Nobody has written a plan.",
    "The council has written a plan and some partners have read it.",
    "The council and 3 partners have signed a plan with dates.",
]
HARBOUR = ["The quays are closed to firms.", "Firms rent a quay for the summer.", "Firms own boats and repair them."]
SKILLS = ["Schools teach what they like.", "Colleges ask employers once.", "Employers and colleges set courses."]


def criterion(key: str, title: str, descriptors: list[str], question: str = "") -> Criterion:
    return Criterion(
        key=key,
        title=title,
        question=question or f"How far along is this: {title.lower()}?",
        why="",
        weight=Decimal(1),
        not_applicable=None,
        evidence=(),
        data=(),
        ask="The chair",
        levels=tuple(Level(each, f"Go on from {n}.") for n, each in enumerate(descriptors)),
        targets={},
    )


def book(version: str, *criteria: Criterion) -> Playbook:
    sample = factories.playbook()
    lesson = Lesson("one", "One", "", Decimal(1), criteria)
    return replace(sample, version=version, lessons=(lesson,), stages=(), roles=())


plan, harbour, skills = (
    criterion("plan", "A shared plan", PLAN),
    criterion("harbour", "An open harbour", HARBOUR),
    criterion("skills", "Skills for work", SKILLS),
)
OLD = book("1", plan, harbour, skills)


def told(*criteria: Criterion) -> tuple[dict[str, Origin], tuple[str, ...]]:
    found = guess(OLD, book("2", *criteria))
    return dict(found.criteria), found.retired


def with_levels(old: Criterion, **changed: str) -> Criterion:
    """The criterion with these levels in other words: with_levels(plan, level_2="…")."""
    words = {int(name.removeprefix("level_")): text for name, text in changed.items()}
    return replace(
        old,
        levels=tuple(replace(each, descriptor=words.get(n, each.descriptor)) for n, each in enumerate(old.levels)),
    )


# --- named cases ----------------------------------------------------------------------------------------------------


def test_a_version_held_against_itself_has_nothing_to_tell() -> None:
    assert told(plan, harbour, skills) == ({}, ())
    assert told(skills, replace(plan, weight=Decimal(9), evidence=("A note",)), harbour) == ({}, ())


def test_a_question_in_other_words_leaves_the_levels_comparable() -> None:
    now = replace(plan, question="Is there one plan for all?")
    assert told(now, harbour, skills) == ({"plan": Origin("reworded", ("plan",), True)}, ())
    assert guesses(OLD, book("2", now))["plan"].reason == "It keeps its key; all levels read the same."


def test_levels_in_other_words_are_not_comparable_and_a_slip_of_the_pen_is() -> None:
    other = with_levels(plan, level_1="Somebody at the council has begun to put a plan on paper.")
    assert told(other, harbour, skills)[0] == {"plan": Origin("reworded", ("plan",), False)}
    assert guesses(OLD, book("2", other))["plan"].reason == "It keeps its key; level 1 reads otherwise."
    slip = with_levels(plan, level_1="The council has writen a plan; and some partners have read it")
    assert told(slip, harbour, skills)[0] == {"plan": Origin("reworded", ("plan",), True)}


def test_another_number_of_levels_is_never_comparable() -> None:
    fewer = replace(plan, levels=plan.levels[:2])
    assert told(fewer, harbour, skills)[0] == {"plan": Origin("reworded", ("plan",), False)}


STRICTER = {
    "a number raised": ("The council and 5 partners have signed a plan with dates.", "level 2 says 5 where it said 3"),
    "a word added": (
        "The council and 3 independent partners have signed a plan with dates.",
        "level 2 adds “independent”",
    ),
    "made longer": (
        "The council and 3 partners have signed a plan with dates, money and names for each step.",
        "level 2 adds “each”",
    ),
    "longer in plain words": (
        "The council and 3 partners have signed a plan with dates and with money behind it.",
        "level 2 adds “and with money behind it”",
    ),
}


@pytest.mark.parametrize("name", STRICTER)
def test_levels_that_ask_for_more_make_it_stricter(name: str) -> None:
    text, why = STRICTER[name]
    now = with_levels(plan, level_2=text)
    assert told(now, harbour, skills)[0] == {"plan": Origin("stricter", ("plan",), False)}
    assert guesses(OLD, book("2", now))["plan"].reason == f"It keeps its key; {why}."


def test_a_softening_word_left_out_and_a_level_on_top_make_it_stricter() -> None:
    fewer = with_levels(plan, level_1="The council has written a plan and partners have read it.")
    assert guesses(OLD, book("2", fewer))["plan"].reason == "It keeps its key; level 1 leaves out “some”."
    higher = replace(plan, levels=(*plan.levels, Level("The plan has run for a year.", "Hold it.")))
    assert told(higher, harbour, skills)[0] == {"plan": Origin("stricter", ("plan",), False)}


@pytest.mark.parametrize(
    "changes",
    [
        {"level_2": "The council and 2 partners have signed a plan with dates."},
        {
            "level_2": "The council and 5 partners have signed a plan.",
            "level_1": "Each has a plan that most have read.",
        },
        {"level_2": "The council and 3 partners have signed a plan with dates or shown how it is put into practice."},
        {"level_1": "Somebody at the council has begun to put all of a plan on paper."},
        {"level_2": "The council and 5 partners have signed a plan with some dates."},
    ],
    ids=["a number lowered", "made shorter too", "an alternative", "quite another text", "softened too"],
)
def test_levels_that_do_not_plainly_ask_for_more_are_reworded(changes: dict[str, str]) -> None:
    now = with_levels(plan, **changes)
    assert told(now, harbour, skills)[0] == {"plan": Origin("reworded", ("plan",), False)}


def test_a_new_key_for_old_words_is_a_rewording() -> None:
    now = replace(plan, key="one-plan", title="One shared plan")
    assert told(now, harbour, skills) == ({"one-plan": Origin("reworded", ("plan",), True)}, ())
    reason = guesses(OLD, book("2", now, harbour, skills))["one-plan"].reason
    assert reason == "It reads like “A shared plan”, whose key is gone; all levels read the same."


WRITTEN = criterion("written", "A written plan", ["Nobody has written a plan.", "The council has written a plan."])
SIGNED = criterion(
    "signed",
    "A signed plan",
    ["No partner has signed a plan.", "Some partners have read the plan.", "3 partners have signed a plan with dates."],
)


def test_one_criterion_becomes_two_with_new_keys() -> None:
    split = Origin("split", ("plan",), False)
    assert told(WRITTEN, SIGNED, harbour, skills) == ({"written": split, "signed": split}, ())


def test_one_criterion_becomes_two_of_which_one_keeps_the_key() -> None:
    split = Origin("split", ("plan",), False)
    assert told(replace(WRITTEN, key="plan"), SIGNED, harbour, skills) == ({"plan": split, "signed": split}, ())


JOINT = criterion(
    "harbour-skills",
    "Harbour and skills",
    [
        "The quays are closed to firms and schools teach what they like.",
        "Firms rent a quay for the summer; colleges ask employers once.",
        "Firms own boats and repair them, and employers and colleges set courses.",
    ],
)


def test_two_criteria_become_one_under_a_new_key_or_an_old_one() -> None:
    merged = Origin("merged", ("harbour", "skills"), False)
    assert told(plan, JOINT) == ({"harbour-skills": merged}, ())
    assert told(plan, replace(JOINT, key="skills")) == ({"skills": merged}, ())
    reason = guesses(OLD, book("2", plan, JOINT))["harbour-skills"].reason
    assert reason == "Words of “An open harbour” and “Skills for work” are found in it."


def test_what_reads_like_nothing_before_is_new_and_what_nothing_reads_like_is_retired() -> None:
    air = criterion("air", "Clean air", ["Nobody measures it.", "A monitor stands in Mill Lane.", "Fines are paid."])
    assert told(plan, skills, air) == ({"air": Origin("new", (), False)}, ("harbour",))


FROM_PLAN = Origin("split", ("plan",), False)
COPY = replace(plan, key="plan-copy", title="Money for streets", question="Who pays for repairs to roads?")


@pytest.mark.parametrize(
    "now",
    [plan, replace(plan, title="One paper for all"), with_levels(plan, level_2="All partners have put names to it.")],
    ids=["the same", "another title", "other levels"],
)
@pytest.mark.parametrize("copy", [COPY, replace(plan, key="plan-copy")], ids=["rewritten", "as it was"])
def test_a_copy_is_split_from_what_it_was_copied_from(now: Criterion, copy: Criterion) -> None:
    changed = {} if now == plan else {"plan": FROM_PLAN}
    assert told(now, copy, harbour, skills) == ({**changed, "plan-copy": FROM_PLAN}, ())


def test_a_copy_made_after_the_levels_were_rewritten_is_known_too() -> None:
    levels = tuple(Level(each, "Go on.") for each in ("No lorry.", "One lorry at night.", "Ten lorries by day."))
    now, copy = replace(plan, levels=levels), replace(COPY, levels=levels)
    assert told(now, copy, harbour, skills)[0] == {"plan": FROM_PLAN, "plan-copy": FROM_PLAN}


def test_a_copy_says_what_it_is_known_by_and_can_be_decided_so() -> None:
    after = book("2", plan, COPY, harbour, skills)
    told_by = "Its levels are word for word those of “A shared plan”, which is still there."
    assert guesses(OLD, after)["plan-copy"].reason == told_by
    assert followed(replace(after, follows=guess(OLD, after)), OLD) == []


def test_levels_that_several_criteria_have_or_that_say_nothing_tell_of_no_copy() -> None:
    roads = criterion("roads", "Money for streets", PLAN, "Who pays for repairs to roads?")
    twin = criterion("twin", "Books in libraries", PLAN)
    before = book("1", plan, twin)
    assert guess(before, book("2", plan, twin, roads)).criteria == {"roads": Origin("new", (), False)}
    empty, other = criterion("empty", "Clean air", ["", ""]), criterion("other", "Money for streets", ["", ""])
    assert guess(book("1", empty), book("2", empty, other)).criteria == {"other": Origin("new", (), False)}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Partners  organise it.", "partners organize it", True),
        ("They recieve it", "They receive it", True),
        ("A formal plan", "A informal plan", False),
        ("It is possible", "It is impossible", False),
        ("Public", "Publish", False),
        ("12345 people", "12346 people", False),
        ("All of it", "Some of it", False),
        ("One", "One two", False),
        ("?", "!", True),
    ],
)
def test_a_slip_is_spelling_and_punctuation_only(one: str, other: str, expected: bool) -> None:
    assert is_slip(one, other) == is_slip(other, one) == expected


# --- what holds for any two versions --------------------------------------------------------------------------------

Edit = Callable[[Criterion], Criterion]
EDITS: list[Edit] = [
    lambda each: each,
    lambda each: replace(each, title=each.title + " indeed"),
    lambda each: replace(each, key=each.key + "2"),
    lambda each: replace(each, levels=each.levels[:-1] or each.levels),
    lambda each: replace(each, levels=(*each.levels, Level("Even better than all that.", "Hold it."))),
]


@st.composite
def versions(draw: st.DrawFn) -> tuple[Playbook, Playbook]:
    """A playbook and a later version: criteria edited, dropped, doubled under a new key, and quite new ones."""
    before = replace(draw(strategies.playbooks()), version="1")
    other = draw(strategies.playbooks())
    pool = [draw(st.sampled_from(EDITS))(each) for each in before.criteria() if draw(st.integers(0, 3))]
    pool += [replace(each, key=each.key + "3") for each in before.criteria() if not draw(st.integers(0, 3))]
    pool += list(other.criteria())
    unique = {each.key: each for each in pool}
    lesson = replace(before.lessons[0], criteria=tuple(unique.values()))
    return before, replace(before, version="2", lessons=(lesson,))


@settings(max_examples=60)
@given(versions())
def test_every_guess_is_complete_and_could_be_decided(pair: tuple[Playbook, Playbook]) -> None:
    before, after = pair
    found = guess(before, after)
    assert set(found.criteria) == {each.key for each in after.criteria() if not is_same(before, each)}
    sources = {key for each in found.criteria.values() for key in each.sources}
    gone = set(before.criterion) - set(after.criterion)
    assert sources <= set(before.criterion)
    assert set(found.retired) == gone - sources
    assert followed(replace(after, follows=found), before) == []
    assert all(each.reason.endswith(".") for each in guesses(before, after).values())


@settings(max_examples=25)
@given(strategies.playbooks())
def test_a_version_is_the_same_as_itself(playbook: Playbook) -> None:
    assert guess(playbook, replace(playbook, version="another")) == Follows(playbook.version, {}, ())
    assert all(asks_the_same(each, each) for each in playbook.criteria())


def test_a_whole_playbook_in_other_words_is_guessed_at_once() -> None:
    before = factories.playbook()
    lessons = tuple(
        replace(
            lesson,
            criteria=tuple(
                replace(
                    each,
                    key=f"{each.key}-2",
                    levels=tuple(replace(level, descriptor=f"Now {level.descriptor} And on.") for level in each.levels),
                )
                for each in lesson.criteria
            ),
        )
        for lesson in before.lessons
    )
    began = time.perf_counter()
    found = guess(before, replace(before, version="2", lessons=lessons))
    assert time.perf_counter() - began < 0.9  # a tenth of a second on a machine that does nothing else
    assert {key: each.sources for key, each in found.criteria.items()} == {
        f"{key}-2": (key,) for key in before.criterion
    }
