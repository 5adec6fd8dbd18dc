"""The portfolio: all places of a person in one table, to sort, filter, choose from and take away."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.findings.portfolio import PlaceStanding
from assessments.findings.portfolio_table import COLUMNS, Column, Picks, picked
from assessments.forms.portfolio import PortfolioForm
from assessments.reports.file_names import file_name
from assessments.reports.options import XLSX
from assessments.reports.portfolio_workbook import portfolio_workbook
from assessments.selectors.groups import Group, groups_of
from assessments.selectors.portfolio import portfolio
from assessments.views.files import attachment
from assessments.views.people import Request, signed_in

ALL = "all"
"""What `choose` says in an address where every place shown is chosen."""


@dataclass(frozen=True)
class Head:
    """The head of a column: what it is sorted by now, and where a link to sort by it leads."""

    column: Column
    picks: Picks

    @property
    def is_sorted(self) -> bool:
        return self.picks.column == self.column.key

    @property
    def aria_sort(self) -> str:
        """How a screen reader tells the order; nothing where the table is not sorted by this column."""
        if not self.is_sorted:
            return ""
        return "descending" if self.picks.is_backwards else "ascending"

    @property
    def address(self) -> str:
        """Sorted by this column; where it is already, the other way round."""
        backwards = not self.picks.is_backwards if self.is_sorted else self.column.highest_first
        sort = f"-{self.column.key}" if backwards else self.column.key
        return f"?{urlencode(replace(self.picks, sort=sort).query)}"


@dataclass(frozen=True)
class Table:
    """The places of a person, and those among them that the address asks for."""

    standings: list[PlaceStanding]
    groups: list[Group]
    picks: Picks

    @cached_property
    def shown(self) -> list[PlaceStanding]:
        chosen = {place.pk for group, places in self.groups if str(group.pk) == self.picks.group for place in places}
        return picked(self.standings, self.picks, chosen)

    @property
    def heads(self) -> list[Head]:
        return [Head(column, self.picks) for column in COLUMNS]

    @property
    def query(self) -> str:
        """What follows the address of a page or file that shows the same places."""
        return f"?{urlencode(self.picks.query)}" if self.picks.query else ""

    @property
    def form(self) -> PortfolioForm:
        return _form(self.picks.query, self.standings, self.groups)


def _form(query: Mapping[str, Any], standings: list[PlaceStanding], groups: list[Group]) -> PortfolioForm:
    return PortfolioForm(query, standings=standings, groups=[group for group, _places in groups])


def table_of(request: Request) -> Table:
    """What the address of the portfolio, or of its workbook, asks for. Fifteen queries."""
    standings, groups = portfolio(request.user), groups_of(request.user)
    return Table(standings, groups, _form(request.GET, standings, groups).picks)


@signed_in
@require_safe
def table(request: Request) -> HttpResponse:
    """All my places in one table."""
    found = table_of(request)
    context = {"table": found, "choose_all": request.GET.get("choose") == ALL}
    return render(request, "portfolio/table.html", context)


@signed_in
@require_safe
def workbook(request: Request) -> HttpResponse:
    """The places that the same address of the table shows, in its order, as an Excel file."""
    today, language = timezone.localdate(), get_language() or settings.LANGUAGE_CODE
    content = portfolio_workbook(table_of(request).shown, asked_on=today, language=language)
    name = file_name([_("Portfolio"), today.isoformat()], "xlsx")
    return attachment(content, XLSX, name, plain="portfolio.xlsx")
