"""Writes: compare-and-set saves that never overwrite, submissions that freeze, and races on the real database."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments.interchange import documents, read_playbook
from assessments.models import Answer, Assessment, Event, Evidence, Submission, Version
from assessments.selectors.answers import answers_document
from assessments.selectors.playbooks import criterion_ids, playbook_document
from assessments.selectors.results import findings_of
from assessments.services.answering import (
    Conflict,
    Content,
    NotOpen,
    save_answer,
)
from assessments.services.assessing import (
    AnotherIsOpen,
    NothingToSubmit,
    ReasonMissing,
    TooMuchText,
    declare_stage,
    reopen_assessment,
    start_assessment,
    submit_assessment,
)
from assessments.services.evidence import Piece, add_evidence, change_evidence, remove_backing
from assessments.services.playbooks import copy_to_draft, import_playbook, publish_version
from tests.at_once import together
from tests.factories import (
    answer,
    decide_as_guessed,
    make_assessment,
    make_cast,
    make_place,
    make_user,
    published_version,
)

KEY = "shared-vision"


def level(number: int, note: str = "") -> Content:
    return Content(Answer.State.LEVEL, number, note=note)


@pytest.fixture
def assessment(db: None) -> Assessment:
    cast = make_cast()
    return make_assessment(cast.place, cast.owner)


def save(assessment: Assessment, content: Content, seen: int, who: str = "owner") -> Answer | None:
    user = assessment.place.memberships.get(role=who).user
    pk = criterion_ids(assessment.version)[KEY]
    return save_answer(assessment=assessment, criterion_id=pk, content=content, seen=seen, by=user)


def stored(assessment: Assessment) -> tuple[str, int | None, str, int]:
    row = Answer.objects.get(assessment=assessment, criterion__key=KEY)
    return row.state, row.level, row.note, row.revision


# --- saving -------------------------------------------------------------------------------------------------------


def test_each_save_is_over_the_revision_it_saw(assessment: Assessment) -> None:
    save(assessment, level(2), 0)
    save(assessment, level(3, "Signed in May."), 1)
    assert stored(assessment) == ("level", 3, "Signed in May.", 2)


def test_a_blank_answer_makes_no_row(assessment: Assessment) -> None:
    assert save(assessment, Content(Answer.State.MISSING), 0) is None
    assert Answer.objects.count() == 0


def test_a_lost_reply_can_be_asked_for_again(assessment: Assessment) -> None:
    save(assessment, level(2), 0)
    again = save(assessment, level(2), 0)
    assert (again and again.revision, stored(assessment)) == (1, ("level", 2, "", 1))
    save(assessment, level(3), 1)
    again = save(assessment, level(3), 1)
    assert (again and again.revision, stored(assessment)) == (2, ("level", 3, "", 2))


@pytest.mark.parametrize("seen", [0, 1])
def test_another_persons_save_is_never_overwritten(assessment: Assessment, seen: int) -> None:
    save(assessment, level(2, "Mine."), 0)
    save(assessment, level(3, "Mine again."), 1)
    with pytest.raises(Conflict) as conflict:
        save(assessment, level(1, "Theirs."), seen, "editor")
    assert isinstance(conflict.value.stored, Answer)
    assert (conflict.value.stored.note, stored(assessment)) == ("Mine again.", ("level", 3, "Mine again.", 2))


def test_the_same_content_from_two_people_is_no_conflict(assessment: Assessment) -> None:
    save(assessment, level(2), 0)
    save(assessment, level(2), 0, "editor")
    assert stored(assessment) == ("level", 2, "", 1)


def test_an_answer_can_be_taken_back(assessment: Assessment) -> None:
    save(assessment, level(2), 0)
    save(assessment, Content(Answer.State.MISSING), 1)
    assert stored(assessment) == ("missing", None, "", 2)
    assert answers_document(assessment).answers == {}


def test_nothing_is_saved_into_a_submitted_assessment(assessment: Assessment) -> None:
    save(assessment, level(2), 0)
    owner = assessment.place.memberships.get(role="owner").user
    submit_assessment(assessment=assessment, by=owner)
    pk = criterion_ids(assessment.version)[KEY]
    piece = Piece(2, "Minute")
    attempts: list[Callable[[], object]] = [
        lambda: save(assessment, level(3), 1),
        lambda: add_evidence(assessment=assessment, criterion_id=pk, piece=piece, token=uuid4(), by=owner),
        lambda: declare_stage(assessment=assessment, stage=assessment.version.stages.all()[2]),
    ]
    for attempt in attempts:
        with pytest.raises(NotOpen):
            attempt()
    assert (stored(assessment), Evidence.objects.count()) == (("level", 2, "", 1), 0)


# --- evidence -----------------------------------------------------------------------------------------------------


def test_evidence_is_added_once_changed_and_removed(assessment: Assessment) -> None:
    owner = assessment.place.memberships.get(role="owner").user
    pk, token, piece = criterion_ids(assessment.version)[KEY], uuid4(), Piece(2, "Minute", dated=date(2026, 3, 1))
    first = add_evidence(assessment=assessment, criterion_id=pk, piece=piece, token=token, by=owner)
    again = add_evidence(assessment=assessment, criterion_id=pk, piece=piece, token=token, by=owner)
    assert (first.pk, Evidence.objects.count()) == (again.pk, 1)
    change_evidence(evidence=first.evidence, piece=Piece(3, "Published minute"), seen=1)
    with pytest.raises(Conflict):
        change_evidence(evidence=first.evidence, piece=Piece(1, "Something else"), seen=1)
    change_evidence(evidence=first.evidence, piece=Piece(3, "Published minute"), seen=1)  # a lost reply
    assert list(Evidence.objects.values_list("title", "revision")) == [("Published minute", 2)]
    for _ in range(2):
        remove_backing(backing=first, seen=2)
    assert (assessment.backings.count(), Evidence.objects.count()) == (0, 1)


# --- the assessment as a whole ------------------------------------------------------------------------------------


def test_a_place_has_one_open_assessment(assessment: Assessment) -> None:
    again = start_assessment(place=assessment.place, version=assessment.version, by=None)
    assert (again.pk, Assessment.objects.count()) == (assessment.pk, 1)


def test_submitting_needs_an_answer_and_every_reason(assessment: Assessment) -> None:
    owner = assessment.place.memberships.get(role="owner").user
    with pytest.raises(NothingToSubmit):
        submit_assessment(assessment=assessment, by=owner)
    answer(assessment, "vision-kept-alive", "not_applicable", by=owner)
    with pytest.raises(ReasonMissing):
        submit_assessment(assessment=assessment, by=owner)
    answer(assessment, "vision-kept-alive", "not_applicable", by=owner, reason="Adopted in March.")
    submit_assessment(assessment=assessment, by=owner)
    assert Submission.objects.count() == 1


def test_submitting_twice_submits_once(assessment: Assessment) -> None:
    owner = assessment.place.memberships.get(role="owner").user
    answer(assessment, KEY, 2, by=owner)
    first = submit_assessment(assessment=assessment, by=owner)
    assert submit_assessment(assessment=assessment, by=owner) == first


def test_reopening_is_recorded_and_the_submission_stays(assessment: Assessment) -> None:
    owner = assessment.place.memberships.get(role="owner").user
    answer(assessment, KEY, 2, by=owner)
    submit_assessment(assessment=assessment, by=owner)
    reopen_assessment(assessment=assessment, by=owner, reason="A figure was wrong.")
    answer(assessment, KEY, 3, by=owner)
    submit_assessment(assessment=assessment, by=owner)
    assert list(assessment.submissions.values_list("number", flat=True)) == [2, 1]
    kinds = list(assessment.events.values_list("kind", "by__name", "reason"))
    assert kinds == [
        ("started", "Owner Person", ""),
        ("submitted", "Owner Person", ""),
        ("reopened", "Owner Person", "A figure was wrong."),
        ("submitted", "Owner Person", ""),
    ]
    levels = [findings_of(assessment).criterion[KEY].level]
    assert levels == [3]


def test_reopening_waits_for_the_other_open_one(assessment: Assessment) -> None:
    owner = assessment.place.memberships.get(role="owner").user
    answer(assessment, KEY, 2, by=owner)
    submit_assessment(assessment=assessment, by=owner)
    make_assessment(assessment.place, owner)
    with pytest.raises(AnotherIsOpen):
        reopen_assessment(assessment=assessment, by=owner, reason="Too late.")
    assert Event.objects.filter(kind=Event.Kind.REOPENED).count() == 0


def test_a_result_is_compared_with_what_stood_when_it_was_submitted(assessment: Assessment) -> None:
    owner = assessment.place.memberships.get(role="owner").user
    answer(assessment, KEY, 1, by=owner)
    submit_assessment(assessment=assessment, by=owner, dated=date(2025, 10, 1))
    later = make_assessment(assessment.place, owner, {KEY: 3})
    submit_assessment(assessment=later, by=owner, dated=date(2026, 10, 1))
    reopen_assessment(assessment=assessment, by=owner, reason="To look again.")
    answer(assessment, KEY, 4, by=owner)
    later.refresh_from_db()
    change = findings_of(later).change
    assert change is not None
    assert [(move.before, move.now) for move in change.moves] == [(1, 3)]


# --- races --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_savers_at_once_one_wins_and_the_others_are_told() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    for seen in range(3):
        calls = [
            lambda n=number, seen=seen: save(assessment, level(n % 5, f"round {seen}, saver {n}"), seen)
            for number in range(8)
        ]
        results = together(*calls)
        won = [result for result in results if isinstance(result, Answer)]
        assert [type(result) for result in results if not isinstance(result, Answer)] == [Conflict] * 7
        assert stored(assessment)[2:] == (won[0].note, seen + 1)


@pytest.mark.django_db(transaction=True)
def test_savers_of_different_criteria_all_succeed() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    ids = list(criterion_ids(assessment.version).values())
    calls = [
        lambda pk=pk: save_answer(assessment=assessment, criterion_id=pk, content=level(2), seen=0, by=cast.owner)
        for pk in ids[:24]
    ]
    results = together(*calls)
    assert [result for result in results if not isinstance(result, Answer)] == []
    assert Answer.objects.count() == 24


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_while_another_submits_is_frozen_or_refused() -> None:
    for number in range(4):
        place, owner = make_place(f"Quay {number}"), make_user(f"Owner {number}")
        place.memberships.create(user=owner, role="owner")
        assessment = make_assessment(place, owner, {KEY: 1})
        results = together(
            partial(save, assessment, level(4, "late"), 1),
            partial(submit_assessment, assessment=assessment, by=owner),
        )
        frozen = findings_of(Assessment.objects.get(pk=assessment.pk)).criterion[KEY].level
        assert isinstance(results[1], Submission)
        saved = isinstance(results[0], Answer)
        assert saved or isinstance(results[0], NotOpen)
        assert frozen == stored(assessment)[1] == (4 if saved else 1)


@pytest.mark.django_db(transaction=True)
def test_starting_twice_at_once_starts_one() -> None:
    place, owner = make_place(), make_user("Owner")
    version = published_version()
    results = together(*[lambda: start_assessment(place=place, version=version, by=owner)] * 6)
    assert ({getattr(result, "pk", result) for result in results}, Assessment.objects.count()) == (
        {results[0].pk},
        1,
    )


def test_sqlite_queues_its_savers_and_keeps_what_it_acknowledged(db: None) -> None:
    if connection.vendor != "sqlite":
        assert connection.settings_dict["ENGINE"] == "django.db.backends.postgresql"
        return
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert found == {"journal_mode": "wal", "synchronous": 2}
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_second_playbook_does_not_take_the_place_of_the_first(db: None) -> None:
    first = published_version()
    text = (settings.BASE_DIR / "docs/examples/worked-playbook.yaml").read_bytes()
    second = import_playbook(document=read_playbook(text), by=None, publish=True)
    assert (Version.objects.current(), Version.objects.current_of_each()) == (first, [first, second])


def test_a_place_chooses_between_playbooks(db: None) -> None:
    cast = make_cast()
    published_version()
    text = (settings.BASE_DIR / "docs/examples/worked-playbook.yaml").read_bytes()
    second = import_playbook(document=read_playbook(text), by=None, publish=True)
    client = Client()
    client.force_login(cast.owner)
    page = client.get(reverse("place", args=[cast.place.pk])).content.decode()
    assert ("27 questions" in page, "8 questions" in page) == (True, True)
    client.post(reverse("start", args=[cast.place.pk]), {"version": str(second.pk)})
    assert Assessment.objects.get().version == second


def test_reopening_keeps_the_date_and_what_it_was_compared_with(db: None) -> None:
    cast = make_cast()
    old = make_assessment(cast.place, cast.owner, {KEY: 1})
    submit_assessment(assessment=old, by=cast.owner, dated=date(2025, 10, 1))
    new = make_assessment(cast.place, cast.owner, {KEY: 3})
    submit_assessment(assessment=new, by=cast.owner, dated=date(2026, 10, 1))
    reopen_assessment(assessment=old, by=cast.owner, reason="A slip.")
    again = submit_assessment(assessment=old, by=cast.owner)
    assert (again.number, again.dated, again.previous) == (2, date(2025, 10, 1), None)


def test_what_was_submitted_stays_readable_after_reopening(db: None) -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner, {KEY: 1})
    submit_assessment(assessment=assessment, by=cast.owner)
    client = Client()
    client.force_login(cast.viewer)
    results = client.get(reverse("results", args=[assessment.pk])).content.decode()
    reopen_assessment(assessment=assessment, by=cast.owner, reason="A slip.")
    answer(assessment, KEY, 4, by=cast.owner)
    past = client.get(reverse("submission", args=[assessment.pk, 1])).content.decode()
    assert findings_of(assessment, 1).criterion[KEY].level == 1
    assert (results.count("Level 1 of 4"), past.count("Level 1 of 4")) == (past.count("Level 1 of 4"),) * 2
    assert client.get(reverse("submission", args=[assessment.pk, 2])).status_code == 404
    history = client.get(reverse("place", args=[cast.place.pk])).content.decode()
    assert reverse("submission", args=[assessment.pk, 1]) in history


def test_assessments_on_different_playbooks_are_not_compared(db: None) -> None:
    cast = make_cast()
    first = make_assessment(cast.place, cast.owner, {KEY: 1})
    submit_assessment(assessment=first, by=cast.owner, dated=date(2025, 10, 1))
    text = (settings.BASE_DIR / "fixtures/first-look-1.0.yaml").read_bytes()
    look = import_playbook(document=read_playbook(text), by=None, publish=True)
    between = start_assessment(place=cast.place, version=look, by=cast.owner)
    answer(between, look.criteria.all()[0].key, 2, by=cast.owner)
    assert submit_assessment(assessment=between, by=cast.owner, dated=date(2026, 1, 1)).previous is None
    later = make_assessment(cast.place, cast.owner, {KEY: 3})
    previous = submit_assessment(assessment=later, by=cast.owner, dated=date(2026, 10, 1)).previous
    assert previous is not None
    assert previous.assessment == first


def test_more_text_than_a_file_may_hold_is_refused_before_it_is_frozen(db: None) -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner, {KEY: 1})
    pk = criterion_ids(assessment.version)[KEY]
    for number in range(400):
        piece = Piece(2, "t" * 300, f"https://example.org/{number}/" + "x" * 1900)
        add_evidence(assessment=assessment, criterion_id=pk, piece=piece, token=uuid4(), by=cast.owner)
    answer(assessment, "citizens", 2, by=cast.owner, note="😀" * 4000)
    for key in list(criterion_ids(assessment.version))[:20]:
        answer(assessment, key, 2, by=cast.owner, note="😀" * 4000)
    with pytest.raises(TooMuchText):
        submit_assessment(assessment=assessment, by=cast.owner)
    assert (assessment.submissions.count(), Assessment.objects.get().is_open) == (0, True)


def test_a_large_submission_can_still_be_read(db: None) -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner, {KEY: 1})
    submission = submit_assessment(assessment=assessment, by=cast.owner)
    frozen = json.loads(submission.answers)
    frozen["notes"] = {KEY: "😀" * 400_000}
    Submission.objects.filter(pk=submission.pk).update(answers=json.dumps(frozen))
    assessment.refresh_from_db()
    assert len(findings_of(assessment).criterion[KEY].note) == 400_000


def test_a_published_copy_says_what_became_of_each_criterion(db: None) -> None:
    draft = copy_to_draft(version=published_version(), number="1.1", by=None)
    reworded, stricter, retired = (draft.criteria.get(key=key) for key in (KEY, "citizens", "space"))
    reworded.question = "Is there one vision?"
    reworded.save()
    level_3 = stricter.levels.all()[3]
    level_3.descriptor = "Residents hold a third of the seats where money, space or research topics are decided."
    level_3.save()
    retired.delete()
    follows = playbook_document(publish_version(version=decide_as_guessed(draft), by=None)).follows
    assert follows == documents.Follows(
        version="1.0",
        criteria={
            KEY: documents.Origin("reworded", (KEY,), comparable=True),
            "citizens": documents.Origin("reworded", ("citizens",), comparable=False),
        },
        retired=("space",),
    )
