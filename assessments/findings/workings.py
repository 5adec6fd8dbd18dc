"""Why this number: a figure of the engine taken apart into what each criterion or lesson adds to it.

Nothing here decides a figure: the parts add up, exactly, to what the engine returned, and a test holds them to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments import scoring
from assessments.interchange import documents
from assessments.scoring.result import CriterionResult, LessonResult, OverallResult
from assessments.wording import gettext as _

NOTHING = Fraction(0)


@dataclass(frozen=True)
class Part:
    """One row. `share` is the part of the weight that counts, `adds` its points of the figure; None: counts not.

    `share` and `adds` belong to the score, `span_share`, `least` and `most` to the range.
    """

    number: str
    title: str
    answer: str
    points: Fraction | None = None
    share: Fraction | None = None
    adds: Fraction | None = None
    evidenced: Fraction | None = None
    evidenced_adds: Fraction | None = None
    span_share: Fraction | None = None
    least: Fraction | None = None
    most: Fraction | None = None
    left_out: bool = False

    @property
    def unknown(self) -> bool:
        """Whether it counts in the range only."""
        return self.adds is None and not self.left_out


@dataclass(frozen=True)
class Working:
    """How a figure comes about. Where the score is withheld, the parts add up to the range alone."""

    parts: tuple[Part, ...]
    score: Fraction | None
    evidenced: Fraction | None
    low: Fraction | None
    high: Fraction | None

    @property
    def withheld(self) -> bool:
        return self.score is None

    @property
    def some_unknown(self) -> bool:
        return any(part.unknown for part in self.parts)

    @property
    def some_left_out(self) -> bool:
        return any(part.left_out for part in self.parts)


def lesson_working(
    lesson: documents.Lesson, number: int, results: Mapping[str, CriterionResult], found: LessonResult
) -> Working:
    """A lesson's score from its criteria."""
    known = _weight(c for c in lesson.criteria if results[c.key].points is not None)
    applicable = _weight(c for c in lesson.criteria if results[c.key].answer != scoring.NOT_APPLICABLE)
    parts = tuple(
        _criterion_part(f"{number}.{place}", criterion, results[criterion.key], known, applicable)
        for place, criterion in enumerate(lesson.criteria, 1)
    )
    return Working(parts, found.score, found.evidenced, found.low, found.high)


def _criterion_part(
    number: str, criterion: documents.Criterion, result: CriterionResult, known: Fraction, applicable: Fraction
) -> Part:
    weight = Fraction(criterion.weight)
    if result.answer == scoring.NOT_APPLICABLE:
        return Part(number, criterion.title, _("Not applicable"), left_out=True)
    if result.points is None:
        said = _("Don’t know") if result.answer == scoring.DONT_KNOW else _("No answer")
        share = weight / applicable
        return Part(number, criterion.title, said, span_share=share, least=NOTHING, most=100 * share)
    evidenced = Fraction(100 * (result.evidenced_level or 0), criterion.top)
    share, spanned = weight / known, weight / applicable
    return Part(
        number,
        criterion.title,
        _("Level {level} of {top}").format(level=result.answer, top=criterion.top),
        result.points,
        share,
        share * result.points,
        evidenced,
        share * evidenced,
        spanned,
        spanned * result.points,
        spanned * result.points,
    )


def overall_working(
    lessons: Sequence[documents.Lesson], results: Mapping[str, LessonResult], overall: OverallResult
) -> Working:
    """The overall score from the lessons."""
    weight = _weight(lesson for lesson in lessons if results[lesson.key].applicable)
    parts = tuple(_lesson_part(str(number), each, results[each.key], weight) for number, each in enumerate(lessons, 1))
    return Working(parts, overall.score, overall.evidenced, overall.low, overall.high)


def _lesson_part(number: str, lesson: documents.Lesson, result: LessonResult, weight: Fraction) -> Part:
    if result.low is None or result.high is None:
        return Part(number, lesson.title, _("Not applicable"), left_out=True)
    share = Fraction(lesson.weight) / weight
    least, most = share * result.low, share * result.high
    if result.score is None or result.evidenced is None:
        return Part(number, lesson.title, _("Withheld"), span_share=share, least=least, most=most)
    return Part(
        number,
        lesson.title,
        "",
        result.score,
        share,
        share * result.score,
        result.evidenced,
        share * result.evidenced,
        share,
        least,
        most,
    )


def _weight(parts: Iterable[documents.Criterion | documents.Lesson]) -> Fraction:
    return sum((Fraction(part.weight) for part in parts), NOTHING)
