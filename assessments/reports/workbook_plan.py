"""The plan in the workbook of a result: a table to fill in, which begins with the next step of each priority."""

from typing import Any

from django.utils.translation import gettext as _

from assessments.findings import Findings
from assessments.reports.spreadsheet import FORMATS, Column, add_table

SPARE_ROWS = 20
"""For actions of their own."""
FIRST = 3
"""The row of the first action, below the note and the head."""


def add_plan(book: Any, findings: Findings) -> None:
    """Action and criterion stand there already; who, until when and how far are for the place to fill in."""
    columns = [
        Column(_("Action"), 64),
        Column(_("Criterion"), 40),
        Column(_("Who does it"), 26),
        Column(_("Due"), 14, "date"),
        Column(_("How far"), 18),
    ]
    rows = [
        [each.next_step, f"{each.criterion.number} {each.criterion.title}", None, None, None]
        for each in findings.priorities
    ]
    note = _(
        "To fill in: actions and criteria come from the priorities. "
        "Hub Playbook keeps no plan yet, so the other columns are empty."
    )
    spare = [[None] * len(columns)] * SPARE_ROWS
    sheet = add_table(book, _("Plan"), columns, [*rows, *spare], note=note)
    _typed(sheet, FIRST + len(rows) + SPARE_ROWS - 1)


def _typed(sheet: Any, last: int) -> None:
    """Dates in one column, states to choose in the next."""
    from openpyxl.worksheet.datavalidation import DataValidation

    states = [_("To do"), _("In progress"), _("Done"), _("Given up")]
    choice = DataValidation("list", formula1=f'"{",".join(states)}"', allow_blank=True)
    choice.error = _("Choose one of the list.")
    dates = DataValidation("date", operator="greaterThan", formula1="36526", allow_blank=True)  # 1 January 2000
    dates.error = _("Give a date.")
    choice.add(f"E{FIRST}:E{last}")
    dates.add(f"D{FIRST}:D{last}")
    sheet.add_data_validation(choice)
    sheet.add_data_validation(dates)
    for row in range(FIRST, last + 1):
        sheet.cell(row, 4).number_format = FORMATS["date"]
