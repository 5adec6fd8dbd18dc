"""No page asks the database more because there are more places, criteria, answers or pieces of evidence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.interchange import Playbook
from assessments.models import Assessment, User, Version
from assessments.selectors.playbooks import playbook_document
from assessments.services.assessing import start_assessment
from assessments.services.playbooks import import_playbook
from tests.factories import (
    add_piece,
    answer,
    make_assessment,
    make_place,
    make_user,
    playbook,
    published_version,
    submit,
)
from tests.pages import queries, signed_in

ONE_ASSESSMENT = ["assessment", "stage", "check", "results", "answers_file", "playbook_file", "score_file"]
ONE_OPEN_ASSESSMENT = [*ONE_ASSESSMENT, "fill_in", "fill_in_upload", "export", "answers_as_json", "answers_as_csv"]


def history(owner: User, name: str) -> Assessment:
    """A place with two submitted assessments and an open one, answered and evidenced."""
    place = make_place(name, owner=owner)
    for year in (2024, 2025):
        assessment = make_assessment(place, owner, {"right-path": 1, "citizens": 2})
        submit(assessment, owner, dated=date(year, 6, 1))
    assessment = make_assessment(place, owner, {"right-path": 2})
    add_piece(assessment, "right-path", by=owner)
    return assessment


def test_home_and_place_take_as_many_queries_for_thirty_places_as_for_one(db: None) -> None:
    owner = make_user("Owner")
    first = history(owner, "Place 0")
    client = signed_in(owner)
    addresses = [reverse("home"), reverse("place", args=[first.place_id])]
    one = [queries(client, address) for address in addresses]
    for number in range(1, 30):
        history(owner, f"Place {number}")
    assert [queries(client, address) for address in addresses] == one
    assert one == [10, 13]


def book_of(count: int) -> Playbook:
    """The playbook cut down, or filled up, to so many criteria in its first lesson."""
    book = playbook()
    sample = book.lessons[0].criteria[0]
    criteria = tuple(replace(sample, key=f"criterion-{number}", title=f"Criterion {number}") for number in range(count))
    stages = tuple(replace(stage, gates={}) for stage in book.stages)
    lesson = replace(book.lessons[0], criteria=criteria)
    return replace(book, key=f"book-of-{count}", lessons=(lesson,), stages=stages)


def full(version: Version, owner: User, *, submitted: bool) -> Assessment:
    """An assessment in which every criterion has an answer, a note and two pieces of evidence."""
    assessment = start_assessment(place=make_place(f"On {version.playbook}", owner=owner), version=version, by=owner)
    for key in version.criteria.values_list("key", flat=True):
        answer(assessment, key, 2, by=owner, note="A note.")
        for title in ("One", "Two"):
            add_piece(assessment, key, by=owner, title=title, dated=date(2026, 1, 1))
    if submitted:
        submit(assessment, owner)
    return assessment


@pytest.mark.parametrize("submitted", [False, True], ids=["open", "submitted"])
def test_pages_of_an_assessment_take_as_many_queries_for_sixty_criteria_as_for_one(db: None, submitted: bool) -> None:
    owner = make_user("Owner")
    client = signed_in(owner)
    counts = []
    for size in (1, 60):
        version = import_playbook(document=book_of(size), by=None, publish=True)
        assessment = full(version, owner, submitted=submitted)
        names = [
            name
            for name in ONE_OPEN_ASSESSMENT
            if not (submitted and name in {"check", "stage", "fill_in", "fill_in_upload"})
        ]
        found = {name: queries(client, reverse(name, args=[assessment.pk])) for name in names}
        if not submitted:
            found["criterion_history"] = queries(client, reverse("criterion_history", args=[assessment.pk, 1]))
            found["criterion"] = queries(client, reverse("criterion", args=[assessment.pk, 1]))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 15


def test_a_save_takes_as_many_queries_whatever_stands_beside_it(db: None) -> None:
    owner = make_user("Owner")
    client = signed_in(owner)
    counts = []
    for size in (1, 60):
        assessment = full(import_playbook(document=book_of(size), by=None, publish=True), owner, submitted=False)
        counts.append(saving(client, reverse("criterion", args=[assessment.pk, 1])))
    assert counts[0] == counts[1]
    assert counts[0] <= 14


def saving(client: Client, address: str) -> int:
    def save(note: str, seen: int) -> None:
        data = {"answer": "3", "note": note, "seen": str(seen)}
        assert client.post(address, data, headers={"HX-Request": "true"}).status_code == 200

    save("First", 1)
    with CaptureQueriesContext(connection) as captured:
        save("Second", 2)
    return len(captured)


def test_reading_a_draft_takes_as_many_queries_for_sixty_criteria_as_for_one(
    db: None, django_assert_max_num_queries: Callable[..., CaptureQueriesContext]
) -> None:
    for size in (1, 60):
        version = import_playbook(document=book_of(size), by=None)
        version = Version.objects.select_related("playbook").get(pk=version.pk)
        with django_assert_max_num_queries(11):
            assert len(playbook_document(version).criterion) == size


def test_a_published_version_is_read_once(db: None) -> None:
    version = published_version()
    playbook_document(version)
    with CaptureQueriesContext(connection) as captured:
        playbook_document(version)
    assert len(captured) == 0
