"""What several people gave: the engine's figures, in words, and nothing by which one of them could be found."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.findings.voices import FEWEST, TOGETHER, Spread, Voice, merged, spread
from assessments.findings.voices_words import not_shown, told, working
from assessments.interchange.scorable import scorable_playbook
from assessments.scoring import Respondent
from assessments.scoring.consensus import collective_results
from tests.factories import playbook
from tests.voices_cast import ANCHORS, CITIZENS, COUNCIL, FIRMS, KEY, NINE, Levels, spread_of

ROLES = [role.key for role in playbook().roles]
groups = st.lists(
    st.builds(Voice, st.sampled_from([*ROLES[:4], TOGETHER]), st.none() | st.integers(0, 4)), min_size=1, max_size=14
)
few = settings(max_examples=60)


def levels_of(spread: Spread, role: str) -> tuple[int, ...] | None:
    return next((each.counts for each in spread.roles if each.role == role), None)


# --- Which roles lose their name -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "gone"),
    [
        ({}, set()),
        ({"a": 3, "b": 7}, set()),
        ({"a": 2, "b": 1, "c": 5}, {"a", "b"}),
        ({"a": 2, "b": 2, "c": 5}, {"a", "b"}),
        ({"a": 1, "b": 5, "c": 3}, {"a", "c"}),
        ({"a": 1, "b": 4, "c": 4}, {"a", "b"}),
        ({"a": 1, "b": 9}, {"a", "b"}),
        ({"a": 2}, {"a"}),
        ({"a": 0, "b": 3}, {"a"}),
        ({TOGETHER: 5, "a": 2, "b": 3}, {TOGETHER, "a"}),
        ({TOGETHER: 5, "b": 3}, {TOGETHER}),
        ({TOGETHER: 1, "b": 3, "c": 4}, {TOGETHER, "b"}),
    ],
)
def test_roles_that_lose_their_name(counts: dict[str, int], gone: set[str]) -> None:
    assert merged(counts) == gone


@few
@given(st.dictionaries(st.sampled_from([*ROLES, TOGETHER]), st.integers(0, 9)))
def test_the_group_without_a_name_is_never_one_or_two(counts: dict[str, int]) -> None:
    gone = merged(counts)
    together = sum(counts[role] for role in gone)
    assert together == 0 or together >= FEWEST or together == sum(counts.values())
    assert all(counts[role] >= FEWEST and role != TOGETHER for role in counts.keys() - gone)


# --- The figures -----------------------------------------------------------------------------------------------------


def test_nine_of_three_roles() -> None:
    found = spread_of(NINE)
    assert found.result is not None
    assert (found.answered, found.counts, found.lowest, found.highest) == (9, (0, 2, 2, 3, 2), 1, 4)
    assert [(each.role, each.counts, each.mean) for each in found.roles] == [
        (COUNCIL, (0, 0, 0, 2, 1), Fraction(10, 3)),
        (FIRMS, (0, 1, 2, 0, 0), Fraction(5, 3)),
        (CITIZENS, (0, 1, 0, 1, 1), Fraction(8, 3)),
    ]
    assert (found.result.mean, found.result.suggested, found.discuss, found.untold) == (Fraction(23, 9), 3, True, 0)


def engine(voices: Sequence[Voice]) -> object:
    book = scorable_playbook(playbook())
    people = [Respondent(voice.role, {KEY: voice.level}) for voice in voices if voice.level is not None]
    return collective_results(book, people).get(KEY)


@few
@given(st.lists(st.builds(Voice, st.sampled_from(ROLES[:4]), st.none() | st.integers(0, 4)), max_size=14))
def test_figures_are_the_engines_for_every_role_by_itself(group: list[Voice]) -> None:
    assert spread(playbook(), KEY, group, anonymous=False).result == engine(group)


def test_anonymous_figures_are_the_engines_with_the_small_roles_as_one() -> None:
    """One of the firms and two citizens are one role; by themselves the mean would tell who is who."""
    found = spread_of({COUNCIL: (3, 3, 4), FIRMS: (0,), CITIZENS: (4, 3)}, anonymous=True)
    assert found.result is not None
    assert found.together is not None
    assert dict(found.result.role_means) == {COUNCIL: Fraction(10, 3), TOGETHER: Fraction(7, 3)}
    assert (found.result.mean, found.together.counts) == (Fraction(17, 6), (1, 0, 0, 1, 1))


@few
@given(groups, st.booleans())
def test_shares_add_up_to_the_engines_figures(group: list[Voice], anonymous: bool) -> None:
    found = spread(playbook(), KEY, group, anonymous=anonymous)
    why = working(found)
    if why is None:
        assert (found.result, found.shares) == (None, ())
        return
    assert sum(found.shares) == 1
    assert sum(row.adds for row in why.rows) == why.result.mean
    assert next(row.level for row in why.rows if 2 * row.reached >= 1) == why.result.suggested
    if why.result.consensus is not None:
        assert 1 - sum(row.takes for row in why.rows) == pytest.approx(float(why.result.consensus), abs=1e-9)


# --- What is shown ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [(), (1,), (1, 4)], ids=["none", "one", "two"])
def test_nothing_but_their_number_is_shown_of_fewer_than_three(given: tuple[int, ...]) -> None:
    found = spread_of({COUNCIL: given}, anonymous=True)
    assert (found.is_shown, found.result, found.roles, found.together, found.shares) == (False, None, (), None, ())
    assert (found.answered, found.counts, found.lowest, found.discuss) == (len(given), (0,) * 5, None, False)


def test_who_does_not_know_is_not_told_of_one_or_two() -> None:
    assert spread_of({COUNCIL: (None, 2)}, anonymous=True).asked_unknown == 0
    assert spread_of({COUNCIL: (None, 2, 3)}, anonymous=True).asked_unknown == 1
    assert spread_of({COUNCIL: (None,)}).asked_unknown == 1


def test_a_small_role_of_a_round_with_names_has_no_row() -> None:
    found = spread_of({COUNCIL: (3, 3, 4), FIRMS: (0,)})
    assert ([each.role for each in found.roles], found.untold, found.together) == ([COUNCIL], 1, None)


def test_an_anonymous_small_role_takes_the_smallest_other_along() -> None:
    found = spread_of({COUNCIL: (3, 3, 4), FIRMS: (0,), ANCHORS: (1, 2, 2, 2)}, anonymous=True)
    assert found.together is not None
    assert ([each.role for each in found.roles], found.untold) == ([ANCHORS], 4)
    assert (levels_of(found, COUNCIL), found.together.counts) == (None, (1, 0, 0, 2, 1))


@few
@given(groups)
def test_nobody_is_found_by_taking_one_figure_from_another(group: list[Voice]) -> None:
    """All that is shown of an anonymous group stays the same when two of those told of together change places."""
    found = spread(playbook(), KEY, group, anonymous=True)
    rest = found.answered - sum(each.answered for each in found.roles)
    assert rest == found.untold
    assert rest == 0 or rest >= FEWEST or not found.is_shown
    assert all(each.answered >= FEWEST for each in found.roles)
    shown = {each.role for each in found.roles}
    hidden = [voice for voice in group if voice.role not in shown and voice.level is not None]
    turned = [Voice(one.role, other.level) for one, other in zip(hidden, hidden[1:] + hidden[:1], strict=True)]
    rest_of_them = [voice for voice in group if voice.role in shown or voice.level is None]
    assert spread(playbook(), KEY, rest_of_them + turned, anonymous=True) == found


@few
@given(groups)
def test_rows_and_the_rest_are_all_who_answered(group: list[Voice]) -> None:
    found = spread(playbook(), KEY, group, anonymous=True)
    if found.is_shown:
        rows = [each.counts for each in (*found.roles, *([found.together] if found.together else []))]
        assert tuple(sum(column) for column in zip(*rows, strict=True)) == found.counts
        levels = Counter(voice.level for voice in group if voice.level is not None)
        assert found.counts == tuple(levels[level] for level in range(5))


# --- The words -------------------------------------------------------------------------------------------------------

SAID: list[tuple[Levels, bool, str]] = [
    (
        NINE,
        False,
        "9 gave a level, from 1 to 4; mean 2.6; suggested 3; consensus 0.59; to discuss: they are 3 levels apart.",
    ),
    ({COUNCIL: (2, 2, 2)}, True, "3 gave a level, all 2; mean 2.0; suggested 2; consensus 1.00."),
    ({COUNCIL: (2, 3)}, False, "2 gave a level, from 2 to 3; mean 2.5; suggested 2."),
    ({COUNCIL: (2, None, None)}, False, "1 gave a level: 2; 2 do not know; mean 2.0; suggested 2."),
    (
        {COUNCIL: (2, 3)},
        True,
        "2 gave a level. What fewer than three said is not shown, because the answers are anonymous.",
    ),
    ({COUNCIL: (None, None, None)}, True, "Nobody gave a level; 3 do not know."),
    ({}, False, "Nobody gave a level."),
]


@pytest.mark.parametrize(("levels", "anonymous", "said"), SAID)
def test_the_sentence(levels: Levels, anonymous: bool, said: str) -> None:
    assert told(spread_of(levels, anonymous=anonymous)) == said


def test_who_has_no_row_is_said_with_its_reason() -> None:
    named, hidden = {COUNCIL: (3, 3, 4), FIRMS: (0, 1)}, {COUNCIL: (3, 3, 4, 4), FIRMS: (0, 1, 1, 2), CITIZENS: (1, 2)}
    assert not_shown(spread_of(named)) == (
        "2 are in roles that are not shown by themselves: fewer than three of each gave a level."
    )
    assert not_shown(spread_of(hidden, anonymous=True)) == (
        "6 are told of together: a role is shown by itself only where at least three of it gave a level, "
        "and only where nobody could be found by taking one figure from another."
    )
    assert not_shown(spread_of(NINE)) == ""
