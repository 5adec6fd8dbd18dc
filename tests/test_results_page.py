"""The results page: what to do next first, every figure as the engine gave it, nothing that moves between two looks."""

import json
import re
import subprocess
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.charts import charts
from assessments.interchange import documents
from assessments.models import Assessment
from assessments.reports import pdf
from assessments.scoring import score_document
from assessments.scoring.rounding import whole
from assessments.selectors.history import history_up_to
from assessments.selectors.results import findings_of
from assessments.services.assessing import reopen_assessment, start_assessment
from assessments.services.playbooks import import_playbook
from tests.factories import (
    Cast,
    add_piece,
    answer,
    complete_answers,
    make_assessment,
    make_place,
    playbook,
    submit,
)
from tests.findings_cast import HOSTILE, LINKS, long_playbook

VNU = settings.BASE_DIR / "node_modules/vnu-jar/build/dist/vnu.jar"
SECTIONS = [
    "What to do next",
    "The score",
    "The lessons",
    "Criteria against targets",
    "What to find out",
    "Since last time",
    "Every criterion",
    "How the score is reached",
    "Take it away",
]


@pytest.fixture
def opened(cast: Cast) -> Assessment:
    """Half answered, with don't knows, one left out and hostile words; not submitted."""
    assessment = make_assessment(cast.place, cast.owner, complete_answers(2))
    answer(assessment, "shared-vision", "dont_know", by=cast.owner, note=HOSTILE)
    answer(assessment, "vision-kept-alive", "not_applicable", by=cast.owner, reason="No change of leader yet <b>.")
    answer(assessment, "citizens", None, by=cast.owner)
    for link in LINKS[:4]:
        add_piece(assessment, "right-path", by=cast.owner, title=HOSTILE[:300], link=link, dated=date(2020, 1, 31))
    return assessment


@pytest.fixture
def submitted(cast: Cast) -> Assessment:
    """Complete, a year after another, and further in some things than in others."""
    year_before(cast, date(2025, 6, 1), 1)
    levels = {key: number % 4 for number, key in enumerate(playbook().criterion)}
    assessment = make_assessment(cast.place, cast.owner, levels)
    submit(assessment, cast.owner, dated=date(2026, 6, 1))
    return assessment


def year_before(cast: Cast, dated: date, level: int) -> Assessment:
    assessment = make_assessment(cast.place, cast.owner, complete_answers(level))
    submit(assessment, cast.owner, dated=dated)
    return assessment


