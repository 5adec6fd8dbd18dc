"""How a place went from assessment to assessment: scores and levels over time, and where they cannot be compared."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.charts.history import criteria_groups, score_chart
from assessments.findings.history import History
from assessments.selectors.access import place_for
from assessments.selectors.history import assessed_playbooks, history_of_place
from assessments.views.people import Request, signed_in


@signed_in
@require_safe
def history(request: Request, place_id: int, playbook_id: int | None = None) -> HttpResponse:
    """The history of a place on the playbook of its latest assessment, or on the one that is named."""
    place, membership = place_for(request.user, place_id)
    assessed = assessed_playbooks(place)
    chosen = next((each for each in assessed if playbook_id in (None, each.playbook.pk)), None)
    if playbook_id is not None and chosen is None:
        raise Http404("No such playbook.")
    found = history_of_place(place, chosen.playbook) if chosen else None
    context = {"place": place, "membership": membership, "assessed": assessed, "chosen": chosen, "history": found}
    return render(request, "history.html", context | (charts(found) if found else {}))


def charts(history: History) -> dict[str, object]:
    """The charts as the page shows them, and a row of the table for each assessment, the latest first."""
    overall = score_chart(history, history.overall, "overall")
    return {
        "overall": overall,
        "rows": list(zip(reversed(history.moments), reversed(overall.table), strict=True)),
        "lessons": [score_chart(history, line, f"lesson-{line.key}") for line in history.lessons],
        "criteria": criteria_groups(history),
    }
