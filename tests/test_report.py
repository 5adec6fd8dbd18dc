"""The report: complete, in order, PDF/UA, the same bytes each time, whatever people wrote."""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

import pikepdf
import pytest

from assessments.charts import charts
from assessments.findings import Findings
from assessments.reports.fingerprints import fingerprint
from assessments.reports.report import report_html, report_pdf
from assessments.reports.sheets import chart_style, light_colours, print_style, with_colours
from assessments.scoring.rounding import whole
from tests.findings_cast import DEMOS, HOSTILE, LINKS, SUBMITTED, demo, findings, long_playbook, nasty
from tests.pdf_checks import assert_pdf_ua, elements_of, fonts_of

EVERY = [*DEMOS, "nasty", "long"]
PARTS = [
    "Summary",
    "Contents",
    "Stage and gates",
    "The lessons",
    "Criteria against targets",
    "All priorities",
    "Since last time",
    "How the score was reached",
    "What is not known",
    "Sources",
    "Appendix: the stages and their facts",
]
OURS = re.compile(r"(Plex-(Latin|Latin-Extended|Greek|Cyrillic|Arabic)|Report-Emoji)(-Semi-Bold|-Italic)?")
A4 = 841.89
FOOT, HEAD = A4 - 62, 68  # between them is what the reader reads, in points from the top


@cache
def told(name: str) -> Findings:
    if name == "long":
        answers: dict[str, int | str] = {f"criterion-{number}": 1 for number in range(0, 60, 2)}
        return findings(answers, book=long_playbook(), stage="second")
    return nasty() if name == "nasty" else demo(name)


@cache
def printed(name: str) -> bytes:
    return report_pdf(told(name), strict=True)


@cache
def pages(name: str) -> list[str]:
    """The words of each page, every gap one space, as a reader aloud would get them."""
    done = subprocess.run(["pdftotext", "-", "-"], input=printed(name), capture_output=True, check=True)
    return [" ".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def text(name: str) -> str:
    return " ".join(pages(name))


@cache
def lines(name: str) -> list[list[tuple[float, str]]]:
    """For each page the lines between its running heads, as (how far down, words)."""
    done = subprocess.run(["pdftotext", "-bbox-layout", "-", "-"], input=printed(name), capture_output=True, check=True)
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        sorted(
            (float(line.get("yMax", 0)), " ".join(str(word.text) for word in line.iter(f"{space}word")))
            for line in page.iter(f"{space}line")
            if HEAD < float(line.get("yMax", 0)) < FOOT
        )
        for page in ElementTree.fromstring(done.stdout).iter(f"{space}page")  # noqa: S314  our own file
    ]


def outline(name: str) -> Iterator[tuple[int, str]]:
    """The bookmarks as (depth, title)."""

    def walk(items: list[pikepdf.OutlineItem], depth: int) -> Iterator[tuple[int, str]]:
        for item in items:
            yield depth, item.title
            yield from walk(item.children, depth + 1)

    with pikepdf.open(io.BytesIO(printed(name))) as pdf, pdf.open_outline() as found:
        yield from walk(found.root, 1)


# --- The file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_every_report_is_pdf_ua_and_printed_without_complaint(name: str) -> None:
    assert_pdf_ua(printed(name))


@pytest.mark.parametrize("name", EVERY)
def test_only_fonts_that_we_ship_are_in_it(name: str) -> None:
    assert [font for font in fonts_of(printed(name)) if not OURS.fullmatch(font)] == []


@pytest.mark.parametrize("name", ["saltmarsh-quay", "nasty"])
def test_the_same_findings_give_the_same_bytes(name: str) -> None:
    assert report_pdf(told(name)) == printed(name)


def test_other_findings_have_another_name() -> None:
    found = demo("tenterclough-mills-2026")
    again = replace(found, submitted=replace(SUBMITTED, number=2))
    assert fingerprint(found) == fingerprint(replace(found, submitted=SUBMITTED))
    assert fingerprint(found) != fingerprint(again)


