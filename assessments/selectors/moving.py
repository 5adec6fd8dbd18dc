"""Reads for moving an open assessment to a newer version: which one there is, what a move would do, where it was."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assessments.comparing.carrying import LOOK_AGAIN, NEW, Carried, Carrying, Said, carry_along, ways
from assessments.interchange import Playbook, thaw_answers
from assessments.interchange.documents import Evidence as Piece
from assessments.models import Answer, Assessment, Backing, Move, Submission, Version
from assessments.selectors.playbooks import criterion_ids, playbook_document
from assessments.selectors.versions import origins_between


def newer_versions(assessments: Iterable[Assessment]) -> dict[int, Version]:
    """The version that each open assessment could move to, by its primary key, where there is one. Two queries.

    A reopened assessment has none: what was submitted stands on its version, and is dated before the newer one.
    """
    opened = [each for each in assessments if each.is_open]
    if not opened:
        return {}
    current = {each.playbook_id: each for each in Version.objects.current_of_each()}
    submitted = set(Submission.objects.filter(assessment__in=opened).values_list("assessment", flat=True))
    found = {}
    for each in opened:
        version = current.get(each.version.playbook_id)
        if version is not None and version.pk != each.version_id and each.pk not in submitted:
            found[each.pk] = version
    return found


def newer_version(assessment: Assessment) -> Version | None:
    """The version that an open assessment could move to. Two queries."""
    return newer_versions([assessment]).get(assessment.pk)


def trail(assessment: Assessment) -> list[Move]:
    """The moves that led to where it is, the first one first: without those undone. One query."""
    return _trail(assessment)[0]


def _trail(assessment: Assessment) -> tuple[list[Move], bool]:
    moves: list[Move] = []
    rows = list(assessment.moves.select_related("left__playbook", "reached__playbook", "by").order_by("pk"))
    for move in rows:
        if not move.is_back:
            moves.append(move)
        elif moves:
            moves.pop()
    return moves, bool(rows)


@dataclass(frozen=True)
class Versions:
    """What an assessment's own page says of versions.

    `newer`: the one that it could move to. `moved`: the move that can be undone. `was_moved`: whether it ever moved.
    """

    current: Version | None
    newer: Version | None
    moved: Move | None
    was_moved: bool


def versions_beside(assessment: Assessment, *, was_submitted: bool) -> Versions:
    """The same for one assessment, open or not. Two queries."""
    moves, was_moved = _trail(assessment)
    of_each = {each.playbook_id: each for each in Version.objects.current_of_each()}
    current = of_each.get(assessment.version.playbook_id)
    may_move = assessment.is_open and not was_submitted
    newer = current if may_move and current and current.pk != assessment.version_id else None
    return Versions(current, newer, moves[-1] if may_move and moves else None, was_moved)


@dataclass(frozen=True)
class Standing:
    """The rows of an assessment on one version, by criterion key."""

    answers: Mapping[str, Answer]
    evidence: Mapping[str, Sequence[Backing]]

    def said(self, key: str) -> Said:
        row, pieces = self.answers.get(key), tuple(piece_of(each) for each in self.evidence.get(key, ()))
        if row is None:
            return Said(evidence=pieces)
        return Said(row.value, row.reason, row.note, pieces, row.carried)


def standing(assessment: Assessment, version: Version) -> Standing:
    """What stands on one version of its playbook, whether it is the current one or not. Two queries."""
    answers = Answer.objects.filter(assessment=assessment, criterion__version=version)
    pieces: dict[str, list[Backing]] = defaultdict(list)
    evidence = Backing.objects.filter(assessment=assessment, criterion__version=version)
    for each in evidence.select_related("criterion", "evidence").order_by("pk"):
        pieces[each.criterion.key].append(each)
    return Standing({each.criterion.key: each for each in answers.select_related("criterion", "saved_by")}, pieces)


def piece_of(row: Backing) -> Piece:
    """The content of the item that backs a criterion."""
    item = row.evidence
    return Piece(item.grade, item.dated, item.title, item.link or None)


@dataclass(frozen=True)
class Step:
    """What a move does at one criterion of the version that it reaches.

    `newest` is the source's answer that was saved last; `was_said` whether any source says something. Where `takes`,
    what comes over is written there; else what stands there stays. `adds` and `removes` are pieces of evidence.
    """

    key: str
    criterion_id: int
    carried: Carried
    stands: Answer | None
    newest: Answer | None
    was_said: bool
    takes: bool
    adds: Mapping[Piece, int] = field(default_factory=dict)
    removes: Mapping[Piece, int] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether it needs another look after the move."""
        if self.takes:
            return self.carried.fate == LOOK_AGAIN and self.was_said
        return self.stands is not None and self.stands.carried

    @property
    def is_kept(self) -> bool:
        """Whether something stands there after the move that needs no other look."""
        if self.takes:
            return not self.waits and not self.carried.said.is_blank
        return self.stands is not None and not self.waits and bool(self.stands.note or self.stands.value is not None)

    @property
    def is_new(self) -> bool:
        return self.carried.fate == NEW and self.stands is None


