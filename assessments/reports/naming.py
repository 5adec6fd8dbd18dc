"""What the files of one result are called: after the place, the date, what they are, and whether it was submitted.

The files of a pack and of a portfolio are named by `file_names`, for folders in which they lie beside one another.
"""

from django.conf import settings
from django.utils.text import slugify

from assessments.findings import Findings
from assessments.reports.options import KINDS, Options

WORDS = {
    "full": "report",
    "board": "board-paper",
    "funder": "funder-annex",
    "evidence": "annex-of-evidence",
    "word": "report",
    "workbook": "workbook",
}


def ending(options: Options) -> str:
    """The end of a report's name: "board-paper.pdf", in another language than the site's own "board-paper-cy.pdf"."""
    words = WORDS.get(options.kind, options.kind)
    language = "" if options.language == settings.LANGUAGE_CODE else f"-{options.language}"
    return f"{words}{language}.{KINDS[options.kind].suffix}"


def file_name(findings: Findings, ending: str) -> str:
    """The name that people read, in any alphabet: "Saltmarsh Quay 2026-09-15 not-submitted-report.pdf"."""
    return " ".join((findings.place.name, *_rest(findings, ending)))


def plain_name(findings: Findings, ending: str) -> str:
    """The same in small Latin letters without a space, for programs that take nothing else."""
    return "-".join((slugify(findings.place.name) or "place", *_rest(findings, ending)))


def _rest(findings: Findings, ending: str) -> tuple[str, str]:
    return findings.answers.dated.isoformat(), ending if findings.is_final else f"not-submitted-{ending}"
