"""A result as a workbook: the engine's figures, typed cells, no formula of anybody's, the same in LibreOffice."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import openpyxl
import pytest

from assessments.findings import Findings, assess
from assessments.interchange import documents
from assessments.reports.making import make
from assessments.reports.options import Options
from assessments.scoring.document import score_document
from tests.factories import playbook
from tests.findings_cast import PLACE, demo, findings, nasty
from tests.office import convert
from tests.test_report_languages import welsh
from tests.test_word import BRANDING

SHEETS = ["Summary", "Scores", "Answers", "Evidence", "Priorities", "Plan", "Method"]
PLANTED = [
    "=1+1",
    "@SUM(A1)",
    "+44 20 7946 0000",
    "-x",
    "\tTab",
    "a\rb\r\nc",
    "a\x00b\x1fc\ufffe",
    "🏙️ 👩‍🔬 مركز",
    "x" * 40_000,
    '=HYPERLINK("http://evil.example","x")',
    "'quoted",
    "12",
    "2026-01-02",
    "TRUE",
    "#REF!",
    "_x0041_",
    " ends in a space ",
]
HELD = {
    "a\rb\r\nc": "a\nb\nc",
    "a\x00b\x1fc\ufffe": "a\ufffdb\ufffdc\ufffd",
    "x" * 40_000: "x" * 32_767,
}
"""What stands in the cell of a planted text that none can hold."""


@cache
def planted() -> Findings:
    """Every planted text as a note, a piece of evidence, its link, and one as the name of the place."""
    book = playbook()
    keys = list(book.criterion)
    notes = dict(zip(keys, PLANTED, strict=False))
    evidence = {key: (documents.Evidence(1, date(2024, 2, 29), text, text),) for key, text in notes.items()}
    answers: dict[str, int | str] = dict.fromkeys(keys, 1)
    given = documents.Answers("=1+1", date(2026, 6, 1), "forming", answers, notes=notes, evidence=evidence)
    return assess(book, given, replace(PLACE, name="=1+1", boundary="@SUM(A1)"))


def told(name: str) -> Findings:
    if name == "new":
        return findings({})
    if name == "full":
        return demo("tenterclough-mills-2026")
    return planted() if name == "planted" else nasty()


@cache
def made(name: str) -> bytes:
    if name == "welsh":
        return make(welsh(told("full")), Options("workbook", language="cy", branding=BRANDING))
    return make(told(name), Options("workbook"))


@cache
def book(name: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made(name)))


def table(name: str, sheet: str) -> list[dict[str, Any]]:
    top = 2 if sheet == "Plan" else 1
    heads, *rows = book(name)[sheet].iter_rows(min_row=top, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def summary(name: str) -> dict[str, Any]:
    return {row[0]: row[1] for row in book(name).worksheets[0].iter_rows(values_only=True)}


def test_the_sheets_have_names_heads_that_stay_and_filters() -> None:
    assert book("full").sheetnames == SHEETS
    frozen = [(sheet.freeze_panes, sheet.auto_filter.ref) for sheet in book("full")]
    assert frozen == [
        ("B2", "A1:B29"),
        ("D2", "A1:L33"),
        ("E2", "A1:R28"),
        ("C2", "A1:I29"),
        ("D2", "A1:J12"),
        ("B3", "A2:E33"),
        ("B2", "A1:B15"),
    ]
    for sheet in book("full"):
        heads = [cell.value for cell in sheet[2 if sheet.title == "Plan" else 1]]
        assert None not in heads
        assert len(set(heads)) == len(heads)
        upright = sheet.title in ("Summary", "Method")
        assert sheet.page_setup.orientation == ("portrait" if upright else "landscape")
        pages = 2 if sheet.title == "Answers" else 1
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToWidth) == (True, pages)
        head = (sheet.oddHeader.left.text, sheet.oddHeader.right.text)
        assert head == ("Tenterclough Mills: report of 20 October 2026", "&A")


def test_sheets_and_heads_are_welsh_in_a_welsh_one() -> None:
    welsh_names = ["Crynodeb", "Sgoriau", "Atebion", "Tystiolaeth", "Blaenoriaethau", "Cynllun", "Dull"]
    assert book("welsh").sheetnames == welsh_names
    english, spoken = ({cell.value for sheet in book(name) for cell in sheet[1]} for name in ("full", "welsh"))
    assert english & spoken == {"Tenterclough Mills", None}
    said = summary("welsh")
    assert (said["Dan enw"], said["Ymwadiad"]) == ("Cwm Advisers <b>", "No advice <i>.")
    assert said["Iaith"] == "Dangosir yn Saesneg yr hyn nad yw wedi’i gyfieithu eto."


@pytest.mark.parametrize("name", ["full", "nasty", "new"])
def test_scores_are_those_of_the_interchange_form(name: str) -> None:
    found = told(name)
    document = score_document(found.result)
    rows = table(name, "Scores")
    parts = [document["overall"], *(document["lessons"][lesson.key] for lesson in found.lessons)]
    fields = {"Score": "score", "Range from": "low", "Range to": "high", "Evidence supports": "evidenced"}
    fields |= {"Known": "completeness"}
    figures = [{head: row[head] for head in fields} for row in rows if row["Part"] != "Criterion"]
    assert figures == [{head: part[field] for head, field in fields.items()} for part in parts]
    points = [row["Score"] for row in rows if row["Part"] == "Criterion"]
    assert points == [document["criteria"][criterion.key]["points"] for criterion in found.criteria]
    gains = [(row["Gap"], row["Points won overall"]) for row in table(name, "Priorities")]
    assert gains == [(each["gap"], each["gain"]) for each in document["priorities"]]


def test_shares_add_up_and_weights_are_the_playbooks() -> None:
    rows = table("full", "Scores")
    assert round(sum(row["Share of the whole"] for row in rows if row["Part"] == "Lesson"), 3) == 1
    assert round(sum(row["Share of the whole"] for row in rows if row["Part"] == "Criterion"), 2) == 1
    weights = [row["Weight"] for row in rows if row["Part"] == "Criterion"]
    assert weights == [float(criterion.weight) for criterion in playbook().criteria()]


def test_answers_and_evidence_are_told_line_by_line() -> None:
    told = demo("tenterclough-mills-2026")
    answers = table("full", "Answers")
    assert [row["Key"] for row in answers] == list(playbook().criterion)
    assert [(row["Level"], row["Target"]) for row in answers] == [(c.level, c.target) for c in told.criteria]
    assert [row["Gap"] for row in answers] == [max(0, c.target - (c.level or 0)) for c in told.criteria]
    evidence = table("full", "Evidence")
    assert [row["Evidence"] for row in evidence] == [piece.title for _, piece in told.sources]
    assert [row["Date"] for row in evidence] == [_moment(piece.piece.dated) for _, piece in told.sources]
    stale = [row["Older than 24 months"] for row in evidence]
    assert stale == ["Yes" if piece.stale else "No" for _, piece in told.sources]


def _moment(value: date | None) -> datetime | None:
    return datetime(value.year, value.month, value.day) if value else None


def test_the_summary_says_what_is_not_submitted_and_what_is_withheld() -> None:
    assert summary("full")["Status"] == "Submitted on 20 October 2026"
    assert summary("nasty")["Status"] == "Not submitted: as it stands now"
    new = summary("new")
    assert (new["Status"], new["Score"], new["State"]) == ("Not submitted: as it stands now", "Withheld", "Withheld")
    assert (new["Range from"], new["Range to"], new["Known"], new["Criteria without an answer"]) == (0, 100, 0, 27)
    assert summary("full")["Independence"].startswith("Independent: not endorsed by")
    assert summary("welsh")["Annibyniaeth"] != summary("full")["Independence"]


def test_the_plan_can_be_filled_in() -> None:
    sheet = book("full")["Plan"]
    assert sheet["A1"].value.endswith("Hub Playbook keeps no plan yet, so the other columns are empty.")
    rows = table("full", "Plan")
    assert [row["Action"] for row in rows if row["Action"]] == [row["Next step"] for row in table("full", "Priorities")]
    assert {(row["Who does it"], row["Due"], row["How far"]) for row in rows} == {(None, None, None)}
    found = {(each.type, each.formula1, str(each.sqref)) for each in sheet.data_validations.dataValidation}
    assert found == {
        ("list", '"To do,In progress,Done,Given up"', "E3:E33"),
        ("date", "36526", "D3:D33"),
    }
    assert sheet["D33"].number_format == "yyyy-mm-dd"


def test_the_method_says_by_what_it_was_computed() -> None:
    said = {row["About"]: row["What it means"] for row in table("full", "Method")}
    assert said["Playbook"] == "Hubs of innovation: the four lessons, version 1.0"
    assert said["Scoring engine"] == "1"
    assert len(said["Fingerprint of playbook, answers and choices"]) == 64
    assert said["Stage"].startswith("Stage. A stage is supported when every gate up to it is met")


def test_the_same_findings_give_the_same_bytes() -> None:
    assert make(planted(), Options("workbook")) == made("planted")
    assert made("planted") != made("new")


def test_what_people_wrote_is_text_and_nothing_else() -> None:
    notes = [row["Note"] for row in table("planted", "Answers")][: len(PLANTED)]
    assert [note.replace("_x005F", "") for note in notes] == [HELD.get(text, text) for text in PLANTED]
    for sheet in book("planted"):
        for row in sheet.iter_rows():
            assert [cell.coordinate for cell in row if cell.data_type not in ("s", "n", "d")] == []
            texts = [cell for cell in row if isinstance(cell.value, str)]
            assert [cell.coordinate for cell in texts if not cell.quotePrefix or cell.number_format != "@"] == []
            assert [cell.coordinate for cell in row if cell.hyperlink] == []
    with zipfile.ZipFile(io.BytesIO(made("planted"))) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
        assert [b"<f>" in sheet or b"<f " in sheet for sheet in sheets] == [False] * len(SHEETS)
        assert [name for name in parts.namelist() if "external" in name.lower()] == []


def test_libreoffice_reads_every_cell_as_it_was_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("workbooks")
    files = [folder / f"{name}.xlsx" for name in ("planted", "nasty", "welsh")]
    for file in files:
        file.write_bytes(made(file.stem))
    for file in convert(files, "xlsx", folder / "saved"):
        saved = openpyxl.load_workbook(file)
        assert saved.sheetnames == book(file.stem).sheetnames
        for ours in book(file.stem):
            theirs = saved[ours.title]
            assert _cells(theirs) == {place: _unescaped(cell) for place, cell in _cells(ours).items()}
            assert theirs.auto_filter.ref == ours.auto_filter.ref
        assert len(saved.worksheets[5].data_validations.dataValidation) == 2


def _cells(sheet: Any) -> dict[str, tuple[str, Any]]:
    return {
        cell.coordinate: (cell.data_type, round(cell.value, 9) if isinstance(cell.value, float) else cell.value)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def _unescaped(cell: tuple[str, Any]) -> tuple[str, Any]:
    kind, value = cell
    return kind, value.replace("_x005F", "") if isinstance(value, str) else value
