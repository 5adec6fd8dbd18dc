"""What pages tell of moves between versions: what one would do, what an answer was given to, what was left behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments.comparing.carrying import NEW, Said
from assessments.comparing.changes import CHANGED, CRITERIA, Part
from assessments.comparing.fields import LEVEL, NOT_APPLICABLE, QUESTION, TITLE, Fields
from assessments.comparing.origins import MERGED, SPLIT, Became
from assessments.interchange import Playbook, documents, thaw_answers
from assessments.models import Answer, Assessment, Criterion, Move, User, Version
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.moving import Plan, Standing, Step, standing, trail
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.versions import origins_between


@dataclass(frozen=True)
class Told:
    """A criterion of one version, in the reader's language, with what was said of it."""

    version: str
    label: str
    text: documents.Criterion
    said: Said
    saved_at: datetime | None = None
    saved_by: User | None = None

    @property
    def level(self) -> int | None:
        return self.said.answer if isinstance(self.said.answer, int) else None

    @property
    def descriptor(self) -> str:
        return "" if self.level is None else self.text.levels[self.level].descriptor


def _told(book: Playbook, key: str, said: Said, row: Answer | None = None) -> Told:
    saved = (row.saved_at, row.saved_by) if row else (None, None)
    return Told(book.version, book.label[key], book.criterion[key], said, *saved)


# --- before a move ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A criterion of the version that a move reaches: what stands there after it, and what that comes from.

    `why` says what became of it, or why to look again. `stood`: it was said there before an earlier move was undone.
    """

    why: str
    after: Told
    sources: Sequence[Told]
    stood: bool


@dataclass(frozen=True)
class Preview:
    """A move, before it is made. `unanswered`: not new, and nobody said anything; `dropped`: of the old version."""

    kept: Sequence[Line]
    look_again: Sequence[Line]
    new: Sequence[Line]
    unanswered: Sequence[Line]
    dropped: Sequence[Told]


def preview(plan: Plan, before: Playbook, after: Playbook) -> Preview:
    """A plan as a page tells it, with the texts of both versions in the reader's language. No query."""
    groups: dict[str, list[Line]] = {"kept": [], "look_again": [], "new": [], "unanswered": []}
    for step in plan.steps:
        groups[_group(step)].append(_line(plan, step, before, after))
    return Preview(**groups, dropped=[_told(before, key, plan.here.said(key)) for key in plan.dropped])


def _group(step: Step) -> str:
    if step.waits:
        return "look_again"
    if step.is_kept:
        return "kept"
    return "new" if step.carried.fate == NEW else "unanswered"


def _line(plan: Plan, step: Step, before: Playbook, after: Playbook) -> Line:
    said = step.carried.said if step.takes else plan.there.said(step.key)
    sources = [_told(before, key, plan.here.said(key)) for key in step.carried.sources]
    return Line(step.carried.why, _told(after, step.key, said), sources, step.stands is not None and not step.takes)


# --- after it ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Earlier:
    """What an answer that waits was given to: the questions, what was said, and what differs where one became one."""

    became: Became
    told: Sequence[Told]
    changes: Part | None


def earlier_words(assessment: Assessment, key: str) -> Earlier | None:
    """Where a proposal comes from, back to where somebody really said it. Five queries a move that it came through."""
    found = None
    for move in reversed(trail(assessment)):
        became = origins_between(move.left, assessment.version).criteria[key]
        stood = standing(assessment, move.left)
        found = _earlier(assessment, key, move, became, stood)
        if not any(row.carried for source in became.sources if (row := stood.answers.get(source))):
            break
    return found


def _earlier(assessment: Assessment, key: str, move: Move, became: Became, stood: Standing) -> Earlier:
    before, after = playbook_to_read(move.left), playbook_to_read(assessment.version)
    told = [_told(before, source, stood.said(source), stood.answers.get(source)) for source in became.sources]
    is_one = len(told) == 1 and became.kind not in (SPLIT, MERGED)
    return Earlier(became, told, _changes(before, after, told[0].text, after.criterion[key]) if is_one else None)


def _changes(before: Playbook, after: Playbook, old: documents.Criterion, new: documents.Criterion) -> Part:
    """What differs in all that a place reads when it decides on a level."""
    read = {TITLE, QUESTION, NOT_APPLICABLE, LEVEL}
    changes = (each for each in Fields(before, after, with_map=False).criterion(old, new) if each.field in read)
    return Part(CRITERIA, CHANGED, new.key, new.title, changes=tuple(changes))


@dataclass(frozen=True)
class Left:
    """All that stood on a version when an assessment left it."""

    move: Move
    answers: Sequence[Told]


def left_behind(assessment: Assessment) -> tuple[list[Told], list[Left]]:
    """What was said to questions that nothing asks for now; and everything as it stood at each move, the latest first.

    Two queries, and one for each version that it has left.
    """
    moves = list(assessment.moves.select_related("left__playbook", "reached", "by").order_by("-pk"))
    left = [Left(move, list(_as_left(move))) for move in moves]
    dropped: list[Told] = []
    latest = {each.move.left_id: each for each in reversed(left) if each.move.left_id != assessment.version_id}
    for each in latest.values():
        goes_on = goes_on_as(each.move.left, assessment.version)
        dropped += [told for told in each.answers if not goes_on.get(told.text.key)]
    return dropped, left


def _as_left(move: Move) -> Sequence[Told]:
    answers, book = thaw_answers(move.answers, playbook_document(move.left)), playbook_to_read(move.left)
    said = {
        key: Said(
            answers.answers.get(key),
            answers.reasons.get(key, ""),
            answers.notes.get(key, ""),
            answers.evidence.get(key, ()),
        )
        for key in book.criterion
    }
    return [_told(book, key, each) for key, each in said.items() if not each.is_blank or each.evidence]


def goes_on_as(old: Version, now: Version) -> Mapping[str, Sequence[str]]:
    """The criteria of one version that those of another belong to, whichever of the two came first. One query."""
    if old.published_at and now.published_at and old.published_at > now.published_at:
        return {key: became.sources for key, became in origins_between(now, old).criteria.items()}
    found: dict[str, list[str]] = {}
    for key, became in origins_between(old, now).criteria.items():
        for source in became.sources:
            found.setdefault(source, []).append(key)
    return found


def asked_on_another_version(assessment: Assessment, criterion_id: int) -> tuple[Told, Sequence[str]] | None:
    """A criterion of another version of the same playbook, and the keys that it goes on as. Two queries."""
    rows = Criterion.objects.select_related("version__playbook").exclude(version=assessment.version_id)
    row = rows.filter(pk=criterion_id, version__playbook=assessment.version.playbook_id).first()
    if row is None or not row.version.is_published:
        return None
    goes_on = goes_on_as(row.version, assessment.version).get(row.key, ())
    return _told(playbook_to_read(row.version), row.key, Said()), goes_on
