"""Words cut to their room: never longer than the page has room for, whole where they fit."""

from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from assessments.interchange.texts import Untranslated
from assessments.reports.cutting import WIDTHS, cut, height, width
from tests.printing import FONTS

WORDS = st.text(alphabet="aiWm .,-ŵéЖ漢ع🚀\u0301\u200d\n", max_size=300)


@given(WORDS, st.integers(1, 4), st.floats(12, 60))
def test_a_cut_text_never_takes_more_than_its_room(text: str, lines: int, ems: float) -> None:
    found = cut(text, lines, ems)
    assert height(found, ems) <= lines
    assert found == cut(found, lines, ems)


@given(WORDS, st.floats(12, 60))
def test_a_text_that_fits_stays_whole(text: str, ems: float) -> None:
    found = cut(text, 100, ems)
    assert "…" not in found
    assert width(found) == width(" ".join(text.split()))


def test_it_ends_with_a_word_where_one_is_near() -> None:
    assert cut("The right path for this place", 1, 11) == "The right path for…"
    assert cut("The right path for this place", 2, 8) == "The right path for this place"
    assert cut("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", 1, 10) == "Llanfairpwllgwyng…"
    assert cut("", 1, 10) == ""


def test_towers_of_accents_do_not_stand_on_the_lines_above() -> None:
    assert cut("e" + "\u0301" * 9, 1, 10) == "é\u0301\u0301"


def test_what_is_english_for_another_language_still_says_so() -> None:
    found = cut(Untranslated("The right path for this place"), 1, 12)
    assert isinstance(found, Untranslated)
    assert type(cut("The right path", 1, 12)) is str


def test_no_letter_is_wider_in_the_shipped_faces_than_it_is_taken_for() -> None:
    wider = []
    for name in ("ibm-plex-sans-latin-400-normal.woff2", "ibm-plex-sans-latin-600-normal.woff2"):
        with TTFont(FONTS / name) as font:
            glyphs, advances, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
            wider += [letter for letter, wide in WIDTHS.items() if advances[glyphs[ord(letter)]][0] / em > wide + 0.001]
    assert wider == []
