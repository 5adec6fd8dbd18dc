"""What one place has for one lesson or criterion, beside other places: a figure, or a word that is no figure."""

from dataclasses import dataclass
from fractions import Fraction

from assessments import scoring
from assessments.findings.sentences import between, points, span
from assessments.findings.told import CriterionTold, LessonTold
from assessments.scoring.result import LessonResult, OverallResult
from assessments.scoring.rounding import whole
from assessments.wording import gettext as _
from assessments.wording import gettext_noop

LEVEL, SCORE, WITHHELD, APART = "level", "score", "withheld", "apart"
DONT_KNOW, MISSING, NOT_APPLICABLE, OTHERWISE = "dont_know", "missing", "not_applicable", "otherwise"
MEANINGS = {
    DONT_KNOW: gettext_noop("Don’t know"),
    MISSING: gettext_noop("No answer"),
    NOT_APPLICABLE: gettext_noop("Not applicable"),
    WITHHELD: gettext_noop("Score withheld: where it can lie"),
    APART: gettext_noop("Not to be compared: more than a quarter is not applicable"),
    OTHERWISE: gettext_noop("Asked otherwise in the place’s version"),
}
"""What is no figure, in the order of a key."""


@dataclass(frozen=True)
class Cell:
    """`sign` is what a narrow cell shows, `words` what is said; `detail` a second line where there is room for one.

    `value` and `tone` (0 to 4) are None where there is no figure that may be compared. `below`: the level is below the
    target for the stage that the place declared.
    """

    kind: str
    sign: str
    words: str
    value: Fraction | None = None
    tone: int | None = None
    detail: str = ""
    below: bool = False


def signs() -> dict[str, str]:
    """The sign of each kind that has one of its own."""
    return {DONT_KNOW: "?", MISSING: "–", NOT_APPLICABLE: _("n/a"), OTHERWISE: "×"}


def meaning(kind: str) -> str:
    """What a kind of MEANINGS means, in the reader's language."""
    return _(MEANINGS[kind])


def criterion_cell(told: CriterionTold | None) -> Cell:
    """A criterion's level, or why there is none. None: asked otherwise."""
    if told is None:
        return _without(OTHERWISE)
    if told.level is None:
        kind = {scoring.DONT_KNOW: DONT_KNOW, scoring.NOT_APPLICABLE: NOT_APPLICABLE}
        return _without(kind.get(str(told.result.answer), MISSING))
    share = Fraction(4 * told.level, told.text.top)
    words = _("{level}, target {target}").format(level=told.answer_words, target=told.target)
    return Cell(LEVEL, str(told.level), words, Fraction(told.level), whole(share), below=told.is_below_target)


def lesson_cell(told: LessonTold | None) -> Cell:
    """A lesson's score, or why there is none that may be compared. None: asked otherwise."""
    if told is None:
        return _without(OTHERWISE)
    if told.caveat and told.result.score is not None:
        words = _("{score} out of 100, not to be compared: more than a quarter of the lesson is not applicable")
        figure = points(told.result.score)
        return Cell(APART, f"{figure}*", words.format(score=figure), detail=_range(told.result))
    return score_cell(told.result)


def score_cell(result: LessonResult | OverallResult | None) -> Cell:
    """A score from 0 to 100 that may be compared. None: asked otherwise."""
    if result is None:
        return _without(OTHERWISE)
    if result.low is None:
        return _without(NOT_APPLICABLE)
    if result.score is None:
        words = _("Withheld; it lies {between}").format(between=between(result.low, result.high))
        return Cell(WITHHELD, _("{range}?").format(range=span(result.low, result.high)), words, detail=_("withheld"))
    words = _("{score} out of 100").format(score=points(result.score))
    if _range(result):
        words = _("{score} out of 100, provisional: {between} once everything is known").format(
            score=points(result.score), between=between(result.low, result.high)
        )
    return Cell(SCORE, points(result.score), words, result.score, whole(result.score / 25), _range(result))


def _range(result: LessonResult | OverallResult) -> str:
    """Where a score can still lie; nothing where everything is known."""
    return "" if result.low == result.high else span(result.low, result.high)


def _without(kind: str) -> Cell:
    return Cell(kind, signs()[kind], meaning(kind))
