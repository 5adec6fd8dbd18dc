"""What differs between two versions: all of it and nothing else, matched by key, readable word by word."""

import copy
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import yaml
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.comparing.aligning import aligned, moved
from assessments.comparing.changes import Change, Differences, Moved, Part
from assessments.comparing.differences import differences
from assessments.comparing.telling import lines, summary
from assessments.comparing.wording import ADDED, KEPT, REMOVED, Run, words
from assessments.interchange import Playbook, documents, dump_playbook, read_playbook
from tests.strategies import playbooks

BOOK = yaml.safe_load("""
schema: hubplaybook/playbook@1
key: hubs
version: "1.0"
title: Hubs
summary: ""
roles: [{key: citizen, name: Citizen, summary: ""}, {key: investor, name: Investor, summary: ""}]
stages:
- {key: exploring, name: Exploring, facts: Ideas.}
- {key: forming, name: Forming, facts: A vision., gates: {vision: 1}}
lessons:
- {key: path, title: Long path, summary: "", weight: 50, criteria: []}
- {key: roots, title: Local roots, summary: "", weight: 50, criteria: []}
""")


def criterion(key: str, weight: int = 20) -> dict[str, Any]:
    title = key.replace("-", " ").capitalize()
    return {
        "key": key,
        "title": title,
        "question": f"How far has this place come with {title.lower()}?",
        "why": "",
        "weight": weight,
        "not_applicable": None,
        "evidence": [f"Minutes about {title.lower()}", "A signed plan"],
        "data": [],
        "ask": "The chair",
        "levels": [
            {"descriptor": f"Nobody has begun with {title.lower()} yet.", "next_step": "Begin."},
            {"descriptor": "One organisation has written a plan.", "next_step": "Ask a second one."},
            {"descriptor": "Two sectors have signed it.", "next_step": "Hold a review."},
        ],
        "targets": {"exploring": 1, "forming": 2},
    }


BOOK["lessons"][0]["criteria"] = [criterion("vision"), criterion("commitment"), criterion("leadership", 60)]
BOOK["lessons"][1]["criteria"] = [criterion("strengths"), criterion("jobs")]

Edit = Callable[[Any], object]


def version(*edits: Edit) -> Playbook:
    book = copy.deepcopy(BOOK)
    for edit in edits:
        edit(book)
    return read_playbook(yaml.safe_dump(book))


def found(*edits: Edit) -> tuple[Part, ...]:
    return differences(version(), version(*edits)).parts


def of(book: Any, key: str) -> Any:
    return next(each for lesson in book["lessons"] for each in lesson["criteria"] if each["key"] == key)


def put(key: str, name: str, value: Any) -> Edit:
    return lambda book: of(book, key).update({name: value})


# --- words --------------------------------------------------------------------------------------------------------


def test_words_are_told_as_kept_removed_and_added() -> None:
    assert words("Do partners share one written vision?", "Do partners share a dated, written vision?") == (
        Run(KEPT, "Do partners share "),
        Run(REMOVED, "one"),
        Run(ADDED, "a dated,"),
        Run(KEPT, " written vision?"),
    )


def test_a_text_that_has_little_in_common_is_told_whole() -> None:
    assert words("Nobody leads.", "A chair was appointed in public.") == (
        Run(REMOVED, "Nobody leads."),
        Run(ADDED, "A chair was appointed in public."),
    )


def test_a_lone_comma_between_two_changes_is_no_foothold() -> None:
    kinds = [
        run.kind for run in words("We saw red, green and the sea at last.", "We saw blue, pink and the sea at last.")
    ]
    assert kinds == [KEPT, REMOVED, ADDED, KEPT]


TEXTS = st.text(st.sampled_from("ab, .\n’"), max_size=40) | st.text(max_size=20)


@given(TEXTS, TEXTS)
def test_the_runs_are_the_old_text_and_the_new_one(before: str, after: str) -> None:
    runs = words(before, after)
    assert "".join(run.text for run in runs if run.kind != ADDED) == before
    assert "".join(run.text for run in runs if run.kind != REMOVED) == after
    assert [run for run in runs if not run.text] == []


def test_long_texts_are_told_whole_and_at_once() -> None:
    assert [run.kind for run in words("a " * 100_000, "a b " * 50_000)] == [REMOVED, ADDED]


# --- lists --------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from("abcde"), max_size=8), st.lists(st.sampled_from("abcde"), max_size=8))
def test_each_entry_of_a_list_is_told_once(before: list[str], after: list[str]) -> None:
    pairs = aligned(before, after)
    assert sorted(a for a, _ in pairs if a is not None) == list(range(len(before)))
    assert [b for _, b in pairs if b is not None] == list(range(len(after)))


