"""What the short kinds of report pick out of the findings: a few lessons, the best and the least evidenced, grades."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from textwrap import wrap
from typing import Any

from assessments.charts import lessons_chart
from assessments.charts.chart import Chart
from assessments.charts.drawing import PAPER, Line
from assessments.findings import GRADES, CriterionTold, Findings
from assessments.reports.cutting import cut, width
from assessments.wording import gettext as _

MOST_LESSONS = 6
"""Where there are more, one fewer is shown, with a line that says so."""
FEW_LESSONS = 4
"""So many have two lines for a label; where there are more, each has one."""
LABEL_EMS = 19.0
MOST_NAMED = 3


@dataclass(frozen=True)
class GradeCount:
    """How many pieces of evidence there are of a grade, and how many of them are older than 24 months."""

    words: str
    number: int
    stale: int


def grades(findings: Findings) -> tuple[GradeCount, ...]:
    """Every grade, the strongest first, whether there is a piece of it or not."""
    pieces = [piece for _criterion, piece in findings.sources]
    return tuple(
        GradeCount(
            _(words),
            sum(piece.piece.grade == grade for piece in pieces),
            sum(piece.piece.grade == grade and piece.stale for piece in pieces),
        )
        for grade, words in sorted(GRADES.items(), reverse=True)
    )


def by_evidence(findings: Findings) -> tuple[tuple[CriterionTold, ...], tuple[CriterionTold, ...]]:
    """The criteria with a level that evidence supports furthest, and those that it supports least.

    The furthest: there is evidence, and the supported level is the largest share of the highest, then the weight. The
    least: the supported level is the smallest share, then the level claimed beyond it the largest. None is in both.
    """
    known = [criterion for criterion in findings.criteria if criterion.level is not None]
    backed = [criterion for criterion in known if criterion.result.evidenced_level and criterion.evidence]
    strongest = sorted(backed, key=lambda each: (-_supported(each), -(each.overall_share or 0)))[:MOST_NAMED]
    others = [criterion for criterion in known if criterion not in strongest]
    weakest = sorted(others, key=lambda each: (_supported(each), _supported(each) - _claimed(each)))[:MOST_NAMED]
    return tuple(strongest), tuple(weakest)


def _supported(criterion: CriterionTold) -> Fraction:
    return Fraction(criterion.result.evidenced_level or 0, criterion.text.top)


def _claimed(criterion: CriterionTold) -> Fraction:
    return Fraction(criterion.level or 0, criterion.text.top)


def lessons_in_brief(findings: Findings) -> Chart:
    """The chart of the lessons for a page that must not grow: the first six lessons and the whole, labels cut."""
    chart = lessons_chart(findings)
    shown = [*_few(chart.lines[:-1]), chart.lines[-1]]
    lines = 2 if len(shown) <= FEW_LESSONS + 1 else 1
    return replace(chart, lines=tuple(replace(line, label=_label(line, lines)) for line in shown))


def lesson_rows(findings: Findings) -> dict[str, Any]:
    """The same as a table: the first six lessons and the whole."""
    chart = lessons_chart(findings)
    rows = chart.labelled
    return {"columns": chart.columns, "rows": (*_few(rows[:-1]), rows[-1])}


def _few(several: Sequence[Any]) -> Sequence[Any]:
    return several if len(several) <= MOST_LESSONS else several[: MOST_LESSONS - 1]


def _label(line: Line, lines: int) -> str:
    """A label that a picture breaks into so many lines, none of which reaches the marks."""
    for shorter in range(14):
        label = cut(line.label, lines, LABEL_EMS - shorter)
        broken = wrap(label, PAPER.letters)
        if len(broken) <= lines and _widest(broken) <= LABEL_EMS:
            return str(label)
    return str(line.key)


def _widest(lines: Iterable[str]) -> float:
    return max(map(width, lines), default=0.0)
