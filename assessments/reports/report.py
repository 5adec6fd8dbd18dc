"""The printed reports of one assessment, from the same findings and charts as the results page: a template a kind."""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from assessments.charts import charts
from assessments.findings import Findings
from assessments.reports import papers
from assessments.reports.contents import contents
from assessments.reports.fingerprints import fingerprint
from assessments.reports.heading import brand_of, running_foot, stamp_of
from assessments.reports.options import Options, Seal
from assessments.reports.pdf import render_pdf
from assessments.reports.pictures import page_count
from assessments.reports.sheets import chart_style, print_style

SIZES = ("ample", "close")
PAGES = {"board": 2, "funder": 1}
"""How many pages a kind has, whatever the result."""
Told = Callable[[Findings, Options], dict[str, Any]]


def report_html(
    findings: Findings, options: Options | None = None, seal: Seal | None = None, *, size: str = SIZES[0]
) -> str:
    """A report as one HTML document for print. It reads no clock: the same findings give the same text.

    `size` is one of SIZES, and matters to the papers that must not grow.

    What `findings` said already in another language would stay so: give findings that nobody has read.
    """
    options = options or Options()
    template, told = TEMPLATES[options.kind]
    with override(options.language):
        return render_to_string(template, common(findings, options, seal) | told(findings, options) | {"size": size})


def report_pdf(
    findings: Findings, options: Options | None = None, seal: Seal | None = None, *, strict: bool = False
) -> bytes:
    """The report as PDF/UA-1; the same findings give the same bytes. Raises what `render_pdf` raises.

    A paper that must not grow is set close where it would be longer at its ease.
    """
    name = fingerprint(findings, options, seal)
    most = PAGES.get(options.kind if options else "full")
    for size in SIZES:
        pdf = render_pdf(report_html(findings, options, seal, size=size), identifier=name, strict=strict)
        if most is None or page_count(pdf) <= most:
            break
    return pdf


def common(findings: Findings, options: Options, seal: Seal | None) -> dict[str, Any]:
    """What the template of every kind is given."""
    brand, stamp = brand_of(options.branding), stamp_of(seal)
    return {
        "findings": findings,
        "options": options,
        "brand": brand,
        "stamp": stamp,
        "foot": running_foot(brand, stamp),
        "style": print_style(options.branding),
        "chart_style": chart_style(),
    }


def _full(findings: Findings, options: Options) -> dict[str, Any]:
    drawn = {chart.key: chart for chart in charts(findings)}
    return {"charts": drawn, "contents": contents(findings, options)}


def _board(findings: Findings, options: Options) -> dict[str, Any]:
    return {"chart": papers.lessons_in_brief(findings)}


def _funder(findings: Findings, options: Options) -> dict[str, Any]:
    strongest, weakest = papers.by_evidence(findings)
    told = papers.lesson_rows(findings)
    return told | {"strongest": strongest, "weakest": weakest, "grades": papers.grades(findings)}


def _evidence(findings: Findings, options: Options) -> dict[str, Any]:
    return {"grades": papers.grades(findings)}


TEMPLATES: dict[str, tuple[str, Told]] = {
    "full": ("report/report.html", _full),
    "board": ("report/board.html", _board),
    "funder": ("report/funder.html", _funder),
    "evidence": ("report/evidence_annex.html", _evidence),
}
"""The kinds that are printed."""
