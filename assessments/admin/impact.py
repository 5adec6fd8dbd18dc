"""The page on what a draft would do to the assessments that there are: streamed, so that it can show how far it is.

Nothing is written, kept or queued: the page works while its reader waits, and stops when the browser goes away.
"""

import logging
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, StreamingHttpResponse
from django.template.loader import render_to_string

from assessments.admin.drafts import version_page
from assessments.admin.faults import proofs_of
from assessments.charts.impact import impact_chart
from assessments.comparing import impact_told as told
from assessments.comparing.impact import Impact
from assessments.models import Version
from assessments.selectors.impact import CHUNK, NothingToScore, Plan, impacts, plan_of

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds of work after which the page begins to say how far it is."""
HERE = "<!-- the impact comes here -->"
FOLDER = "admin/assessments/version/"


def page(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse | StreamingHttpResponse:
    """The impact of a draft. About forty queries before the page begins, then three for every 250 assessments."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if version.is_published:
        admin.message_user(request, f"{version} is published: its impact was to be read before.", messages.INFO)
        return HttpResponseRedirect(version_page(version.pk))
    try:
        plan = plan_of(version)
    except NothingToScore:
        plan = None
    context: dict[str, Any] = {"faults": proofs_of(version).faults, "plan": plan, "here": HERE}
    frame = admin.own_page(request, version, "impact", f"The impact of {version}", **context)
    if plan is None:
        return frame
    before, after = frame.render().content.decode().split(HERE)
    response = StreamingHttpResponse(streamed(plan, before, after, patience=PATIENCE))
    # Neither our own compression nor a proxy may hold back what is written: the progress is to be seen.
    response["Content-Encoding"] = "identity"
    response["X-Accel-Buffering"] = "no"
    return response


def streamed(plan: Plan, before: str, after: str, *, patience: float, chunk: int = CHUNK) -> Iterator[str]:
    """The page in pieces: its beginning, how far it is once `patience` seconds have passed, the impact, its end."""
    yield before
    begun = time.monotonic()
    try:
        for impact in impacts(plan, chunk=chunk):
            if time.monotonic() - begun >= patience and impact.done < plan.total:
                yield _render("impact_progress", {"done": impact.done, "total": plan.total})
        yield _render("impact_result", context_of(plan, impact))
    except Exception:
        log.exception("The impact of version %s could not be worked out.", plan.version.pk)
        yield _render("impact_trouble", {})
    yield after


def context_of(plan: Plan, impact: Impact) -> dict[str, Any]:
    """What the result's template is given: words and counts."""
    bands = told.bands(impact)
    causes, idle = told.causes(impact, plan.changes)
    return {
        "plan": plan,
        "impact": impact,
        "headline": told.headline(impact),
        "line": told.assessments_line(impact),
        "counts": told.counts(impact),
        "chart": impact_chart(bands) if impact.all.compared else None,
        "causes": causes,
        "idle": idle,
        "largest": told.largest(impact, plan.lessons),
        "tables": [
            ("stages", "Supported stages that change", told.from_to(impact, "stages", plan.stages)),
            ("weakest", "Weakest lessons that change", told.from_to(impact, "weakest", plan.lessons)),
        ],
        "left_out": told.left_out(impact),
    }


def _render(name: str, context: dict[str, Any]) -> str:
    return render_to_string(f"{FOLDER}{name}.html", context)
