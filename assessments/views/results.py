"""The results of one assessment on screen."""

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.charts import charts
from assessments.charts.history import score_chart
from assessments.findings import Findings
from assessments.findings.history import History
from assessments.models import Assessment, Submission
from assessments.selectors.access import assessment_for
from assessments.selectors.history import history_up_to
from assessments.selectors.languages import findings_to_read
from assessments.selectors.results import findings_of
from assessments.views.files import files
from assessments.views.people import Request, View, signed_in

# Plotly draws with style attributes; every other page is strict. (It is typed for views of one argument.)
may_be_drawn_on: Callable[[View], View] = csp_update({"style-src": [SELF, UNSAFE_INLINE]})  # type: ignore[assignment]


@signed_in
@may_be_drawn_on
@require_safe
def results(request: Request, assessment_id: int, number: int | None = None) -> HttpResponse:
    """What to do next first, then the score and where it comes from; as it stands, or as submission `number`."""
    assessment, membership = assessment_for(request.user, assessment_id)
    findings = findings_to_read(_findings(assessment, number), assessment.version)
    drawn = charts(findings)
    context = {
        "assessment": assessment,
        "place": assessment.place,
        "membership": membership,
        "findings": findings,
        "charts": {chart.key: chart for chart in drawn},
        **past(history_up_to(assessment, findings)),
        "files": files(assessment, number),
        "is_past": number is not None,
        "was_moved": assessment.moves.exists(),
    }
    return render(request, "results.html", context)


def past(history: History) -> dict[str, object]:
    """The history that led up to an assessment: its chart, and a row of the table for each, the latest first."""
    chart = score_chart(history, history.overall, "overall")
    return {
        "history": history,
        "overall": chart,
        "rows": list(zip(history.moments[::-1], chart.table[::-1], strict=True)),
    }


def _findings(assessment: Assessment, number: int | None) -> Findings:
    try:
        return findings_of(assessment, number)
    except Submission.DoesNotExist:
        raise Http404("No such submission.") from None
