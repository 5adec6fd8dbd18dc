"""Findings → figures: what Plotly draws, what the SVG template draws, the sentence and the table, from the same data.

Pure: a `Chart` holds plain values. `plotly` is a figure as Plotly's JSON whose colours are names of design tokens
("range", "score", "level-3", …), which become colours only where it is drawn. `wide` and `narrow` are the same
picture for paper and desktops, and for phones.
"""

from assessments.charts.change import change_chart
from assessments.charts.chart import Chart
from assessments.charts.criteria import criteria_chart
from assessments.charts.lessons import lessons_chart
from assessments.findings import Findings

__all__ = ["Chart", "change_chart", "charts", "criteria_chart", "lessons_chart"]


def charts(findings: Findings) -> list[Chart]:
    """The charts of one assessment, in the order of the page; one of change only where something moved."""
    found = [lessons_chart(findings), criteria_chart(findings)]
    if findings.change is not None and findings.change.moves:
        found.append(change_chart(findings.change))
    return found
