"""The picture of a spread: drawn from the engine's figures, the same in its sentence, its marks and its table."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from assessments.charts.spread import NARROW, WIDE, SpreadChart, SpreadGeometry, SpreadPicture, spread_chart
from tests.factories import playbook
from tests.voices_cast import ANCHORS, COUNCIL, FIRMS, NINE, Levels, spread_of

GEOMETRIES = {"wide": WIDE, "narrow": NARROW}
SIXTY: Levels = {COUNCIL: (0,) * 20 + (4,) * 11, FIRMS: (2,) * 25, ANCHORS: (1, 1, 3, 3)}


def chart(levels: Levels, *, anonymous: bool = False) -> SpreadChart:
    return spread_chart(playbook(), spread_of(levels, anonymous=anonymous))


def pictures(found: SpreadChart) -> list[tuple[SpreadPicture, SpreadGeometry]]:
    return [(found.wide, WIDE), (found.narrow, NARROW)]


def begins(picture: SpreadPicture, kind: str) -> list[tuple[float, float]]:
    paths = [mark.path for mark in picture.marks if mark.kind == kind]
    return [tuple(map(float, re.findall(r"-?[\d.]+", path)[:2])) for path in paths]  # type: ignore[misc]


def test_the_table_has_a_row_for_each_role_that_is_shown_and_one_for_all() -> None:
    found = chart(NINE)
    assert found.columns == ("Role", "Gave a level", "Mean", "Level 0", "Level 1", "Level 2", "Level 3", "Level 4")
    assert found.table == (
        ("Local authority", "3", "3.3", "0", "0", "0", "2", "1"),
        ("Anchor business", "3", "1.7", "0", "1", "2", "0", "0"),
        ("Citizen", "3", "2.7", "0", "1", "0", "1", "1"),
        ("All, each role counting once", "9", "2.6", "0", "2", "2", "3", "2"),
    )
    assert found.figures == (
        ("Suggested level", "3"),
        ("Mean", "2.6"),
        ("Consensus", "0.59"),
        ("Spread between roles", "1.7"),
        ("To discuss", "Yes"),
    )


def test_roles_told_together_are_one_row_without_their_names() -> None:
    found = chart({COUNCIL: (3, 3, 4), FIRMS: (0,), ANCHORS: (1, 2, 2, 2)}, anonymous=True)
    assert [row[:3] for row in found.table] == [
        ("Academic anchor", "4", "1.8"),
        ("Others, together", "4", "2.5"),
        ("All, each role counting once", "8", "2.1"),
    ]


def test_where_no_role_is_told_apart_there_is_one_row_and_a_sentence() -> None:
    found = chart({COUNCIL: (1, 4), FIRMS: (2, 2)}, anonymous=True)
    assert found.table == (("All", "4", "2.3", "0", "1", "2", "0", "1"),)
    assert [name for name, _figure in found.figures] == ["Suggested level", "Mean", "Consensus", "To discuss"]
    assert found.not_shown == "All are told of together, without their roles."
    assert spread_chart(playbook(), found.spread, in_a_room=True).not_shown == ""


@pytest.mark.parametrize("name", GEOMETRIES)
def test_marks_stand_where_the_figures_are(name: str) -> None:
    found, geometry = chart(NINE), GEOMETRIES[name]
    picture = found.wide if name == "wide" else found.narrow
    column = (geometry.width - geometry.left - geometry.right) / 5
    assert found.spread.result is not None
    ((disc, _y),) = begins(picture, "mean")
    assert (disc + 7 - geometry.left) / column - 0.5 == pytest.approx(float(found.spread.result.mean), abs=0.001)
    ((ring, _y),) = begins(picture, "suggested")
    assert (ring + 15 - geometry.left) / column - 0.5 == pytest.approx(3)
    bars = [re.findall(r"-?[\d.]+", mark.path) for mark in picture.marks if mark.kind.startswith("level")][:4]
    assert [-float(bar[2]) / geometry.tall * 3 for bar in bars] == pytest.approx([2, 2, 3, 2], abs=0.001)


@pytest.mark.parametrize(
    "levels", [NINE, SIXTY, {COUNCIL: (0,)}, {COUNCIL: (4, 4, 4)}], ids=["nine", "60", "one", "top"]
)
def test_everything_lies_within_the_picture(levels: Levels) -> None:
    for picture, geometry in pictures(chart(levels)):
        assert all(0 <= word.at.x <= geometry.width and 10 < word.at.y < picture.height for word in picture.words)
        for mark in picture.marks:
            x, y = map(float, re.findall(r"-?[\d.]+", mark.path)[:2])
            assert 0 <= x <= geometry.width
            assert 0 < y < picture.height


def test_every_kind_of_mark_and_word_has_its_look() -> None:
    sheet = (settings.BASE_DIR / "static" / "css" / "charts.css").read_text()
    found = chart(SIXTY, anonymous=True)
    drawn = [picture for picture, _ in pictures(found)]
    kinds = {mark.kind for each in drawn for mark in each.marks} | {word.kind for each in drawn for word in each.words}
    assert {kind for kind in kinds if f".plot-{kind} {{" not in sheet} == set()


def test_the_partial_says_the_sentence_draws_it_twice_and_has_the_table() -> None:
    found = chart(NINE)
    page = render_to_string("partials/spread.html", {"chart": found})
    assert page.count(f"<figcaption><p>{found.sentence}</p></figcaption>") == 1
    titles = re.findall(r"<title id=[^>]*>(.*?)</title>", page)
    assert titles == [f"{found.title}. {found.sentence}"] * 2
    assert page.count("<tr>") == 1 + len(found.table)


def test_where_nothing_may_be_shown_the_partial_is_the_sentence() -> None:
    found = chart({COUNCIL: (1, 4)}, anonymous=True)
    page = render_to_string("partials/spread.html", {"chart": found})
    assert page.strip() == f'<p class="spread">{found.sentence}</p>'