@given(st.permutations(list(range(6))))
def test_what_moved_is_as_little_as_explains_the_order(order: list[int]) -> None:
    gone = moved(range(6), order)
    stayed = [key for key in order if key not in gone]
    assert stayed == sorted(stayed)
    assert (len(gone) == 0) == (order == list(range(6)))


# --- versions -----------------------------------------------------------------------------------------------------


@given(playbooks(), playbooks())
@settings(max_examples=40)
def test_nothing_differs_just_where_two_versions_are_equal(one: Playbook, other: Playbook) -> None:
    assert differences(one, one) == differences(None, None) == Differences(())
    assert bool(differences(one, other)) == (one != other)
    assert bool(list(lines(differences(one, other)))) == (one != other)


@given(playbooks(), st.data())
@settings(max_examples=40)
def test_one_change_is_told_at_its_part_alone(book: Playbook, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(book.criterion)))
    name = data.draw(st.sampled_from(["title", "question", "why", "ask", "not_applicable"]))
    more: dict[str, Any] = {name: (getattr(book.criterion[key], name) or "") + " and more"}
    edited = replace(book.criterion[key], **more)
    lessons = tuple(
        replace(lesson, criteria=tuple(edited if each.key == key else each for each in lesson.criteria))
        for lesson in book.lessons
    )
    parts = differences(book, replace(book, lessons=lessons)).parts
    assert [(part.group, part.key, len(part.changes)) for part in parts] == [("criteria", key, 1)]


def test_a_version_compared_with_none_is_told_whole() -> None:
    parts = differences(None, version()).parts
    assert {part.became for part in parts} == {"added"}
    assert [part.group for part in parts].count("criteria") == 5
    told = "\n".join(lines(differences(None, version())))
    texts = [
        each for part in version().criteria() for each in (part.question, *(level.descriptor for level in part.levels))
    ]
    assert [text for text in texts if text not in told] == []
    assert {part.became for part in differences(version(), None).parts} == {"removed"}


def test_a_weight_is_told_with_its_share_and_what_it_does_to_the_others() -> None:
    lesson, own = found(put("vision", "weight", 45))
    shares = (Fraction(20, 100), Fraction(45, 125))
    assert own == Part(
        "criteria",
        "changed",
        "vision",
        "Vision",
        "1.1",
        changes=(Change("weight", "20", "45", shares=shares, figure=True),),
    )
    assert [(each.title, each.before, each.after) for each in lesson.shares] == [
        ("Commitment", Fraction(1, 5), Fraction(4, 25)),
        ("Leadership", Fraction(3, 5), Fraction(12, 25)),
    ]


def test_a_criterion_in_another_lesson_or_order_is_moved_and_not_new() -> None:
    def away(book: Any) -> None:
        book["lessons"][1]["criteria"].append(book["lessons"][0]["criteria"].pop(0))

    def first(book: Any) -> None:
        book["lessons"][0]["criteria"].insert(0, book["lessons"][0]["criteria"].pop())

    ways = [(part.key, part.became, part.moved) for part in found(away) if part.group == "criteria"]
    assert ways == [("vision", "changed", Moved("1.1", "2.3", ("Long path", "Local roots")))]
    ways = [(part.key, part.became, part.moved) for part in found(first)]
    assert ways == [("leadership", "changed", Moved("1.3", "1.1"))]


def test_levels_are_known_again_by_what_they_say() -> None:
    new = {"descriptor": "Three people meet each month.", "next_step": "Write a plan."}
    (part,) = found(lambda book: of(book, "vision")["levels"].insert(1, new))
    assert [(change.field, change.name, change.before, change.after) for change in part.changes] == [
        ("level", "1", None, new["descriptor"]),
        ("next step from level", "1", None, new["next_step"]),
    ]
    (part,) = found(lambda book: of(book, "vision")["levels"].reverse())
    assert [(change.field, change.name, change.was) for change in part.changes] == [
        ("level", "0", "2"),
        ("level", "1", "1"),
    ]


def test_hints_targets_and_gates_are_told_by_number_and_stage() -> None:
    parts = found(
        put("vision", "evidence", ["A signed plan", "Minutes about vision", "A map"]),
        put("vision", "targets", {"exploring": 0, "forming": 2}),
        lambda book: book["stages"][1].update(gates={"jobs": 1}),
    )
    told = {part.key: [(change.where, change.before, change.after) for change in part.changes] for part in parts}
    assert told == {
        "vision": [
            ("target at Exploring", "1", "0"),
            ("gate at Forming", "1", None),
            ("evidence 1", "A signed plan", "A signed plan"),
            ("evidence 3", None, "A map"),
        ],
        "jobs": [("gate at Forming", None, "1")],
    }


