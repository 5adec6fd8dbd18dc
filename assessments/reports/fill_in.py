"""The workbook that an assessment is filled in with, away from the site: plain values in, bytes out.

A sheet says how, then there is one for each lesson with a row for each criterion. Two hidden sheets hold what the lists
offer, and what stood there when the workbook was made. That is kept in cells: Google Sheets drops document properties.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.interchange.documents import Criterion, Evidence, Lesson, Playbook
from assessments.interchange.filled import LONGEST_NOTE, LONGEST_REASON, SCHEMA, Standing, fingerprint
from assessments.reports import fill_in_look as look
from assessments.reports.fill_in_instructions import instructions
from assessments.reports.fill_in_words import ANSWER, HEADS, KEY, LISTS, NOTE, REASON, in_words, options
from assessments.reports.spreadsheet import new_book, put, written
from assessments.wording import short_day

DOWNLOADED = "As downloaded"
HEAD_ROW = 3
COLUMN = {name: number for number, name in enumerate(HEADS, 1)}
WIDTHS = {
    "number": 9,
    "title": 17,
    "question": 23,
    "levels": 48,
    ANSWER: 32,
    REASON: 19,
    NOTE: 38,
    "evidence": 20,
    KEY: 5,
}
LOST = "\\/?*[]:"
"""What the name of a sheet cannot hold."""


@dataclass(frozen=True)
class ToFillIn:
    """An open assessment as a workbook takes it; `playbook` in the language of the reader, `language` its code.

    `started` dates the file, so that the same answers give the same bytes; `last_saved` is when they were last changed.
    """

    assessment: int
    place: str
    playbook: Playbook
    language: str
    started: date
    stands: Mapping[str, Standing]
    last_saved: date | None = None

    def standing(self, key: str) -> Standing:
        return self.stands.get(key, Standing())


def fill_in_book(given: ToFillIn) -> bytes:
    """The workbook as bytes; the same assessment in the same language gives the same bytes."""
    with override(given.language):
        book = new_book()
        instructions(book, given.place, given.playbook, given.last_saved)
        for number, lesson in enumerate(given.playbook.lessons, 1):
            _lesson(book, given, number, lesson)
        _lists(book, given.playbook)
        _downloaded(book, given)
        return written(book, title=f"{given.place} – {given.playbook.title}", dated=given.started)


def sheet_name(number: int, title: str) -> str:
    """The name of a lesson's sheet: its number, and as much of its title as fits."""
    clean = " ".join("".join(" " if letter in LOST else letter for letter in title).split())
    return f"{number} {clean}"[:31].rstrip("' ")


# --- a lesson ---------------------------------------------------------------------------------------------------------


def _lesson(book: Any, given: ToFillIn, number: int, lesson: Lesson) -> None:
    sheet = book.create_sheet(sheet_name(number, lesson.title))
    put(sheet.cell(1, 1), f"{number}. {lesson.title}")
    put(
        sheet.cell(2, 1),
        _(
            "Choose an answer from the list of each white cell. Levels are cumulative: stop before the "
            "first one that is not true."
        ),
    )
    for name, head in HEADS.items():
        put(sheet.cell(HEAD_ROW, COLUMN[name]), _(head))
    for row, criterion in enumerate(lesson.criteria, HEAD_ROW + 1):
        for name, text in _cells(given, criterion):
            put(sheet.cell(row, COLUMN[name]), text)
    look.dress_lesson(sheet, WIDTHS, HEAD_ROW, open_columns=[COLUMN[name] for name in (ANSWER, REASON, NOTE)])
    for row, criterion in enumerate(lesson.criteria, HEAD_ROW + 1):
        if not criterion.not_applicable:
            look.close(sheet.cell(row, COLUMN[REASON]))
    _checks(sheet, given.playbook, lesson)


