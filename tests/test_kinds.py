"""The printed kinds of report: their pages, what they say, whose name they wear, and the seal on them."""

import io
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assessments.findings import Findings
from assessments.reports.branding import Branding
from assessments.reports.making import make
from assessments.reports.options import CHAPTERS, Options, Seal
from assessments.reports.papers import by_evidence, grades
from assessments.reports.pictures import page_count, page_png
from assessments.reports.report import report_html, report_pdf
from tests.findings_cast import LINKS, demo, nasty
from tests.paper_cast import BRANDED, HOSTILE_BRAND, SEAL, WIDE_SEAL, WORDS, towering, unanswered, welsh
from tests.pdf_checks import assert_pdf_ua, elements_of

FULL = "tenterclough-mills-2026"
SHORT = {"board": 2, "funder": 1}
INDEPENDENT = (
    "Independent: not endorsed by the publishers of the Hubs of Innovation Playbook. The criteria, levels and weights "
    "are this project’s own. "
    "The place judged itself; what is claimed and what the evidence supports stand side by side."
)


@cache
def hostile() -> Findings:
    """The nastiest findings, without the notes on most criteria, which tests/test_report.py prints."""
    found = nasty()
    notes = dict(list(found.answers.notes.items())[:4])
    return replace(found, answers=replace(found.answers, notes=notes))


CASES: dict[str, tuple[Callable[[], Findings], dict[str, Any], Seal | None]] = {
    "new": (unanswered, {}, None),
    "half": (lambda: demo("aldenmoor-science-quarter"), {}, None),
    "submitted": (lambda: demo(FULL), {}, None),
    "branded": (lambda: demo(FULL), {"branding": BRANDED}, SEAL),
    "welsh": (lambda: welsh(demo(FULL)), {"language": "cy"}, SEAL),
    "hostile": (hostile, {"branding": HOSTILE_BRAND}, WIDE_SEAL),
}
TOWERS = {f"towering, {name}": word for name, word in WORDS.items()}
CASES |= {name: (partial(towering, word), {"branding": HOSTILE_BRAND}, WIDE_SEAL) for name, word in TOWERS.items()}
USUAL = [name for name in CASES if name not in TOWERS]
CASES["empty tower"] = (partial(towering, "W", known=0), {"branding": HOSTILE_BRAND, "language": "cy"}, WIDE_SEAL)
SHORT_PAPERS = [
    *((kind, case) for kind in SHORT for case in [*USUAL, "towering, wide", "empty tower"]),
    ("board", "towering, accents"),
    ("board", "towering, emoji"),
    ("funder", "towering, arabic"),
]
PRINTED = [
    *((kind, case) for kind in SHORT for case in USUAL),
    *(("evidence", case) for case in ("welsh", "hostile")),
    ("full", "branded"),
]


@cache
def printed(kind: str, case: str) -> bytes:
    """A full report has two of its chapters here: tests/test_report.py looks at all of it."""
    found, chosen, seal = CASES[case]
    options = Options(kind=kind, chapters=("stage", "unknown"), **chosen)
    return report_pdf(replace(found()), options, seal, strict=True)


