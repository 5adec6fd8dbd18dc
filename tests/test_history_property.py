"""For random saves, agreements, restorings, workbooks, moves and submissions: the history always explains the present.

Each answer is what the last row of its history says; revisions follow each other without a hole; what was saved once
stays in the history; a write that was refused changes nothing.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from assessments.interchange.filled import Entry, Filled
from assessments.models import Agreement, Answer, AnswerChange, Assessment, Version
from assessments.selectors.playbooks import criterion_ids
from assessments.services.agreeing import Heard, Terms, agree
from assessments.services.answering import Conflict, Content, Moved, NotOpen, save_answer
from assessments.services.assessing import (
    NothingToSubmit,
    ReasonMissing,
    reopen_assessment,
    start_assessment,
    submit_assessment,
)
from assessments.services.bringing_back import restore_answer
from assessments.services.moving import NotThere, NoWayBack, move_assessment, move_back
from assessments.services.workbooks import Chosen, accept_lines, keep_upload
from tests.factories import join, make_place, make_user
from tests.history_of_answers import SAID, unexplained
from tests.versions_cast import FIRST, SECOND, publish

REFUSALS = (Conflict, NotOpen, Moved)
KEYS = st.sampled_from(["same", "harder", "long"])
WHO = st.integers(0, 1)
STALE = st.sampled_from([0, 0, 0, 1, 2])
"""How many revisions ago somebody looked before they wrote; mostly they see what stands."""
CONTENTS = st.one_of(
    st.builds(Content, st.just("level"), st.integers(0, 2), note=st.sampled_from(["", "Why.", "Because."])),
    st.builds(Content, st.sampled_from(["missing", "dont_know"]), note=st.sampled_from(["", "Why."])),
    st.builds(Content, st.just("not_applicable"), reason=st.sampled_from(["", "It is so."])),
)


def asked(key: str, content: Content) -> Content:
    """What can be said of a criterion: only one of them may be not applicable."""
    return Content("dont_know") if content.state == "not_applicable" and key != "same" else content


class Hands(RuleBasedStateMachine):
    """Two people at one assessment, each with a page that may be old."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.people = [make_user("Owner Person"), make_user("Editor Person")]
        self.place = make_place(owner=self.people[0], stage="late")
        join(self.place, self.people[1], "owner")
        self.second: Version | None = None
        self.assessment = start_assessment(place=self.place, version=publish(FIRST), by=self.people[0])
        self.sent: list[Callable[[], Any]] = []
        self.history: list[Any] = []

    # --- what people do -----------------------------------------------------------------------------------------------

    @rule(who=WHO, key=KEYS, content=CONTENTS, stale=STALE, joined=st.booleans())
    def save(self, who: int, key: str, content: Content, stale: int, joined: bool) -> None:
        kind, content = AnswerChange.Kind.JOINED if joined else AnswerChange.Kind.ANSWERED, asked(key, content)
        options = {**self.at(key, who), "content": content, "seen": self.seen(key, stale), "kind": kind}
        self.sent.append(lambda: save_answer(**options))
        before = self.seen(key)
        saved = self.attempt(lambda: save_answer(**options))
        if isinstance(saved, Answer):
            assert Content.of(saved) == content
            assert stale == 0 or before <= 1 or saved.revision == before  # what was old went over nothing

    @precondition(lambda self: self.sent)
    @rule(number=st.integers(0, 3))
    def send_again(self, number: int) -> None:
        """The reply to one of the last saves was lost."""
        self.attempt(self.sent[-1 - number % len(self.sent)])

    @rule(who=WHO, key=KEYS, level=st.integers(0, 2), stale=STALE)
    def agree(self, who: int, key: str, level: int, stale: int) -> None:
        terms, before = Terms(level, "We saw the plan.", "One did not."), Agreement.objects.count()
        found = self.attempt(lambda: agree(**self.at(key, who), terms=terms, heard=Heard(), seen=self.seen(key, stale)))
        # Agreeing on the same again adds nothing.
        assert Agreement.objects.count() - before in ({0, 1} if found is not None else {0})

    @rule(who=WHO, key=KEYS, ago=st.integers(0, 5), stale=STALE)
    def restore(self, who: int, key: str, ago: int, stale: int) -> None:
        revisions = list(self.changes(key))
        if revisions:
            change = revisions[-1 - ago % len(revisions)]
            options: dict[str, Any] = {
                "assessment": self.assessment,
                "seen": self.seen(key, stale),
                "by": self.people[who],
            }
            restored = self.attempt(lambda: restore_answer(**options, change=change))
            assert restored is None or Content.of(restored) == Content.of(change)

    @rule(who=WHO, contents=st.lists(CONTENTS, min_size=3, max_size=3), stale=STALE)
    def take_over_a_workbook(self, who: int, contents: list[Content], stale: int) -> None:
        by = self.people[who]
        upload = keep_upload(assessment=self.assessment, name="round 2.xlsx", filled=Filled(()), by=by)
        lines = []
        for key, said in zip(("same", "harder", "long"), contents, strict=True):
            each = asked(key, said)
            value = each.level if each.level is not None else None if each.state == "missing" else each.state
            lines.append(Chosen(key, Entry(value, each.reason, each.note), self.seen(key, stale)))
        self.attempt(lambda: accept_lines(upload=upload, assessment=self.assessment, chosen=lines, by=by))

    # --- what owners do -----------------------------------------------------------------------------------------------

    @rule()
    def submit(self) -> None:
        try:
            submit_assessment(assessment=self.assessment, by=self.people[0])
        except (NothingToSubmit, ReasonMissing, Moved):
            return

    @rule()
    def reopen(self) -> None:
        reopen_assessment(assessment=self.read(), by=self.people[0], reason="A slip.")

    @rule(back=st.booleans(), looks=st.booleans())
    def move(self, back: bool, looks: bool) -> None:
        """To the next version, or back; a page that was open stays on the old one until somebody looks."""
        self.second = self.second or publish(SECOND)
        try:
            if back:
                move_back(assessment=self.read(), by=self.people[0])
            else:
                move_assessment(assessment=self.read(), version=self.second, by=self.people[0])
        except (NotOpen, NotThere, NoWayBack):
            pass
        if looks:
            self.look()

    @rule()
    def look(self) -> None:
        self.assessment = self.read()

    # --- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def the_history_explains_the_present(self) -> None:
        assert unexplained() == []

    @invariant()
    def nothing_goes_from_the_history(self) -> None:
        now = list(AnswerChange.objects.order_by("pk").values())
        assert now[: len(self.history)] == self.history
        self.history = now

    def attempt(self, write: Callable[[], Any]) -> Any:
        """What a write returns; None where it was refused, which then changed nothing."""
        before = self.rows()
        try:
            with transaction.atomic():
                return write()
        except REFUSALS:
            assert self.rows() == before
            return None

    def rows(self) -> list[tuple[Any, ...]]:
        return list(Answer.objects.order_by("pk").values_list("pk", "revision", "saved_at", "saved_by", *SAID))

    def at(self, key: str, who: int) -> dict[str, Any]:
        ids = criterion_ids(self.assessment.version)
        return {"assessment": self.assessment, "criterion_id": ids[key], "by": self.people[who]}

    def changes(self, key: str) -> "list[AnswerChange]":
        ids = criterion_ids(self.assessment.version)
        return list(AnswerChange.objects.filter(assessment=self.assessment, criterion_id=ids[key]))

    def seen(self, key: str, stale: int = 0) -> int:
        """The revision that a page saw: the one that stands, or one that stood before it."""
        row = Answer.objects.filter(assessment=self.assessment, **{"criterion_id": self.at(key, 0)["criterion_id"]})
        return max(0, (row.values_list("revision", flat=True).first() or 0) - stale)

    def read(self) -> Assessment:
        rows = Assessment.objects.select_related("place", "version__playbook", "stage")
        return rows.get(pk=self.assessment.pk)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)


def test_the_history_always_explains_the_present(db: None) -> None:
    run_state_machine_as_test(
        Hands,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
