"""What can be compared between two versions: the rule, its reasons in words; what can be compared scores alike."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import scoring
from assessments.comparing import reasons
from assessments.comparing.comparable import compare
from assessments.interchange import Answers, Playbook, scorable_answers, scorable_playbook
from assessments.interchange.documents import Criterion, Follows, Level, Origin
from tests.factories import playbook
from tests.history_cast import MAP, reweighed, second, third
from tests.strategies import assessed, playbooks

NOTHING = Follows("1.0", {}, ())


def overall(*versions: Playbook) -> dict[str, tuple[str, ...]]:
    return {each.kind: each.titles for each in compare(*versions).overall}


def lessons(*versions: Playbook) -> dict[str, list[str]]:
    """The kinds of what is in the way of each lesson of the last version."""
    compared = compare(*versions)
    return {lesson.key: [each.kind for each in compared.lesson(lesson.key)] for lesson in versions[-1].lessons}


def edited(key: str, **changes: object) -> Playbook:
    """Version 2.0 of the first playbook in which one criterion has changed, and no map says so."""
    book = playbook()

    def edit(criterion: Criterion) -> Criterion:
        return replace(criterion, **changes) if criterion.key == key else criterion  # type: ignore[arg-type]

    found = tuple(replace(each, criteria=tuple(map(edit, each.criteria))) for each in book.lessons)
    return replace(book, version="2.0", lessons=found, follows=NOTHING)


def mapped(key: str, origin: Origin) -> Playbook:
    """Version 2.0 of the first playbook, the same but for what its map says of one criterion."""
    return replace(playbook(), version="2.0", follows=Follows("1.0", {key: origin}, ()))


# --- Criteria --------------------------------------------------------------------------------------------------------


def test_what_keeps_a_criterion_from_being_compared() -> None:
    compared = compare(playbook(), second())
    assert {key: compared.why_not(key) for key in second().criterion if compared.why_not(key)} == {
        "vision-kept-alive": "stricter",
        "collective-leadership": "merged",
        "night-life": "new",
        "citizens": "split",
        "citizens-decide": "split",
    }


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (mapped("citizens", Origin("reworded", ("citizens",), True)), ""),
        (mapped("citizens", Origin("reworded", ("citizens",), False)), "reworded"),
        (mapped("citizens", Origin("stricter", ("citizens",), False)), "stricter"),
        (mapped("citizens", Origin("stricter", ("citizens",), True)), ""),
        (mapped("citizens", Origin("merged", ("citizens", "planners"), True)), "merged"),
        (mapped("citizens", Origin("new", (), False)), "new"),
        (edited("citizens", weight=Decimal(99)), ""),
        (edited("citizens", levels=playbook().criterion["citizens"].levels[:3]), "levels"),
    ],
)
def test_a_criterion_goes_by_its_map_and_the_number_of_its_levels(after: Playbook, kind: str) -> None:
    assert compare(playbook(), after).why_not("citizens") == kind


def test_over_several_versions_each_step_must_be_comparable() -> None:
    assert compare(playbook(), second(), third()).why_not("vision-kept-alive") == "stricter"
    assert compare(second(), third()).why_not("vision-kept-alive") == ""


def test_where_a_line_goes_on_from() -> None:
    compared = compare(playbook(), second())
    keys = ["shared-vision", "collective-leadership", "citizens-decide", "night-life"]
    assert [compared.source(key) for key in keys] == ["shared-vision", "collective-leadership", "citizens", None]


# --- Scores ----------------------------------------------------------------------------------------------------------


def test_a_lesson_breaks_only_where_its_own_criteria_do() -> None:
    assert lessons(playbook(), second()) == {
        "long-path": ["merged", "stricter"],
        "local-foundations": ["new", "retired"],
        "fundamentals": [],
        "everyone-has-a-role": ["split"],
    }
    assert lessons(second(), third()) == {
        "long-path": [],
        "local-foundations": [],
        "fundamentals": ["weights"],
        "everyone-has-a-role": [],
    }


def test_the_overall_score_breaks_for_all_reasons_of_its_lessons() -> None:
    assert overall(playbook(), second()) == {
        "new": ("Night life",),
        "retired": ("Global links that feed home",),
        "split": ("Citizens",),
        "merged": ("Collective, generous leadership",),
        "stricter": ("Keeping the vision alive and widening it",),
    }
    assert overall(second(), third()) == {"weights": ("The fundamentals",)}
    assert overall(playbook(), second(), third()).keys() == overall(playbook(), second()).keys() | {"weights"}


@pytest.mark.parametrize("factor", [Decimal("0.1"), Decimal(3)])
def test_weights_count_by_their_shares(factor: Decimal) -> None:
    """Every weight of a lesson times the same is the same; one alone is not."""
    all_of_one = {each.key: each.weight * factor for each in playbook().lessons[0].criteria}
    assert overall(playbook(), reweighed(playbook(), "2.0", all_of_one)) == {}
    every_lesson = {each.key: each.weight * factor for each in playbook().lessons}
    assert overall(playbook(), reweighed(playbook(), "2.0", every_lesson)) == {}
    one = reweighed(playbook(), "2.0", {"citizens": playbook().criterion["citizens"].weight * factor})
    assert overall(playbook(), one) == {"weights": ("Everyone has a role",)}


def test_a_lesson_of_another_weight_breaks_the_whole_alone() -> None:
    after = reweighed(playbook(), "2.0", {"fundamentals": Decimal(50)})
    assert overall(playbook(), after) == {"lesson_weights": tuple(each.title for each in playbook().lessons)}
    assert set(map(tuple, lessons(playbook(), after).values())) == {()}


def test_a_criterion_that_moves_breaks_both_lessons() -> None:
    one, two, *others = playbook().lessons
    moved = one.criteria[0]
    after = replace(
        playbook(),
        version="2.0",
        lessons=(replace(one, criteria=one.criteria[1:]), replace(two, criteria=(*two.criteria, moved)), *others),
        follows=NOTHING,
    )
    assert list(lessons(playbook(), after).values()) == [["moved"], ["moved"], [], []]
    assert overall(playbook(), after) == {"moved": (moved.title,)}


def test_a_lesson_that_comes_or_goes() -> None:
    fewer = replace(playbook(), version="2.0", lessons=playbook().lessons[:3], follows=NOTHING)
    last = playbook().lessons[3]
    assert overall(playbook(), fewer) == {
        "retired": tuple(each.title for each in last.criteria),
        "retired_lesson": (last.title,),
    }
    assert [each.kind for each in compare(playbook(), fewer).lesson(last.key)] == ["retired_lesson"]
    back = replace(playbook(), version="3.0", follows=Follows("2.0", {}, ()))
    assert [each.kind for each in compare(fewer, back).lesson(last.key)] == ["new_lesson"]


def test_two_parts_that_can_be_compared_still_break_their_lesson() -> None:
    """Each goes on from the whole, but the lesson counts it twice."""
    both = {key: replace(origin, comparable=True) for key, origin in MAP.criteria.items() if origin.kind == "split"}
    after = replace(second(), follows=replace(MAP, criteria={**MAP.criteria, **both}))
    assert compare(playbook(), after).why_not("citizens-decide") == ""
    assert lessons(playbook(), after)["everyone-has-a-role"] == ["split"]


# --- Words -----------------------------------------------------------------------------------------------------------


def test_the_reasons_in_words() -> None:
    compared = compare(playbook(), second())
    assert reasons.differs(compared, compared.overall) == (
        "Version 2.0 asks differently from version 1.0: 1 criterion is new (Night life), 1 is retired (Global links "
        "that feed home), 1 is split (Citizens), 1 is merged from several (Collective, generous leadership), 1 is "
        "asked more strictly (Keeping the vision alive and widening it)."
    )
    keys = ["shared-vision", "vision-kept-alive", "collective-leadership", "citizens-decide", "night-life"]
    assert [reasons.criterion(compared, key) for key in keys] == [
        "",
        "Asked more strictly since version 2.0.",
        "Version 2.0 merges “Concentrated commitment” and “Collective, generous leadership” into it.",
        "Version 2.0 splits “Citizens”; this is a part of it.",
        "New in version 2.0.",
    ]
    assert [reasons.gone(compared, key) for key in ("global-links", "concentrated-commitment")] == [
        "Retired in version 2.0.",
        "Version 2.0 asks it in “Collective, generous leadership”.",
    ]


def test_many_are_told_by_number() -> None:
    fewer = replace(playbook(), version="2.0", lessons=playbook().lessons[1:], follows=NOTHING)
    compared = compare(playbook(), fewer)
    assert reasons.differs(compared, compared.overall) == (
        "Version 2.0 asks differently from version 1.0: 6 criteria are retired (The right path for this place, Shared "
        "vision and purpose, Keeping the vision alive and widening it, Cycles of investment and 2 more), the lesson "
        "“The long path” is retired."
    )


def test_other_words_of_the_reasons() -> None:
    shorter = compare(playbook(), edited("citizens", levels=playbook().criterion["citizens"].levels[:3]))
    assert reasons.criterion(shorter, "citizens") == "It has 3 levels in version 2.0 and had 5 in version 1.0."
    heavy = compare(playbook(), reweighed(playbook(), "2.0", {"fundamentals": Decimal(50)}))
    assert reasons.differs(heavy, heavy.overall) == (
        "Version 2.0 asks differently from version 1.0: the weights of the lessons have changed."
    )
    reworded = compare(playbook(), mapped("citizens", Origin("reworded", ("citizens",), False)))
    assert reasons.criterion(reworded, "citizens") == "Reworded in version 2.0 to mean something else."


# --- Properties ------------------------------------------------------------------------------------------------------


def turned(book: Playbook) -> Playbook:
    """Lessons and criteria the other way round."""
    return replace(
        book, lessons=tuple(replace(each, criteria=each.criteria[::-1]) for each in book.lessons[::-1]), follows=None
    )


def heavier(book: Playbook) -> Playbook:
    """Every weight times seven."""
    return reweighed(book, book.version, {each.key: each.weight * 7 for each in book.criteria()})


def renamed(book: Playbook) -> Playbook:
    """Every criterion under a new key, with a map that says so."""
    lessons = tuple(
        replace(each, criteria=tuple(replace(one, key=f"{one.key}-2") for one in each.criteria))
        for each in book.lessons
    )
    origins = {f"{key}-2": Origin("reworded", (key,), True) for key in book.criterion}
    stages = tuple(
        replace(each, gates={f"{key}-2": level for key, level in each.gates.items()}) for each in book.stages
    )
    return replace(
        book, version=f"{book.version}+", lessons=lessons, stages=stages, follows=Follows(book.version, origins, ())
    )


@pytest.mark.parametrize("change", [turned, heavier, renamed])
@settings(max_examples=12)
@given(data=st.data())
def test_what_can_be_compared_scores_alike(change: Callable[[Playbook], Playbook], data: st.DataObject) -> None:
    before, answers = data.draw(assessed())
    after = change(before)
    compared = compare(before, after)
    assert compared.overall == ()
    assert [compared.lesson(lesson.key) for lesson in after.lessons] == [()] * len(after.lessons)
    then, now = score(before, answers), score(after, carried(answers, after, compared.source))
    assert (now.overall.score, now.overall.low, now.overall.high, now.overall.evidenced) == (
        then.overall.score,
        then.overall.low,
        then.overall.high,
        then.overall.evidenced,
    )
    assert {key: each.score for key, each in now.lessons.items()} == {
        key: each.score for key, each in then.lessons.items()
    }


def carried(answers: Answers, after: Playbook, source: Callable[[str], str | None]) -> Answers:
    came = {key: source(key) or "" for key in after.criterion}
    return replace(
        answers,
        answers={key: answers.answers[old] for key, old in came.items() if old in answers.answers},
        evidence={key: answers.evidence[old] for key, old in came.items() if old in answers.evidence},
        respondents=(),
    )


def score(book: Playbook, answers: Answers) -> scoring.Result:
    return scoring.score(scorable_playbook(book), scorable_answers(replace(answers, respondents=())))


@settings(max_examples=12)
@given(book=playbooks(), data=st.data())
def test_whatever_is_edited_breaks_the_whole_and_its_own_lesson_alone(book: Playbook, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(book.lessons) - 1))
    lesson = book.lessons[number]
    edits = ["levels", "stricter", "added", *(["weight", "retired"] if len(lesson.criteria) > 1 else [])]
    edit, one = data.draw(st.sampled_from(edits)), lesson.criteria[0]
    follows = Follows(book.version, {}, ())
    criteria: tuple[Criterion, ...] = lesson.criteria
    if edit == "levels":
        criteria = (replace(one, levels=(*one.levels, Level("More.", "Hold it."))), *criteria[1:])
    elif edit == "stricter":
        follows = replace(follows, criteria={one.key: Origin("stricter", (one.key,), False)})
    elif edit == "added":
        criteria = (*criteria, replace(one, key=f"{one.key}-more"))
    elif edit == "weight":
        criteria = (replace(one, weight=one.weight * 2), *criteria[1:])
    else:
        criteria = criteria[1:]
    changed = (*book.lessons[:number], replace(lesson, criteria=criteria), *book.lessons[number + 1 :])
    compared = compare(book, replace(book, version=f"{book.version}+", lessons=changed, follows=follows))
    assert compared.overall != ()
    assert [each.key for each in book.lessons if compared.lesson(each.key)] == [lesson.key]