@cache
def pages(kind: str, case: str) -> list[str]:
    done = subprocess.run(["pdftotext", "-", "-"], input=printed(kind, case), capture_output=True, check=True)
    return [" ".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def text(kind: str, case: str) -> str:
    return " ".join(pages(kind, case))


Box = tuple[float, float, float, float]


def boxes(pdf: bytes) -> list[list[Box]]:
    """Where each word stands, page by page: left, top, right, bottom, in points."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    layout = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]", "", done.stdout.decode(errors="ignore"))
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        [
            (*(float(word.get(edge, 0)) for edge in ("xMin", "yMin", "xMax", "yMax")),)  # type: ignore[misc]
            for word in page.iter(f"{space}word")
        ]
        for page in ElementTree.fromstring(layout).iter(f"{space}page")  # noqa: S314  our own file
    ]


def strays(pdf: bytes) -> list[Box]:
    """Words that run out of the margins, or stand on another."""
    found = []
    for page in boxes(pdf):
        words = sorted(page, key=lambda box: box[1])
        found += [box for box in words if box[0] < 50 or box[2] > 547 or box[1] < 15 or box[3] > 830]
        for number, one in enumerate(words):
            found += [one for other in words[number + 1 :] if other[1] < one[3] and _over(one, other)]
    return found


def _over(one: Box, other: Box) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 1.5 and high > 0.45 * min(one[3] - one[1], other[3] - other[1])


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "case"), SHORT_PAPERS)
def test_a_short_paper_has_its_pages_and_no_word_leaves_its_room_whatever_the_result(kind: str, case: str) -> None:
    pdf = printed(kind, case)
    assert page_count(pdf) == SHORT[kind]
    assert strays(pdf) == []


@pytest.mark.parametrize(("kind", "case"), PRINTED)
def test_every_kind_is_pdf_ua_and_printed_without_complaint(kind: str, case: str) -> None:
    assert_pdf_ua(printed(kind, case))


@pytest.mark.parametrize(("kind", "case"), [each for each in PRINTED if each[0] not in SHORT])
def test_no_word_of_a_long_one_leaves_its_room(kind: str, case: str) -> None:
    assert strays(printed(kind, case)) == []


@pytest.mark.parametrize("kind", SHORT)
def test_the_same_findings_choices_and_seal_give_the_same_bytes(kind: str) -> None:
    options = Options(kind=kind, branding=BRANDED)
    assert make(replace(demo(FULL)), options, SEAL) == printed(kind, "branded")
    assert make(replace(demo(FULL)), options, None) != printed(kind, "branded")


def test_a_paper_with_room_to_spare_is_set_at_its_ease() -> None:
    sizes = [re.findall(r'<body class="short (\w+)', report_html(demo(FULL), Options(kind=kind))) for kind in SHORT]
    assert sizes == [["ample"], ["ample"]]
    at_ease = report_html(demo(FULL), Options(kind="board"), size="ample")
    assert report_html(demo(FULL), Options(kind="board")) == at_ease
    assert report_html(demo(FULL), Options(kind="board"), size="close") != at_ease


# --- What they say ----------------------------------------------------------------------------------------------------


def test_the_board_paper_opens_with_what_to_decide() -> None:
    words = text("board", "submitted")
    order = [
        "Board paper Hub Playbook Tenterclough Mills",
        "What the board is asked to decide",
        "Settle the stage: Gathering pace is declared, First cycle is supported",
        demo(FULL).stage_sentence,
        "Say who clears what blocks Gathering pace",
        "Inclusivity from the start needs level 2; answered level 1.",
        "Agree what comes first, and who answers for it",
        *(each.next_step for each in demo(FULL).first_priorities),
        "Where the place stands",
        "60 Complete",
        "The lessons",
        "What is not known",
        "Of 25 criteria compared, 16 went up",
        "How the score was reached",
        "Not issued: a working copy",
        INDEPENDENT,
    ]
    places = [words.find(each) for each in order]
    assert -1 not in places
    assert places == sorted(places)


def test_a_board_is_asked_to_find_out_where_nothing_is_known() -> None:
    words = text("board", "new")
    first = [each.title for each in unanswered().to_find_out[:5]]
    assert "Agree who finds out what is not known" in words
    assert [title for title in first if title not in words] == []
    assert "There is no earlier assessment to compare with." in words
    assert "27 criteria have no level yet." in words


def test_the_funder_annex_counts_its_evidence_by_grade_and_age() -> None:
    found = demo(FULL)
    counted = {each.words: (each.number, each.stale) for each in grades(found)}
    assert sum(number for number, _ in counted.values()) == len(found.sources)
    assert sum(stale for _, stale in counted.values()) == sum(piece.stale for _, piece in found.sources)
    words = text("funder", "submitted")
    for name in ("Independent check", "Own document", "Opinion", "Nothing to show"):
        number, stale = counted[name]
        assert f"{name} {number} {stale}" in words


def test_strongest_and_weakest_by_evidence_follow_what_the_engine_says() -> None:
    found = demo(FULL)
    strongest, weakest = by_evidence(found)
    best = [each.result.evidenced_level for each in strongest]
    worst = [each.result.evidenced_level for each in weakest]
    known = [each.result.evidenced_level or 0 for each in found.criteria if each.level is not None]
    assert best == sorted(known, reverse=True)[:3]
    assert worst == sorted(known)[:3]
    assert {each.key for each in strongest} & {each.key for each in weakest} == set()
    assert by_evidence(unanswered()) == ((), ())
    words = text("funder", "submitted")
    assert [each.title for each in (*strongest, *weakest) if f"{each.number} {each.title}" not in words] == []


def test_the_annex_tells_every_answer_with_all_its_evidence() -> None:
    found, words = demo(FULL), text("evidence", "branded").replace("- ", "-")
    wanted = []
    for criterion in found.criteria:
        wanted += [f"{criterion.number} {criterion.title}", criterion.answer_words, criterion.reason]
        wanted += [piece.title for piece in criterion.evidence]
        if criterion.beyond_evidence:
            wanted.append(f"{criterion.answer_words} Evidence supports level {criterion.result.evidenced_level}.")
    assert [each for each in wanted if " ".join(each.split()).replace("- ", "-") not in words] == []
    assert words.count("Older than 24 months: it counts as") == sum(piece.stale for _, piece in found.sources)
    assert "Every piece of evidence, with the criterion that it backs" in words


def test_the_annex_can_be_found_through_by_its_bookmarks() -> None:
    with pikepdf.open(io.BytesIO(printed("evidence", "branded"))) as pdf, pdf.open_outline() as outline:
        titles = [each.title for each in outline.root]
        inside = [child.title for each in outline.root for child in each.children]
    lessons = [f"{lesson.number}. {lesson.title}" for lesson in demo(FULL).lessons]
    assert titles == ["What this annex holds", "Contents", *lessons, "Sources", "Disclaimer"]
    assert [each for each in demo(FULL).criteria if f"{each.number} {each.title}" not in inside] == []


@pytest.mark.parametrize("kind", [*SHORT, "evidence"])
def test_hostile_words_are_words_and_lead_nowhere(kind: str) -> None:
    html = report_html(nasty(), Options(kind=kind, branding=HOSTILE_BRAND), WIDE_SEAL)
    assert re.findall(r"<script|<img src=http|<b>bold", html) == []
    with pikepdf.open(io.BytesIO(printed(kind, "hostile"))) as pdf:
        links = {
            str(each.A.URI)
            for page in pdf.pages
            for each in page.get("/Annots", [])
            if "/A" in each and "/URI" in each.A
        }
    ours = {WIDE_SEAL.address}
    assert links == (
        ours if kind in SHORT else ours | {*LINKS[:2], "https://m%C3%BCnchen.example/stra%C3%9Fe?q=%C3%9F"}
    )


# --- Chapters ---------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    st.sets(st.sampled_from(list(CHAPTERS))), st.booleans(), st.booleans(), st.sampled_from([FULL, "saltmarsh-quay"])
)
def test_contents_name_just_the_chapters_that_are_there(
    chosen: set[str], appendix: bool, ours: bool, name: str
) -> None:
    options = Options(chapters=tuple(chosen), appendix=appendix, branding=None if ours else BRANDED)
    html = report_html(demo(name), options)
    heads = re.findall(r'<h2 id="([^"]+)"', html)
    listed = re.findall(r'<li><a href="#([^"]+)"', html)
    anchors = set(re.findall(r'\bid="([^"]+)"', html))
    wanted = [key for key in CHAPTERS if key in chosen and (key != "change" or demo(name).change)]
    wanted += ["stages"] * appendix + ["disclaimer"] * (not ours)
    assert [head for head in heads if head != "contents"] == wanted
    assert [anchor for anchor in listed if not anchor.startswith("lesson-")] == wanted
    assert set(re.findall(r'href="#([^"]+)"', html)) - anchors == set()
    assert ("contents" in heads) == bool(wanted)
    assert INDEPENDENT in html
    assert '<section class="cover' in html


def test_a_report_of_few_chapters_counts_its_own_pages() -> None:
    options = Options(chapters=("priorities", "sources"), appendix=False)
    pdf = report_pdf(replace(demo(FULL)), options, strict=True)
    assert_pdf_ua(pdf)
    words = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    told = [" ".join(page.split()) for page in words.split("\f")]
    listed = dict(re.findall(r"(All priorities|Sources) (\d+)", told[1]))
    assert list(listed) == ["All priorities", "Sources"]
    assert "Criteria below their target" in told[int(listed["All priorities"]) - 1]
    assert "Every piece of evidence" in told[int(listed["Sources"]) - 1]
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_outline() as outline:
        assert [each.title for each in outline.root] == ["Contents", "All priorities", "Sources"]


# --- Branding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["full", *SHORT, "evidence"])
def test_a_branding_is_seen_and_the_note_of_independence_stays_word_for_word(kind: str) -> None:
    words, found = text(kind, "branded"), printed(kind, "branded")
    assert INDEPENDENT in words
    assert "Ann Example, ann@harbour.example · +44 113 496 0000" in words
    assert "This paper was prepared for the board and may be quoted with its date." in words
    assert pages(kind, "branded")[-1].count("Harbour & Partners Consulting · Hub Playbook · 7KQ2M-9XW4T") == 1
    with pikepdf.open(io.BytesIO(found)) as pdf:
        told = [str(each.Alt) for each in elements_of(pdf) if each.S == "/Figure"]
    assert told.count("Harbour & Partners Consulting") == 1
    top = Image.open(io.BytesIO(page_png(found, width=200))).convert("RGB")
    assert top.getpixel((3, 3)) == (0xF2, 0xC2, 0x30)
    heads = report_html(demo(FULL), Options(kind=kind, branding=BRANDED))
    assert "border-top: 1.5pt solid #8a2b4f; string-set: part" in heads


@pytest.mark.parametrize("kind", ["full", *SHORT, "evidence"])
def test_without_a_branding_a_report_is_ours(kind: str) -> None:
    html = report_html(demo(FULL), Options(kind=kind))
    assert "background: #12475a; color: #ffffff" in html
    assert 'data-foot="Hub Playbook"' in html
    assert "<img" not in html
    assert INDEPENDENT in html


def test_what_is_no_colour_is_none() -> None:
    for main, accent in (("red; } @import 'http://evil.example'", "#000000"), ("#12475a", "url(http://evil.example)")):
        html = report_html(demo(FULL), Options(kind="board", branding=Branding("Harbour", main, accent)))
        assert html.count("evil.example") == 0
        assert "background: #12475a; color: #ffffff" in html


@pytest.mark.parametrize(
    ("main", "plated"), [("#f2c230", False), ("#8c1e3c", True), ("#3c3c3c", True), ("#ffffff", False)]
)
def test_a_logo_that_the_ground_would_swallow_gets_a_plate(main: str, plated: bool) -> None:
    html = report_html(demo(FULL), Options(kind="board", branding=replace(BRANDED, main=main)))
    assert ('class="logo logo--plated"' in html) == plated


# --- The seal ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "case", "page"),
    [
        ("full", "branded", 0),
        ("evidence", "branded", 0),
        *((kind, case, pages - 1) for kind, pages in SHORT.items() for case in ("branded", "welsh", "hostile")),
    ],
)
def test_the_code_can_be_read_from_the_printed_page(kind: str, case: str, page: int) -> None:
    seal = CASES[case][2]
    assert seal is not None
    picture = Image.open(io.BytesIO(page_png(printed(kind, case), page=page, width=1240))).convert("L")
    assert [(each.text, str(each.ec_level)) for each in zxingcpp.read_barcodes(picture)] == [(seal.address, "M")]
    assert "7KQ2M-9XW4T" in pages(kind, case)[page]
    assert "".join(seal.address.split()) in "".join(pages(kind, case)[page].split())
    shown = [number for number, each in enumerate(pages(kind, case)) if "7KQ2M-9XW4T" in each]
    cover = {0} if kind == "full" else set()
    assert set(shown) | cover == set(range(len(pages(kind, case))))


def test_who_issued_it_and_when_is_said_in_the_language_of_the_report() -> None:
    assert "Issued on 22 November 2026 by Olive Tarrant" in text("board", "branded")
    assert "Cyhoeddwyd ar 22 Tachwedd 2026 gan Olive Tarrant" in text("board", "welsh")


@pytest.mark.parametrize("kind", ["full", *SHORT, "evidence"])
def test_what_is_submitted_but_not_issued_says_so_calmly_and_what_is_open_does_not(kind: str) -> None:
    said = "Not issued: a working copy of the submitted result. The answers are final"
    options = Options(kind=kind)
    assert [said in report_html(found, options) for found in (demo(FULL), demo("saltmarsh-quay"))] == [True, False]
    assert said not in report_html(demo(FULL), options, SEAL)
    assert "Not submitted: as it stands now" in report_html(demo("saltmarsh-quay"), options)
