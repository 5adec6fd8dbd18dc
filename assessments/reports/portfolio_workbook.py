"""Several places as one workbook: the table of the portfolio, the lessons, every answer, what to do first."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.findings import Findings
from assessments.findings.portfolio import PlaceStanding
from assessments.findings.sentences import listed
from assessments.reports.spreadsheet import Column, Value, add_table, new_book, written
from assessments.wording import day

PLACE_WIDTH = 28
TOLD = list[tuple[PlaceStanding, Findings]]


def portfolio_workbook(standings: Sequence[PlaceStanding], *, asked_on: date, language: str) -> bytes:
    """The places as .xlsx; the same standings, day and language give the same bytes.

    `standings` are told in `language`. Points are exact to what a spreadsheet holds, shares run from 0 to 1.
    """
    with override(language):
        told = [(each, each.findings) for each in standings if each.findings]
        book = new_book()
        add_table(book, _("Places"), _place_columns(), [_place(each) for each in standings])
        add_table(book, _("Lessons"), _lesson_columns(), _lessons(told))
        add_table(book, _("Criteria"), _criterion_columns(), _criteria(told))
        add_table(book, _("Priorities"), _priority_columns(), _priorities(told))
        add_table(book, _("Method"), _method_columns(), _method(standings, asked_on))
        title = _("Places beside one another")
        return written(book, title=f"{title}, {day(asked_on)}", dated=asked_on)


# --- Places -----------------------------------------------------------------------------------------------------------


def _place_columns() -> list[Column]:
    return [
        Column(_("Place"), PLACE_WIDTH, strong=True),
        Column(_("Kind"), 15),
        Column(_("Region"), 13),
        Column(_("Your role"), 12),
        Column(_("Playbook"), 17),
        Column(_("Version"), 10),
        Column(_("Submitted"), 12, "date"),
        Column(_("Last change"), 12, "date"),
        Column(_("Criteria dealt with"), 12, "whole"),
        Column(_("Criteria asked"), 12, "whole"),
        Column(_("Stage declared"), 13),
        Column(_("Stage supported"), 13),
        Column(_("State"), 12),
        Column(_("Score"), 8, "points"),
        Column(_("Range from"), 8, "points"),
        Column(_("Range to"), 8, "points"),
        Column(_("Evidence supports"), 10, "points"),
        Column(_("Known"), 9, "percent"),
        Column(_("Weakest lesson"), 16),
        Column(_("Priorities met"), 11, "whole"),
        Column(_("Priorities of last time"), 11, "whole"),
    ]


def _place(standing: PlaceStanding) -> list[Value]:
    plan = standing.plan or (None, None)
    progress = standing.progress
    return [
        standing.name,
        standing.kind,
        standing.region,
        standing.role,
        *_playbook(standing.findings),
        standing.submitted_on,
        standing.changed_on,
        progress and progress.done,
        progress and progress.total,
        *_figures(standing.findings),
        *plan,
    ]


def _playbook(findings: Findings | None) -> list[Value]:
    return [findings.playbook.title, findings.playbook.version] if findings else [None, None]


def _figures(findings: Findings | None) -> list[Value]:
    if findings is None:
        return [None, None, _("Nothing answered yet"), *[None] * 6]
    overall = findings.overall
    return [
        findings.declared.name,
        findings.supported.name,
        findings.status_words,
        overall.score,
        overall.low,
        overall.high,
        overall.evidenced,
        overall.completeness,
        listed([lesson.title for lesson in findings.weakest]),
    ]


# --- Lessons, criteria, priorities ------------------------------------------------------------------------------------


def _lesson_columns() -> list[Column]:
    return [
        Column(_("Place"), PLACE_WIDTH, strong=True),
        Column(_("Version"), 10),
        Column(_("Lesson"), 30),
        Column(_("State"), 14),
        Column(_("Score"), 10, "points"),
        Column(_("Range from"), 10, "points"),
        Column(_("Range to"), 10, "points"),
        Column(_("Evidence supports"), 12, "points"),
        Column(_("Known"), 10, "percent"),
        Column(_("Note"), 50),
    ]


def _lessons(told: TOLD) -> Iterator[list[Value]]:
    for standing, findings in told:
        for lesson in findings.lessons:
            result = lesson.result
            yield [
                standing.name,
                findings.playbook.version,
                f"{lesson.number}. {lesson.title}",
                lesson.status_words,
                result.score,
                result.low,
                result.high,
                result.evidenced,
                result.completeness,
                lesson.caveat,
            ]


def _criterion_columns() -> list[Column]:
    return [
        Column(_("Place"), PLACE_WIDTH, strong=True),
        Column(_("Version"), 10),
        Column(_("Lesson"), 26),
        Column(_("Number"), 9),
        Column(_("Criterion"), 34),
        Column(_("Level"), 8, "whole"),
        Column(_("Answer"), 18),
        Column(_("What is true"), 50),
        Column(_("Target"), 8, "whole"),
        Column(_("Evidence supports level"), 12, "whole"),
        Column(_("Below target"), 10),
    ]


def _criteria(told: TOLD) -> Iterator[list[Value]]:
    for standing, findings in told:
        for lesson in findings.lessons:
            for criterion in lesson.criteria:
                yield [
                    standing.name,
                    findings.playbook.version,
                    lesson.title,
                    criterion.number,
                    criterion.title,
                    criterion.level,
                    criterion.answer_words,
                    criterion.descriptor,
                    None if criterion.is_left_out else criterion.target,
                    criterion.result.evidenced_level,
                    None if criterion.level is None else _("Yes") if criterion.is_below_target else _("No"),
                ]


def _priority_columns() -> list[Column]:
    return [
        Column(_("Place"), PLACE_WIDTH, strong=True),
        Column(_("Rank"), 8, "whole"),
        Column(_("Number"), 9),
        Column(_("Criterion"), 34),
        Column(_("Level"), 8, "whole"),
        Column(_("Target"), 8, "whole"),
        Column(_("Points won overall"), 12, "points"),
        Column(_("Blocks the next stage"), 12),
        Column(_("Next step"), 60),
    ]


def _priorities(told: TOLD) -> Iterator[list[Value]]:
    for standing, findings in told:
        for each in findings.first_priorities:
            yield [
                standing.name,
                each.rank,
                each.criterion.number,
                each.criterion.title,
                each.criterion.level,
                each.criterion.target,
                each.gain,
                _("Yes") if each.blocks else _("No"),
                each.next_step,
            ]


# --- Method -----------------------------------------------------------------------------------------------------------


def _method_columns() -> list[Column]:
    return [Column(_("About"), 28, strong=True), Column(_("What it means"), 100)]


def _method(standings: Sequence[PlaceStanding], asked_on: date) -> Iterator[list[Value]]:
    yield [_("As of"), date_format(asked_on, "DATE_FORMAT")]
    yield [_("Places"), str(len(standings))]
    yield [
        _("What is shown"),
        _("What each place submitted last; where it has submitted nothing yet, what is open as it stands."),
    ]
    yield [_("Score"), _("From 0 to 100; empty where too little is known, and then only the range is given.")]
    yield [_("Range"), _("Its low end takes everything unknown at its worst, its high end at its best.")]
    yield [
        _("Evidence supports"),
        _("The score, or the level, counting each level only as far as its evidence goes."),
    ]
    yield [_("Known"), _("How much of the weight of all that applies has a level.")]
    yield [_("Target"), _("The level that the stage declared by the place asks for.")]
    yield [
        _("Comparing"),
        _("Places on different playbooks or versions may have been asked differently: compare lines of one version."),
    ]
    yield [
        _("Independence"),
        _(
            "Independent: not endorsed by the publishers of the Hubs of Innovation Playbook. The criteria, levels and "
            "weights are this project’s own. Each place judged itself."
        ),
    ]
