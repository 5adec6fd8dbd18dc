"""Several places beside one another as one PDF: overview, heat maps, ranges, what is common, how to read it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import takewhile
from math import ceil

from django.template.loader import render_to_string
from django.utils.translation import override

from assessments.charts.beside import overall_chart
from assessments.charts.heat import HeatPicture, draw_heat, sheets
from assessments.findings.cells import Cell
from assessments.findings.heat import CRITERIA, LESSONS, HeatColumn, HeatMap, OftenBelow, heat_map, playbooks_of
from assessments.findings.portfolio import PlaceStanding
from assessments.reports.branding import Branding
from assessments.reports.heading import brand_of, running_foot
from assessments.reports.pdf import render_pdf
from assessments.reports.sheets import HERE, chart_style, light_colours, print_style, with_colours

MOST_PLACES = 60
MOST_COLUMNS = 28
"""As many criteria as a landscape page has room for; more go on in another table and picture."""
TALLEST = {LESSONS: 740, CRITERIA: 380}
"""How high the rows of a picture may be together, in user units, to fit on a page with what stands over them."""
LEAST_WIDTH = {LESSONS: 748, CRITERIA: 1012}
"""So many units of every picture fill a page, so that all of one kind have letters of one size."""


@dataclass(frozen=True)
class HeatPart:
    """Some columns of a heat map, as table and as pictures that each fit on a page."""

    columns: tuple[HeatColumn, ...]
    rows: tuple[tuple[PlaceStanding, str, tuple[Cell, ...]], ...]
    pictures: tuple[HeatPicture, ...]


@dataclass(frozen=True)
class HeatPages:
    """A heat map as the report shows it."""

    found: HeatMap
    parts: tuple[HeatPart, ...]

    @property
    def in_most(self) -> list[OftenBelow]:
        """The criteria that are below their target in most places that gave them a level."""
        return [each for each in self.found.often_below if each.in_most]

    @property
    def summed_up(self) -> list[tuple[HeatColumn, list[str]]]:
        """Each column with its line of the summary: lowest, median, highest, how many places; empty for few places."""
        rows = [cells for _head, cells in self.found.summary]
        return [(column, [row[at] for row in rows]) for at, column in enumerate(self.found.columns)]


def portfolio_pdf(
    standings: Sequence[PlaceStanding],
    *,
    asked_on: date,
    language: str,
    branding: Branding | None = None,
    strict: bool = False,
) -> bytes:
    """The comparison of 1 to 60 places as PDF/UA-1; the same standings, day, language and branding give the same bytes.

    `standings` are told in `language`. Raises ValueError for more places or none, and what `render_pdf` raises.
    """
    html = portfolio_html(standings, asked_on=asked_on, language=language, branding=branding)
    return render_pdf(html, identifier=hashlib.sha256(html.encode()).hexdigest(), strict=strict)


def portfolio_html(
    standings: Sequence[PlaceStanding], *, asked_on: date, language: str, branding: Branding | None = None
) -> str:
    """The comparison as one HTML document for print. It reads no clock. Raises ValueError as `portfolio_pdf` does."""
    if not 0 < len(standings) <= MOST_PLACES:
        raise ValueError(f"A comparison is of 1 to {MOST_PLACES} places, not of {len(standings)}.")
    with override(language):
        brand = brand_of(branding)
        keys = [key for key, _title, _count in playbooks_of(standings)]
        context = {
            "standings": standings,
            "told": [each for each in standings if each.findings],
            "silent": [each for each in standings if not each.findings],
            "asked_on": asked_on,
            "brand": brand,
            "foot": running_foot(brand, None),
            "playbooks": playbooks_of(standings),
            "by_lesson": [heat_pages(standings, LESSONS, key) for key in keys],
            "by_criterion": [heat_pages(standings, CRITERIA, key) for key in keys],
            "overall": overall_chart(standings),
            "style": print_style(branding) + comparison_style(),
            "chart_style": chart_style(),
        }
        return render_to_string("report/portfolio.html", context)


def heat_pages(standings: Sequence[PlaceStanding], by: str, playbook: str) -> HeatPages | None:
    """The heat map of the places on one playbook, parted to fit on pages; None where no place is on it."""
    found = heat_map(standings, by, playbook=playbook)
    return HeatPages(found, tuple(_part(found, each) for each in parted(found.columns))) if found else None


def parted(columns: Sequence[HeatColumn], most: int = MOST_COLUMNS) -> Iterator[slice]:
    """Columns in parts that a page has room for, parted between lessons where that is possible."""
    begin = 0
    while begin < len(columns):
        end = min(begin + most, len(columns))
        if end < len(columns):
            borders = [at for at in range(begin + 1, end + 1) if columns[at].lesson != columns[at - 1].lesson]
            end = borders[-1] if borders else begin + _even(columns[begin:], most)
        yield slice(begin, end)
        begin = end


def _even(columns: Sequence[HeatColumn], most: int) -> int:
    """How many columns of a lesson that is too long go into each of its parts, so that they are all about the same."""
    number = sum(1 for _ in takewhile(lambda column: column.lesson == columns[0].lesson, columns))
    return ceil(number / ceil(number / most))


def _part(found: HeatMap, taken: slice) -> HeatPart:
    return HeatPart(
        columns=found.columns[taken],
        rows=tuple((row.standing, row.note, row.cells[taken]) for row in found.rows),
        pictures=tuple(
            draw_heat(found, rows=rows, columns=taken, key=False, least=LEAST_WIDTH[found.by])
            for rows in sheets(found, TALLEST[found.by])
        ),
    )


@cache
def comparison_style() -> str:
    """The sheet of the comparison alone, to stand after that of all reports."""
    return with_colours((HERE / "portfolio.css").read_text(), light_colours())
