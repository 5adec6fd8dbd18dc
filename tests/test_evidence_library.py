"""The library of a place: what an item backs, what a change of it changes, what goes on into the next assessment."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assessments.models import Assessment, Backing, Evidence, Place, User
from assessments.selectors.answers import answers_document
from assessments.selectors.playbooks import criterion_ids
from assessments.services.answering import Conflict
from assessments.services.assessing import reopen_assessment, start_assessment
from assessments.services.evidence import Piece, add_evidence, back_with, change_evidence, remove_backing
from tests.factories import (
    Cast,
    add_piece,
    answer,
    make_assessment,
    make_place,
    make_user,
    published_version,
    submit,
)
from tests.versions_cast import FIRST, SECOND, publish

KEY, OTHER = "right-path", "skills"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner, {KEY: 2})


def back(assessment: Assessment, key: str, *items: Evidence, by: User) -> list[Backing]:
    return back_with(assessment=assessment, criterion_id=criterion_ids(assessment.version)[key], items=items, by=by)


def stands(assessment: Assessment) -> dict[str, list[str]]:
    """What counts at each criterion."""
    evidence = answers_document(assessment).evidence
    return {key: [piece.title or "" for piece in pieces] for key, pieces in evidence.items()}


# --- an item and what it backs ----------------------------------------------------------------------------------------


def test_an_item_backs_several_criteria_and_is_changed_for_all(cast: Cast, assessment: Assessment) -> None:
    item = add_piece(assessment, KEY, by=cast.owner, title="Minute 14").evidence
    assert len(back(assessment, OTHER, item, by=cast.editor)) == 1
    assert len(back(assessment, OTHER, item, by=cast.owner)) == 1  # a button pressed twice
    change_evidence(evidence=item, piece=Piece(3, "Minute 14, published"), seen=1)
    assert stands(assessment) == {KEY: ["Minute 14, published"], OTHER: ["Minute 14, published"]}
    assert Backing.objects.count() == 2


def test_the_same_words_are_the_same_item(cast: Cast, assessment: Assessment) -> None:
    rows = [add_piece(assessment, key, by=cast.owner, title="Minute 14") for key in (KEY, OTHER)]
    other = add_piece(assessment, OTHER, by=cast.owner, title="Minute 14", grade=3)
    assert rows[0].evidence == rows[1].evidence != other.evidence
    assert cast.place.library.count() == 2


def test_removing_leaves_the_item_in_the_library(cast: Cast, assessment: Assessment) -> None:
    row = add_piece(assessment, KEY, by=cast.owner)
    for _ in range(2):
        remove_backing(backing=row, seen=1)
    assert (Backing.objects.count(), cast.place.library.count()) == (0, 1)


def test_what_was_changed_since_is_not_removed(cast: Cast, assessment: Assessment) -> None:
    row = add_piece(assessment, KEY, by=cast.owner)
    change_evidence(evidence=row.evidence, piece=Piece(4, "Audited"), seen=1)
    with pytest.raises(Conflict) as found:
        remove_backing(backing=row, seen=1)
    assert isinstance(found.value.stored, Evidence)
    assert found.value.stored.title == "Audited"
    assert Backing.objects.count() == 1


def test_an_item_of_another_place_backs_nothing_here(cast: Cast, assessment: Assessment) -> None:
    other = make_assessment(make_place("Elsewhere", owner=cast.stranger), cast.stranger)
    item = add_piece(other, KEY, by=cast.stranger, title="Theirs").evidence
    assert back(assessment, KEY, item, by=cast.owner) == []
    pk, mine = criterion_ids(assessment.version)[KEY], Piece(2, "Mine")
    row = add_evidence(assessment=assessment, criterion_id=pk, piece=mine, token=item.token, by=cast.owner)
    assert (row.evidence.place, row.evidence.title) == (cast.place, "Mine")


# --- the next assessment ----------------------------------------------------------------------------------------------


def test_evidence_goes_on_and_counts_once_the_criterion_is_answered(cast: Cast, assessment: Assessment) -> None:
    item = add_piece(assessment, KEY, by=cast.owner, title="Minute 14").evidence
    submission = submit(assessment, cast.owner, dated=date(2026, 3, 5))
    again = make_assessment(cast.place, cast.owner)
    brought = again.backings.get()
    assert (brought.evidence, brought.brought_from, brought.criterion.key) == (item, assessment, KEY)
    assert stands(again) == {}
    answer(again, KEY, 3, by=cast.owner)
    assert stands(again) == {KEY: ["Minute 14"]}
    remove_backing(backing=again.backings.get(), seen=1)
    assert stands(again) == {}
    submission.refresh_from_db()
    assert "Minute 14" in submission.answers


def test_what_was_added_here_counts_before_an_answer_and_what_was_brought_does_not(
    cast: Cast, assessment: Assessment
) -> None:
    add_piece(assessment, KEY, by=cast.owner, title="Old")
    submit(assessment, cast.owner)
    again = make_assessment(cast.place, cast.owner)
    add_piece(again, KEY, by=cast.owner, title="New")
    assert stands(again) == {KEY: ["New"]}
    answer(again, KEY, "dont_know", by=cast.owner)
    assert stands(again) == {KEY: ["Old", "New"]}


def test_a_reopened_assessment_keeps_its_own(cast: Cast, assessment: Assessment) -> None:
    add_piece(assessment, KEY, by=cast.owner, title="Minute 14")
    submit(assessment, cast.owner)
    reopen_assessment(assessment=assessment, by=cast.owner, reason="A slip.")
    assert start_assessment(place=cast.place, version=published_version(), by=cast.owner) == assessment
    assert stands(assessment) == {KEY: ["Minute 14"]}


def test_on_a_newer_version_evidence_goes_where_its_criterion_went(db: None) -> None:
    owner = make_user("Owner Person")
    place, first = make_place(owner=owner), publish(FIRST)
    old = start_assessment(place=place, version=first, by=owner)
    for key in ("left", "right", "gone", "whole"):
        answer(old, key, 1, by=owner)
        add_piece(old, key, by=owner, title=f"On {key}")
    back(old, "right", Evidence.objects.get(title="On left"), by=owner)
    submit(old, owner)
    new = start_assessment(place=place, version=publish(SECOND), by=owner)
    found = [(row.criterion.key, row.evidence.title) for row in new.backings.select_related("criterion", "evidence")]
    assert sorted(found) == [
        ("both", "On left"),
        ("both", "On right"),
        ("part-one", "On whole"),
        ("part-two", "On whole"),
    ]


def test_a_place_can_be_deleted_with_all_it_has(cast: Cast, assessment: Assessment) -> None:
    add_piece(assessment, KEY, by=cast.owner)
    cast.place.delete()
    assert (Place.objects.count(), Evidence.objects.count(), Backing.objects.count()) == (0, 0, 0)


# --- the rows of before -----------------------------------------------------------------------------------------------

BEFORE, AFTER = [("assessments", "0018_phones_of_a_workshop")], [("assessments", "0011_evidence_library")]


@pytest.fixture
def back_again() -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def migrated(to: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return MigrationExecutor(connection).loader.project_state(to).apps


@pytest.mark.django_db(transaction=True)
def test_items_and_backings_become_the_rows_of_before_and_those_become_items(back_again: None) -> None:
    owner = make_user("Owner Person")
    found = make_assessment(make_place(owner=owner), owner)
    add_piece(found, KEY, by=owner, title="Same")
    add_piece(found, OTHER, by=owner, title="Same")
    add_piece(found, KEY, by=owner, title="Other")
    first, second = (criterion_ids(found.version)[key] for key in (KEY, OTHER))
    moments = list(Backing.objects.order_by("pk").values_list("added_at", flat=True))
    old = migrated(BEFORE).get_model("assessments", "Evidence")
    stood = [(found.pk, first, "Same"), (found.pk, second, "Same"), (found.pk, first, "Other")]
    rows = old.objects.order_by("added_at").values_list("assessment", "criterion", "title", "added_at")
    assert list(rows) == [(*row, at) for row, at in zip(stood, moments, strict=True)]
    # Twice on one criterion, as a row of before might: one backing. With another date: another item.
    old.objects.create(assessment_id=found.pk, criterion_id=first, grade=2, title="Same")
    old.objects.create(assessment_id=found.pk, criterion_id=second, grade=2, title="Same", dated=date(2026, 1, 1))
    backed = migrated(AFTER).get_model("assessments", "Backing").objects.order_by("added_at")
    named = ("assessment", "criterion", "evidence__title")
    assert list(backed.values_list(*named)) == [*stood, (found.pk, second, "Same")]
    assert list(backed.values_list("added_at", flat=True))[:3] == moments
    assert len(set(backed.values_list("evidence", flat=True))) == 3
    assert set(backed.values_list("evidence__place", flat=True)) == {found.place_id}
