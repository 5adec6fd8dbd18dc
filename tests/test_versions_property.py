"""For random versions, edits, answers, moves and submissions: nothing said is ever lost, no past is rewritten.

Every answer that was given, and not replaced by whoever gave the next one, can still be read with the text that it was
given to: in its row, in what a move kept, or in what a submission froze. Every submitted result recomputes to itself.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from assessments import scoring
from assessments.interchange import Playbook, scorable_answers, scorable_playbook, thaw_answers, thaw_playbook
from assessments.interchange.documents import Answers, Criterion, Follows, Origin
from assessments.models import Answer, Assessment, Backing, Move, Submission, Version
from assessments.scoring.frozen import freeze, thaw
from assessments.selectors.answers import answers_document, given_answers
from assessments.selectors.moving import newer_version, standing, trail
from assessments.selectors.playbooks import playbook_document
from assessments.services.assessing import ReasonMissing, reopen_assessment, start_assessment, submit_assessment
from assessments.services.moving import move_assessment, move_back
from assessments.services.playbooks import copy_to_draft, publish_version
from assessments.services.restoring import write_document
from tests.factories import add_piece, answer, make_place, make_user
from tests.versions_cast import CONDITION, book, criterion, publish

EDITS = ["same", "same", "reworded", "stricter", "other levels", "condition", "split", "merged", "retired"]


@dataclass(frozen=True)
class Given:
    """An answer as it was given: on which version, to which text, and what."""

    version: str
    text: tuple[str | None, ...]
    answer: int | str
    note: str


def given(book: Playbook, key: str, answer: int | str, note: str) -> Given:
    text = book.criterion[key]
    levels = (level.descriptor for level in text.levels)
    return Given(book.version, (key, text.title, text.question, text.not_applicable, *levels), answer, note)


class Years(RuleBasedStateMachine):
    """One place and its owner, and an admin who keeps on publishing."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.published = self.count = 0
        self.left: list[list[dict[str, Any]]] = []
        self.was_submitted = False
        self.owner = make_user("Owner Person")
        self.place = make_place(owner=self.owner, stage="late")
        first = [criterion("north", skip=CONDITION), criterion("south"), criterion("east", 4), criterion("west")]
        self.version = publish(book("1.0", first))
        self.assessment = start_assessment(place=self.place, version=self.version, by=self.owner)
        self.latest: dict[tuple[int, str, str], Given] = {}
        self.ever: list[tuple[int, Given]] = []
        self.pieces: dict[int, set[str]] = {}

    @initialize(edits=st.lists(st.sampled_from(EDITS), min_size=4, max_size=4), level=st.integers(0, 3))
    def begin(self, edits: list[str], level: int) -> None:
        """Every sequence has something to lose from the start."""
        self.answer_all(level)
        self.publish_changes(edits, adds=True, waits=False)

    # --- the admin ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.published < 3)
    @rule(edits=st.lists(st.sampled_from(EDITS), min_size=8, max_size=8), adds=st.booleans(), waits=st.booleans())
    def publish_changes(self, edits: list[str], adds: bool, waits: bool) -> None:
        self.published += 1
        number = f"1.{self.published}"
        document = edited(playbook_document(self.version), number, edits, adds)
        draft = copy_to_draft(version=self.version, number=number, by=self.owner)
        write_document(draft=draft, document=document, by=self.owner, what="Edits")
        self.version = publish_version(version=draft, by=self.owner)
        if self.may_move() and not waits:
            self.go()

    # --- the owner ----------------------------------------------------------------------------------------------------

    def is_open(self) -> bool:
        return self.assessment.is_open

    def is_submitted(self) -> bool:
        return not self.assessment.is_open

    @precondition(is_open)
    @rule(data=st.data(), note=st.sampled_from(["", "Why.", "Because of the river."]))
    def answer_one(self, data: st.DataObject, note: str) -> None:
        text = data.draw(st.sampled_from(list(self.book.criterion.values())))
        options: list[int | str] = [*range(text.top + 1), "dont_know"]
        value = data.draw(st.sampled_from([*options, "not_applicable"] if text.not_applicable else options))
        reason = "It is so." if value == "not_applicable" else ""
        answer(self.assessment, text.key, value, by=self.owner, note=note, reason=reason)
        self.latest[self.assessment.pk, self.book.version, text.key] = given(self.book, text.key, value, note)

    @precondition(is_open)
    @rule(level=st.integers(0, 3))
    def answer_all(self, level: int) -> None:
        for key, text in self.book.criterion.items():
            value = min(level, text.top)
            answer(self.assessment, key, value, by=self.owner, note=f"Level {level}.")
            said = given(self.book, key, value, f"Level {level}.")
            self.latest[self.assessment.pk, self.book.version, key] = said

    @precondition(is_open)
    @rule()
    def look_at_what_waits(self) -> None:
        for key, each in given_answers(self.assessment).items():
            if each.waits and each.answer is not None:
                answer(self.assessment, key, each.answer, by=self.owner, note=each.note, reason=each.reason)
                said = given(self.book, key, each.answer, each.note)
                self.latest[self.assessment.pk, self.book.version, key] = said

    @precondition(is_open)
    @rule(data=st.data())
    def add_evidence(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(list(self.book.criterion)))
        self.count += 1
        piece = add_piece(self.assessment, key, by=self.owner, title=f"Minute {self.count}")
        self.pieces.setdefault(self.assessment.pk, set()).add(piece.evidence.title)

    def may_move(self) -> bool:
        return self.is_open() and not self.was_submitted and self.assessment.version_id != self.version.pk

    @precondition(may_move)
    @rule(levels=st.lists(st.integers(0, 3), max_size=2))
    def move(self, levels: list[int]) -> None:
        """There; and before, as often there and back, with other answers on both."""
        for level in levels:
            self.go()
            self.answer_all(level)
            self.go_back()
            self.answer_all((level + 1) % 4)
        self.go()

    def go(self) -> None:
        assert newer_version(self.assessment) == self.version
        self.keep()
        self.left.append(self.rows())
        self.assessment = move_assessment(assessment=self.assessment, version=self.version, by=self.owner)

    @precondition(lambda self: self.is_open() and self.left and not self.was_submitted)
    @rule()
    def move_back(self) -> None:
        self.go_back()

    def go_back(self) -> None:
        self.keep()
        self.assessment = move_back(assessment=self.assessment, by=self.owner)
        stood = self.left.pop()
        assert (self.rows(), len(trail(self.assessment))) == (stood, len(self.left))

    @precondition(is_open)
    @rule(soon=st.integers(0, 2))
    def submit(self, soon: int) -> None:
        if not soon and answers_document(self.assessment).answers:
            try:
                submit_assessment(assessment=self.assessment, by=self.owner)
            except ReasonMissing:
                return
            self.keep()
            self.assessment, self.was_submitted = self.read(), True

    @precondition(is_submitted)
    @rule(again=st.booleans())
    def reopen_or_start_anew(self, again: bool) -> None:
        if again:
            reopen_assessment(assessment=self.assessment, by=self.owner, reason="A slip.")
            self.assessment = self.read()
        else:
            self.assessment = start_assessment(place=self.place, version=self.version, by=self.owner)
            self.left, self.was_submitted = [], False

    # --- what must hold -----------------------------------------------------------------------------------------------

    @property
    def book(self) -> Playbook:
        return playbook_document(self.assessment.version)

    def read(self) -> Assessment:
        rows = Assessment.objects.select_related("place", "version__playbook", "stage")
        return rows.get(pk=self.assessment.pk)

    def rows(self) -> list[dict[str, Any]]:
        """All that stands on the version that it is on."""
        models = (Answer.objects.current(), Backing.objects.current())
        return [dict(row) for rows in models for row in rows.filter(assessment=self.assessment).order_by("pk").values()]

    def keep(self) -> None:
        """All that stands on the version that is left or submitted stays readable, whatever is saved over it later."""
        here = (self.assessment.pk, self.book.version)
        stands = {key for key, each in given_answers(self.assessment).items() if not each.waits}
        self.ever += [(here[0], said) for at, said in self.latest.items() if at[:2] == here and at[2] in stands]

    def teardown(self) -> None:
        try:
            if self.is_open():
                self.submit(0)
            readable = set(self.readable())
            wanted = {*self.ever, *((at[0], said) for at, said in self.latest.items())}
            assert [each for each in wanted if each not in readable] == []
            for pk, titles in self.pieces.items():
                backed = Backing.objects.filter(assessment=pk).values_list("evidence__title", flat=True)
                assert set(backed) >= titles
            for submission in Submission.objects.select_related("assessment__version"):
                recomputes(submission)
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def readable(self) -> Iterator[tuple[int, Given]]:
        for assessment in Assessment.objects.all():
            for version in Version.objects.select_related("playbook"):
                stood, text = standing(assessment, version), playbook_document(version)
                for key, row in stood.answers.items():
                    if row.value is not None and not row.carried:
                        yield assessment.pk, given(text, key, row.value, row.note)
        for move in Move.objects.select_related("left__playbook"):
            text = playbook_document(move.left)
            yield from told(move.assessment_id, text, thaw_answers(move.answers, text))
        for submission in Submission.objects.all():
            text = thaw_playbook(submission.playbook)
            yield from told(submission.assessment_id, text, thaw_answers(submission.answers, text))


