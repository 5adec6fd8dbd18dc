"""Findings and options → the file. The one door through which pages, issued reports and packs get a report."""

from collections.abc import Callable

from assessments.findings import Findings
from assessments.reports.options import Options, Seal
from assessments.reports.report import report_pdf
from assessments.reports.word import report_word
from assessments.reports.workbook import report_workbook

Maker = Callable[[Findings, Options, Seal | None], bytes]

MAKERS: dict[str, Maker] = {
    "full": report_pdf,
    "board": report_pdf,
    "funder": report_pdf,
    "evidence": report_pdf,
    "word": report_word,
    "workbook": report_workbook,
}


def make(findings: Findings, options: Options, seal: Seal | None = None) -> bytes:
    """The file that `options` ask for. The same findings, options and seal give the same bytes at any time.

    `findings` are told in the language of the options (selectors.results.findings_for_report) and read by nobody
    before. Raises what `render_pdf` raises.
    """
    return MAKERS[options.kind](findings, options, seal)
