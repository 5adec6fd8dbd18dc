"""The journal of a draft: what is recorded, and that a draft can be put back as it was, exactly."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.comparing.deciding import fingerprint
from assessments.interchange import Playbook, freeze_playbook, thaw_draft
from assessments.models import DraftChange, Gate, Level, Origin, PublishedIsReadOnly, User, Version
from assessments.selectors.drafts import changes_of, packed, state_of, unpacked
from assessments.selectors.playbooks import playbook_document
from assessments.services.journal import AS_IT_WAS, ELSEWHERE, open_journal, record_change
from assessments.services.playbooks import VersionExists, copy_to_draft, import_playbook, publish_version
from assessments.services.restoring import ChangedMeanwhile, put_back, write_document
from tests import factories
from tests.admin_pages import criterion_of
from tests.strategies import playbooks

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return factories.make_user("Ada Admin", is_admin=True)


@pytest.fixture
def draft(ada: User) -> Version:
    return copy_to_draft(version=factories.published_version(), number="1.1", by=ada)


def journal(draft: Version) -> list[tuple[int, str, str]]:
    return [(each.number, str(each.by or ""), each.what) for each in changes_of(draft)][::-1]


def retitle(draft: Version, title: str, by: User | None) -> DraftChange | None:
    with transaction.atomic():
        open_journal(version_id=draft.pk)
        criterion = criterion_of(draft)
        criterion.title = title
        criterion.save()
        return record_change(version=draft, by=by, what=f"Called it {title}")


def test_a_change_is_kept_with_its_number_its_author_and_the_parts_that_it_is_about(draft: Version, ada: User) -> None:
    assert retitle(draft, "One vision", ada) is not None
    assert journal(draft) == [(1, "Ada Admin", "Copied from version 1.0"), (2, "Ada Admin", "Called it One vision")]
    assert [each.number for each in changes_of(draft, "criteria/shared-vision")] == [2]
    assert list(changes_of(draft, "criteria/right-path")) == []


def test_where_nothing_changed_nothing_is_kept(draft: Version, ada: User) -> None:
    assert retitle(draft, criterion_of(draft).title, ada) is None
    assert len(journal(draft)) == 1


def test_a_draft_older_than_its_journal_and_a_write_past_it_are_kept_before_the_next_change(
    draft: Version, ada: User
) -> None:
    draft.changes.all().delete()
    retitle(draft, "One vision", ada)
    Level.objects.filter(criterion__version=draft, position=0).update(next_step="Written past the journal.")
    retitle(draft, "Two visions", ada)
    assert journal(draft) == [
        (1, "", AS_IT_WAS),
        (2, "Ada Admin", "Called it One vision"),
        (3, "", ELSEWHERE),
        (4, "Ada Admin", "Called it Two visions"),
    ]


def test_undoing_and_undoing_that(draft: Version, ada: User) -> None:
    before = playbook_document(draft)
    retitle(draft, "One vision", ada)
    after = playbook_document(draft)
    found = []
    for seen in (2, 3, 4):
        put_back(draft=draft, number=seen - 1, seen=seen, by=ada)
        found.append(playbook_document(draft))
    assert found == [before, after, before]
    assert [what for _, _, what in journal(draft)[2:]] == [
        "Undid change 2: Called it One vision",
        "Made change 2 again: Called it One vision",
        "Undid change 2: Called it One vision",
    ]


def test_putting_back_over_several_changes_keeps_rows_translations_and_the_map(draft: Version, ada: User) -> None:
    criterion = criterion_of(draft)
    Origin.objects.create(criterion=criterion, kind=Origin.Kind.SAME, comparable=True, decided_on="a" * 64)
    translated = {"path": "criteria/shared-vision/title", "source": criterion.title, "text": "Gweledigaeth"}
    translation = draft.translations.create(language="cy", **translated)
    open_journal(version_id=draft.pk)
    before = state_of(draft)
    kept = criterion.levels.first()
    assert kept is not None
    retitle(draft, "One vision", ada)
    Origin.objects.filter(criterion=criterion).delete()
    draft.lessons.all()[1].delete()
    record_change(version=draft, by=ada, what="Took a lesson out")

    put_back(draft=draft, number=2, seen=4, by=ada)
    assert state_of(draft) == before
    assert criterion_of(draft).pk == criterion.pk
    assert Level.objects.get(pk=kept.pk).criterion_id == criterion.pk
    assert list(draft.translations.all()) == [translation]
    assert journal(draft)[-1][2] == "Put back as it was after change 2"


def test_undo_names_the_change_that_it_saw(draft: Version, ada: User) -> None:
    retitle(draft, "One vision", ada)
    bob = factories.make_user("Bob")
    retitle(draft, "Two visions", bob)
    with pytest.raises(ChangedMeanwhile):
        put_back(draft=draft, number=1, seen=2, by=ada)
    assert criterion_of(draft).title == "Two visions"


def test_a_published_version_is_not_put_back_or_written_over(draft: Version, ada: User) -> None:
    retitle(draft, "One vision", ada)
    publish_version(version=factories.decide_as_guessed(draft), by=ada)
    with pytest.raises(PublishedIsReadOnly):
        put_back(draft=draft, number=1, seen=2, by=ada)
    with pytest.raises(PublishedIsReadOnly):
        write_document(draft=draft, document=factories.playbook(), by=ada, what="Uploaded")


def test_a_document_with_the_number_of_another_version_is_refused(draft: Version, ada: User) -> None:
    with pytest.raises(VersionExists):
        write_document(draft=draft, document=factories.playbook(), by=ada, what="Uploaded")
    assert len(journal(draft)) == 1


def test_a_document_that_says_the_same_keeps_what_was_decided(draft: Version, ada: User) -> None:
    kinds = {"shared-vision": Origin.Kind.REWORDED, "right-path": Origin.Kind.SAME, "citizens": Origin.Kind.STRICTER}
    for key, kind in kinds.items():
        origin = Origin.objects.create(criterion=criterion_of(draft, key), kind=kind, comparable=True, decided_on="a")
        origin.sources.create(key=key)
    document = playbook_document(draft)
    follows = document.follows
    assert follows is not None
    other = replace(follows.criteria["citizens"], kind="reworded")
    told = replace(follows, criteria={**follows.criteria, "citizens": other})
    write_document(draft=draft, document=replace(document, follows=told), by=ada, what="Uploaded")
    found = dict(Origin.objects.values_list("criterion__key", "decided_on"))
    now = fingerprint(other, document.criterion["citizens"], factories.playbook())
    assert found == {"shared-vision": "a", "right-path": "a", "citizens": now}


@pytest.fixture
def small_draft(ada: User) -> Version:
    book = factories.playbook()
    lessons = tuple(replace(lesson, criteria=lesson.criteria[:1]) for lesson in book.lessons[:2])
    stages = tuple(replace(stage, gates={}) for stage in book.stages)
    return import_playbook(document=replace(book, lessons=lessons, stages=stages), by=ada)


@settings(max_examples=12)
@given(documents=st.lists(playbooks(), min_size=2, max_size=2))
def test_whatever_is_written_is_read_and_what_was_comes_back(documents: list[Playbook]) -> None:
    with transaction.atomic():
        draft = import_playbook(document=replace(documents[0], version="1"), by=None)
        state = state_of(draft)
        document = replace(documents[1], key=draft.playbook.key)
        write_document(draft=draft, document=document, by=None, what="Uploaded")
        assert playbook_document(draft) == document
        put_back(draft=draft, number=1, seen=2, by=factories.make_user("Ada"))
        assert state_of(draft) == state
        transaction.set_rollback(True)


@given(playbooks())
@settings(max_examples=15)
def test_a_draft_is_read_back_as_it_was_kept_however_incomplete(book: Playbook) -> None:
    lesson = replace(book.lessons[0], criteria=tuple(replace(each, levels=()) for each in book.lessons[0].criteria))
    for each in (
        book,
        replace(book, stages=(), lessons=(), roles=()),
        replace(book, lessons=(lesson, *book.lessons[1:])),
    ):
        assert thaw_draft(freeze_playbook(each)) == each


def test_an_incomplete_draft_and_its_map_are_packed_and_unpacked(draft: Version) -> None:
    Origin.objects.create(criterion=criterion_of(draft), kind=Origin.Kind.SAME, comparable=True, decided_on="a" * 64)
    Level.objects.filter(criterion__version=draft).delete()
    Gate.objects.filter(criterion__version=draft).delete()
    draft.roles.all().delete()
    assert unpacked(packed(state_of(draft))) == state_of(draft)


def test_writing_takes_as_many_queries_for_many_criteria_as_for_few(small_draft: Version, ada: User) -> None:
    document = playbook_document(small_draft)

    def queries(count: int) -> int:
        sample = document.lessons[0].criteria[0]
        more = tuple(replace(sample, key=f"criterion-{number}") for number in range(count))
        larger = replace(document, lessons=(replace(document.lessons[0], criteria=more), *document.lessons[1:]))
        with CaptureQueriesContext(connection) as captured:
            write_document(draft=small_draft, document=larger, by=ada, what="Uploaded")
        write_document(draft=small_draft, document=document, by=ada, what="Uploaded")
        return len(captured)

    few = queries(3)
    assert few <= queries(20) <= few + 3  # SQLite takes a long list of rows in two goes
