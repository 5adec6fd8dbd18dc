"""A submitted assessment keeps its texts, answers and result, whatever becomes of the playbook after it."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, Criterion, Level, PublishedIsReadOnly, Version
from assessments.selectors.playbooks import playbook_document
from assessments.services.assessing import start_assessment, submit_assessment
from assessments.services.playbooks import copy_to_draft, publish_version
from tests.factories import (
    Cast,
    add_piece,
    answer,
    decide_as_guessed,
    make_assessment,
    playbook,
    published_version,
)


@pytest.fixture
def submitted(cast: Cast) -> Assessment:
    """A year of history, notes and evidence, submitted on the first version."""
    keys = list(playbook().criterion)
    before = make_assessment(cast.place, cast.owner, dict.fromkeys(keys, 1))
    submit_assessment(assessment=before, by=cast.owner, dated=date(2025, 6, 1))
    assessment = make_assessment(cast.place, cast.owner, {key: number % 5 for number, key in enumerate(keys)})
    answer(assessment, keys[3], 3, by=cast.owner, note="Two funders have signed.")
    add_piece(assessment, keys[3], by=cast.owner)
    submit_assessment(assessment=assessment, by=cast.owner, dated=date(2026, 6, 1))
    return Assessment.objects.get(pk=assessment.pk)


def everything(cast: Cast, assessment: Assessment) -> dict[str, bytes]:
    client = Client()
    client.force_login(cast.owner)
    names = ("results", "report", "answers_file", "playbook_file", "score_file")
    found = {}
    for name in names:
        response = client.get(reverse(name, args=[assessment.pk]))
        assert response.status_code == 200
        found[name] = response.content
    return found


def change_the_playbook() -> Version:
    """Copy, reword a criterion and its levels, change a weight, publish."""
    draft = copy_to_draft(version=published_version(), number="1.1", by=None)
    criterion = Criterion.objects.get(version=draft, key="investment-cycles")
    criterion.title, criterion.question, criterion.weight = "Rounds of money", "Is there more to come?", 50
    criterion.save()
    level = criterion.levels.all()[3]
    level.descriptor, level.next_step = "Quite another thing is true.", "Do quite another thing."
    level.save()
    return publish_version(version=decide_as_guessed(draft), by=None)


def test_old_pages_and_reports_stay_byte_for_byte(cast: Cast, submitted: Assessment) -> None:
    before = everything(cast, submitted)
    version = change_the_playbook()
    assert Version.objects.current() == version
    after = everything(cast, submitted)
    assert {name: after[name] == content for name, content in before.items()} == dict.fromkeys(before, True)
    assert b"Quite another thing" not in b"".join(after.values())


def test_the_figures_are_read_and_not_computed_again(
    cast: Cast, submitted: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine is taken away; what was submitted is still there."""

    def gone(*_: object) -> None:
        raise AssertionError("scored again")

    monkeypatch.setattr("assessments.scoring.score", gone)
    assert len(everything(cast, submitted)) == 5


def test_a_renamed_place_does_not_rename_what_was_submitted(cast: Cast, submitted: Assessment) -> None:
    client = Client()
    client.force_login(cast.owner)
    before = client.get(reverse("report", args=[submitted.pk])).content
    cast.place.name = "Another Name"
    cast.place.save()
    assert client.get(reverse("report", args=[submitted.pk])).content == before


def test_the_new_version_asks_what_it_says(cast: Cast, submitted: Assessment) -> None:
    version = change_the_playbook()
    assessment = start_assessment(place=cast.place, version=version, by=cast.owner)
    client = Client()
    client.force_login(cast.owner)
    number = list(playbook_document(version).criterion).index("investment-cycles") + 1
    page = client.get(reverse("criterion", args=[assessment.pk, number])).content.decode()
    assert ("Is there more to come?" in page, "Quite another thing is true." in page) == (True, True)


def test_a_published_version_cannot_be_written(cast: Cast) -> None:
    version = published_version()
    criterion = Criterion.objects.filter(version=version)[0]
    stage = version.stages.all()[1]
    rows = [version, version.roles.all()[0], stage, stage.gates.all()[0], criterion.lesson, criterion]
    rows += [criterion.levels.all()[0], criterion.targets.all()[0], criterion.hints.all()[0]]
    for row in rows:
        with pytest.raises(PublishedIsReadOnly):
            row.save()
        with pytest.raises(PublishedIsReadOnly):
            row.delete()
    taken = criterion.levels.all()[0]
    taken.criterion = Criterion.objects.get(
        version=copy_to_draft(version=version, number="2", by=None), key=criterion.key
    )
    with pytest.raises(PublishedIsReadOnly):
        taken.save()
    with pytest.raises(PublishedIsReadOnly):
        Level(criterion=criterion, descriptor="One more.", next_step="On.").save()


def test_the_fixture_is_what_is_published(db: None) -> None:
    path = Path(__file__).parent.parent / "fixtures" / "hubs-of-innovation-1.0.yaml"
    assert path.exists()
    assert playbook_document(published_version()) == playbook()
