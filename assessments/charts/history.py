"""A history as charts over time: the overall score, each lesson, each criterion; every line broken where it must be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assessments.charts.chart import labelled, tone
from assessments.charts.drawing import Axis, Legend, key_to
from assessments.charts.lessons import evidenced_legend, points_axis, range_legend, score_legend, withheld_legend
from assessments.charts.timeline import (
    LOW,
    NARROW,
    SMALL,
    WIDE,
    Column,
    Frame,
    Gap,
    Stroke,
    TimeMark,
    TimePicture,
    draw_time,
)
from assessments.findings.history import Break, History, LevelLine, Moment, ScoreLine, Spot
from assessments.findings.history_words import level_sentence, score_sentence
from assessments.findings.sentences import points, span
from assessments.interchange.documents import Lesson
from assessments.scoring.result import LessonResult, OverallResult
from assessments.wording import day, gettext, gettext_noop, short_day

SCORE_COLUMNS = (
    gettext_noop("Assessment"),
    gettext_noop("Score"),
    gettext_noop("Range"),
    gettext_noop("Evidence supports"),
    gettext_noop("Compared with the one before"),
)


@dataclass(frozen=True)
class TimeChart:
    """The same data as pictures, as sentence and as table; `breaks` say why a line has gaps."""

    key: str
    title: str
    sentence: str
    columns: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    legend: tuple[Legend, ...]
    axis: Axis
    days: tuple[Column, ...]
    strokes: tuple[Stroke, ...]
    breaks: tuple[Break, ...]

    @cached_property
    def wide(self) -> TimePicture:
        return self.drawn(WIDE)

    @cached_property
    def narrow(self) -> TimePicture:
        return self.drawn(NARROW)

    @cached_property
    def small(self) -> TimePicture:
        """One among several, as wide as a phone."""
        return self.drawn(SMALL)

    @cached_property
    def low(self) -> TimePicture:
        """One among many."""
        return self.drawn(LOW)

    def drawn(self, frame: Frame) -> TimePicture:
        gaps = [Gap(each.at, each.sign) for each in self.breaks]
        return draw_time(self.days, self.strokes, gaps, self.axis, frame)

    @property
    def labelled(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """The table's rows, each as (head of the row, the other cells with the heads of their columns)."""
        return labelled(self.columns, self.table)

    @property
    def symbols(self) -> tuple[tuple[str, str, str], ...]:
        """The legend, each as (kind, path of the symbol, words)."""
        return tuple((each.kind, key_to(each), each.words) for each in self.legend)


def score_chart(history: History, line: ScoreLine, key: str) -> TimeChart:
    """The chart of the overall score or of a lesson."""
    signs = {each.at: each.sign for each in line.breaks}
    both = list(zip(history.moments, line.results, strict=True))
    return TimeChart(
        key=key,
        title=gettext("Overall score over time") if line.key == "overall" else line.title,
        sentence=score_sentence(history, line),
        columns=tuple(map(gettext, SCORE_COLUMNS)),
        table=tuple(_score_cells(at, moment, result, signs) for at, (moment, result) in enumerate(both)),
        legend=tuple(_legend(both, line.breaks)),
        axis=points_axis(),
        days=tuple(_score_column(moment, result) for moment, result in both),
        strokes=(
            Stroke("twin", tuple(result.evidenced if result else None for _, result in both)),
            Stroke("line", tuple(result.score if result else None for _, result in both)),
        ),
        breaks=line.breaks,
    )


