"""The history of a place: lines that join only what can be compared, the reasons, and the page that shows them."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.charts import change_chart
from assessments.charts.history import criteria_groups, score_chart
from assessments.charts.timeline import NARROW, WIDE
from assessments.findings import ChangeTold, Earlier
from assessments.findings.history import History, LevelLine, Moment, _letter
from assessments.findings.history_words import level_sentence, score_sentence
from assessments.interchange import Playbook
from assessments.models import Version
from assessments.selectors.history import history_of_place
from assessments.services.assessing import reopen_assessment
from tests.factories import Cast, complete_answers, make_assessment, make_place, playbook, submit
from tests.findings_cast import demo, findings, long_playbook
from tests.history_cast import assessed, published, second, third, years

VNU = settings.BASE_DIR / "node_modules/vnu-jar/build/dist/vnu.jar"


def moment(number: int, book: Playbook, answers: Mapping[str, int | str] | int, *, is_open: bool = False) -> Moment:
    """The assessment of June of a year, 2022 for number 1, with these answers or the same level everywhere."""
    same = answers if isinstance(answers, int) else 0
    given: dict[str, int | str] = dict.fromkeys(book.criterion, same) if isinstance(answers, int) else dict(answers)
    result = findings(given, book=book).result
    return Moment(number, 0 if is_open else 1, date(2021 + number, 6, 1), book, result)


def told(*moments: Moment) -> History:
    """A history in which version 2.0 follows 1.0 and 3.0 follows 2.0."""
    chain = [playbook(), second(), third()]
    numbers = [book.version for book in chain]
    between = []
    for before, now in pairwise(moments):
        at = sorted((numbers.index(before.playbook.version), numbers.index(now.playbook.version)))
        between.append(tuple(chain[at[0] : at[1] + 1]))
    return History(moments, tuple(between))


def five() -> History:
    books = [playbook(), playbook(), second(), second(), third()]
    return told(*(moment(number, book, number - 1) for number, book in enumerate(books, 1)))


def line(history: History, key: str) -> LevelLine:
    (found,) = [each for each in history.criteria if each.key == key and each.is_asked]
    return found


# --- Where lines break -----------------------------------------------------------------------------------------------


def test_the_overall_line_breaks_where_the_playbook_asks_differently() -> None:
    found = five().overall
    assert [(each.at, each.sign) for each in found.breaks] == [(2, "A"), (4, "B")]
    assert found.breaks[1].reason == (
        "Version 3.0 asks differently from version 2.0: the weights within “The fundamentals” have changed."
    )


def test_a_lesson_breaks_only_for_reasons_of_its_own_and_under_the_same_letter() -> None:
    assert {each.key: [(one.at, one.sign) for one in each.breaks] for each in five().lessons} == {
        "long-path": [(2, "A")],
        "local-foundations": [(2, "A")],
        "fundamentals": [(4, "B")],
        "everyone-has-a-role": [(2, "A")],
    }


@pytest.mark.parametrize(
    ("key", "levels", "reasons"),
    [
        ("right-path", [0, 1, 2, 3, 4], []),
        ("shared-vision", [0, 1, 2, 3, 4], []),
        ("vision-kept-alive", [0, 1, 2, 3, 4], ["Asked more strictly since version 2.0."]),
        (
            "collective-leadership",
            [0, 1, 2, 3, 4],
            ["Version 2.0 merges “Concentrated commitment” and “Collective, generous leadership” into it."],
        ),
        ("citizens-decide", [0, 1, 2, 3, 4], ["Version 2.0 splits “Citizens”; this is a part of it."]),
        ("night-life", [None, None, 2, 3, 4], ["New in version 2.0."]),
    ],
)
def test_the_line_of_each_criterion(key: str, levels: list[int | None], reasons: list[str]) -> None:
    found = line(five(), key)
    assert [spot.level if spot else None for spot in found.spots] == levels
    assert [each.reason for each in found.breaks] == reasons
    assert {each.at for each in found.breaks} <= {2}


def test_what_is_not_asked_any_longer_keeps_its_line_and_says_what_became_of_it() -> None:
    gone = [each for each in five().criteria if not each.is_asked]
    assert [(each.number, each.key, [one.reason for one in each.breaks]) for each in gone] == [
        ("1.5", "concentrated-commitment", ["Version 2.0 asks it in “Collective, generous leadership”."]),
        ("2.6", "global-links", ["Retired in version 2.0."]),
    ]
    assert [[spot.level if spot else None for spot in each.spots] for each in gone] == [[0, 1, None, None, None]] * 2


def test_every_answer_stands_in_a_line() -> None:
    history = five()
    for at, each in enumerate(history.moments):
        shown = [one.spots[at] for one in history.criteria]
        assert len([spot for spot in shown if spot]) >= len(each.playbook.criterion)


def test_versions_that_lie_between_count() -> None:
    """From 1.0 to 3.0 in one step: what 2.0 did, and what 3.0 did."""
    history = told(moment(1, playbook(), 1), moment(2, third(), 2))
    assert [each.key for each in history.lessons if not each.breaks] == []
    assert line(history, "vision-kept-alive").breaks[0].reason == "Asked more strictly since version 3.0."


def test_an_assessment_finished_late_on_the_old_version_is_compared_by_the_same_map() -> None:
    history = told(moment(1, second(), 2), moment(2, playbook(), 3))
    assert history.overall.breaks[0].reason.startswith(
        "Version 2.0 asks differently from version 1.0: 1 criterion is new"
    )
    assert line(history, "vision-kept-alive").breaks[0].reason == "Asked more strictly since version 2.0."
    assert line(history, "global-links").breaks[0].reason == "Version 2.0 does not ask it."
    assert [each.reason for each in line(history, "shared-vision").breaks] == []
    (night,) = [each for each in history.criteria if each.key == "night-life"]
    assert [each.reason for each in night.breaks] == ["Version 1.0 does not ask it."]


def test_letters_go_on_after_z() -> None:
    assert [_letter(number) for number in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]


# --- Words -----------------------------------------------------------------------------------------------------------


def test_sentences_speak_only_of_what_can_be_compared() -> None:
    history = five()
    assert score_sentence(history, history.overall) == "100 out of 100 on 1 June 2026."
    assert score_sentence(history, history.lessons[0]) == (
        "From 50 on 1 June 2024 to 100 on 1 June 2026. The change is clear: the ranges then and now do not overlap."
    )
    assert level_sentence(history, line(history, "right-path")) == "From level 0 to level 4."
    assert level_sentence(history, line(history, "vision-kept-alive")) == "From level 2 to level 4."
    same = told(moment(1, playbook(), 2), moment(2, playbook(), 2))
    assert level_sentence(same, line(same, "right-path")) == "Level 2 throughout."
    back = told(*(moment(number, playbook(), level) for number, level in enumerate((2, 3, 2), 1)))
    assert level_sentence(back, line(back, "right-path")) == "Level 2 then and now."
    assert score_sentence(same, same.overall) == (
        "From 50 on 1 June 2022 to 50 on 1 June 2023. "
        "The change is not clear: the ranges then and now touch or overlap."
    )


def test_what_is_open_or_withheld_is_no_end_of_a_line() -> None:
    little = {"right-path": 3}
    history = told(moment(1, playbook(), 1), moment(2, playbook(), little), moment(3, playbook(), 3, is_open=True))
    assert score_sentence(history, history.overall) == "25 out of 100 on 1 June 2022."
    nothing = told(moment(1, playbook(), little))
    assert score_sentence(nothing, nothing.overall) == "No submitted assessment has a score yet."
    assert level_sentence(nothing, line(nothing, "citizens")) == "No submitted assessment gives a level."


# --- Since last time -------------------------------------------------------------------------------------------------


def since(before: Playbook, now: Playbook, *between: Playbook) -> ChangeTold:
    """What changed from level 1 everywhere on one version to level 2 everywhere on another."""
    last = findings(dict.fromkeys(before.criterion, 1), book=before)
    earlier = Earlier(before, last.answers, last.result, (before, *between, now))
    found = findings(dict.fromkeys(now.criterion, 2), book=now, earlier=earlier).change
    assert found is not None
    return found


def test_what_the_map_calls_stricter_is_compared_by_the_contract_and_marked() -> None:
    """Key, levels and weight are the same, so the contract compares it; the page says what not to read into it."""
    change = since(playbook(), second())
    cautions = {criterion.key: why for criterion, why in change.cautions}
    assert cautions == {
        "vision-kept-alive": "Asked more strictly since version 2.0.",
        "collective-leadership": (
            "Version 2.0 merges “Concentrated commitment” and “Collective, generous leadership” into it."
        ),
        "citizens": "Version 2.0 splits “Citizens”; this is a part of it.",
    }
    assert {move.criterion.key: move.caution for move in change.moves if move.caution} == cautions
    stricter = next(move for move in change.moves if move.criterion.key == "vision-kept-alive")
    starred = [line.key for line in change_chart(change).lines if line.figure == "+1*"]
    assert starred == list(cautions)
    assert stricter.words_with_caution == "1 level up. Asked more strictly since version 2.0."


def test_the_overall_change_is_not_called_clear_where_the_scores_cannot_be_compared() -> None:
    change = since(second(), third())
    assert change.clear  # the ranges do not overlap
    assert change.sentence == (
        "Of 26 criteria compared, 26 went up, 0 went down and 0 stayed. Overall: 25 before, 50 now. The two overall "
        "scores cannot be compared. Version 3.0 asks differently from version 2.0: the weights within “The "
        "fundamentals” have changed."
    )
    assert since(playbook(), playbook()).sentence.endswith(
        "The change is clear: the ranges before and now do not overlap."
    )


def test_what_lies_between_two_assessments_is_minded() -> None:
    change = since(playbook(), third(), second())
    assert "vision-kept-alive" in {criterion.key for criterion, _ in change.cautions}


def test_a_reader_of_another_language_is_told_the_same_change() -> None:
    """Texts are compared in their own language, whatever language they are shown in."""
    before = demo("tenterclough-mills-2026")
    first, *others = playbook().lessons
    levels = tuple(replace(each, descriptor=f"Cymraeg: {each.descriptor}") for each in first.criteria[0].levels)
    one = replace(first.criteria[0], levels=levels)
    welsh = replace(playbook(), lessons=(replace(first, criteria=(one, *first.criteria[1:])), *others))
    read = replace(before, playbook=welsh, source=before.playbook).change
    assert read is not None
    assert before.change is not None
    assert (read.compared, read.sentence) == (before.change.compared, before.change.sentence)


# --- Pictures --------------------------------------------------------------------------------------------------------


def test_a_line_is_drawn_in_as_many_parts_as_it_has() -> None:
    history = five()
    chart = score_chart(history, history.overall, "overall")
    for picture, frame in ((chart.wide, WIDE), (chart.narrow, NARROW)):
        parts = [each.path for each in picture.strokes if each.kind == "line"]
        assert [part.count("L") + 1 for part in parts] == [2, 2]  # the one assessment on 3.0 stands alone
        assert [each.sign.text for each in picture.gaps] == ["A", "B"]
        for gap in picture.gaps:
            x = gap.sign.x
            ends = [[float(end.split()[0]) for end in part[1:].split("L")] for part in parts]
            assert not [end for end in ends if min(end) < x < max(end)]
        assert all(frame.left < x < frame.width - frame.right for x in picture.places)
    assert [text.text for text in chart.wide.figures] == ["0", "25", "50", "75", "100"]


def test_points_lie_where_their_figures_say() -> None:
    history = five()
    picture = score_chart(history, history.overall, "overall").wide
    discs = [mark.path for mark in picture.marks if mark.kind == "score"]
    heights = [float(re.findall(r"-?[\d.]+", path)[1]) for path in discs]
    assert heights == [264, 209, 154, 99, 44]


def test_a_withheld_score_leaves_a_gap_without_a_letter() -> None:
    history = told(moment(1, playbook(), 1), moment(2, playbook(), {"right-path": 3}), moment(3, playbook(), 3))
    chart = score_chart(history, history.overall, "overall")
    assert [each.path for each in chart.wide.strokes] == []
    assert chart.wide.gaps == ()
    assert [each.kind for each in chart.wide.areas] == ["range", "withheld", "range"]
    assert [each.kind for each in chart.legend] == ["score", "evidenced", "withheld"]
    assert [row[1] for row in chart.table] == ["25", "Withheld", "75"]


def test_many_assessments_stay_inside_and_their_dates_apart() -> None:
    history = told(*(moment(number, playbook(), number % 5) for number in range(1, 31)))
    picture = score_chart(history, history.overall, "overall").narrow
    assert all(before < after for before, after in pairwise(picture.places))
    assert picture.places[-1] <= NARROW.width - NARROW.right
    first_lines = [text.x for text in picture.dates[::2]]
    assert all(after - before >= NARROW.least - 1 for before, after in pairwise(first_lines))
    assert picture.dates[-1].text == "2051"


def test_assessments_of_one_day_do_not_hide_each_other() -> None:
    day = moment(1, playbook(), 1)
    picture = score_chart(told(day, day, day), told(day, day, day).overall, "overall").wide
    assert all(after - before >= WIDE.least for before, after in pairwise(picture.places))


def test_the_table_of_a_lesson_says_what_its_pictures_show() -> None:
    (path, *_, gone) = criteria_groups(five())
    assert path.columns == ("Criterion", "1 June 2022", "1 June 2023", "1 June 2024", "1 June 2025", "1 June 2026")
    assert path.table[2] == (
        "1.3 Keeping the vision alive and widening it",
        "Level 0",
        "Level 1",
        "Level 2 (after break A)",
        "Level 3",
        "Level 4",
    )
    assert gone.table[0][2:] == ("Level 1", "Not asked (after break A)", "Not asked", "Not asked")
    assert [len(each.table) for each in criteria_groups(five())] == [5, 6, 6, 10, 2]


def test_levels_of_every_number_are_drawn() -> None:
    book = long_playbook()
    answers: dict[str, int | str] = {f"criterion-{number}": 1 for number in range(0, 60, 3)}
    answers |= {"criterion-1": "dont_know", "criterion-2": "not_applicable"}
    result = findings(answers, book=book, stage="first").result
    both = [Moment(1, 1, date(2024, 6, 1), book, result), Moment(2, 1, date(2025, 6, 1), book, result)]
    (group,) = criteria_groups(History(tuple(both), ((book,),)))
    assert [each.axis.most for each in group.charts[:5]] == [1, 2, 3, 4, 5]
    drawn = [[text.text for text in each.low.figures] for each in group.charts[:4]]
    assert drawn == [["1", "1"], ["?", "?"], ["n/a", "n/a"], ["1", "1"]]


# --- The page --------------------------------------------------------------------------------------------------------


def page(cast: Cast, name: str = "history", *more: int) -> str:
    return page_of(cast, name, cast.place.pk, *more)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def rows(html: str) -> list[list[str]]:
    """The table of assessments, cell by cell."""
    table = html[html.index('id="assessments-listed"') :]
    found = re.findall(r"<tr>(.*?)</tr>", table[: table.index("</table>")], re.DOTALL)[1:]
    return [[text_of(cell).strip() for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL)] for row in found]


def test_the_page_says_why_each_line_breaks(cast: Cast) -> None:
    years(cast.place, cast.owner)
    html = page(cast)
    assert [(row[0], row[1], row[6], row[7]) for row in rows(html)] == [
        ("1 June 2026", "100", "3.0", "No, see B"),
        ("1 June 2025", "75", "2.0", "Yes"),
        ("1 June 2024", "50", "2.0", "No, see A"),
        ("1 June 2023", "25", "1.0", "Yes"),
        ("1 June 2022", "0", "1.0", "–"),
    ]
    overall = html[html.index('id="overall"') : html.index('id="assessments-listed"')]
    assert re.findall(r'<path class="plot-line"', overall) == ['<path class="plot-line"'] * 4  # two pictures, two parts
    signs = re.findall(r'<span class="break-sign">(\w+)</span> <span>(.*?)\.', overall)
    assert [sign for sign, _ in signs] == ["A", "B"]
    history = history_of_place(cast.place, last_version(cast).playbook)
    assert history is not None
    for each in history.overall.breaks:
        assert f"{each.reason} The scores before and after it cannot be compared." in text_of(overall)
    assert "1 June 2022" in html


def test_every_criterion_has_an_address_of_its_own_on_the_page(cast: Cast) -> None:
    years(cast.place, cast.owner)
    found = re.findall(r'<article class="history-item" id="criterion-([\w-]+)"', page(cast))
    assert sorted(found) == sorted([*second().criterion, "concentrated-commitment", "global-links"])


def test_only_what_stands_submitted_counts_and_what_is_open_says_so(cast: Cast) -> None:
    first = make_assessment(cast.place, cast.owner, complete_answers(1))
    submit(first, cast.owner, dated=date(2024, 6, 1))
    reopen_assessment(assessment=first, by=cast.owner, reason="A slip.")
    assert [row[0] for row in rows(page(cast))] == ["1 June 2024 (not submitted)"]
    submit(first, cast.owner)
    assert [row[0] for row in rows(page(cast))] == ["1 June 2024"]
    second_year = make_assessment(cast.place, cast.owner)
    assert len(rows(page(cast))) == 1  # nothing is answered yet
    submit_level = assessed(cast.place, second_year.version, cast.owner, complete_answers(3))
    html = page(cast)
    assert [row[7] for row in rows(html)] == ["Yes", "–"]
    assert (
        html.count('<path class="plot-open"') == 2 + 4 + 27 + 1
    )  # two pictures, four lessons, every criterion, the key
    assert reverse("results", args=[submit_level.pk]) in html


def test_one_assessment_is_told_in_a_sentence(cast: Cast) -> None:
    submit(make_assessment(cast.place, cast.owner, complete_answers(2)), cast.owner, dated=date(2024, 6, 1))
    html = page(cast)
    assert "50 out of 100 on 1 June 2024. This is the first assessment." in text_of(html)
    assert "<figure" not in html
    assert "history-item" not in html


def test_without_an_assessment_there_is_nothing_to_show(cast: Cast) -> None:
    assert "Nothing has been submitted or answered yet." in page(cast)


def test_each_playbook_has_a_history_of_its_own(cast: Cast) -> None:
    submit(make_assessment(cast.place, cast.owner, complete_answers(2)), cast.owner, dated=date(2024, 6, 1))
    other = published(long_playbook())
    submit(assessed(cast.place, other, cast.owner, {"criterion-59": 1}), cast.owner, dated=date(2025, 6, 1))
    html = page(cast)
    assert [row[0] for row in rows(html)] == ["1 June 2025"]
    first = playbook_id(cast, playbook())
    assert reverse("history_on", args=[cast.place.pk, first]) in html
    assert [row[0] for row in rows(page(cast, "history_on", first))] == ["1 June 2024"]
    client = Client()
    client.force_login(cast.viewer)
    assert client.get(reverse("history_on", args=[cast.place.pk, 0])).status_code == 404


def playbook_id(cast: Cast, book: Playbook) -> int:
    (found,) = {each.version.playbook_id for each in cast.place.assessments.filter(version__playbook__key=book.key)}
    return found


@pytest.mark.any_database
def test_the_html_is_valid(cast: Cast) -> None:
    years(cast.place, cast.owner)
    assessed(cast.place, last_version(cast), cast.owner, {"right-path": 2})
    command = ["java", "-jar", str(VNU), "--stdout", "--format", "text", "-"]
    said = subprocess.run(command, input=page(cast), capture_output=True, text=True, check=False)
    assert said.stdout == "Document checking completed. No errors found.\n"


def last_version(cast: Cast) -> Version:
    return cast.place.assessments.all()[0].version


def test_queries_do_not_grow_with_the_years_or_the_versions(cast: Cast) -> None:
    submit(make_assessment(cast.place, cast.owner, complete_answers(2)), cast.owner, dated=date(2020, 6, 1))
    make_assessment(cast.place, cast.owner, {"right-path": 1})
    page(cast)
    one = queries(cast)
    other = make_place("Other", owner=cast.owner)
    years(other, cast.owner)
    cast = Cast(**{**cast.__dict__, "place": other, "viewer": cast.owner})
    assessed(other, last_version(cast), cast.owner, {"right-path": 2})
    page(cast)
    assert queries(cast) == one
    assert one <= 12


def queries(cast: Cast) -> int:
    client = Client()
    client.force_login(cast.viewer)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(reverse("history", args=[cast.place.pk])).status_code == 200
    return len(caught)


def test_results_draw_what_led_up_to_them_and_say_why_the_line_breaks(cast: Cast) -> None:
    *_, fourth, _ = years(cast.place, cast.owner)
    html = page_of(cast, "results", fourth.pk)
    section = html[html.index('id="change"') : html.index('id="criteria"')]
    assert [(row[0], row[7]) for row in rows(html)] == [
        ("1 June 2025 (this one)", "Yes"),
        ("1 June 2024", "No, see A"),
        ("1 June 2023", "Yes"),
        ("1 June 2022", "–"),
    ]
    assert section.count('<path class="plot-line"') == 4
    assert "Version 2.0 asks differently from version 1.0" in text_of(section)
    assert reverse("history_on", args=[cast.place.pk, fourth.version.playbook_id]) in section


def test_results_of_the_first_year_on_a_new_version_mark_what_is_asked_otherwise(cast: Cast) -> None:
    *_, third_year, _, _ = years(cast.place, cast.owner)
    words = text_of(page_of(cast, "results", third_year.pk))
    assert "The two overall scores cannot be compared. Version 2.0 asks differently" in words
    assert "1.3 Keeping the vision alive and widening it. Asked more strictly since version 2.0." in words


def page_of(cast: Cast, name: str, *args: int) -> str:
    client = Client()
    client.force_login(cast.viewer)
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()