def test_the_document_says_what_it_is() -> None:
    with pikepdf.open(io.BytesIO(printed("tenterclough-mills-2026"))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Tenterclough Mills: report of 20 October 2026"
        assert str(pdf.docinfo["/Author"]) == "Olive Tarrant"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261020")
        assert str(pdf.Root.Lang) == "en-GB"
        assert {tuple(round(float(edge)) for edge in page.MediaBox) for page in pdf.pages} == {(0, 0, 595, 842)}


# --- Order -----------------------------------------------------------------------------------------------------------


def test_bookmarks_are_the_parts_the_lessons_and_the_criteria() -> None:
    found = list(outline("tenterclough-mills-2026"))
    assert [title for depth, title in found if depth == 1] == PARTS
    told_criteria = [f"{each.number} {each.title}" for each in demo("tenterclough-mills-2026").criteria]
    assert [title for depth, title in found if depth == 3] == told_criteria
    assert (2, "1. The long path") in found
    assert [title for _, title in outline("saltmarsh-quay") if title == "Since last time"] == []


def test_the_text_comes_in_the_order_of_the_pages() -> None:
    words = text("tenterclough-mills-2026")
    order = [
        "Where the place stands, and what to do next",
        "What to do next 1 Inclusivity from the start Blocks the next stage",
        "Stage The place declares Gathering pace; its answers support First cycle. What blocks Gathering pace:",
        "Weakest lesson",
        "The score 60 Score claimed, out of 100",
        "Contents Summary",
        "Stage and gates The place declares",
        "The lessons The lessons and the overall score",
        "1. The long path Becoming a hub",
        "1.1 The right path for this place Has someone independent",
        "4.9 Citizens Do residents shape",
        "Criteria against targets The criteria against",
        "All priorities Criteria below their target",
        "Since last time Compared with the assessment of 14 October 2025.",
        "How the score was reached 60 out of 100.",
        "What is not known Nothing",
        "Sources Evidence",
        "Appendix: the stages and their facts A place climbs",
    ]
    places = [words.find(each) for each in order]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("name", EVERY)
def test_contents_name_the_pages_where_things_are(name: str) -> None:
    (contents,) = [page for page in lines(name) if page[0][1] == "Contents"]
    rows: dict[int, list[str]] = {}
    for down, words in contents[1:]:
        rows.setdefault(round(down), []).append(words)
    parts = [each for each in PARTS if each != "Contents" and (each != "Since last time" or told(name).change)]
    lessons = [f"{lesson.number}. {lesson.title}" for lesson in told(name).lessons]
    expected = [*parts[:3], *lessons, *parts[3:]]
    listed = [sorted(each, key=str.isdigit) for each in list(rows.values())[: len(expected)]]
    assert [title for title, _ in listed] == expected
    for title, number in listed:
        found = [words for _, words in lines(name)[int(number) - 1]]
        assert title in found, (title, number)


@pytest.mark.parametrize("name", EVERY)
def test_the_summary_is_one_page(name: str) -> None:
    assert lines(name)[1][0][1] == "Summary"
    assert lines(name)[2][0][1] == "Contents"


# --- Pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_no_page_is_nearly_empty(name: str) -> None:
    """But the last, which ends where it ends; charts count by the lines of their labels."""
    reach = [page[-1][0] for page in lines(name)[1:-1]]
    assert [number for number, down in enumerate(reach, 2) if down < 0.36 * A4] == []


@pytest.mark.parametrize("name", DEMOS)
def test_no_heading_stands_alone_at_the_foot(name: str) -> None:
    headings = {title for _, title in outline(name)}
    alone = [page[-1][1] for page in lines(name)[1:] if page[-1][0] - page[-2][0] > 2]
    assert len(alone) > 5
    assert [words for words in alone if words in headings] == []


@pytest.mark.parametrize("name", EVERY)
def test_pages_are_counted_and_headed(name: str) -> None:
    count = len(pages(name))
    assert [f"Page {number} of {count}" in page for number, page in enumerate(pages(name), 1)] == [False] + [True] * (
        count - 1
    )


# --- Completeness ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEMOS)
def test_every_criterion_is_told_in_full(name: str) -> None:
    words = text(name).replace("- ", "-")
    wanted = []
    for criterion in demo(name).criteria:
        wanted += [f"{criterion.number} {criterion.title}", criterion.text.question, criterion.answer_words]
        wanted += [criterion.descriptor, criterion.note, criterion.reason]
        wanted += [criterion.target_descriptor] if criterion.is_below_target else []
        wanted += [piece.title for piece in criterion.evidence]
    running = re.compile(r" Hub Playbook Page \d+ of \d+ \S.*? The lessons ")
    words = running.sub(" ", words)
    missing = [each for each in wanted if " ".join(each.split()).replace("- ", "-") not in words]
    assert missing == []


@pytest.mark.parametrize("name", DEMOS)
def test_priorities_gates_and_unknowns_are_all_there(name: str) -> None:
    found, words = demo(name), text(name)
    for priority in found.priorities:
        assert f"Next step. {priority.next_step}" in words
    for gate in found.blocking:
        assert f"Level {gate.needed}: {gate.needed_words}" in words
    for criterion in found.to_find_out:
        assert f"Ask: {criterion.text.ask}." in words
    for stage in found.playbook.stages:
        assert " ".join(stage.facts.split()) in words
    for name_of_data in found.open_data:
        assert " ".join(name_of_data.split()) in words


def test_figures_are_the_engines() -> None:
    found, words = demo("tenterclough-mills-2025"), text("tenterclough-mills-2025")
    overall = found.overall
    assert overall.score is not None
    assert overall.low is not None
    assert overall.high is not None
    assert overall.evidenced is not None
    assert f"{whole(overall.score)} Score claimed, out of 100: provisional" in words
    assert f"{whole(overall.low)} to {whole(overall.high)} Range, once everything is known" in words
    assert f"{whole(overall.evidenced)} Score that the evidence supports" in words
    for lesson in found.lessons:
        assert lesson.sentence in words
    for chart in charts(found):
        for row in chart.table if chart.key == "lessons" else ():
            assert " ".join(row) in words


def test_a_withheld_score_is_withheld_everywhere() -> None:
    words = text("saltmarsh-quay")
    assert "Withheld Score claimed, out of 100" in words
    assert "3 to 82 Range, once everything is known" in words
    assert re.findall(r"\d+ out of 100\b", words) == []


def test_summary_and_lessons_say_the_same_of_the_weakest() -> None:
    words, sentence = text("tenterclough-mills-2026"), told("tenterclough-mills-2026").weakest_sentence
    assert words.count(sentence) == 2


def test_submitted_and_open_say_what_they_are() -> None:
    cover = pages("tenterclough-mills-2026")[0]
    assert "Date 20 October 2026 Status Submitted on 20 October 2026 Prepared by Olive Tarrant" in cover
    assert "not endorsed by the publishers" in cover
    opened = pages("saltmarsh-quay")[0]
    assert "As of 15 September 2026 Status Not submitted: as it stands now" in opened
    assert "Prepared by" not in opened
    third = replace(demo("tenterclough-mills-2026"), submitted=replace(SUBMITTED, number=3, at=date(2026, 11, 2)))
    assert "Submitted on 2 November 2026, submission 3" in report_html(third)


@pytest.mark.parametrize("name", EVERY)
def test_pictures_say_in_words_what_they_show(name: str) -> None:
    with pikepdf.open(io.BytesIO(printed(name))) as pdf:
        told_of = [str(each.Alt) for each in elements_of(pdf) if each.S == "/Figure"]
    drawn = [f"{chart.title}. {chart.sentence}" for chart in charts(told(name)) for _ in chart.paper]
    assert [alt for alt in told_of if not alt.startswith("Mark: ")] == drawn
    assert {alt for alt in told_of if alt.startswith("Mark: ")} == {
        f"Mark: {words}" for chart in charts(told(name)) for _, _, words in chart.symbols
    }


# --- What people write -----------------------------------------------------------------------------------------------


def test_hostile_words_are_words() -> None:
    words = text("nasty")
    assert words.count("<script>alert(1)</script> <img src=http://evil.example/a.png> <b>bold</b> &amp; {{ 7 }}") >= 27
    for piece in ("Tŷ Gwyn, ŵŷ ŴŶ", "{% now 'Y' %}", "🚀"):
        assert words.count(piece) >= 27
    assert "Llanfair" * 63 in words.replace(" ", "")
    assert len(re.findall("[\u0600-\u06ff]", words)) + len(re.findall("[\ufb50-\ufefc]", words)) > 27 * 20


def test_only_web_links_can_be_followed() -> None:
    with pikepdf.open(io.BytesIO(printed("nasty"))) as pdf:
        found = {
            str(each.A.URI)
            for page in pdf.pages
            for each in page.get("/Annots", [])
            if "/A" in each and "/URI" in each.A
        }
    assert found == {LINKS[0], LINKS[1], "https://m%C3%BCnchen.example/stra%C3%9Fe?q=%C3%9F"}
    words = text("nasty")
    assert all(link[:40] in words for link in LINKS)


def test_a_name_of_any_length_is_cut_in_the_running_head_only() -> None:
    found = replace(demo("saltmarsh-quay"), place=replace(demo("saltmarsh-quay").place, name="N" * 500))
    html = report_html(found)
    assert f'data-running="{"N" * 44}…"' in html
    assert f">{'N' * 500}</h1>" in html
    assert report_pdf(found, strict=True).startswith(b"%PDF-1.7")


CONTROLS = "".join(map(chr, [*range(1, 32), 127, 0x85, 0xA0, 0xAD, 0x200B, 0x2028, 0x2029, 0x202E, 0xFEFF, 0xFFFD]))


@pytest.mark.parametrize(
    "words", [CONTROLS, "e\u0301" * 300, "\n" * 500, "👩‍👩‍👧‍👦" * 200, "漢字" * 100, "\u0300" * 50, HOSTILE]
)
def test_no_letter_breaks_it(words: str) -> None:
    found = demo("saltmarsh-quay")
    noted = replace(found, answers=replace(found.answers, notes={"right-path": words}))
    assert report_pdf(noted).startswith(b"%PDF-1.7")


# --- Style -----------------------------------------------------------------------------------------------------------


def test_paper_wears_the_light_colours_of_the_screen() -> None:
    assert light_colours()["level-4"] == "#12475a"
    assert light_colours()["paper"] == "#fbfaf7"
    for sheet in (print_style(), chart_style()):
        assert "var(" not in sheet
        assert "/*" not in sheet
    assert ".plot-score { fill: #12475a; }" in chart_style()


def test_a_colour_that_is_no_token_is_an_error() -> None:
    with pytest.raises(KeyError, match="no-such"):
        with_colours("a { color: var(--no-such); }", light_colours())


def test_grey_print_keeps_the_marks_apart() -> None:
    """What lies on or beside one another differs in lightness, or is told apart by its outline."""

    def grey(name: str) -> float:
        value = light_colours()[name]
        red, green, blue = (int(value[i : i + 2], 16) for i in (1, 3, 5))
        return 0.3 * red + 0.59 * green + 0.11 * blue

    assert abs(grey("chart-score") - grey("chart-range")) > 100
    assert abs(grey("chart-evidenced") - grey("chart-range")) > 100
    assert abs(grey("chart-target") - grey("chart-range")) > 70
    steps = [grey(f"level-{level}") for level in range(5)]
    assert all(before - after > 25 for before, after in pairwise(steps))
