"""The first sheet of a workbook to fill in: what to do, in plain words."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from assessments.interchange.documents import Playbook
from assessments.interchange.filled import LONGEST_NOTE
from assessments.reports import fill_in_look as look
from assessments.reports.spreadsheet import put
from assessments.wording import day

WIDTH = 76
WIDTH_OF_NAME = 42
"""So many of the larger letters that the name of the place has, where all are capitals."""


def instructions(book: Any, place: str, playbook: Playbook, last_saved: date | None) -> None:
    """Add the sheet of instructions."""
    sheet = book.create_sheet(_("Instructions")[:31])
    rows = [("title", _("Answers to fill in")), ("place", place), ("", _about(playbook, last_saved)), *_told()]
    for row, (kind, text) in enumerate(rows, 1):
        put(sheet.cell(row, 1), text)
        _dress(sheet.cell(row, 1), kind)
    sheet.column_dimensions["A"].width = WIDTH
    sheet.sheet_view.showGridLines = False
    look.protect(sheet)
    look.for_print(sheet)
    sheet.page_setup.orientation = "portrait"


def _about(playbook: Playbook, last_saved: date | None) -> str:
    words = _("{title}, version {version}.").format(title=playbook.title, version=playbook.version)
    standing = _("Nothing had been answered on the site when this file was downloaded.")
    if last_saved is not None:
        standing = _("The answers are those on the site, last saved on {day}.").format(day=day(last_saved))
    return f"{words} {standing}"


def _told() -> list[tuple[str, str]]:
    return [
        ("head", _("How to fill it in")),
        ("", _("1. There is one sheet for each lesson, with a row for each criterion. Write in the white cells only.")),
        ("", _("2. Answer: click the cell and choose from its list, or type the number of the level, such as 3.")),
        ("", _("Choose “Don’t know” where nobody knows. An empty cell means that there is no answer yet.")),
        ("", _("3. Why it does not apply: only beside “Not applicable”, which some criteria allow.")),
        ("", _note()),
        ("", _("5. Evidence is listed to be read. Add or change it on the site.")),
        ("", _("You need not answer everything. What you leave as it is stays as it is on the site.")),
        ("head", _("How to bring it back")),
        ("", _("1. Save the file as an Excel workbook (.xlsx).")),
        ("", _("2. On the site, open the assessment, choose “Answer offline in a spreadsheet”, and upload the file.")),
        (
            "",
            _("3. Look at what would change, line by line, and choose what to take over. Until then nothing changes."),
        ),
        ("", _("Where somebody has answered the same criterion on the site, you see both answers side by side.")),
        ("head", _("What to leave alone")),
        ("", _("The small grey key at the end of each row, the heads of the columns and the hidden sheets.")),
        ("", _("They tell the site what each row is about. You may add columns and sheets of your own.")),
        ("", _("The sheets are protected without a password. Take the protection off if you want to sort rows.")),
    ]


def _note() -> str:
    words = _(
        "4. Note: what makes you choose this answer, in at most {most} characters. Alt and Enter begin a new line."
    )
    return words.format(most=LONGEST_NOTE)


def _dress(cell: Any, kind: str) -> None:
    from openpyxl.styles import Alignment

    fonts = {
        "title": look.font(bold=True, size=20, color=look.ACCENT),
        "place": look.font(size=14, color=look.INK),
        "head": look.font(bold=True, size=13, color=look.ACCENT),
    }
    cell.font = fonts.get(kind, look.font(size=11, color=look.INK))
    cell.alignment = Alignment(wrap_text=True, vertical="bottom" if kind in ("head", "title") else "top")
    name = look.height_of([cell], [WIDTH_OF_NAME], 14)
    heights = {"title": 40.0, "place": name, "head": 34.0}
    cell.parent.row_dimensions[cell.row].height = heights.get(kind) or look.height_of([cell], [WIDTH], 11)
