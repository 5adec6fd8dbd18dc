"""Printed letters of any script come from the shipped fonts, are the right ones, and stay on the page."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from assessments.reports.pdf import Press, ReportFailed
from tests.pdf_checks import fonts_of, validator_faults
from tests.printing import CSS, FONTS, document, lines_of, opened, pressing, text_of


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with pressing() as one:
        yield one


LATIN, EXTENDED = "Plex-Latin", "Plex-Latin-Extended"
LETTERS = {
    "Welsh": ("Tŷ a dŵr, Ŵ Ŷ ẃ ỳ", {LATIN, EXTENDED}),
    "Polish": ("Łódź, Gdańsk", {LATIN, EXTENDED}),
    "Greek": ("Αθήνα, Θεσσαλονίκη", {LATIN, "Plex-Greek"}),
    "Cyrillic": ("Київ, София", {LATIN, "Plex-Cyrillic"}),
    "Arabic": ("مرحبا", {"Plex-Arabic"}),
    "emoji": ("😀👍🏽🇬🇧", {"Report-Emoji"}),
}


@pytest.mark.parametrize(("text", "fonts"), LETTERS.values(), ids=LETTERS.keys())
def test_letters_come_from_the_shipped_fonts_and_can_be_copied(press: Press, text: str, fonts: set[str]) -> None:
    pdf = press.print(document(f"<p>{text}</p>"), identifier="letters", strict=True)
    assert fonts_of(pdf) - {LATIN, "Plex-Latin-Semi-Bold"} == fonts - {LATIN}
    assert lines_of(pdf) == ["Harbour Quarter", text]
    assert validator_faults(pdf) == []


@pytest.mark.parametrize("element", ["strong", "em"])
def test_bold_and_italic_have_faces_of_their_own(press: Press, element: str) -> None:
    pdf = press.print(document(f"<p><{element}>dŵr</{element}></p>"), identifier="faces", strict=True)
    style = {"strong": "Semi-Bold", "em": "Italic"}[element]
    assert fonts_of(pdf) - {"Plex-Latin-Semi-Bold"} == {f"Plex-Latin-{style}", f"Plex-Latin-Extended-{style}"} - {
        "Plex-Latin-Semi-Bold"
    }


def glyphs(pdf: bytes, font: str) -> dict[int, str]:
    """Return which glyph of the font stands for which text."""
    with opened(pdf) as document:
        for each in document.objects:
            if isinstance(each, pikepdf.Dictionary) and str(each.get("/BaseFont", "")).endswith(f"+{font}"):
                if "/ToUnicode" not in each:
                    continue
                pairs = re.findall(rb"<([0-9a-fA-F]+)> <([0-9a-fA-F]+)>", each.ToUnicode.read_bytes())
                return {
                    int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
                    for glyph, text in pairs
                    if int(glyph, 16) not in (0, 0xFFFF)
                }
    raise AssertionError(f"{font} is not in the file")


def test_each_letter_is_drawn_by_its_own_glyph(press: Press) -> None:
    """Two subsets of one family would share a font in the PDF: "Tŷ" would be drawn "Tð" and still copied right."""
    pdf = press.print(document("<p>dŵr Ŷ</p>"), identifier="glyphs", strict=True)
    shipped = TTFont(FONTS / "ibm-plex-sans-latin-ext-400-normal.woff2")
    own = {shipped.getGlyphID(name): chr(code) for code, name in shipped.getBestCmap().items()}
    drawn = glyphs(pdf, EXTENDED)
    assert sorted(drawn.values()) == ["ŵ", "Ŷ"]
    assert {glyph: own[glyph] for glyph in drawn} == drawn


def test_arabic_is_shaped_and_runs_from_the_right(press: Press) -> None:
    joined = press.print(document("<p>مرحبا</p>"), identifier="a")
    apart = press.print(document("<p>م\u200cر\u200cح\u200cب\u200cا</p>"), identifier="a")
    assert set(glyphs(joined, "Plex-Arabic")) != set(glyphs(apart, "Plex-Arabic"))
    boxes = text_of(press.print(document('<p dir="rtl">مرحبا 27</p>'), identifier="a"), "-bbox")
    left = {word: float(x) for x, word in re.findall(r'xMin="([\d.]+)".*>(\S+)</word>', boxes)}
    assert left["27"] < left["مرحبا"[::-1]]  # pdftotext names the boxes from left to right


def test_a_letter_with_a_loose_accent_becomes_one(press: Press) -> None:
    pdf = press.print(document("<p>dw\u0302r</p>"), identifier="nfd", strict=True)
    assert lines_of(pdf) == ["Harbour Quarter", "dŵr"]
    assert EXTENDED in fonts_of(pdf)


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{'Llanfair' * 63}</p>",
        f"<p>short <em>words</em> {'Llanfair' * 63}</p>",
        f"<h2>{'Llanfair' * 63}</h2>",
        f"<table><tr><th>{'Llanfair' * 63}</th><td>x</td></tr></table>",
        f'<div style="display: flex"><div>x</div><div><p>{"Llanfair" * 63}</p></div></div>',
    ],
    ids=["paragraph", "tail", "heading", "table", "flex"],
)
def test_a_word_of_500_letters_stays_on_the_page(press: Press, body: str) -> None:
    boxes = text_of(press.print(document(body), identifier="word", strict=True), "-bbox")
    width = float(re.findall(r'<page width="([\d.]+)"', boxes)[0])
    right = [float(x) for x in re.findall(r'xMax="([\d.]+)"', boxes)]
    assert len(right) > 5
    assert max(right) < width


def test_text_page_margins_and_drawings_use_one_stack() -> None:
    """The stack stands twice in the style sheet, and the drawing's is made from the faces: all three agree."""
    stacks = re.findall(r'^  font-family: ("Plex Latin", .+?);$', CSS, re.M)
    families = list(dict.fromkeys(re.findall(r'@font-face \{\s*font-family: "(.+?)"', CSS)))
    assert stacks == [", ".join(f'"{family}"' for family in families)] * 2


