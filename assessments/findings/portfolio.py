"""A place as a portfolio shows it, beside others: for the table, the charts, the PDF and the workbook alike."""

from dataclasses import dataclass
from datetime import date

from assessments.findings.findings import Findings
from assessments.guide import Progress


@dataclass(frozen=True)
class PlaceStanding:
    """Where a place stands: what it submitted last, or, where nothing is submitted yet, what is open as it stands.

    `findings` is None where nobody has answered anything; `findings.is_final` tells which of the two it is. `progress`
    is that of the open assessment, None where none is open. `plan` is (met, of how many): how many of the first
    priorities of the assessment submitted before are at their target now; None where there is no earlier one.
    """

    place_id: int
    name: str
    kind: str
    region: str
    role: str
    findings: Findings | None
    assessment_id: int | None
    progress: Progress | None
    submitted_on: date | None
    changed_on: date | None
    plan: tuple[int, int] | None
