"""What the admin's pages say of the journal: after each save the change that it made, with the way to undo it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from assessments.models import DraftChange, Version
from assessments.services.journal import open_journal, record_change


def begin(request: HttpRequest, version_id: int) -> None:
    """Open the journal of a draft for what this request writes: once, however many rows it saves."""
    if getattr(request, "journal_of", None) != version_id:
        open_journal(version_id=version_id)
        request.journal_of = version_id  # type: ignore[attr-defined]


def record(page: admin.ModelAdmin, request: HttpRequest, version: Version, what: str) -> DraftChange | None:
    """Record what was just written, in the same transaction, and offer to undo it."""
    change = record_change(version=version, by=request.user, what=what)  # type: ignore[arg-type]
    if change and change.number > 1:
        link = '<a href="{}">Undo it</a>'
        text = format_html(f"Change {{}} of this draft: {{}}. {link}", change.number, what, undo_page(change))
        page.message_user(request, text, messages.INFO)
    return change


def what_was_done(verb: str, row: Any) -> str:
    """A change to a part in a few words: Changed criterion “Shared vision”."""
    name = "the version’s own fields" if isinstance(row, Version) else f"{row._meta.verbose_name} “{row}”"
    return f"{verb} {name}"


def undo_page(change: DraftChange) -> str:
    """Where one is asked whether to put the draft back as it was before a change."""
    return f"{journal_page(change.version_id, 'undo')}?{urlencode({'change': change.number})}"


def part_changes(part: Any) -> str:
    """The changes to one lesson, criterion, stage or role."""
    name = {"part": f"{part._meta.verbose_name_plural}/{part.key}"}
    return f"{journal_page(part.version_id, 'changes')}?{urlencode(name)}"


def journal_page(version_id: int, name: str) -> str:
    return reverse(f"admin:assessments_version_{name}", args=[version_id])
