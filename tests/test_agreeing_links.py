"""Where agreeing is led to from: task list, criterion, check, what waits; and that none of them tells early."""

from collections.abc import Mapping

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Assessment, Round, User
from assessments.selectors.playbooks import criterion_ids
from assessments.services.agreeing import Heard, Terms, agree
from tests.factories import answer, make_assessment, make_place, make_user, number_of, submit
from tests.voices_cast import COUNCIL, FIRMS, KEY, NINE, Levels, make_round

PAGES = ("assessment", "check", "waiting", "workshop")
SAID = "9 gave a level, from 1 to 4"


@pytest.fixture
def owner(db: None) -> User:
    return make_user("Owner")


@pytest.fixture
def client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def assessment(owner: User) -> Assessment:
    return make_assessment(make_place(owner=owner), owner, {KEY: 2})


def addresses(assessment: Assessment) -> list[str]:
    return [*(reverse(name, args=[assessment.pk]) for name in PAGES), page_of(assessment)]


def page_of(assessment: Assessment, name: str = "criterion") -> str:
    return reverse(name, args=[assessment.pk, number_of(KEY)])


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def agreed(assessment: Assessment, level: int, by: User, dissent: str = "") -> None:
    agree(
        assessment=assessment,
        criterion_id=criterion_ids(assessment.version)[KEY],
        terms=Terms(level, "The strategy is adopted.", dissent),
        heard=Heard(9, 1, 4),
        seen=1,
        by=by,
    )


def test_no_page_tells_anything_before_the_reveal(client: Client, owner: User, assessment: Assessment) -> None:
    asked = make_round(assessment, {KEY: NINE}, by=owner, revealed=False)
    for address in [*addresses(assessment), reverse("round", args=[assessment.pk, asked.pk])]:
        found = text(client, address)
        assert "gave a level" not in found
        assert "to discuss" not in found.lower()
        assert "how the answers spread" not in found


def test_pages_lead_to_what_is_to_be_discussed_until_it_is_agreed(
    client: Client, owner: User, assessment: Assessment
) -> None:
    asked = make_round(assessment, {KEY: NINE}, by=owner)
    start = reverse("assessment", args=[assessment.pk])
    here = f'href="{page_of(assessment, "agree")}"'
    every = f'href="{reverse("agreeing", args=[assessment.pk])}'
    assert "1 criterion is to be discussed and not agreed." in text(client, start)
    assert here in text(client, f"{start}check/")
    assert f"{every}?show=discuss" in text(client, f"{start}waiting/")
    assert every in text(client, reverse("round", args=[assessment.pk, asked.pk]))
    assert SAID in text(client, page_of(assessment))
    agreed(assessment, 3, owner, "Two firms see a 2.")
    assert "Nothing that is to be discussed waits to be agreed." in text(client, start)
    assert here not in text(client, f"{start}check/")
    assert every not in text(client, f"{start}waiting/")
    found = text(client, page_of(assessment))
    assert "Agreed 3; 9 answered, from 1 to 4; dissent: Two firms see a 2." in found
    assert here in found


def test_a_criterion_says_that_its_answer_was_changed_since(
    client: Client, owner: User, assessment: Assessment
) -> None:
    agreed(assessment, 3, owner)
    answer(assessment, KEY, 2, by=owner)
    assert "Agreed 3, changed since to 2" in text(client, page_of(assessment))


def test_a_criterion_of_an_anonymous_round_tells_no_more_than_the_list(
    client: Client, owner: User, assessment: Assessment
) -> None:
    make_round(assessment, {KEY: {COUNCIL: (1,), FIRMS: (4,)}}, by=owner, naming=Round.Naming.ANONYMOUS)
    found = text(client, page_of(assessment))
    assert "because the answers are anonymous" in found
    assert "from 1 to 4" not in found


def test_without_a_round_nothing_is_added(client: Client, assessment: Assessment) -> None:
    assert 'id="group"' not in text(client, page_of(assessment))
    assert "Agree with your partners" not in text(client, reverse("assessment", args=[assessment.pk]))


def test_the_history_of_an_answer_is_found_after_submission(
    client: Client, owner: User, assessment: Assessment
) -> None:
    submit(assessment, owner)
    history = page_of(assessment, "criterion_history")
    assert f'href="{history}"' in text(client, page_of(assessment, "agree"))
    found = text(client, reverse("results", args=[assessment.pk]))
    assert found.count("/history/") == len(criterion_ids(assessment.version))
    assert f'href="{history}"' in found
    assert history not in text(client, reverse("submission", args=[assessment.pk, 1]))


def test_pages_ask_no_more_because_more_was_said(client: Client, owner: User, assessment: Assessment) -> None:
    def counted(answers: Mapping[str, Levels]) -> list[int]:
        asked = make_round(assessment, answers, by=owner)
        found = [_queries(client, address) for address in addresses(assessment)]
        asked.delete()
        return found

    one = counted({KEY: NINE})
    assert counted(dict.fromkeys(criterion_ids(assessment.version), NINE)) == one
    assert max(one) <= 22


def _queries(client: Client, address: str) -> int:
    text(client, address)
    with CaptureQueriesContext(connection) as captured:
        text(client, address)
    return len(captured)
