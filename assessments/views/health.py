"""Is it alive, is it ready: for whatever watches the server."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

LEAST_FREE = 0.10
"""The share of the disk below which the instance says that it is not ready."""


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. No database is asked, so that a full disk does not kill it."""
    return HttpResponse("alive", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and the disk has room; 503 and the reason otherwise."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    if usage.free / usage.total < LEAST_FREE:
        return HttpResponse("the disk is nearly full", content_type="text/plain", status=503)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer", content_type="text/plain", status=503)
    return HttpResponse("ready", content_type="text/plain")