def _cells(given: ToFillIn, criterion: Criterion) -> Iterator[tuple[str, str]]:
    standing, again = given.standing(criterion.key), _("Needs another look")
    yield "number", given.playbook.label[criterion.key]
    yield "title", criterion.title + (f"\n({again})" if standing.waits else "")
    yield "question", criterion.question
    yield "levels", "\n".join(text for _value, text in options(criterion))
    yield ANSWER, in_words(criterion, standing.entry.answer)
    yield REASON, standing.entry.reason
    yield NOTE, standing.entry.note
    yield "evidence", "\n".join(map(_piece, standing.evidence))
    yield KEY, criterion.key


def _piece(piece: Evidence) -> str:
    title = piece.title or _("Untitled")
    return f"• {title}" + (f" ({short_day(piece.dated)} {piece.dated.year})" if piece.dated else "")


def _checks(sheet: Any, playbook: Playbook, lesson: Lesson) -> None:
    """The lists of answers, and how long a text may be. A list in place holds 255 characters: ours have a sheet."""
    from openpyxl.worksheet.datavalidation import DataValidation

    first, last = HEAD_ROW + 1, HEAD_ROW + len(lesson.criteria)
    for row, criterion in enumerate(lesson.criteria, first):
        check = DataValidation("list", formula1=list_range(playbook, criterion), allow_blank=True, errorStyle="warning")
        _say(check, _("Choose an answer"), _("Choose one of the answers in the list, or type its number."))
        check.add(sheet.cell(row, COLUMN[ANSWER]).coordinate)
        sheet.add_data_validation(check)
    for name, most in ((REASON, LONGEST_REASON), (NOTE, LONGEST_NOTE)):
        letter = sheet.cell(1, COLUMN[name]).column_letter
        check = DataValidation("textLength", "lessThanOrEqual", str(most), allow_blank=True)
        _say(check, _("Too long"), _("At most {most} characters can be kept. Shorten the text.").format(most=most))
        check.add(f"{letter}{first}:{letter}{last}")
        sheet.add_data_validation(check)


def _say(check: Any, title: str, words: str) -> None:
    """What Excel says of a wrong value, within what it has room for."""
    check.showErrorMessage = True
    check.errorTitle, check.error = title[:32], words[:255]


# --- the hidden sheets ------------------------------------------------------------------------------------------------


def list_range(playbook: Playbook, criterion: Criterion) -> str:
    """Where the answers to a criterion stand: a column of the sheet of lists, under its number."""
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(list(playbook.criterion).index(criterion.key) + 1)
    return f"'{LISTS}'!${letter}$2:${letter}${1 + len(options(criterion))}"


def _lists(book: Any, playbook: Playbook) -> None:
    sheet = book.create_sheet(LISTS)
    for column, criterion in enumerate(playbook.criteria(), 1):
        put(sheet.cell(1, column), playbook.label[criterion.key])
        for row, (_value, text) in enumerate(options(criterion), 2):
            put(sheet.cell(row, column), text)
    look.hide(sheet)


def _downloaded(book: Any, given: ToFillIn) -> None:
    sheet = book.create_sheet(DOWNLOADED)
    for row, cells in enumerate(downloaded_rows(given), 1):
        for column, text in enumerate(cells, 1):
            put(sheet.cell(row, column), text)
    look.hide(sheet)


def downloaded_rows(given: ToFillIn) -> Iterator[Sequence[str]]:
    """What the file is for, a name and a value a row; then what stands at each criterion, for the way back."""
    yield "schema", SCHEMA
    yield "assessment", str(given.assessment)
    yield "playbook", given.playbook.key
    yield "version", given.playbook.version
    yield "language", given.language
    yield "criterion", "revision", "fingerprint", "answer", "reason", "note"
    for key in given.playbook.criterion:
        standing = given.standing(key)
        entry = standing.entry
        answer = "" if entry.answer is None else str(entry.answer)
        yield key, str(standing.revision), fingerprint(entry), answer, entry.reason, entry.note
