"""What is answered where nothing could be printed: a page, or in place of a picture a status. Waiting is no failure."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.models import Assessment
from assessments.reports.pdf import ReportBusy, ReportFailed, ReportTooSlow

log = logging.getLogger(__name__)

NOT_PRINTED = (ReportBusy, ReportTooSlow, ReportFailed)
"""What printing raises."""
WAIT = "10"
"""Seconds after which to ask again."""


def no_report(request: HttpRequest, error: Exception, what: str, assessment: Assessment | None = None) -> HttpResponse:
    """The page that says so calmly: 503 where the press is busy, else 500.

    `error` is one of NOT_PRINTED; `what` names for the log what was to be printed: "A report of assessment 12".
    """
    status = _noted(error, what)
    context = {"why": "busy" if status == 503 else "failed", "assessment": assessment}
    response = render(request, "no_report.html", context, status=status)
    if status == 503:
        response["Retry-After"] = WAIT
    return response


def no_picture(error: Exception, what: str) -> HttpResponse:
    """The same in place of a picture, which no page shows."""
    headers = {"Retry-After": WAIT}
    return HttpResponse("No picture just now.", content_type="text/plain", status=_noted(error, what), headers=headers)


def _noted(error: Exception, what: str) -> int:
    """The status that says why; only what failed is logged."""
    if isinstance(error, ReportBusy):
        return 503
    log.error("%s could not be printed", what, exc_info=error)
    return 500