def told(pk: int, text: Playbook, answers: Answers) -> Iterator[tuple[int, Given]]:
    for key, value in answers.answers.items():
        yield pk, given(text, key, value, answers.notes.get(key, ""))


def recomputes(submission: Submission) -> None:
    playbook = thaw_playbook(submission.playbook)
    answers = thaw_answers(submission.answers, playbook)
    result = scoring.score(scorable_playbook(playbook), scorable_answers(answers))
    assert result == thaw(json.loads(submission.result))
    assert freeze(result) == json.loads(submission.result)
    assert playbook.version == submission.assessment.version.number


def edited(before: Playbook, number: str, edits: list[str], adds: bool) -> Playbook:
    """The next version: an edit to each criterion, and what became of it."""
    criteria: list[Criterion] = []
    became: dict[str, Origin] = {}
    retired: list[str] = []
    left: list[Criterion] = []
    for place, (old, edit) in enumerate(zip(before.criteria(), edits, strict=False)):
        if edit == "split" and len(before.criterion) < 7:
            parts = [criterion(f"part-{number}-{place}{side}", skip=old.not_applicable) for side in ("a", "b")]
            criteria += parts
            became |= {part.key: Origin("split", (old.key,), False) for part in parts}
        elif edit == "merged":
            left.append(old)
        elif edit == "retired":
            retired.append(old.key)
        else:
            new, kind = changed(old, edit, number)
            criteria.append(new)
            became |= {} if kind is None else {old.key: kind}
    criteria += list(before.criteria())[len(edits) :]
    if len(left) > 1:
        criteria.append(joined := criterion(f"joined-{number}"))
        became[joined.key] = Origin("merged", tuple(old.key for old in left), False)
    else:
        criteria += left
    if adds or not criteria:
        criteria.append(fresh := criterion(f"new-{number}", 5))
        became[fresh.key] = Origin("new", (), False)
    return book(number, criteria, Follows(before.version, became, tuple(retired)))


def changed(old: Criterion, edit: str, number: str) -> tuple[Criterion, Origin | None]:
    if edit == "reworded":
        return replace(old, question=f"{old.question} ({number})"), Origin("reworded", (old.key,), True)
    if edit == "stricter":
        return replace(old, question=f"{old.question} (!{number})"), Origin("stricter", (old.key,), False)
    if edit == "condition":
        condition = None if old.not_applicable else f"{CONDITION} {number}"
        return replace(old, not_applicable=condition), Origin("reworded", (old.key,), True)
    if edit == "other levels":
        levels = old.levels[:-1] if len(old.levels) > 3 else (*old.levels, criterion(f"{old.key} {number}").levels[-1])
        return replace(old, levels=levels), Origin("reworded", (old.key,), False)
    return old, None


def test_nothing_said_is_ever_lost_and_no_past_is_rewritten(db: None) -> None:
    run_state_machine_as_test(
        Years,
        settings=settings(
            max_examples=12,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
