"""The pages of a draft's journal: its changes, what one of them changed, and putting the draft back as it was."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from assessments.admin.drafts import politely, version_page
from assessments.admin.faults import page
from assessments.comparing.differences import differences
from assessments.models import DraftChange, PublishedIsReadOnly, Version
from assessments.selectors.drafts import changes_of, state_after, state_of
from assessments.services.journal import open_journal
from assessments.services.playbooks import VersionExists
from assessments.services.restoring import ChangedMeanwhile, put_back

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin

ON_A_PAGE = 25
PARTS = {"criteria", "lessons", "roles", "stages"}


def changes(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """Who changed what and when, the latest first; of one part where it is named."""
    name = request.GET.get("part", "")
    part = _part(version, name)
    context: dict[str, Any] = {
        "changes": Paginator(changes_of(version, name), ON_A_PAGE).get_page(request.GET.get("page")),
        "part": part,
        "part_page": page(part) if part else "",
        "part_name": name,
        "may_undo": admin.has_change_permission(request, version),
    }
    title = f"Changes to “{part or name}”" if name else f"Changes to {version}"
    return admin.own_page(request, version, "changes", title, **context)


def _part(version: Version, name: str) -> Any:
    """The row that a name such as `criteria/shared-vision` means; None where it is gone or none is named."""
    kind, _, key = name.partition("/")
    return getattr(version, kind).filter(key=key).first() if kind in PARTS else None


def what_changed(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """What one change changed."""
    shown = _change(version, request.GET)
    context: dict[str, Any] = {
        "change": shown,
        "is_last": not version.changes.filter(number__gt=shown.number).exists(),
        "may_undo": admin.has_change_permission(request, version) and shown.number > 1,
    }
    if shown.number > 1:
        before, after = state_after(version, shown.number - 1), state_after(version, shown.number)
        context["differences"] = differences(before.document, after.document)
        context["only_decided"] = before.document == after.document
    return admin.own_page(request, version, "what_changed", f"Change {shown.number} of {version}", **context)


@politely
def undo(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """Show what putting the draft back as it was before a change would undo, ask, and do it."""
    if version.is_published:
        admin.message_user(request, "Nothing was undone: this version is published.", messages.ERROR)
        return HttpResponseRedirect(version_page(version.pk))
    if not admin.has_change_permission(request, version):
        raise PermissionDenied
    first = _change(version, request.GET)
    if first.number == 1:
        raise Http404("The first entry of a journal is the draft as it was made.")
    if request.method == "POST":
        return _put_back(admin, request, version, first)
    return _ask(admin, request, version, first)


def _put_back(admin: "VersionAdmin", request: HttpRequest, version: Version, first: DraftChange) -> HttpResponse:
    seen = request.POST.get("seen", "")
    try:
        done = put_back(
            draft=version,
            number=first.number - 1,
            seen=int(seen) if seen.isdecimal() else 0,
            by=request.user,  # type: ignore[arg-type]
        )
    except ChangedMeanwhile:
        open_journal(version_id=version.pk)  # what went past the journal is then shown, and can be undone as well
        return _ask(admin, request, version, first, meanwhile=True)
    except (PublishedIsReadOnly, VersionExists) as error:
        admin.message_user(request, f"Nothing was undone. {error}", messages.ERROR)
    else:
        text = f"{done.what}. This is change {done.number}, which can be undone too." if done else "It was so already."
        admin.message_user(request, text, messages.SUCCESS)
        if done:
            admin.log_change(request, version, done.what)
    return HttpResponseRedirect(version_page(version.pk))


def _ask(
    admin: "VersionAdmin", request: HttpRequest, version: Version, first: DraftChange, *, meanwhile: bool = False
) -> HttpResponse:
    """All that would be undone, this change and those after it, and the difference that it makes."""
    undone = list(changes_of(version).filter(number__gte=first.number)[: ON_A_PAGE + 1])
    now, then = state_of(version), state_after(version, first.number - 1)
    context: dict[str, Any] = {
        "first": first,
        "undone": undone[:ON_A_PAGE],
        "how_many": undone[0].number - first.number + 1,
        "seen": undone[0].number,
        "meanwhile": meanwhile,
        "others": sorted({str(each.by) for each in undone if each.by and each.by != request.user}),
        "differences": differences(now.document, then.document),
        "only_decided": now.document == then.document,
    }
    title = f"Undo change {first.number}" if len(undone) == 1 else f"Put {version} back as it was"
    return admin.own_page(request, version, "undo", title, status=409 if meanwhile else 200, **context)


def _change(version: Version, asked: Mapping[str, str]) -> DraftChange:
    """The change that an address names; the last one where it names none. One query."""
    number = asked.get("change", "")
    rows = changes_of(version).filter(number=int(number)) if number.isdecimal() else changes_of(version)
    if (number and not number.isdecimal()) or (found := rows.first()) is None:
        raise Http404("There is no such change.")
    return found
