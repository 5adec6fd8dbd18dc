"""Names of files that every system takes, whatever a place is called."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.reports.file_names import FORBIDDEN, RESERVED, file_name, name_part, unique_names

CASES = {
    "Harbour Quarter": "Harbour Quarter",
    'a/b\\c:d*e?"f<g>h|i': "a-b-c-d-e--f-g-h-i",
    "../../etc/passwd": "etc-passwd",
    "  Two \t lines\n here . ": "Two lines here",
    "\u202egnp.live\u202c": "gnp.live",
    "مركز الابتكار": "مركز الابتكار",
    "👩‍🔬 Lab 🏙️": "👩‍🔬 Lab 🏙️",
    "Tŷ Gwyn": "Tŷ Gwyn",
    "Ty\u0302": "Tŷ",
    "...": "",
    "X" * 200: "X" * 120,
    "é" * 100: "é" * 60,
}


@pytest.mark.parametrize("text", CASES)
def test_a_part_keeps_what_can_be_kept(text: str) -> None:
    assert name_part(text) == CASES[text]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["CON"], "_CON.pdf"),
        (["con.x", "Report"], "_con.x - Report.pdf"),
        (["CON", "Report"], "CON - Report.pdf"),
        (["", "..."], "file.pdf"),
        (["Cony"], "Cony.pdf"),
    ],
)
def test_no_name_is_one_that_windows_keeps_for_itself(parts: list[str], name: str) -> None:
    assert file_name(parts, "pdf") == name


def test_names_that_differ_in_case_or_form_alone_are_numbered() -> None:
    given = ["Tŷ.pdf", "TY\u0302.pdf", "tŷ.pdf", "Tŷ (2).pdf", "Other.pdf"]
    assert unique_names(given) == ["Tŷ.pdf", "TY\u0302 (2).pdf", "tŷ (3).pdf", "Tŷ (2) (2).pdf", "Other.pdf"]


@given(st.lists(st.text(), max_size=3), st.sampled_from(["pdf", "docx"]))
def test_any_text_makes_a_name_that_can_be_stored(parts: list[str], suffix: str) -> None:
    name = file_name(parts, suffix)
    stem = name.removesuffix(f".{suffix}")
    assert not FORBIDDEN.search(name)
    assert not RESERVED.fullmatch(stem.partition(".")[0].strip())
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in name)
    assert (stem == stem.strip(), len(stem) > 0, len(stem.encode()) <= 3 * 123) == (True, True, True)