def test_a_new_stage_tells_its_targets_once() -> None:
    def add(book: Any) -> None:
        book["stages"].append({"key": "scaling", "name": "Scaling", "facts": "Growth.", "gates": {"vision": 2}})
        for lesson in book["lessons"]:
            for each in lesson["criteria"]:
                each["targets"]["scaling"] = 2

    (part,) = found(add)
    assert [(change.field, change.after) for change in part.changes] == [
        ("name", "Scaling"),
        ("facts", "Growth."),
        ("its targets", "Vision 2; Commitment 2; Leadership 2; Strengths 2; Jobs 2"),
        ("its gates", "Vision 2"),
    ]


FOLLOWS = {
    "version": "0.9",
    "criteria": {"vision": {"kind": "reworded", "from": ["aim"], "comparable": True}},
    "retired": ["old"],
}


def test_what_became_of_the_criteria_is_told_unless_it_is_not_asked_for() -> None:
    edits = lambda book: book.update(version="1.1", follows=FOLLOWS)  # noqa: E731
    own, vision = found(edits)
    assert [(change.field, change.before, change.after) for change in own.changes] == [
        ("version", "1.0", "1.1"),
        ("comes after version", None, "0.9"),
        ("retired criteria", None, "old"),
    ]
    assert [(change.field, change.after) for change in vision.changes] == [
        ("what became of it", "reworded from aim; comparable")
    ]
    without = differences(version(), version(edits), with_map=False).parts
    assert [change.field for part in without for change in part.changes] == ["version"]


@pytest.mark.parametrize(
    ("edits", "line"),
    [
        ([], "no difference"),
        ([lambda book: book.update(version="1.1")], "the version number only"),
        ([lambda book: book.update(title="Places")], "title"),
        ([put("vision", "title", "Shared vision"), put("jobs", "ask", "The mayor")], "2 criteria reworded"),
        ([put("vision", "weight", 21), put("jobs", "weight", 21)], "weights in lessons 1 and 2"),
        ([put("vision", "targets", {"exploring": 0, "forming": 2})], "targets of 1 criterion"),
        (
            [
                put("vision", "question", "Is there one?"),
                lambda book: book["lessons"][1]["criteria"].append(criterion("skills")),
                lambda book: book["lessons"][0]["criteria"].pop(1),
                lambda book: book["roles"].pop(),
                put("strengths", "weight", 30),
            ],
            "1 criterion reworded, 1 added, 1 removed, weights in lesson 2, 1 role removed",
        ),
    ],
)  # fmt: skip
def test_all_of_it_in_one_line(edits: list[Edit], line: str) -> None:
    assert summary(differences(version(), version(*edits))) == line


def test_a_whole_playbook_in_one_line() -> None:
    told = "the whole playbook added: 5 criteria, 2 lessons, 2 stages, 2 roles"
    assert summary(differences(None, version())) == told


def test_line_by_line_as_git_writes_words() -> None:
    told = differences(
        version(),
        version(
            put("vision", "question", "How far has this place come with its vision?"),
            put("vision", "weight", 30),
            put("jobs", "data", ["Jobs by industry"]),
        ),
    )
    assert (
        "\n".join(lines(told))
        == """
Lessons
  1 Long path (path): changed
    shares, of weights that are as before: Commitment 20% → 18%; Leadership 60% → 55%

Criteria
  1.1 Vision (vision): changed
    question: How far has this place come with{+ its+} vision?
    weight: 20 → 30 (20% → 27% of its lesson)
  2.2 Jobs (jobs): changed
    open data 1: {+Jobs by industry+}"""
    )


# --- on a page ----------------------------------------------------------------------------------------------------


def test_a_page_says_in_words_what_is_struck_through_and_escapes_all_texts() -> None:
    told = differences(version(), version(put("vision", "question", "How far has <b>that</b> place come with vision?")))
    page = render_to_string("partials/differences.html", {"differences": told})
    line = next(line.strip() for line in page.splitlines() if "place come" in line)
    quiet = '<span class="visually-hidden">'
    assert line == (
        f'<dd dir="auto">How far has <del>{quiet}[taken away: </span>this{quiet}]</span></del>'
        f"<ins>{quiet}[added: </span>&lt;b&gt;that&lt;/b&gt;{quiet}]</span></ins> place come with vision?</dd>"
    )
    assert "Nothing differs." in render_to_string("partials/differences.html", {"differences": differences(None, None)})


def test_every_field_and_change_reaches_the_page() -> None:
    book = version()
    page = " ".join(render_to_string("partials/differences.html", {"differences": differences(None, book)}).split())
    texts = [level.descriptor for each in book.criteria() for level in each.levels]
    assert [text for text in texts if text not in page] == []
    assert page.count("<details>") == len(differences(None, book).parts)


def test_the_documents_of_the_strategies_are_what_files_hold() -> None:
    assert read_playbook(dump_playbook(version())) == version()
    assert isinstance(version().lessons[0], documents.Lesson)