@dataclass(frozen=True)
class LevelCharts:
    """The criteria of one lesson, one chart each and a table for all; without a lesson, those not asked any longer."""

    key: str
    title: str
    lesson: Lesson | None
    charts: tuple[TimeChart, ...]
    columns: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]

    @property
    def labelled(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        return labelled(self.columns, self.table)


def criteria_groups(history: History) -> list[LevelCharts]:
    """Every criterion under its lesson of the last assessment, then those that it does not ask."""
    lessons = history.moments[-1].playbook.lessons
    asked = {
        lesson.key: [line for line in history.criteria if line.is_asked and line.lesson == lesson.key]
        for lesson in lessons
    }
    gone = [line for line in history.criteria if not line.is_asked]
    found = [
        _group(
            history,
            lesson.key,
            gettext("{lesson}, criterion by criterion").format(lesson=lesson.title),
            lesson,
            asked[lesson.key],
        )
        for lesson in lessons
    ]
    return [*found, *([_group(history, "", gettext("Not asked any longer"), None, gone)] if gone else [])]


def _group(history: History, key: str, title: str, lesson: Lesson | None, lines: Sequence[LevelLine]) -> LevelCharts:
    return LevelCharts(
        key=f"criteria-{key}",
        title=title,
        lesson=lesson,
        charts=tuple(level_chart(history, line) for line in lines),
        columns=(gettext("Criterion"), *(label(moment) for moment in history.moments)),
        table=tuple((f"{line.number} {line.title}", *_level_cells(line)) for line in lines),
    )


def _level_cells(line: LevelLine) -> Iterator[str]:
    signs = {each.at: each.sign for each in line.breaks}
    for at, spot in enumerate(line.spots):
        words = spot.words if spot else gettext("Not asked")
        yield gettext("{answer} (after break {sign})").format(answer=words, sign=signs[at]) if at in signs else words


def level_chart(history: History, line: LevelLine) -> TimeChart:
    """The chart of a criterion; its table is that of its lesson."""
    most = max(spot.top for spot in line.spots if spot is not None)
    return TimeChart(
        key=f"criterion-{line.key}",
        title=f"{line.number} {line.title}",
        sentence=level_sentence(history, line),
        columns=(),
        table=(),
        legend=(),
        axis=Axis(most, tuple(range(most + 1)), gettext("Level")),
        days=tuple(_level_column(*both) for both in zip(history.moments, line.spots, strict=True)),
        strokes=(Stroke("line", tuple(spot.level if spot else None for spot in line.spots)),),
        breaks=line.breaks,
    )


def label(moment: Moment) -> str:
    """An assessment as the head of a row."""
    return gettext("{day}, not submitted").format(day=day(moment.dated)) if moment.is_open else day(moment.dated)


def _score_cells(
    at: int, moment: Moment, result: LessonResult | OverallResult | None, signs: dict[int, str]
) -> tuple[str, ...]:
    see = gettext("No, see {sign}").format(sign=signs[at]) if at in signs else ""
    if result is None:
        return (label(moment), gettext("Not asked"), "–", "–", see or "–")
    none = gettext("Withheld") if result.low is not None else gettext("None")
    return (
        label(moment),
        points(result.score) or none,
        span(result.low, result.high) or gettext("None"),
        points(result.evidenced) or none,
        see or (gettext("Yes") if at else "–"),
    )


def _legend(
    both: Sequence[tuple[Moment, LessonResult | OverallResult | None]], breaks: Sequence[Break]
) -> list[Legend]:
    """Only what is in the picture."""
    results = [result for _, result in both if result is not None]
    scored = [(moment, result) for moment, result in both if result is not None and result.score is not None]
    found = [score_legend()] if any(not moment.is_open for moment, _ in scored) else []
    if any(moment.is_open for moment, _ in scored):
        found.append(Legend("open", "disc", gettext("Not submitted yet: as it stands now")))
    found += [evidenced_legend()] if scored else []
    found += [range_legend()] if any(result.low != result.high for _, result in scored) else []
    found += [withheld_legend()] if any(each.score is None and each.low is not None for each in results) else []
    if breaks:
        found.append(Legend("break", "tick", gettext("Break: the playbook asks differently from here on")))
    return found


def _score_column(moment: Moment, result: LessonResult | OverallResult | None) -> Column:
    marks = []
    if result is not None and result.low is not None and result.high is not None:
        marks.append(TimeMark("range" if result.score is not None else "withheld", "bar", result.low, result.high))
    if result is not None and result.evidenced is not None:
        marks.append(TimeMark("evidenced", "diamond", result.evidenced))
    if result is not None and result.score is not None:
        marks.append(TimeMark("open" if moment.is_open else "score", "disc", result.score))
    return Column(moment.dated.toordinal(), _dates(moment), tuple(marks), points(result.score if result else None))


def _level_column(moment: Moment, spot: Spot | None) -> Column:
    if spot is None:
        return Column(moment.dated.toordinal(), _dates(moment))
    if spot.level is not None:
        kind = "open" if moment.is_open else f"level-{tone(spot.level, spot.top)}"
        mark = TimeMark(kind, "disc", spot.level)
        return Column(moment.dated.toordinal(), _dates(moment), (mark,), str(spot.level))
    if spot.result.answer == "not_applicable":
        return Column(moment.dated.toordinal(), _dates(moment), (), gettext("n/a"))
    return Column(moment.dated.toordinal(), _dates(moment), (TimeMark("unknown", "bar", 0, spot.top),), "?")


def _dates(moment: Moment) -> tuple[str, str]:
    return short_day(moment.dated), f"{moment.dated.year}"
