"""A draft as places will see it: the criterion's own page, and the report of a place that does not exist."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings

from assessments.findings.sample import sample_answers, sample_findings
from assessments.interchange import Playbook, dump_answers, read_answers
from assessments.models import Answer, Assessment, Level, User, Version
from assessments.services.playbooks import copy_to_draft, import_playbook
from tests import factories
from tests.admin_pages import criterion_of, page
from tests.strategies import playbooks

pytestmark = pytest.mark.django_db
BOOK = factories.playbook()
TODAY = date(2026, 6, 1)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.make_user("Ada Admin", is_admin=True))
    return client


@pytest.fixture
def draft() -> Version:
    return copy_to_draft(version=factories.published_version(), number="1.1", by=None)


def main_part(response: Any) -> str:
    """The columns of a criterion's page, without what differs from one address, form, person and title to the other,
    and without the links to a history and a library, which a preview has not.
    """
    text = response.content.decode()
    text = text[text.index('<div class="where">') : text.index('<nav class="prev-next"')]
    named = (rf'name="{name}" value="[^"]*"' for name in ("csrfmiddlewaretoken", "token", "asked", "person"))
    kept, history = r'data-(kept|title)="[^"]*"', r'<p class="to-history">.*</p>'
    library = r'<p><a href="[^"]*/library/">.*?</a></p>'
    for noise in (*named, kept, history, library):
        text = re.sub(noise, "", text)
    return " ".join(re.sub(r'(action|data-hx-post)="[^"]*"', r"\1", text).split())


def test_the_page_of_a_criterion_is_the_one_that_members_get(admin: Client) -> None:
    cast = factories.make_cast()
    assessment = factories.make_assessment(cast.place, cast.owner)
    owner = Client()
    owner.force_login(cast.owner)
    for key in ("shared-vision", BOOK.lessons[1].criteria[4].key):
        number = factories.number_of(key)
        real = owner.get(reverse("criterion", args=[assessment.pk, number]))
        shown = admin.get(page(assessment.version, "preview"), {"criterion": str(number), "stage": "forming"})
        assert main_part(shown) == main_part(real)


def test_sending_a_preview_saves_nothing_and_leads_on(admin: Client, draft: Version) -> None:
    base = page(draft, "preview")
    first: Any = admin.post(f"{base}?criterion=1&stage=forming", {"answer": "2", "go": "next"})
    assert first.url == f"{base}?criterion=2&stage=forming"
    last: Any = admin.post(f"{base}?criterion=27&stage=forming", {"answer": "2", "go": "next"})
    other: Any = admin.post(f"{base}?criterion=27&stage=forming", {"title": "A minute", "grade": "2"})
    assert (last.url, other.url) == (base, f"{base}?criterion=27&stage=forming")
    assert (Answer.objects.count(), Assessment.objects.count()) == (0, 0)


def test_a_draft_is_previewed_with_its_own_words_before_it_is_complete(admin: Client, draft: Version) -> None:
    Level.objects.filter(criterion=criterion_of(draft)).delete()
    number = factories.number_of("shared-vision")
    shown = admin.get(page(draft, "preview"), {"criterion": number})
    assert "It is not complete yet" in shown.content.decode()
    all_pages = admin.get(page(draft, "preview"))
    assert all_pages.context["missing"] != []
    refused = admin.get(page(draft, "preview"), {"report": "pdf"})
    assert (refused.status_code, refused.context["missing"]) == (409, all_pages.context["missing"])
    draft.stages.all().delete()
    assert admin.get(page(draft, "preview"), {"criterion": number}).status_code == 200
    draft.lessons.all().delete()
    assert "has no lesson yet" in admin.get(page(draft, "preview")).content.decode()


@pytest.mark.parametrize("number", ["0", "28", "x"])
def test_a_criterion_that_is_not_there_has_no_preview(admin: Client, draft: Version, number: str) -> None:
    assert admin.get(page(draft, "preview"), {"criterion": number}).status_code == 404


def test_the_report_of_a_draft_is_printed(admin: Client, draft: Version) -> None:
    response = admin.get(page(draft, "preview"), {"report": "pdf"})
    assert response["Content-Disposition"] == 'inline; filename="hubs-of-innovation-1.1-preview.pdf"'
    assert response.content.startswith(b"%PDF-1.7")


def test_who_may_not_look_at_versions_sees_no_preview(draft: Version) -> None:
    user = factories.make_user("Lou Looker")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    assert client.get(page(draft, "preview"), {"criterion": "1"}).status_code == 403
    assert Client().get(page(draft, "preview")).status_code == 302


def test_previews_take_as_many_queries_for_many_criteria_as_for_few(admin: Client) -> None:
    def queries(count: int) -> list[int]:
        sample = BOOK.lessons[0].criteria[0]
        more = tuple(replace(sample, key=f"criterion-{number}") for number in range(count))
        stages = tuple(replace(stage, gates={}) for stage in BOOK.stages)
        lessons = (replace(BOOK.lessons[0], criteria=more),)
        version = import_playbook(document=replace(BOOK, key=f"book-{count}", stages=stages, lessons=lessons), by=None)
        found = []
        for asked in ({}, {"criterion": "1"}):
            admin.get(page(version, "preview"), asked)
            with CaptureQueriesContext(connection) as captured:
                admin.get(page(version, "preview"), asked)
            found.append(len(captured))
        return found

    few = queries(2)
    assert queries(12) == few
    assert max(few) <= 60


@given(playbooks())
@settings(max_examples=25)
def test_sample_answers_fit_any_playbook(playbook: Playbook) -> None:
    answers = sample_answers(playbook, TODAY)
    assert read_answers(dump_answers(answers), playbook) == answers
    assert sample_findings(playbook, TODAY).is_final


def test_sample_answers_are_believable() -> None:
    found = sample_findings(BOOK, TODAY)
    counts = found.overall.counts
    assert (counts.missing, counts.not_applicable, counts.dont_know) == (0, 1, 3)
    assert 30 < found.overall.score < 80  # type: ignore[operator]
    assert len(found.priorities) > 5
    assert {piece.grade for pieces in found.answers.evidence.values() for piece in pieces} == {1, 2, 3, 4}
