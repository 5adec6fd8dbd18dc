"""The full report of one assessment as a PDF, from the same findings and charts as the results page."""

import re
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from assessments.charts import charts
from assessments.findings import Findings
from assessments.reports.fingerprints import fingerprint
from assessments.reports.options import Options, Seal
from assessments.reports.pdf import render_pdf

SHEETS = settings.BASE_DIR / "static" / "css"
PAGE_FOOT = '"Page " counter(page) " of " counter(pages)'
REPORT_SHEET = settings.BASE_DIR / "assessments" / "reports" / "report.css"


def report_html(findings: Findings, options: Options | None = None, seal: Seal | None = None) -> str:
    """The report as one HTML document for print. It reads no clock: the same findings give the same text.

    What `findings` said already in another language would stay so: give findings that nobody has read.
    """
    options = options or Options()
    with override(options.language):
        drawn = charts(findings)
        context = {
            "findings": findings,
            "options": options,
            "seal": seal,
            "charts": {chart.key: chart for chart in drawn},
            "style": print_style(),
            "chart_style": chart_style(),
        }
        return render_to_string("report/report.html", context)


def report_pdf(
    findings: Findings, options: Options | None = None, seal: Seal | None = None, *, strict: bool = False
) -> bytes:
    """The report as PDF/UA-1; the same findings give the same bytes. Raises what `render_pdf` raises."""
    name = fingerprint(findings, options, seal)
    return render_pdf(report_html(findings, options, seal), identifier=name, strict=strict)


def print_style() -> str:
    """The report's own sheet with the light colours of the screens; the foot of its pages in the active language."""
    return _sheet().replace(PAGE_FOOT, page_foot(gettext("Page {page} of {pages}")))


def page_foot(words: str) -> str:
    """Words with `{page}` and `{pages}` for a style sheet: `"Page " counter(page) " of " counter(pages) ""`."""
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'.replace("{page}", '" counter(page) "').replace("{pages}", '" counter(pages) "')


@cache
def _sheet() -> str:
    return with_light_colours(REPORT_SHEET.read_text())


@cache
def chart_style() -> str:
    """The sheet of the charts, for inside a drawing: a page's styles do not reach there."""
    return with_light_colours((SHEETS / "charts.css").read_text())


def with_light_colours(sheet: str) -> str:
    """The sheet with every var(--name) replaced. Raises KeyError for a name that is no colour token."""
    colours = light_colours()
    without_comments = re.sub(r"/\*.*?\*/\s*", "", sheet, flags=re.DOTALL)
    return re.sub(r"var\(--([\w-]+)\)", lambda found: colours[found[1]], without_comments)


@cache
def light_colours() -> dict[str, str]:
    """The colour tokens by name, as they are in the light scheme."""
    light, _, _ = (SHEETS / "tokens.css").read_text().partition("@media")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
