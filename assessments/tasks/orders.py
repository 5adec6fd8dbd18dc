"""What somebody wishes of a pack: kinds, language, branding; and what it tells of all its places together."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.findings.portfolio import PlaceStanding
from assessments.models import PackItem
from assessments.reports.branding import Branding
from assessments.reports.options import KINDS, Options
from assessments.reports.portfolio import MOST_PLACES, portfolio_pdf
from assessments.reports.portfolio_workbook import portfolio_workbook

Maker = Callable[[Sequence[PlaceStanding], date, str, Branding | None], bytes]


@dataclass(frozen=True)
class Overview:
    """One file over all places: what it is called, its suffix, what makes it, and how many places it can hold."""

    name: Any
    suffix: str
    make: Maker
    most: int | None = None


def _comparison(standings: Sequence[PlaceStanding], asked_on: date, language: str, branding: Branding | None) -> bytes:
    return portfolio_pdf(standings, asked_on=asked_on, language=language, branding=branding)


def _workbook(standings: Sequence[PlaceStanding], asked_on: date, language: str, branding: Branding | None) -> bytes:
    return portfolio_workbook(standings, asked_on=asked_on, language=language)


OVERVIEWS = {
    "comparison": Overview(_("Comparison of all places"), "pdf", _comparison, MOST_PLACES),
    "portfolio": Overview(_("Portfolio workbook"), "xlsx", _workbook),
}


@dataclass(frozen=True)
class Order:
    """The choices of a pack. The branding is kept as it was when it was asked for, so that all files have the same."""

    kinds: tuple[str, ...]
    language: str
    branding: Branding | None = None

    def freeze(self) -> str:
        """As JSON text that `thaw_order` takes."""
        branding = self.branding and self.branding.document()
        return json.dumps({"kinds": self.kinds, "language": self.language, "branding": branding})

    def options(self, kind: str) -> Options:
        """What one report is made with: every chapter, as in a report that nobody has cut."""
        return Options(kind, language=self.language, branding=self.branding)


def thaw_order(text: str) -> Order:
    """An order as it was frozen."""
    told = json.loads(text)
    branding = told["branding"] and Branding.of(told["branding"])
    return Order(tuple(told["kinds"]), told["language"], branding)


def item_title(item: PackItem) -> str:
    """What kind of file it is, in words."""
    kind = KINDS.get(item.kind) or OVERVIEWS.get(item.kind)
    return str(kind.name) if kind else item.kind
