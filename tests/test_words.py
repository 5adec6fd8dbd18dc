"""How pages say figures, counts and dates."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from assessments.templatetags import words


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Fraction(125, 2), "63"),
        (Decimal("62.4999"), "62"),
        (0.5, "1"),
        (0, "0"),
        (100, "100"),
        (None, ""),
    ],
)
def test_points_are_whole_and_half_up(value: Any, said: str) -> None:
    assert words.points(value) == said


@pytest.mark.parametrize(("share", "said"), [(Fraction(14, 17), "82%"), (1, "100%"), (0.125, "13%"), (None, "")])
def test_percent(share: Any, said: str) -> None:
    assert words.percent(share) == said


@pytest.mark.parametrize(("number", "said"), [(0, "0 criteria"), (1, "1 criterion"), (2, "2 criteria")])
def test_count(number: int, said: str) -> None:
    assert words.count(number, "criterion,criteria") == said


def test_days_and_moments_are_said_as_in_britain() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # already July in London's summer
    assert words.day(date(2026, 3, 3)) == "3 March 2026"
    assert words.day(late) == "1 July 2026"
    assert words.moment(late) == "1 July 2026 at 00:30"
    assert (words.day(None), words.moment(None)) == ("", "")


@pytest.mark.parametrize(("top", "tones"), [(4, [0, 1, 2, 3, 4]), (2, [0, 2, 4]), (1, [0, 4]), (5, [0, 1, 2, 2, 3, 4])])
def test_levels_of_any_number_share_the_five_colours(top: int, tones: list[int]) -> None:
    assert [words.tone(level, top) for level in range(top + 1)] == tones


def test_a_level_bar_fills_up_to_the_level() -> None:
    bar = words.level_bar(2, target=3)
    assert [step["filled"] for step in bar["steps"]] == [True, True, True, False, False]
    assert bar["tick"] == bar["steps"][3]["x"] + 6


def test_a_range_bar_places_its_marks_by_points() -> None:
    bar = words.range_bar(Fraction(103, 2), 69, Fraction(187, 3), None)
    assert (bar["from_x"], bar["span"], bar["score_x"], bar["evidenced_x"]) == ("51.5%", "17.5%", "62.33%", None)
