"""Codes that can be typed from paper, and the one rule of which report takes the place of which."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.findings.codes import ALPHABET, drawn_code, in_groups, read_code
from assessments.findings.succession import Issue, successor, supersedes


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7KQ2M-9XW4T", "7KQ2M9XW4T"),
        (" 7kq2m 9xw4t ", "7KQ2M9XW4T"),
        ("7kq2m9xw4t", "7KQ2M9XW4T"),
        ("7K-Q2-M9-XW-4T", "7KQ2M9XW4T"),
        ("oOIlL-00111", "0011100111"),
        ("7KQ2M\u20139XW4T", "7KQ2M9XW4T"),
        ("7KQ2M9XW4", None),
        ("7KQ2M9XW4TT", None),
        ("7KQ2M9XW4U", None),
        ("", None),
        ("<script>aa", None),
        ("７ＫＱ２Ｍ９ＸＷ４Ｔ", None),
    ],
)
def test_a_code_is_read_forgivingly(typed: str, code: str | None) -> None:
    assert read_code(typed) == code


def test_a_drawn_code_can_be_shown_and_read_again() -> None:
    codes = [drawn_code() for _ in range(2000)]
    assert len(set(codes)) == 2000
    assert {read_code(in_groups(code)) for code in codes} == set(codes)
    letters = Counter("".join(codes))
    assert set(letters) == set(ALPHABET)
    assert min(letters.values()) > 400  # of 625 each


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    code = read_code(typed)
    assert code is None or (len(code) == 10 and set(code) <= set(ALPHABET))


FIRST = Issue(1, 7, "full", "en-gb", "hubs", date(2026, 6, 1), 11)


@pytest.mark.parametrize(
    ("change", "does"),
    [
        ({}, True),  # the same submission, other chapters or branding
        ({"language": "cy"}, False),
        ({"kind": "board"}, False),
        ({"place": 8}, False),
        ({"playbook": "other"}, False),
        ({"submission": 12}, True),
        ({"submission": 12, "language": "cy"}, True),
        ({"submission": 12, "kind": "board"}, False),
        ({"submission": 13, "dated": date(2027, 6, 1)}, True),
        ({"submission": 14, "dated": date(2025, 6, 1)}, False),
        ({"submission": 10}, False),
    ],
)
def test_which_report_takes_the_place_of_which(change: dict[str, object], does: bool) -> None:
    later = replace(FIRST, turn=2, **change)  # type: ignore[arg-type]
    assert supersedes(later, FIRST) is does
    assert supersedes(FIRST, later) is False  # what was issued before never does


def test_the_last_one_issued_is_named() -> None:
    second, welsh, third = replace(FIRST, turn=2), replace(FIRST, turn=3, language="cy"), replace(FIRST, turn=4)
    reports = [FIRST, second, welsh, third]
    assert [successor(each, reports) for each in reports] == [third, third, None, None]


def test_the_one_to_ask_for_rests_on_the_last_submission() -> None:
    """An older submission may be issued again after a newer one; whoever holds the oldest report wants the newest."""
    next_year = replace(FIRST, turn=2, dated=date(2027, 6, 1), submission=12)
    again = replace(FIRST, turn=3)
    assert successor(FIRST, [FIRST, next_year, again]) == next_year


@given(
    st.lists(
        st.builds(
            lambda turn, kind, language, submission: Issue(
                turn, 7, kind, language, "hubs", date(2026, 1, 1), submission
            ),
            st.integers(1, 9),
            st.sampled_from(["full", "board"]),
            st.sampled_from(["en-gb", "cy"]),
            st.integers(1, 3),
        ),
        max_size=8,
        unique_by=lambda each: each.turn,
    )
)
def test_of_every_kind_the_last_issued_of_a_language_on_the_last_submission_stands(reports: list[Issue]) -> None:
    for kind in {each.kind for each in reports}:
        of_kind = [each for each in reports if each.kind == kind]
        last = max(each.submission for each in of_kind)
        best = max((each for each in of_kind if each.submission == last), key=lambda each: each.turn)
        assert successor(best, reports) is None
