"""What is carried over from one version to another: case by case, and for random versions and answers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.comparing.carrying import KEPT, LOOK_AGAIN, NEW, Carried, Carrying, Said, carry
from assessments.comparing.origins import KINDS, Became, Origins, gone, origins
from assessments.interchange import Playbook
from assessments.interchange.documents import Criterion, Evidence, Lesson, Level, Stage
from tests.strategies import WORDS, answer_to, playbooks


def criterion(key: str, levels: int = 3, *, skip: str | None = None, words: str = "") -> Criterion:
    return Criterion(
        key=key,
        title=f"Title {key}",
        question=f"Question {key}?",
        why="",
        weight=Decimal(1),
        not_applicable=skip,
        evidence=(),
        data=(),
        ask="Somebody",
        levels=tuple(Level(f"{key} {words}{number}", "Go on.") for number in range(levels)),
        targets={"first": 0},
    )


def book(*criteria: Criterion, version: str = "1") -> Playbook:
    lesson = Lesson("lesson", "Lesson", "", Decimal(1), criteria)
    return Playbook("book", version, "Book", "", Decimal(1), (), (Stage("first", "First", "Facts."),), (lesson,))


def became(kind: str, *sources: str, comparable: bool = False) -> Became:
    return Became(kind, sources, comparable)


def one(old: Criterion, new: Criterion, kind: Became, said: Said) -> Carried:
    """What the one new criterion takes over from the one old one."""
    before, after = book(old), book(new, version="2")
    return carry(before, after, Origins({new.key: kind}, ()), {old.key: said}).criteria[new.key]


PIECE = Evidence(2, None, "Minute 14", None)
SAID = Said(2, "", "As agreed.", (PIECE,))
A = criterion("a")


@pytest.mark.parametrize(
    ("kind", "new", "fate", "why"),
    [
        (became("same", "a", comparable=True), A, KEPT, "same"),
        (became("reworded", "a", comparable=True), replace(A, question="Anew?"), KEPT, "reworded"),
        (became("reworded", "a", comparable=True), criterion("b"), KEPT, "reworded"),
        (became("reworded", "a"), A, LOOK_AGAIN, "reworded"),
        (became("reworded", "a", comparable=True), criterion("a", 5), LOOK_AGAIN, "other_levels"),
        (became("stricter", "a", comparable=True), A, LOOK_AGAIN, "stricter"),
        (became("split", "a"), criterion("a1"), LOOK_AGAIN, "split"),
    ],
)
def test_what_the_texts_let_stand_is_kept_and_all_else_is_looked_at(
    kind: Became, new: Criterion, fate: str, why: str
) -> None:
    assert one(A, new, kind, SAID) == Carried(fate, why, ("a",), SAID)


def test_a_new_criterion_is_asked_for_and_a_retired_one_is_dropped() -> None:
    found = carry(book(A), book(criterion("b")), Origins({"b": became("new")}, ("a",)), {"a": SAID})
    assert found == Carrying({"b": Carried(NEW, "new", (), Said())}, ("a",))


def test_a_level_is_found_by_its_words_then_by_its_number_and_else_not_at_all() -> None:
    moved = replace(A, levels=(Level("Before all", "Go on."), *A.levels))
    fewer = criterion("a", 2, words="other ")
    stricter = became("stricter", "a")
    found = [one(A, new, stricter, Said(level)).said.answer for new in (moved, fewer) for level in (1, 2)]
    assert found == [2, 3, 1, None]


@pytest.mark.parametrize(
    ("first", "second", "proposed"),
    [
        (3, 1, 1),
        (3, "dont_know", 3),
        ("not_applicable", 2, 2),
        ("not_applicable", "dont_know", "dont_know"),
        ("not_applicable", None, "not_applicable"),
        (None, "dont_know", "dont_know"),
        (None, None, None),
    ],
)
def test_merged_criteria_offer_the_lowest_level_that_was_given(
    first: int | str | None, second: int | str | None, proposed: int | str | None
) -> None:
    old = book(criterion("a", 5, skip="Never"), criterion("b", 5, skip="Never"))
    new = book(criterion("c", 5, skip="Never"), version="2")
    given = {"a": Said(first), "b": Said(second)}
    found = carry(old, new, Origins({"c": became("merged", "a", "b")}, ()), given)
    assert found.criteria["c"] == Carried(LOOK_AGAIN, "merged", ("a", "b"), Said(proposed))


def test_merged_notes_stand_under_their_titles_and_evidence_once() -> None:
    other = Evidence(3, None, "Statistic", None)
    given = {
        "a": Said("not_applicable", "We are inland.", "First.", (PIECE, PIECE)),
        "b": Said(1, "", "Second.", (other, PIECE)),
    }
    old = book(criterion("a", skip="If inland"), criterion("b"))
    found = carry(old, book(criterion("c"), version="2"), Origins({"c": became("merged", "a", "b")}, ()), given)
    note = "Title a:\nFirst.\n\nWe are inland.\n\nTitle b:\nSecond."
    assert found.criteria["c"].said == Said(1, "", note, (PIECE, PIECE, other))


@pytest.mark.parametrize(
    ("condition", "fate", "answer", "reason", "note"),
    [
        ("If inland", KEPT, "not_applicable", "We are.", ""),
        ("If far inland", LOOK_AGAIN, "not_applicable", "We are.", ""),
        (None, LOOK_AGAIN, None, "", "We are."),
    ],
)
def test_not_applicable_stands_only_on_its_own_condition(
    condition: str | None, fate: str, answer: str | None, reason: str, note: str
) -> None:
    old, new = replace(A, not_applicable="If inland"), replace(A, not_applicable=condition)
    found = one(old, new, became("reworded", "a", comparable=True), Said("not_applicable", "We are."))
    assert (found.fate, found.said) == (fate, Said(answer, reason, note))


def test_what_waits_waits_on() -> None:
    found = one(A, A, became("same", "a", comparable=True), replace(SAID, waits=True))
    assert found == Carried(LOOK_AGAIN, "waiting", ("a",), SAID)


@st.composite
def moves(draw: st.DrawFn) -> tuple[Playbook, Playbook, Origins, Mapping[str, Said]]:
    """Two playbooks, any origins between them, and answers to the first."""
    before, after = draw(playbooks()), draw(playbooks())
    sources = st.lists(st.sampled_from(list(before.criterion)), max_size=3, unique=True)
    criteria = {}
    for key in after.criterion:
        keys = tuple(draw(sources))
        kind = draw(st.sampled_from(KINDS[:-1])) if keys else "new"
        criteria[key] = Became(kind, keys, bool(keys) and draw(st.booleans()))
    pieces = st.lists(st.builds(Evidence, st.integers(0, 4), st.none(), WORDS, st.none()), max_size=2).map(tuple)
    said = {}
    for each in before.criteria():
        answer = draw(answer_to(each))
        reason = draw(WORDS) if answer == "not_applicable" else ""
        note = draw(st.one_of(st.just(""), WORDS))
        said[each.key] = Said(answer, reason, note, draw(pieces), draw(st.booleans()))
    return before, after, Origins(criteria, gone(before, criteria)), said


@settings(max_examples=60)
@given(moves())
def test_nothing_is_lost_and_nothing_impossible_is_proposed(
    move: tuple[Playbook, Playbook, Origins, Mapping[str, Said]],
) -> None:
    before, after, became_of, given_ = move
    found = carry(before, after, became_of, given_)
    assert list(found.criteria) == list(after.criterion)
    assert found.dropped == became_of.retired
    for key, each in found.criteria.items():
        sources = [given_[source] for source in each.sources]
        may_be = [None, "dont_know", *range(after.criterion[key].top + 1)]
        assert each.said.answer in may_be + (["not_applicable"] if after.criterion[key].not_applicable else [])
        assert each.said.answer in [None, *(source.answer for source in sources), *range(after.criterion[key].top + 1)]
        assert bool(each.said.reason) <= (each.said.answer == "not_applicable")
        texts = each.said.note + each.said.reason
        assert [text for source in sources for text in (source.note, source.reason) if text not in texts] == []
        wanted: Counter[Evidence] = Counter()
        for source in sources:
            wanted |= Counter(source.evidence)
        assert Counter(each.said.evidence) == wanted
        if each.fate == KEPT:
            assert (each.said, len(sources)) == (sources[0], 1)
        assert (each.fate == NEW) == (not sources)


@settings(max_examples=30)
@given(st.data())
def test_moving_to_the_same_texts_keeps_everything(data: st.DataObject) -> None:
    version = data.draw(playbooks())
    said = {each.key: Said(data.draw(answer_to(each)), note=data.draw(WORDS)) for each in version.criteria()}
    found = carry(version, version, origins(version), said)
    assert ({key: each.said for key, each in found.criteria.items()}, found.dropped) == (said, ())
    assert {each.fate for each in found.criteria.values()} == {KEPT}
