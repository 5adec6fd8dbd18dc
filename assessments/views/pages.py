"""Home, and the pages that everybody may read."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.models import Membership, User, Version
from assessments.selectors.delegation import waits_on
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.places import my_places


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My places; for a visitor, what this is."""
    if not isinstance(request.user, User):
        return render(request, "home_anonymous.html")
    mine = waits_on(request.user)
    cards = [replace(card, mine=mine.get(card.place.pk, ())) for card in my_places(request.user)]
    has_portfolio = len(cards) > 1 or any(card.membership.role == Membership.Role.CONSULTANT for card in cards)
    return render(request, "home.html", {"cards": cards, "has_portfolio": has_portfolio})


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """How an assessment goes, and how its figures are reached."""
    version = Version.objects.current()
    return render(request, "how_it_works.html", {"playbook": playbook_to_read(version) if version else None})
