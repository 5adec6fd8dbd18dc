"""The tables of the workbook of a result: scores, answers, evidence, priorities."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from assessments.findings import CriterionTold, Findings, LessonTold, Part
from assessments.reports.spreadsheet import Column, Value, add_table
from assessments.scoring.result import LessonResult, OverallResult
from assessments.scoring.rounding import four_decimals

Row = list[Value]
NOT_AGREED: tuple[Value, ...] = (None,) * 6


def yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def add_scores(book: Any, findings: Findings) -> None:
    """The whole, then each lesson with its criteria."""
    columns = [
        Column(_("Part"), 12),
        Column(_("Number"), 9),
        Column(_("Title"), 40, strong=True),
        Column(_("State"), 16),
        Column(_("Score"), 10, "points"),
        Column(_("Range from"), 10, "points"),
        Column(_("Range to"), 10, "points"),
        Column(_("Evidence supports"), 14, "points"),
        Column(_("Known"), 10, "percent"),
        Column(_("Weight"), 10, "weight"),
        Column(_("Share of its lesson"), 12, "percent"),
        Column(_("Share of the whole"), 12, "percent"),
    ]
    add_table(book, _("Scores"), columns, _scores(findings), frozen=3)


def _scores(findings: Findings) -> Iterator[Row]:
    whole = None if findings.overall.low is None else 1
    yield [_("Overall"), "", findings.place.name, findings.status_words, *_result(findings.overall), None, None, whole]
    for lesson in findings.lessons:
        told = [_("Lesson"), str(lesson.number), lesson.title, lesson.status_words, *_result(lesson.result)]
        yield [*told, float(lesson.text.weight), None, four_decimals(lesson.share)]
        yield from _criteria(lesson)


def _criteria(lesson: LessonTold) -> Iterator[Row]:
    for criterion, part in zip(lesson.criteria, lesson.working.parts, strict=True):
        told = [_("Criterion"), criterion.number, criterion.title, criterion.answer_words, *_points(part), None]
        shares = four_decimals(criterion.lesson_share), four_decimals(criterion.overall_share)
        yield [*told, float(criterion.text.weight), *shares]


def _result(result: OverallResult | LessonResult) -> Row:
    figures = (result.score, result.low, result.high, result.evidenced, result.completeness)
    return [four_decimals(figure) for figure in figures]


def _points(part: Part) -> Row:
    """Score, range and what the evidence supports: a criterion that is not known can still be anything."""
    if part.left_out:
        return [None, None, None, None]
    if part.points is None:
        return [None, four_decimals(Fraction(0)), four_decimals(Fraction(100)), None]
    points = four_decimals(part.points)
    return [points, points, points, four_decimals(part.evidenced)]


def add_answers(book: Any, findings: Findings) -> None:
    """A line a criterion."""
    columns = [
        Column(_("Number"), 9),
        Column(_("Key"), 18),
        Column(_("Lesson"), 17),
        Column(_("Criterion"), 26, strong=True),
        Column(_("Answer"), 16),
        Column(_("Level"), 8, "whole"),
        Column(_("Target"), 8, "whole"),
        Column(_("Gap"), 8, "whole"),
        Column(_("Evidence supports level"), 14, "whole"),
        Column(_("What is true"), 38),
        Column(_("Why not applicable"), 30),
        Column(_("Note"), 70),
        Column(_("Agreed level"), 9, "whole"),
        Column(_("Agreed because"), 40),
        Column(_("How many answered"), 11, "whole"),
        Column(_("Lowest level given"), 11, "whole"),
        Column(_("Highest level given"), 11, "whole"),
        Column(_("Dissent"), 40),
    ]
    add_table(book, _("Answers"), columns, _answers(findings), frozen=4)


def _answers(findings: Findings) -> Iterator[Row]:
    for lesson in findings.lessons:
        for criterion in lesson.criteria:
            yield [
                criterion.number,
                criterion.key,
                lesson.title,
                criterion.title,
                criterion.answer_words,
                criterion.level,
                None if criterion.is_left_out else criterion.target,
                _gap(criterion),
                criterion.result.evidenced_level,
                criterion.descriptor,
                criterion.reason,
                criterion.note,
                *(criterion.agreed.row() if criterion.agreed else NOT_AGREED),
            ]


def _gap(criterion: CriterionTold) -> int | None:
    """Levels up to the target; none where no level is known."""
    if criterion.priority:
        return criterion.priority.gap
    return None if criterion.level is None else 0


def add_evidence(book: Any, findings: Findings) -> None:
    """A line a piece."""
    columns = [
        Column(_("Number"), 9),
        Column(_("Criterion"), 36, strong=True),
        Column(_("Evidence"), 50),
        Column(_("Link"), 50),
        Column(_("Grade"), 8, "whole"),
        Column(_("Grade in words"), 32),
        Column(_("Date"), 12, "date"),
        Column(_("Counts as grade"), 10, "whole"),
        Column(_("Older than 24 months"), 12),
    ]
    add_table(book, _("Evidence"), columns, _evidence(findings), frozen=2)


def _evidence(findings: Findings) -> Iterator[Row]:
    for criterion, told in findings.sources:
        piece = told.piece
        yield [
            criterion.number,
            criterion.title,
            told.title,
            piece.link,
            piece.grade,
            told.grade_words,
            piece.dated,
            told.counted,
            yes_or_no(told.stale),
        ]


def add_priorities(book: Any, findings: Findings) -> None:
    """A line a priority, the first one first."""
    columns = [
        Column(_("Rank"), 8, "whole"),
        Column(_("Number"), 9),
        Column(_("Criterion"), 36, strong=True),
        Column(_("Level"), 8, "whole"),
        Column(_("Target"), 8, "whole"),
        Column(_("Gap"), 8, "whole"),
        Column(_("Points won overall"), 12, "points"),
        Column(_("Blocks the next stage"), 12),
        Column(_("Next step"), 60),
        Column(_("What is true at the target"), 60),
    ]
    add_table(book, _("Priorities"), columns, _priorities(findings), frozen=3)


def _priorities(findings: Findings) -> Iterator[Row]:
    for each in findings.priorities:
        yield [
            each.rank,
            each.criterion.number,
            each.criterion.title,
            each.criterion.level,
            each.criterion.target,
            each.gap,
            four_decimals(each.gain),
            yes_or_no(each.blocks),
            each.next_step,
            each.criterion.target_descriptor,
        ]
