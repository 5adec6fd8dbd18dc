"""Moving an open assessment to a newer version and back: what comes over, what stays, what is refused, and races."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from assessments import guide
from assessments.interchange import thaw_answers
from assessments.interchange.documents import Follows
from assessments.models import Answer, Assessment, Backing, Event, Evidence, Membership, Move, User, Version
from assessments.selectors.answers import answers_document, given_answers
from assessments.selectors.moving import newer_version, plan
from assessments.selectors.places import rounds
from assessments.selectors.playbooks import criterion_ids, playbook_document
from assessments.selectors.results import findings_of
from assessments.services.answering import Content, Moved, NotOpen, save_answer
from assessments.services.assessing import (
    NothingToSubmit,
    declare_stage,
    reopen_assessment,
    start_assessment,
    submit_assessment,
)
from assessments.services.evidence import Piece, add_evidence, change_backing, remove_backing
from assessments.services.moving import NotThere, NoWayBack, move_assessment, move_back, stay
from tests.factories import add_piece, answer, join, make_user, submit
from tests.test_services import together
from tests.versions_cast import FIRST, SECOND, book, publish, start


@pytest.fixture
def owner(db: None) -> User:
    return make_user("Owner Person")


@pytest.fixture
def first(db: None) -> Version:
    return publish(FIRST)


@pytest.fixture
def assessment(owner: User, first: Version) -> Assessment:
    """Answered on 1.0 in every way."""
    found = start(owner, first)
    answer(found, "same", "not_applicable", by=owner, reason="We have none.", note="Asked in May.")
    answer(found, "reworded", 1, by=owner)
    answer(found, "harder", 2, by=owner, note="Nearly.")
    answer(found, "whole", "dont_know", by=owner)
    answer(found, "left", 2, by=owner, note="Left note.")
    answer(found, "right", 1, by=owner, note="Right note.")
    answer(found, "gone", 2, by=owner, note="Never to be lost.")
    answer(found, "long", 4, by=owner)
    add_piece(found, "left", by=owner, title="Minute 1")
    add_piece(found, "right", by=owner, title="Minute 1")
    add_piece(found, "right", by=owner, title="Minute 2")
    return found


@pytest.fixture
def second(assessment: Assessment) -> Version:
    """Published after the answers were given."""
    return publish(SECOND)


def move(assessment: Assessment, version: Version, owner: User) -> Assessment:
    return move_assessment(assessment=assessment, version=version, by=owner)


def rows(assessment: Assessment, version: Version) -> dict[str, tuple[Any, ...]]:
    """What stands on a version, whether it is the current one or not: value, reason, note, whether it waits."""
    found = Answer.objects.filter(assessment=assessment, criterion__version=version).select_related("criterion")
    return {row.criterion.key: (row.value, row.reason, row.note, row.carried) for row in found}


def titles(assessment: Assessment, version: Version, key: str) -> list[str]:
    found = Backing.objects.filter(assessment=assessment, criterion__version=version, criterion__key=key)
    return list(found.order_by("pk").values_list("evidence__title", flat=True))


BROUGHT = {
    "same": ("not_applicable", "We have none.", "Asked in May.", False),
    "reworded": (1, "", "", False),
    "harder": (2, "", "Nearly.", True),
    "part-one": ("dont_know", "", "", True),
    "part-two": ("dont_know", "", "", True),
    "both": (1, "", "Left:\nLeft note.\n\nRight:\nRight note.", True),
    "long": (None, "", "", True),
}


# --- there ------------------------------------------------------------------------------------------------------------


def test_a_publication_alone_changes_nothing(assessment: Assessment, first: Version, second: Version) -> None:
    assessment.refresh_from_db()
    assert (assessment.version, newer_version(assessment)) == (first, second)
    assert Answer.objects.exclude(criterion__version=first).count() == 0


def test_a_move_brings_over_what_it_can_and_leaves_everything_where_it_was(
    assessment: Assessment, first: Version, second: Version, owner: User
) -> None:
    before = list(Answer.objects.order_by("pk").values()), list(Backing.objects.order_by("pk").values())
    moved = move(assessment, second, owner)
    assert moved.version == second
    assert rows(moved, second) == BROUGHT
    assert titles(moved, second, "both") == ["Minute 1", "Minute 2"]
    old = [found.filter(criterion__version=first).order_by("pk") for found in (Answer.objects, Backing.objects)]
    assert tuple(list(found.values()) for found in old) == before


def test_what_waits_counts_nowhere(assessment: Assessment, second: Version, owner: User) -> None:
    moved = move(assessment, second, owner)
    given, keys = given_answers(moved), list(SECOND.criterion)
    assert guide.progress(keys, given) == guide.Progress(2, 8)
    assert rounds(moved.place)[0].progress == guide.Progress(2, 8)
    assert answers_document(moved).answers == {"same": "not_applicable", "reworded": 1}
    assert answers_document(moved).notes == {"same": "Asked in May."}
    assert findings_of(moved).criterion["harder"].level is None
    told = [(each.kind, each.criterion) for each in guide.concerns(keys, given, {})]
    assert told == [
        ("look_again", "harder"),
        ("look_again", "part-one"),
        ("look_again", "part-two"),
        ("look_again", "both"),
        ("look_again", "long"),
        ("unanswered", "fresh"),
    ]


def test_what_waits_is_opened_next(assessment: Assessment, second: Version, owner: User) -> None:
    """Although what this person saved last comes after it, and an open criterion after that."""
    moved = move_assessment(assessment=assessment, version=second, by=owner)
    keys, given = list(playbook_document(second).criterion), given_answers(moved)
    first_waiting = next(key for key in keys if key in given and given[key].waits)
    answer(moved, keys[-1], 0, by=owner)
    assert guide.resume_at(keys, given_answers(moved), owner.pk) == first_waiting


def test_only_what_counts_can_be_submitted(owner: User, first: Version) -> None:
    found = start(owner, first)
    answer(found, "harder", 2, by=owner)
    moved = move(found, publish(SECOND), owner)
    with pytest.raises(NothingToSubmit):
        submit_assessment(assessment=moved, by=owner)
    answer(moved, "fresh", 1, by=owner)
    assert thaw_answers(submit(moved, owner).answers, SECOND).answers == {"fresh": 1}


@pytest.mark.parametrize("level", [2, 1])
def test_it_counts_once_somebody_saves_it_changed_or_not(
    assessment: Assessment, second: Version, owner: User, level: int
) -> None:
    moved = move(assessment, second, owner)
    saved = answer(moved, "harder", level, by=owner, note="Nearly.")
    assert saved
    assert (saved.value, saved.carried, saved.revision) == (level, False, 2)
    again = answer(moved, "harder", level, by=owner, note="Nearly.")  # a reply that was lost
    assert again == saved
    assert again.revision == 2
    assert answers_document(moved).answers["harder"] == level


def test_who_answered_and_when_is_kept(assessment: Assessment, first: Version, second: Version, owner: User) -> None:
    moved = move(assessment, second, make_owner(assessment, "Other Person"))
    old, new = (Answer.objects.get(criterion__version=each, criterion__key="reworded") for each in (first, second))
    assert (new.saved_at, new.saved_by) == (old.saved_at, owner)
    assert moved.moves.get().by != owner


def make_owner(assessment: Assessment, name: str) -> User:
    user = make_user(name)
    join(assessment.place, user, Membership.Role.OWNER)
    return user


def test_each_move_keeps_what_stood_and_is_recorded(
    assessment: Assessment, first: Version, second: Version, owner: User
) -> None:
    stood = answers_document(assessment)
    moved = move(assessment, second, owner)
    waiting = answers_document(moved, with_waiting=True)
    back = move_back(assessment=moved, by=owner)
    kept = [thaw_answers(each.answers, playbook_document(each.left)) for each in Move.objects.order_by("pk")]
    assert kept == [stood, waiting]
    assert waiting.notes["both"] == BROUGHT["both"][2]
    events = [(each.kind, each.by, each.reason) for each in back.events.all()]
    assert events[1:] == [("moved", owner, "1.0 → 1.1"), ("moved_back", owner, "1.1 → 1.0")]


@pytest.mark.parametrize(
    ("facts", "confirmed", "expected"),
    [("", True, ("late", True)), (" at last", True, ("late", False)), ("", False, ("late", False))],
)
def test_the_stage_goes_along_by_its_key_and_stays_declared_while_its_facts_read_the_same(
    owner: User, first: Version, facts: str, confirmed: bool, expected: tuple[str, bool]
) -> None:
    found = start(owner, first)
    assert found.stage_confirmed
    if not confirmed:
        Assessment.objects.filter(pk=found.pk).update(stage_confirmed=False)
    moved = move(found, publish(book("1.1", FIRST.lessons[0].criteria, facts=facts)), owner)
    assert (moved.stage.key, moved.stage_confirmed) == expected
    assert moved.stage.version == moved.version


# --- back, and there again --------------------------------------------------------------------------------------------


def test_moving_back_puts_everything_back(assessment: Assessment, first: Version, second: Version, owner: User) -> None:
    before, stage = rows(assessment, first), (assessment.stage, assessment.stage_confirmed)
    moved = move(assessment, second, owner)
    answer(moved, "harder", 0, by=owner)
    answer(moved, "fresh", 1, by=owner)
    back = move_back(assessment=moved, by=owner)
    assert (back.version, rows(back, first), (back.stage, back.stage_confirmed)) == (first, before, stage)
    assert answers_document(back).answers["gone"] == 2
    assert rows(back, second)["fresh"] == (1, "", "", False)


def test_moving_again_finds_what_was_said_there(assessment: Assessment, second: Version, owner: User) -> None:
    moved = move(assessment, second, owner)
    answer(moved, "harder", 0, by=owner, note="Looked at.")
    answer(moved, "fresh", 1, by=owner)
    add_piece(moved, "fresh", by=owner, title="Minute 9")
    declare_stage(assessment=moved, stage=second.stages.get(key="early"))
    again = move(move_back(assessment=moved, by=owner), second, owner)
    expected = BROUGHT | {"harder": (0, "", "Looked at.", False), "fresh": (1, "", "", False)}
    assert (rows(again, second), titles(again, second, "fresh")) == (expected, ["Minute 9"])
    assert titles(again, second, "both") == ["Minute 1", "Minute 2"]
    assert (again.stage.key, again.stage_confirmed) == ("early", True)


def test_what_was_changed_since_is_brought_over_anew(assessment: Assessment, second: Version, owner: User) -> None:
    moved = move(assessment, second, owner)
    answer(moved, "part-one", 2, by=owner)
    back = move_back(assessment=moved, by=owner)
    answer(back, "whole", 1, by=owner)
    answer(back, "reworded", 2, by=owner, note="Better now.")
    answer(back, "same", None, by=owner)
    again = move(back, second, owner)
    expected = BROUGHT | {
        "same": (None, "", "", False),
        "reworded": (2, "", "Better now.", False),
        "part-one": (1, "", "", True),
        "part-two": (1, "", "", True),
    }
    assert rows(again, second) == expected
    kept = thaw_answers(again.moves.filter(is_back=True).latest("pk").answers, SECOND)
    assert kept.answers["part-one"] == 2


def test_of_two_changes_the_later_one_stands(
    assessment: Assessment, first: Version, second: Version, owner: User
) -> None:
    back = move_back(assessment=move(assessment, second, owner), by=owner)
    answer(back, "harder", 1, by=owner)
    again = move(back, second, owner)
    answer(again, "harder", 0, by=owner)
    last = move(move_back(assessment=again, by=owner), second, owner)
    assert rows(last, second)["harder"] == (0, "", "", False)


def test_evidence_added_or_removed_on_either_side_is_followed(
    assessment: Assessment, first: Version, second: Version, owner: User
) -> None:
    moved = move(assessment, second, owner)
    Backing.objects.get(criterion__version=second, evidence__title="Minute 2").delete()
    add_piece(moved, "both", by=owner, title="Minute 3")
    back = move_back(assessment=moved, by=owner)
    for row in Backing.objects.filter(criterion__version=first, evidence__title="Minute 1"):
        row.delete()
    add_piece(back, "left", by=owner, title="Minute 4")
    again = move(back, second, owner)
    assert titles(again, second, "both") == ["Minute 3", "Minute 4"]
    last = move(move_back(assessment=again, by=owner), second, owner)
    assert titles(last, second, "both") == ["Minute 3", "Minute 4"]


def test_two_moves_are_undone_one_after_the_other(
    assessment: Assessment, first: Version, second: Version, owner: User
) -> None:
    moved = move(assessment, second, owner)
    third = publish(book("1.2", SECOND.lessons[0].criteria, Follows("1.1", {}, ())))
    further = move(moved, third, owner)
    assert rows(further, third)["harder"] == BROUGHT["harder"]  # it still waits
    back = move_back(assessment=further, by=owner)
    assert back.version == second
    assert move_back(assessment=further, by=owner).version == second  # a button pressed twice
    assert move_back(assessment=back, by=owner).version == first
    with pytest.raises(NoWayBack):
        move_back(assessment=Assessment.objects.get(), by=owner)


def test_a_move_over_two_versions_follows_what_each_says(assessment: Assessment, second: Version, owner: User) -> None:
    kept = ("same", "reworded", "harder", "part-one")
    follows = Follows("1.1", {}, ("part-two", "both", "long", "fresh"))
    third = publish(book("1.2", SECOND.lessons[0].criteria[:4], follows))
    moved = move(assessment, third, owner)
    assert rows(moved, third) == {key: BROUGHT[key] for key in kept}
    back = move_back(assessment=moved, by=owner)
    assert list(plan(back, third).dropped) == ["left", "right", "gone", "long"]


# --- refused ----------------------------------------------------------------------------------------------------------


def test_only_an_owner_moves(assessment: Assessment, second: Version, owner: User) -> None:
    editor = make_user("Editor Person")
    join(assessment.place, editor, Membership.Role.EDITOR)
    for call in (partial(move_assessment, version=second), move_back, partial(stay, version=second)):
        with pytest.raises(PermissionDenied):
            call(assessment=assessment, by=editor)  # type: ignore[operator]
    assert Move.objects.count() == 0


def test_only_the_current_version_of_the_same_playbook_is_reached(
    assessment: Assessment, first: Version, second: Version, owner: User
) -> None:
    third = publish(book("1.2", SECOND.lessons[0].criteria))
    other = publish(replace(FIRST, key="another"))
    for version in (second, other):
        with pytest.raises(NotThere):
            move(assessment, version, owner)
        with pytest.raises(NotThere):
            stay(assessment=assessment, version=version, by=owner)
    assert move(assessment, third, owner).version == third
    with pytest.raises(NotThere):
        move(assessment, first, owner)


def test_what_was_submitted_never_moves_nor_when_it_is_reopened(
    assessment: Assessment, second: Version, owner: User
) -> None:
    submit(assessment, owner)
    with pytest.raises(NotOpen):
        move(assessment, second, owner)
    reopen_assessment(assessment=assessment, by=owner, reason="A slip.")
    with pytest.raises(NotThere):
        move(assessment, second, owner)
    assert (newer_version(assessment), Move.objects.count()) == (None, 0)


def test_a_move_is_undone_until_submission_and_not_after(assessment: Assessment, second: Version, owner: User) -> None:
    moved = move(assessment, second, owner)
    submit(moved, owner)
    with pytest.raises(NotOpen):
        move_back(assessment=moved, by=owner)
    reopen_assessment(assessment=moved, by=owner, reason="A slip.")
    with pytest.raises(NoWayBack):
        move_back(assessment=moved, by=owner)


def test_staying_is_kept_until_something_newer_comes(
    assessment: Assessment, first: Version, second: Version, owner: User
) -> None:
    stay(assessment=assessment, version=second, by=owner)
    assessment.refresh_from_db()
    assert (assessment.declined, assessment.version) == (second, first)
    assert move(assessment, second, owner).declined is None  # one may think again


# --- races ------------------------------------------------------------------------------------------------------------


def test_a_save_to_the_version_left_is_refused(assessment: Assessment, second: Version, owner: User) -> None:
    old = Assessment.objects.get()
    pk, piece = criterion_ids(old.version)["gone"], Backing.objects.select_related("assessment", "evidence").first()
    assert piece is not None
    move(assessment, second, owner)
    content, new = Content(Answer.State.LEVEL, 0), Piece(2, "Late")
    calls = [
        partial(save_answer, assessment=old, criterion_id=pk, content=content, seen=1, by=owner),
        partial(save_answer, assessment=Assessment.objects.get(), criterion_id=pk, content=content, seen=1, by=owner),
        partial(add_evidence, assessment=old, criterion_id=pk, piece=new, token=piece.evidence.token, by=owner),
        partial(change_backing, backing=piece, piece=new, seen=1),
        partial(remove_backing, backing=piece, seen=1),
        partial(declare_stage, assessment=old, stage=old.stage),
        partial(submit_assessment, assessment=old, by=owner),
    ]
    for call in calls:
        with pytest.raises(Moved):
            call()  # type: ignore[operator]
    assert Evidence.objects.filter(title="Late").count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_move_at_once_move_it_once() -> None:
    owner = make_user("Owner Person")
    found = start(owner, publish(FIRST))
    answer(found, "harder", 2, by=owner)
    other, second = make_owner(found, "Other Person"), publish(SECOND)
    results = together(*[partial(move, found, second, user) for user in (owner, other, owner, other)])
    assert {each.version for each in results} == {second}
    assert (Move.objects.count(), Event.objects.filter(kind=Event.Kind.MOVED).count()) == (1, 1)
    assert rows(found, second) == {"harder": (2, "", "", True)}
    moved = Assessment.objects.get()
    results = together(*[partial(move_back, assessment=moved, by=user) for user in (owner, other)])
    assert ({each.version.number for each in results}, Move.objects.count()) == ({"1.0"}, 2)


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_while_another_moves_comes_over_or_is_refused() -> None:
    first = publish(FIRST)
    owners = [make_user(f"Owner {number}") for number in range(4)]
    found = [start(owner, first, f"Quay {number}") for number, owner in enumerate(owners)]
    for each, owner in zip(found, owners, strict=True):
        answer(each, "reworded", 1, by=owner)
    second = publish(SECOND)
    for each, owner in zip(found, owners, strict=True):
        save = partial(answer, each, "reworded", 2, by=owner)
        saved, moved = together(save, partial(move, each, second, owner))
        assert moved.version == second
        assert isinstance(saved, Answer | Moved)
        level = 2 if isinstance(saved, Answer) else 1
        assert rows(moved, second) == {"reworded": (level, "", "", False)}
        assert rows(moved, first) == {"reworded": (level, "", "", False)}


def test_another_assessment_of_the_place_is_left_alone(assessment: Assessment, second: Version, owner: User) -> None:
    submit(assessment, owner)
    later = start_assessment(place=assessment.place, version=second, by=owner)
    answer(later, "fresh", 2, by=owner)
    assert (later.version, newer_version(later), findings_of(assessment).playbook.version) == (second, None, "1.0")


# --- the admin --------------------------------------------------------------------------------------------------------


def test_the_admin_tells_what_stands_from_what_was_left_behind(
    assessment: Assessment, second: Version, owner: User, admin_client: Client
) -> None:
    move(assessment, second, owner)
    page = admin_client.get(reverse("admin:assessments_assessment_change", args=[assessment.pk])).content.decode()
    found = {words: page.count(words) for words in ("left behind on version 1.0", "to be looked at again")}
    assert found == {"left behind on version 1.0": 8 + 3, "to be looked at again": 5}
    listed = admin_client.get(reverse("admin:assessments_assessment_changelist")).content.decode()
    assert '<td class="field-how_many_answers">2</td>' in listed
