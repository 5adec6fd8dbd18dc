"""Several places beside one another: heat map, side by side, and the comparison as PDF."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from assessments.charts.beside import lessons_beside_chart
from assessments.charts.heat import draw_heat
from assessments.findings.beside import FEWEST, MOST, beside
from assessments.findings.heat import CRITERIA, LESSONS, HeatColumn, HeatMap, heat_map, playbooks_of
from assessments.findings.portfolio import PlaceStanding
from assessments.reports.branding import branding_of
from assessments.reports.heat_picture import heat_png, heat_svg
from assessments.reports.options import PDF
from assessments.reports.portfolio import MOST_PLACES, portfolio_pdf
from assessments.selectors.branding import OWN, brandings
from assessments.selectors.portfolio import portfolio
from assessments.views.files import attachment
from assessments.views.people import Request, signed_in
from assessments.views.portfolio import table_of
from assessments.views.printing import NOT_PRINTED, no_report


def chosen(request: Request) -> list[PlaceStanding]:
    """The places that the address names (place=1&place=2), else those that its filters leave, as the portfolio does.

    A number that is no place of the person's is simply not there.
    """
    named = places_named(request)
    return portfolio(request.user, named) if named else table_of(request).shown


def places_named(request: Request) -> list[int]:
    """The numbers of places in the address; what is no number is left out."""
    return [int(each) for each in request.GET.getlist("place") if each.isdecimal() and len(each) < 10]


# --- Heat map ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """The head of a column: where a link to its order leads, and whether that is the order now."""

    column: HeatColumn
    address: str
    is_order: bool


@signed_in
@require_safe
def heat(request: Request) -> HttpResponse:
    """Places × lessons, or places × criteria, as table and picture."""
    standings = chosen(request)
    found = _heat(request, standings)
    context = {
        "found": found,
        "standings": standings,
        "heads": _heads(request, found) if found else [],
        "picture": draw_heat(found) if found else None,
        "by": [(by, _address(request, by=by, order="")) for by in (LESSONS, CRITERIA)],
        "by_name": _address(request, order=""),
        "playbooks": [
            (key, title, count, _address(request, playbook=key, order=""))
            for key, title, count in playbooks_of(standings)
        ],
        "query": _address(request),
        "most": MOST_PLACES,
    }
    return render(request, "portfolio/heat_map.html", context)


@signed_in
@require_safe
def heat_as_svg(request: Request) -> HttpResponse:
    """The picture as a file that can be drawn at any size."""
    found = _heat(request, chosen(request))
    return attachment(heat_svg(found).encode(), "image/svg+xml", "heat-map.svg") if found else _nothing(request, "none")


@signed_in
@require_safe
def heat_as_png(request: Request) -> HttpResponse:
    """The picture as a file for slides and papers."""
    found = _heat(request, chosen(request))
    if not found:
        return _nothing(request, "none")
    return _printed(request, lambda: attachment(heat_png(found), "image/png", "heat-map.png"))


def _heat(request: Request, standings: Sequence[PlaceStanding]) -> HeatMap | None:
    by = CRITERIA if request.GET.get("by") == CRITERIA else LESSONS
    asked = {name: request.GET.get(name, "") for name in ("playbook", "order")}
    return heat_map(standings, by, **asked)


def _heads(request: Request, found: HeatMap) -> list[Head]:
    order = request.GET.get("order", "")
    return [
        Head(column, _address(request, order="" if column.key == order else column.key), column.key == order)
        for column in found.columns
    ]


def _address(request: Request, **changes: str) -> str:
    """The query of this page with other values; those that are empty are left out."""
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


# --- Side by side -----------------------------------------------------------------------------------------------------


@signed_in
@require_safe
def side_by_side(request: Request) -> HttpResponse:
    """Two to six places side by side; with fewer or more, a page to choose them on."""
    named = places_named(request)
    standings = portfolio(request.user, named) if named else []
    found = beside(standings) if FEWEST <= len(standings) <= MOST else None
    if found is None or len(found.places) < FEWEST:
        return _choose(request, standings)
    context = {
        "found": found,
        "chart": lessons_beside_chart(found),
        "query": _address(request),
        "others": [each for each in found.criteria if each.spread is None],
        "differ": [each for each in found.criteria if each.spread],
        "same": [each for each in found.criteria if each.spread == 0],
    }
    return render(request, "portfolio/side_by_side.html", context)


def _choose(request: Request, taken: Sequence[PlaceStanding]) -> HttpResponse:
    context = {
        "standings": portfolio(request.user),
        "taken": {each.place_id for each in taken},
        "silent": [each for each in taken if not each.findings],
        "fewest": FEWEST,
        "most": MOST,
    }
    return render(request, "portfolio/choose_side_by_side.html", context)


# --- The comparison as PDF --------------------------------------------------------------------------------------------


@signed_in
@require_safe
def comparison_pdf(request: Request) -> HttpResponse:
    """The comparison of the places chosen, under the person's own branding where they have one."""
    standings = chosen(request)
    if not 0 < len(standings) <= MOST_PLACES:
        return _nothing(request, "many" if standings else "none")
    branding = branding_of(brandings(request.user).get(OWN))

    def made() -> HttpResponse:
        today = timezone.localdate()
        pdf = portfolio_pdf(standings, asked_on=today, language=get_language() or "", branding=branding)
        return attachment(pdf, PDF, f"comparison-{today.isoformat()}.pdf")

    return _printed(request, made)


def _printed(request: Request, made: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return made()
    except NOT_PRINTED as error:
        return no_report(request, error, "A comparison of places")


def _nothing(request: Request, why: str) -> HttpResponse:
    context = {"why": why, "most": MOST_PLACES}
    return render(request, "portfolio/no_comparison.html", context, status=422)
