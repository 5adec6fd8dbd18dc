"""Packs: choose places and kinds of report, watch the files being made, take them away in one ZIP."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from assessments.forms.packs import NONE, PackForm
from assessments.models import Pack, PackItem
from assessments.selectors.branding import OWN, brandings
from assessments.selectors.groups import groups_of
from assessments.selectors.packs import (
    asked_with,
    chosen_before,
    has_too_many_packs,
    pack_for,
    pack_progress,
    packs_of,
    places_left,
)
from assessments.selectors.portfolio import memberships_of
from assessments.services.packing import cancel_pack
from assessments.tasks.orders import Order, item_title, thaw_order
from assessments.tasks.packs import order_pack
from assessments.views.people import Request, signed_in
from assessments.views.trouble import is_htmx

LATEST = 50
"""How many packs the list shows; older ones are deleted long since, and only their rows are left."""


@signed_in
@require_safe
def packs(request: Request) -> HttpResponse:
    """The packs that the person asked for, the latest first."""
    return render(request, "packs/packs.html", {"packs": packs_of(request.user)[:LATEST]})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def pack_new(request: Request) -> HttpResponse:
    """Choose what is to be made. `place`, `group`, `again` (a pack) and `all` say what is chosen already."""
    asked = asked_with(request.user, request.POST.get("token", ""))
    if asked:
        return redirect("pack", asked.pk)
    memberships = memberships_of(request.user)
    form = PackForm(
        request.POST if request.method == "POST" else None,
        memberships=memberships,
        brandings=brandings(request.user),
        too_many=request.method == "POST" and has_too_many_packs(request.user),
        initial=_chosen(request, [str(each.place_id) for each in memberships]),
    )
    if request.method == "POST" and form.is_valid():
        order = Order(tuple(form.cleaned_data["kinds"]), form.cleaned_data["language"], form.chosen_branding)
        token: uuid.UUID = form.cleaned_data["token"]
        pack = order_pack(places=form.chosen_places, order=order, token=token, by=request.user)
        return redirect("pack", pack.pk)
    context = {"form": form, "memberships": memberships}
    return render(request, "packs/new.html", context, status=422 if form.errors else 200)


def _chosen(request: Request, mine: list[str]) -> dict[str, Any]:
    """What is ticked when the form is opened."""
    places = set(request.GET.getlist("place"))
    if group := request.GET.get("group"):
        found = (shown for each, shown in groups_of(request.user) if str(each.pk) == group)
        places |= {str(place.pk) for shown in found for place in shown}
    chosen: dict[str, Any] = {"kinds": ["full"], "language": get_language(), "branding": NONE, "token": uuid.uuid4()}
    again = request.GET.get("again", "")
    if again.isdecimal():
        before = pack_for(request.user, int(again))
        order = thaw_order(before.options)
        places |= {str(pk) for pk in chosen_before(before)}
        branding = OWN if order.branding else NONE
        chosen |= {"kinds": order.kinds, "language": order.language, "branding": branding}
    return chosen | {"places": [each for each in mine if each in places or "all" in request.GET]}


@signed_in
@require_safe
def pack(request: Request, pack_id: int) -> HttpResponse:
    """How far a pack is, and its file once it is there. To htmx, the part that changes, until it is over."""
    found = pack_for(request.user, pack_id)
    if is_htmx(request) and found.is_finished:
        return HttpResponseClientRefresh()
    context = {"pack": found, **_told(found), "told": request.GET.get("told", "")}
    return render(request, "packs/part.html" if is_htmx(request) else "packs/pack.html", context)


def _told(found: Pack) -> dict[str, Any]:
    progress = pack_progress(found)
    is_ready = found.state == Pack.State.READY
    return {
        "progress": progress,
        "in_work": _titled(progress.in_work),
        "done": _titled(progress.done) if is_ready else [],
        "failed": failed_together(progress.failed),
        "time_left": time_left(progress.seconds_left),
        "left": names_of(places_left(found)) if is_ready else [],
    }


def _titled(items: tuple[PackItem, ...]) -> list[tuple[PackItem, str]]:
    return [(item, item_title(item)) for item in items]


def failed_together(items: tuple[PackItem, ...]) -> list[tuple[PackItem, list[str]]]:
    """What failed at one place for one reason is told once, with the names of all its files."""
    found: dict[tuple[Any, ...], tuple[PackItem, list[str]]] = {}
    for item in items:
        _, titles = found.setdefault((item.place_id, item.place_name, item.problem), (item, []))
        titles.append(item_title(item))
    return list(found.values())


def names_of(items: list[PackItem]) -> list[str]:
    """The names of their places, each once."""
    return list(dict.fromkeys(item.place_name for item in items))


def time_left(seconds: float | None) -> str:
    """In words that do not promise too much; empty where nothing is known or nothing is left."""
    if not seconds:
        return ""
    if seconds < 45:
        return _("less than a minute")
    minutes = round(seconds / 60)
    return ngettext("about %(number)d minute", "about %(number)d minutes", minutes) % {"number": minutes}


@signed_in
@require_safe
def pack_file(request: Request, pack_id: int) -> HttpResponseBase:
    """The ZIP, for its asker, as long as they belong to every place in it."""
    found = pack_for(request.user, pack_id)
    if found.state != Pack.State.READY:
        return redirect("pack", found.pk)
    if left := places_left(found):
        return render(request, "packs/left.html", {"pack": found, "left": names_of(left)}, status=403)
    try:
        stored = default_storage.open(str(found.file))
    except FileNotFoundError:
        messages.error(request, _("The file is not there any more. Make the pack again."))
        return redirect("pack", found.pk)
    name = f"Hub Playbook {timezone.localdate(found.asked_at).isoformat()}.zip"
    headers = {"X-Content-Type-Options": "nosniff", "Content-Encoding": "identity"}  # it is compressed already
    headers["Content-Length"] = str(stored.size)  # also where it comes from a bucket, piece by piece
    return FileResponse(stored, as_attachment=True, filename=name, content_type="application/zip", headers=headers)


@signed_in
@require_POST
def pack_cancel(request: Request, pack_id: int) -> HttpResponse:
    """Stop a pack. What is being made just now ends by itself, for nothing."""
    found = pack_for(request.user, pack_id)
    if not cancel_pack(pack=found):
        messages.info(request, _("It was over before you cancelled it."))
    return redirect("pack", found.pk)
