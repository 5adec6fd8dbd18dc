"""The pages about a version beside its own, by the last word of their address; each module has a function `page`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

from assessments.models import Version

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin

Page = Callable[["VersionAdmin", HttpRequest, Version], HttpResponse]

PAGES: dict[str, Page] = {}
