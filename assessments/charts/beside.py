"""Several places in one chart of ranges: the overall scores of all, or each lesson of a few."""

from collections.abc import Iterator, Sequence

from assessments.charts.chart import Chart
from assessments.charts.drawing import Line, Mark
from assessments.charts.lessons import Scored, points_axis, scored_cells, scored_legend, scored_line
from assessments.findings.beside import Beside, PlaceBeside
from assessments.findings.portfolio import PlaceStanding
from assessments.findings.told import LessonTold, status_words
from assessments.wording import gettext as _


def overall_chart(standings: Sequence[PlaceStanding]) -> Chart:
    """The overall score of each place that has answered something, in the order given."""
    scored = [
        Scored(str(each.place_id), each.name, each.findings.overall, each.findings.status_words)
        for each in standings
        if each.findings
    ]
    return Chart(
        key="places",
        title=_("The overall scores"),
        sentence=_("Ranges that touch or overlap do not tell two places apart, whatever the figures beside them."),
        columns=(_("Place"), _("Score"), _("Range"), _("Evidence supports"), _("State")),
        table=tuple(scored_cells(each) for each in scored),
        legend=scored_legend(scored),
        axis=points_axis(),
        lines=tuple(scored_line(each) for each in scored),
        traces=[],
    )


def lessons_beside_chart(found: Beside) -> Chart:
    """Each lesson, and the whole, with a row for each place."""
    lines: list[Line] = []
    table: list[tuple[str, ...]] = []
    shown: list[Scored] = []
    for key, title in _titles(found):
        lines.append(Line(f"lesson {key}", title, heading=True))
        for at, place in enumerate(found.places):
            scored = _scored(place, key, f"{key} {at}")
            lines.append(scored_line(scored) if scored else _otherwise(place, f"{key} {at}"))
            shown += [scored] if scored else []
            table.append(_cells(place, title, scored))
    return Chart(
        key="beside",
        title=_("The lessons and the overall score, place by place"),
        sentence=found.overall_sentence,
        columns=(_("Lesson and place"), _("Score"), _("Range"), _("Evidence supports"), _("State")),
        table=tuple(table),
        legend=scored_legend(shown),
        axis=points_axis(),
        lines=tuple(lines),
        traces=[],
    )


def _titles(found: Beside) -> Iterator[tuple[str, str]]:
    yield "", _("Overall")
    for number, lesson in enumerate(found.playbook.lessons, 1):
        yield lesson.key, f"{number}. {lesson.title}"


def _scored(place: PlaceBeside, lesson: str, key: str) -> Scored | None:
    """The figures of a place; None where it was asked otherwise."""
    if not lesson:
        overall = place.overall
        return Scored(key, place.name, overall, status_words(overall.status)) if overall else None
    told = place.held.lesson(lesson) if place.held else None
    return Scored(key, place.name, told.result, _state(told)) if told else None


def _state(told: LessonTold) -> str:
    return _("{state}, not to be compared").format(state=told.status_words) if told.caveat else told.status_words


def _otherwise(place: PlaceBeside, key: str) -> Line:
    return Line(key, place.name, (Mark("words", "none", 0, text=_("Asked otherwise")),), "×")


def _cells(place: PlaceBeside, title: str, scored: Scored | None) -> tuple[str, ...]:
    label = _("{lesson}: {place}").format(lesson=title, place=place.name)
    none = _("None")
    return (label, *scored_cells(scored)[1:]) if scored else (label, none, none, none, _("Asked otherwise"))