def page(assessment: Assessment, role: str = "owner", name: str = "results") -> str:
    cast_member = assessment.place.memberships.get(role=role).user
    client = Client()
    client.force_login(cast_member, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(reverse(name, args=[assessment.pk]))
    assert response.status_code == 200
    return response.content.decode()


class Outline(HTMLParser):
    """The headings with their levels, and all text by the id of what holds it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self._inside = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch("h[1-6]", tag):
            self._inside = int(tag[1])
            self.headings.append((self._inside, ""))

    def handle_endtag(self, tag: str) -> None:
        if re.fullmatch("h[1-6]", tag):
            self._inside = 0

    def handle_data(self, data: str) -> None:
        if self._inside:
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)


def text_of(html: str) -> str:
    """The words of the page, tags and scripts taken out, every gap one space."""
    words = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", words))


# --- Order and words -------------------------------------------------------------------------------------------------


def test_what_to_do_next_comes_first(submitted: Assessment) -> None:
    headings = Outline(page(submitted)).headings
    assert [text for level, text in headings if level == 2] == SECTIONS
    assert [text for level, text in headings if level == 1] == ["Harbour Quarter"]
    assert headings[:5] == [
        (1, "Harbour Quarter"),
        (2, "What to do next"),
        (3, "Priorities"),
        (3, "Stage"),
        (4, "What blocks Forming"),
    ]
    assert all(after[0] <= before[0] + 1 for before, after in pairwise(headings))


def test_five_priorities_with_their_next_step(submitted: Assessment) -> None:
    findings = findings_of(submitted)
    html = page(submitted)
    section = html[html.index('id="next"') : html.index('id="score"')]
    shown = re.findall(r'<p class="priority-title"><a href="#criterion-([\w-]+)">', section)
    assert shown == [each.criterion for each in findings.result.priorities]
    first = section[: section.index("<details")]
    assert len(re.findall('class="priority-title"', first)) == 5
    text = text_of(first)
    for priority in findings.first_priorities:
        level, target = priority.criterion.level, priority.criterion.target
        assert f"{priority.next_step} From level {level} to the target, level {target}: {priority.gain_words}" in text
    assert text.count("Blocks the next stage") == sum(priority.blocks for priority in findings.first_priorities) > 0


def test_the_score_stands_beside_its_range_and_its_evidenced_twin(submitted: Assessment) -> None:
    overall = findings_of(submitted).overall
    assert overall.score is not None
    assert overall.evidenced is not None
    text = text_of(page(submitted))
    assert f"{whole(overall.score)} out of 100, as claimed" in text
    assert f"{whole(overall.evidenced)} supported by evidence" in text
    assert "Everything is known, so the range is this figure alone." in text


@pytest.mark.parametrize(
    ("answered", "tag", "figure"),
    [
        (27, "Complete", r"\d+ out of 100, as claimed Everything is known"),
        (25, "Provisional", r"\d+ out of 100, as claimed Range: \d+ to \d+, once everything is known\."),
        (5, "Withheld", r"Withheld Range: \d+ to \d+, once everything is known\."),
    ],
)
def test_scores_look_as_sure_as_they_are(cast: Cast, answered: int, tag: str, figure: str) -> None:
    keys = list(playbook().criterion)[:answered]
    assessment = make_assessment(cast.place, cast.owner, complete_answers(2, keys))
    html = page(assessment)
    section = html[html.index('id="score"') : html.index('id="lessons"')]
    assert re.search(figure, text_of(section))
    assert f">{tag}</span>" in section
    assert ("score--provisional" in section, "score--withheld" in section) == (tag == "Provisional", tag == "Withheld")


def test_a_lesson_out_of_balance_is_warned_of(cast: Cast) -> None:
    levels: dict[str, int | str | None] = dict(complete_answers(4))
    levels |= dict.fromkeys([criterion.key for criterion in playbook().lessons[2].criteria], 0)
    assessment = make_assessment(cast.place, cast.owner, levels)
    findings = findings_of(assessment)
    assert findings.overall.unbalanced
    assert f"Out of balance {findings.balance_sentence}" in text_of(page(assessment))
    even = make_assessment(make_place("Even", owner=cast.owner), cast.owner, complete_answers(2))
    assert "Out of balance" not in page(even)


def test_the_page_says_the_same_of_the_weakest_lesson_everywhere(submitted: Assessment) -> None:
    words = text_of(page(submitted))
    told = re.findall(r"([^.]+) is the weakest lesson, at (\d+) out of 100\. ([^.]+\.)", words)
    assert len(told) == words.count("the weakest lesson, at") == 4  # what to do next, the chart and its two pictures
    assert len({(figure, sure) for _, figure, sure in told}) == 1
    assert words.count(told[0][2]) == 4


def test_with_no_answer_the_page_says_where_to_begin(cast: Cast) -> None:
    text = text_of(page(make_assessment(cast.place, cast.owner)))
    assert "No criterion has a level yet, so nothing can be put first. Begin with what to find out ." in text
    assert "This is the first assessment of this place." in text
    assert "27 criteria have no level yet." in text


def test_where_everything_is_reached_nothing_is_left_to_do(cast: Cast) -> None:
    text = text_of(page(make_assessment(cast.place, cast.owner, complete_answers(4))))
    assert "No criterion that has a level lies below its target for Forming." in text
    assert "This is the last stage: there is no gate after it." in text
    assert "Nothing: every criterion that applies has a level." in text


def test_an_open_assessment_says_so_and_leads_back(opened: Assessment) -> None:
    for role, word in (("owner", "Go on answering"), ("editor", "Go on answering"), ("viewer", "See the assessment")):
        html = page(opened, role)
        assert "Not submitted: as it stands now" in html
        assert f'<a href="{reverse("assessment", args=[opened.pk])}">{word}</a>' in html
        assert reverse("reopen", args=[opened.pk]) not in html


def test_only_an_owner_is_offered_to_reopen(submitted: Assessment) -> None:
    address = reverse("reopen", args=[submitted.pk])
    offered = {role: address in page(submitted, role) for role in ("owner", "editor", "viewer", "consultant")}
    assert offered == {"owner": True, "editor": False, "viewer": False, "consultant": False}
    assert "Not submitted" not in page(submitted)


# --- Figures ---------------------------------------------------------------------------------------------------------


def test_live_figures_are_the_charts(submitted: Assessment) -> None:
    found = re.findall(r'<script type="application/json">(.*?)</script>', page(submitted))
    drawn = charts(findings_of(submitted))
    assert [json.loads(text) for text in found] == [chart.plotly for chart in drawn]
    assert [chart.key for chart in drawn] == ["lessons", "criteria", "change"]


def test_each_chart_has_two_pictures_a_sentence_and_a_table(submitted: Assessment) -> None:
    html = page(submitted)
    for chart in charts(findings_of(submitted)):
        figure = html[html.index(f'data-chart="{chart.key}"') :]
        figure = figure[: figure.index("</figure>")]
        assert figure.count(f"<p>{chart.sentence}</p>") == 1
        assert re.findall(r'<svg class="plot plot--(\w+)"', figure) == ["wide", "narrow"]
        titles = re.findall(r'aria-labelledby="([\w-]+)">\s*<title id="([\w-]+)">', figure)
        assert titles == [(f"{chart.key}-wide",) * 2, (f"{chart.key}-narrow",) * 2]
        rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', figure)
        cells = [(name, *re.findall(r"<td[^>]*>(.*?)</td>", rest)) for name, rest in rows]
        assert cells == [tuple(cell.replace("&", "&amp;") for cell in row) for row in chart.table]


def test_why_this_number_shows_rows_that_add_up(opened: Assessment) -> None:
    """In tenths, so that a sum may be off by a twentieth for each row, and no more."""
    html = page(opened)
    for key in ["overall", *(lesson.key for lesson in playbook().lessons)]:
        table = html[html.index(f'id="working-{key}"') :]
        table = table[: table.index("</table>")]
        adds = [float(each) for each in re.findall(r'data-label="Adds">([\d.]+)<', table)]
        (together,) = re.findall(r'data-label="Score">([\d.]+)<', table.split("<tfoot>")[1])
        assert abs(sum(adds) - float(together)) <= 0.05 * (len(adds) + 1)
    text = text_of(html)
    assert "Don’t know Not known Only widens the range" in text
    assert "None Not applicable None Left out altogether" in text


def test_downloads_hold_the_same_figures(submitted: Assessment) -> None:
    shown = json.loads(page(submitted, name="score_file"))
    assert shown == json.loads(json.dumps(score_document(findings_of(submitted).result)))


# --- Nothing moves, nothing gets in ----------------------------------------------------------------------------------


def test_two_looks_are_the_same_byte_for_byte(submitted: Assessment, opened: Assessment) -> None:
    for assessment in (submitted, opened):
        first, second = page(assessment), page(assessment)
        assert first == second
        assert "csrfmiddlewaretoken" not in first


@pytest.mark.any_database
def test_the_html_is_valid(submitted: Assessment, opened: Assessment) -> None:
    for assessment in (submitted, opened):
        command = ["java", "-jar", str(VNU), "--stdout", "--format", "text", "-"]
        said = subprocess.run(command, input=page(assessment), capture_output=True, text=True, check=False)
        assert said.stdout == "Document checking completed. No errors found.\n"


def test_what_people_wrote_is_text(opened: Assessment) -> None:
    html = page(opened)
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert [*dict.fromkeys(re.findall(r'<a href="([^"#/][^"]*)"', html))] == list(LINKS[:2])


def test_only_the_results_page_may_be_styled_by_a_script(cast: Cast, submitted: Assessment) -> None:
    client = Client()
    client.force_login(cast.owner, backend="django.contrib.auth.backends.ModelBackend")
    policies = {
        name: client.get(reverse(name, args=args)).headers["Content-Security-Policy"]
        for name, args in (("results", [submitted.pk]), ("home", []), ("reopen", [submitted.pk]))
    }
    assert {name: "'unsafe-inline'" in policy for name, policy in policies.items()} == {
        "results": True,
        "home": False,
        "reopen": False,
    }
    assert "script-src 'self';" in f"{policies['results']};"


# --- History ---------------------------------------------------------------------------------------------------------


def test_history_lists_what_led_up_to_it_the_latest_first(cast: Cast, submitted: Assessment) -> None:
    later = make_assessment(cast.place, cast.owner, complete_answers(3))
    moments = history_up_to(later, findings_of(later)).moments[::-1]
    assert [(each.dated.year, each.assessment_id == later.pk) for each in moments[1:]] == [(2026, False), (2025, False)]
    assert (moments[0].assessment_id, moments[0].is_open) == (later.pk, True)
    assert [(each.stage, each.status_words, each.playbook.version) for each in moments] == [
        ("Gathering pace", "Complete", "1.0"),
        ("Exploring", "Complete", "1.0"),
        ("Exploring", "Complete", "1.0"),
    ]
    html = page(later)
    assert reverse("submission", args=[submitted.pk, 1]) in html[html.index("History") :]


def test_what_is_submitted_later_changes_nothing_of_it(cast: Cast, submitted: Assessment) -> None:
    before = page(submitted)
    year_before(cast, date(2027, 6, 1), 3)
    assert page(submitted) == before


def test_submitting_again_keeps_the_history(cast: Cast, submitted: Assessment) -> None:
    dates = [each.dated for each in history_up_to(submitted, findings_of(submitted)).moments]
    reopen_assessment(assessment=submitted, by=cast.owner, reason="A slip.")
    submit(submitted, cast.owner, dated=date(2026, 7, 1))
    again = Assessment.objects.get(pk=submitted.pk)
    assert [each.dated for each in history_up_to(again, findings_of(again)).moments] == [*dates[:-1], date(2026, 7, 1)]


def queries(assessment: Assessment) -> int:
    assessment = Assessment.objects.get(pk=assessment.pk)
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page(assessment)
    return len(caught)


def test_queries_do_not_grow_with_the_years(cast: Cast) -> None:
    counted = []
    for year in range(2020, 2024):
        assessment = year_before(cast, date(year, 6, 1), year % 4)
        counted.append(queries(assessment))
    assert counted[1:] == [counted[1]] * 3


def test_queries_do_not_grow_with_the_criteria(cast: Cast) -> None:
    small = long_playbook()
    lesson = documents.Lesson("only", "Only", "All.", small.lessons[0].weight, small.lessons[0].criteria[:1])
    one = documents.Playbook("one", "1", "One", "One.", small.indicative_from, (), small.stages, (lesson,))
    counted = []
    for number, book in enumerate((one, small)):
        version = import_playbook(document=book, by=None, publish=True)
        place = make_place(f"Place {number}", owner=cast.owner)
        assessment = start_assessment(place=place, version=version, by=cast.owner)
        for key in book.criterion:
            answer(assessment, key, 1, by=cast.owner)
        counted.append(queries(assessment))
    assert counted[0] == counted[1]


# --- No report -------------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_busy_press_says_when_to_come_back(
    signed_in: Client, submitted: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = pdf.press()
    monkeypatch.setattr(press, "patience", 0.01)
    with press._places, press._places:
        response = signed_in.get(reverse("report", args=[submitted.pk]))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "The report has to wait a moment" in response.content.decode()
    assert reverse("results", args=[submitted.pk]) in response.content.decode()


def test_a_report_that_cannot_be_printed_says_so(
    signed_in: Client, submitted: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "REPORT_FONTS", settings.BASE_DIR / "fixtures")  # where there is no font
    pdf.press().stop()
    pdf.press.cache_clear()
    try:
        response = signed_in.get(reverse("report", args=[submitted.pk]))
    finally:
        pdf.press.cache_clear()
    assert response.status_code == 500
    assert "The report could not be printed" in response.content.decode()
    assert "Retry-After" not in response.headers