def test_no_installed_colour_font_takes_the_emoji(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".fonts").mkdir()
    colour_font(tmp_path / ".fonts" / "Colour.ttf")
    monkeypatch.setenv("HOME", str(tmp_path))
    html = document("<p>😀</p>")
    assert "Planted-Colour" in str(fonts_of(printed_plainly(html)))  # which is what would happen
    with pressing() as here:
        pdf = here.print(html, identifier="emoji", strict=True)
    assert fonts_of(pdf) == {"Plex-Latin-Semi-Bold", "Report-Emoji"}


def printed_plainly(html: str) -> bytes:
    """Print by the library alone, with the machine's fonts.

    Reading their shared cache while others write it may kill a process (seen once in three hundred): no answer.
    """
    script = "import sys, weasyprint; sys.stdout.buffer.write(weasyprint.HTML(string=sys.argv[1]).write_pdf())"
    for _attempt in range(3):
        ended = subprocess.run([sys.executable, "-c", script, html], capture_output=True, check=False)
        if ended.returncode != -signal.SIGSEGV:
            break
    ended.check_returncode()
    return ended.stdout


def colour_font(path: Path) -> None:
    """Build a font with one emoji in colour, as machines with a desktop have."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0)), pen.lineTo((0, 900)), pen.lineTo((900, 0)), pen.closePath()
    shape = pen.glyph()
    font = FontBuilder(1000)
    font.setupGlyphOrder([".notdef", "face", "layer"])
    font.setupCharacterMap({0x1F600: "face"})
    font.setupGlyf({".notdef": shape, "face": shape, "layer": shape})
    font.setupHorizontalMetrics(dict.fromkeys((".notdef", "face", "layer"), (1000, 0)))
    font.setupHorizontalHeader(ascent=900, descent=-100)
    font.setupNameTable({"familyName": "Planted Colour", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.setupCOLR({"face": [("layer", 0)]})
    font.setupCPAL([[(1.0, 0.0, 0.0, 1.0)]])
    font.save(path)


@pytest.fixture
def some_fonts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FONTS, tmp_path / "fonts"))


def test_fonts_are_all_there_and_of_the_kind_named() -> None:
    named = re.findall(r'url\("asset:(.+?)"\)', CSS)
    assert len(named) == len(set(named)) == 15
    assert [(FONTS / name).read_bytes()[:4] for name in named] == [b"wOF2"] * 15


def test_a_missing_font_stops_the_press_loudly(some_fonts: Path) -> None:
    missing = some_fonts / "ibm-plex-sans-greek-600-normal.woff2"
    missing.unlink()
    with pressing(some_fonts) as here, pytest.raises(ReportFailed) as raised:
        here.print(document("<p>no Greek in here</p>"), identifier="x")
    assert raised.value.log == f"FileNotFoundError: [Errno 2] No such file or directory: '{missing}'"


def test_a_broken_font_stops_the_press_loudly(some_fonts: Path) -> None:
    broken = some_fonts / "ibm-plex-sans-greek-600-normal.woff2"
    broken.write_bytes(broken.read_bytes()[:1000])
    with pressing(some_fonts) as here, pytest.raises(ReportFailed, match="did not start") as raised:
        here.start()
    assert raised.value.log != ""
