"""The PDF of a full assessment beside what WeasyPrint alone takes for the same HTML, and their memory."""

import io
import resource
from functools import cache

import pikepdf
from django.conf import settings

from assessments.findings import Findings
from assessments.reports.making import make
from assessments.reports.options import Options
from assessments.reports.pdf_process import Fonts, render
from assessments.reports.pictures import page_count
from assessments.reports.report import report_html, report_pdf
from assessments.selectors.results import findings_of
from benchmarks.data import NOTE, person, place_with, scratch_database
from benchmarks.measure import median_ms, table

TIMES = 7
KINDS = ("full", "board", "funder", "evidence")


def main() -> None:
    with scratch_database():
        owner = person("owner")
        plain = findings_of(place_with(owner, "Plain", answered=27, submitted=True, evidence=True))
        full = findings_of(place_with(owner, "Full", answered=27, note=NOTE, submitted=True, evidence=True))
        rows = [
            measured("27 answers, 27 pieces of evidence", plain),
            measured("the same with 2,000-letter notes", full),
        ]
        kinds = [of_kind(kind, plain) for kind in KINDS]
    heads = ["report", "pages", "kB", "ours, ms", "WeasyPrint alone, ms", "ratio", "HTML, ms"]
    table("Report", heads, rows)
    table("Kinds of report, of 27 answers with 27 pieces of evidence", ["kind", "pages", "kB", "ms"], kinds)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  Most memory of a printing process: {peak:.0f} MB\n")


def of_kind(kind: str, findings: Findings) -> list[str]:
    pdf = make(findings, Options(kind=kind))
    taken = median_ms(lambda: make(findings, Options(kind=kind)), TIMES, 1)
    return [kind, str(page_count(pdf)), f"{len(pdf) / 1000:.0f}", f"{taken:.0f}"]


def measured(name: str, findings: Findings) -> list[str]:
    pdf = report_pdf(findings)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = len(document.pages)
    ours = median_ms(lambda: report_pdf(findings), TIMES, 1)
    html = median_ms(lambda: report_html(findings), TIMES, 1)
    alone = median_ms(lambda: weasyprint_alone(findings), TIMES, 1)
    return [
        name,
        str(pages),
        f"{len(pdf) / 1000:.0f}",
        f"{ours:.0f}",
        f"{alone:.0f}",
        f"{ours / alone:.2f}",
        f"{html:.0f}",
    ]


def weasyprint_alone(findings: Findings) -> bytes:
    """The same HTML, style sheets and fonts, in this process, warm."""
    return render({"html": report_html(findings), "identifier": "bench"}, _fonts())[0]


@cache
def _fonts() -> Fonts:
    return Fonts(settings.REPORT_FONTS)


if __name__ == "__main__":
    main()
