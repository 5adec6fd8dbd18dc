"""The pages about a version beside its own, by the last word of their address."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from assessments.admin import arranging, changes, deciding, grid, impact, languages, previewing, texts
from assessments.admin.uploads import upload
from assessments.models import Version

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin

Page = Callable[["VersionAdmin", HttpRequest, Version], HttpResponseBase]

PAGES: dict[str, Page] = {
    "map": deciding.page,
    "arrange": arranging.arrange,
    "grid": grid.page,
    "preview": previewing.preview,
    "changes": changes.changes,
    "what-changed": changes.what_changed,
    "undo": changes.undo,
    "impact": impact.page,
    "languages": languages.languages,
    "texts": texts.texts,
    "translation": languages.download,
}

NewPage = Callable[["VersionAdmin", HttpRequest], HttpResponseBase]

NEW_PAGES: dict[str, NewPage] = {"upload": upload}
"""The pages that begin with no version, the same way."""