@dataclass(frozen=True)
class Plan:
    """A move, before it is made: a step for every criterion of the version that it reaches; the keys dropped."""

    before: Playbook
    after: Playbook
    steps: Sequence[Step]
    dropped: Sequence[str]
    here: Standing
    there: Standing


def plan(assessment: Assessment, version: Version) -> Plan:
    """What moving to a version would do, now. Six queries.

    Where an earlier move was undone, answers stand on both versions. The one saved last stays: what a move brings
    over keeps the moment at which it was given. Of evidence, what was added or removed on either since is followed.
    """
    before, after = playbook_document(assessment.version), playbook_document(version)
    origins = origins_between(assessment.version, version)
    along = ways(before, after, origins)
    here, there = standing(assessment, assessment.version), standing(assessment, version)
    carrying = carry_along(before, after, along, origins.retired, {key: here.said(key) for key in before.criterion})
    left = _left_before(assessment, version, before)
    base = None if left is None else carry_along(before, after, along, (), left)
    ids = criterion_ids(version)
    steps = [_step(ids[key], key, carrying, base, here, there) for key in after.criterion]
    return Plan(before, after, steps, carrying.dropped, here, there)


def _left_before(assessment: Assessment, version: Version, before: Playbook) -> dict[str, Said] | None:
    """The evidence that stood here when the assessment moved there the last time; None where it never did."""
    moves = Move.objects.filter(assessment=assessment, left=assessment.version, reached=version, is_back=False)
    move = moves.order_by("-pk").first()
    if move is None:
        return None
    return {key: Said(evidence=pieces) for key, pieces in thaw_answers(move.answers, before).evidence.items()}


def _step(pk: int, key: str, carrying: Carrying, base: Carrying | None, here: Standing, there: Standing) -> Step:
    carried, stands = carrying.criteria[key], there.answers.get(key)
    rows = [here.answers[source] for source in carried.sources if source in here.answers]
    newest = max(rows, key=lambda row: (row.saved_at, row.pk), default=None)
    said = [here.said(source) for source in carried.sources]
    was_said = any(each.waits or not each.is_blank for each in said)
    takes = newest is not None and (was_said if stands is None else newest.saved_at > stands.saved_at)
    now, stood = Counter(carried.said.evidence), Counter(there.said(key).evidence)
    wanted = _followed(now, stood, None if base is None else Counter(base.criteria[key].said.evidence))
    return Step(key, pk, carried, stands, newest, was_said, takes, dict(wanted - stood), dict(stood - wanted))


def _followed(now: Counter[Piece], stood: Counter[Piece], base: Counter[Piece] | None) -> Counter[Piece]:
    """The pieces that should stand there: an addition or a removal here since `base` is followed, nothing else."""
    if base is None:
        return now | stood
    wanted = Counter(stood)
    for piece in now | base:
        if now[piece] > base[piece]:
            wanted[piece] = max(stood[piece], now[piece])
        elif now[piece] < base[piece]:
            wanted[piece] = min(stood[piece], now[piece])
    return +wanted


def to_add(plan_: Plan, step: Step) -> list[Backing]:
    """What backs the sources of a step and, by its plan, shall back the criterion that it reaches. No query."""
    left, backed = Counter(dict(step.adds)), {row.evidence_id for row in plan_.there.evidence.get(step.key, ())}
    found = []
    for row in (row for key in step.carried.sources for row in plan_.here.evidence.get(key, ())):
        if left[piece_of(row)] > 0 and row.evidence_id not in backed:
            left[piece_of(row)] -= 1
            backed.add(row.evidence_id)
            found.append(row)
    return found
