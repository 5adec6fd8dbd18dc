"""Agreeing: the list by disagreement, the page of a criterion, and that only an agreement changes the answer."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Agreement, Answer, Assessment, Round, RoundRole, User
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.voices import agreed_on
from assessments.services.agreeing import AgreedMeanwhile, Heard, Terms, agree
from assessments.services.answering import Conflict, NotOpen
from assessments.services.revealing import reveal_round
from tests.factories import answer, make_assessment, make_place, make_user, number_of, submit
from tests.voices_cast import COUNCIL, FIRMS, KEY, NINE, Levels, make_round

AGREED = {"answer": "3", "reason": "The strategy is adopted.", "dissent": "Two firms see a 2."}


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


def page_of(assessment: Assessment, key: str = KEY) -> str:
    return reverse("agree", args=[assessment.pk, number_of(key)])


def posted(assessment: Assessment, key: str = KEY, **more: str) -> dict[str, str]:
    return {**AGREED, "seen": "1", "after": "0", "asked": str(criterion_ids(assessment.version)[key]), **more}


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def answer_of(assessment: Assessment, key: str = KEY) -> Answer:
    return Answer.objects.get(assessment=assessment, criterion__key=key)


def test_those_to_discuss_come_first_then_those_who_agree_least(
    client: Client, owner: User, assessment: Assessment
) -> None:
    levels = {"right-path": {COUNCIL: (2, 2, 2)}, "citizens": NINE, "vision": {COUNCIL: (2, 3, 3)}}
    keys = list(criterion_ids(assessment.version))
    some = dict(zip([keys[0], keys[2], keys[1]], levels.values(), strict=True))
    make_round(assessment, some, by=owner)
    response = client.get(reverse("agreeing", args=[assessment.pk]))
    order = [row.matter.text.key for row in response.context["rows"]]
    assert order[:3] == [keys[2], keys[1], keys[0]]
    assert order[3:] == keys[3:]
    discuss = client.get(reverse("agreeing", args=[assessment.pk]), {"show": "discuss"})
    assert [row.matter.text.key for row in discuss.context["rows"]] == [keys[2]]


def test_nothing_is_told_before_the_reveal(client: Client, owner: User, assessment: Assessment) -> None:
    make_round(assessment, {KEY: NINE}, by=owner, revealed=False, comments={COUNCIL: "Minute 14 says so."})
    for address in (reverse("agreeing", args=[assessment.pk]), page_of(assessment)):
        found = text(client, address)
        assert "not revealed yet" in found
        assert "gave a level" not in found
        assert "Minute 14" not in found


def test_what_was_said_and_written_is_shown_after_it(client: Client, owner: User, assessment: Assessment) -> None:
    make_round(assessment, {KEY: NINE}, by=owner, comments={COUNCIL: "Minute 14 says so."})
    found = text(client, page_of(assessment))
    assert "9 gave a level, from 1 to 4; mean 2.6; suggested 3" in found
    assert "Minute 14 says so." in found
    assert "checked" not in found


def test_comments_of_too_few_are_not_shown(client: Client, owner: User, assessment: Assessment) -> None:
    few = {KEY: {COUNCIL: (1,), FIRMS: (4,)}}
    make_round(assessment, few, by=owner, naming=Round.Naming.ANONYMOUS, comments={COUNCIL: "Minute 14 says so."})
    found = text(client, page_of(assessment))
    assert "Minute 14" not in found
    assert "because the answers are anonymous" in found


def test_an_agreement_changes_the_answer_and_keeps_reason_and_dissent(
    client: Client, owner: User, assessment: Assessment
) -> None:
    make_round(assessment, {KEY: NINE}, by=owner)
    assert answer_of(assessment).level == 2
    assert client.post(page_of(assessment), posted(assessment)).status_code == 302
    assert answer_of(assessment).level == 3
    assert agreed_on(assessment)[KEY].sentence == "Agreed 3; 9 answered, from 1 to 4; dissent: Two firms see a 2."
    assert client.get(reverse("agreeing", args=[assessment.pk])).context["progress"].done == 1
    assert client.post(page_of(assessment), posted(assessment)).status_code == 302
    assert Agreement.objects.count() == 1


def test_a_meeting_may_agree_without_a_round(client: Client, assessment: Assessment) -> None:
    assert client.post(page_of(assessment), posted(assessment, dissent="")).status_code == 302
    assert agreed_on(assessment)[KEY].sentence == "Agreed 3"


@pytest.mark.parametrize("missing", ["answer", "reason"])
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    client: Client, assessment: Assessment, missing: str
) -> None:
    response = client.post(page_of(assessment), posted(assessment, **{missing: ""}))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [missing]
    assert "Two firms see a 2." in response.content.decode()
    assert not Agreement.objects.exists()


def test_who_comes_second_sees_both_and_may_record_theirs(client: Client, owner: User, assessment: Assessment) -> None:
    answer(assessment, KEY, 1, by=owner, note="Only a draft.")
    response = client.post(page_of(assessment), posted(assessment))
    page = response.content.decode()
    assert (response.status_code, answer_of(assessment).level, Agreement.objects.count()) == (409, 1, 0)
    assert "Only a draft." in page
    assert "The strategy is adopted." in page
    assert client.post(page_of(assessment), posted(assessment, seen="2")).status_code == 302
    stands = answer_of(assessment)
    assert (stands.level, stands.note) == (3, "Only a draft.")


def test_a_second_agreement_does_not_take_the_place_of_one_that_was_not_seen(
    owner: User, assessment: Assessment
) -> None:
    other = make_user("Other")
    pk = criterion_ids(assessment.version)[KEY]
    first, _ = agree(
        assessment=assessment, criterion_id=pk, terms=Terms(2, "As it is."), heard=Heard(), seen=1, by=other, after=0
    )
    with pytest.raises(AgreedMeanwhile) as trouble:
        agree(assessment=assessment, criterion_id=pk, terms=Terms(2, "Else."), heard=Heard(), seen=1, by=owner, after=0)
    assert trouble.value.last == first
    agree(
        assessment=assessment, criterion_id=pk, terms=Terms(2, "Else."), heard=Heard(), seen=1, by=owner, after=first.pk
    )
    assert [row.reason for row in Agreement.objects.order_by("pk")] == ["As it is.", "Else."]


def test_an_agreement_over_an_answer_that_was_not_seen_writes_nothing(owner: User, assessment: Assessment) -> None:
    pk = criterion_ids(assessment.version)[KEY]
    with pytest.raises(Conflict):
        agree(assessment=assessment, criterion_id=pk, terms=Terms(4, "So."), heard=Heard(), seen=0, by=owner)
    assert (answer_of(assessment).level, Agreement.objects.count()) == (2, 0)


def test_an_answer_changed_since_is_said_to_be(client: Client, owner: User, assessment: Assessment) -> None:
    client.post(page_of(assessment), posted(assessment))
    answer(assessment, KEY, 1, by=owner)
    assert "Agreed 3, changed since to 1" in text(client, page_of(assessment))
    assert client.get(reverse("agreeing", args=[assessment.pk])).context["progress"].done == 0


def test_a_submitted_assessment_is_read_and_no_longer_agreed_on(
    client: Client, owner: User, assessment: Assessment
) -> None:
    submit(assessment, owner)
    assert "Record what you agree" not in text(client, page_of(assessment))
    response = client.post(page_of(assessment), posted(assessment))
    assert (response.status_code, "Two firms see a 2." in response.content.decode()) == (409, True)
    pk = criterion_ids(assessment.version)[KEY]
    with pytest.raises(NotOpen):
        agree(assessment=assessment, criterion_id=pk, terms=Terms(4, "So."), heard=Heard(), seen=1, by=owner)


def test_pages_take_as_many_queries_for_every_criterion_as_for_one(
    client: Client, owner: User, assessment: Assessment
) -> None:
    def counted() -> list[int]:
        found = []
        for address in (reverse("agreeing", args=[assessment.pk]), page_of(assessment)):
            text(client, address)
            with CaptureQueriesContext(connection) as captured:
                text(client, address)
            found.append(len(captured))
        return found

    asked = make_round(assessment, {KEY: NINE}, by=owner)
    one = counted()
    asked.delete()
    make_round(assessment, dict.fromkeys(criterion_ids(assessment.version), NINE), by=owner)
    assert counted() == one
    assert max(one) <= 14


GONE = "Fewer than three gave a level, so nothing is shown, and whatever was said was thrown away at the reveal."


@pytest.mark.parametrize("said", [(), (1,), (1, 4), (None, 3)], ids=["none", "one", "two", "one who does not know"])
def test_of_what_too_few_answered_it_is_not_said_that_nobody_did(
    client: Client, owner: User, assessment: Assessment, said: tuple[int | None, ...]
) -> None:
    ids = criterion_ids(assessment.version)
    full, unknown = [key for key in ids if key != KEY][:2]
    answers: dict[str, Levels] = {
        full: {COUNCIL: (1, 2, 3)},
        unknown: {COUNCIL: (None, None, None)},
        KEY: {COUNCIL: said},
    }
    asked = make_round(assessment, answers, by=owner, naming=Round.Naming.ANONYMOUS, revealed=False)
    RoundRole.objects.create(round=asked, role=COUNCIL).criteria.set([ids[key] for key in answers])
    reveal_round(round=asked, by=owner)
    rows = client.get(reverse("agreeing", args=[assessment.pk])).context["rows"]
    told = {row.matter.text.key: row.matter.sentence for row in rows}
    assert (told[KEY], told[unknown]) == (GONE, "Nobody gave a level; 3 do not know.")
    assert set(told.values()) == {told[key] for key in answers} | {"Nobody was asked about this in the round."}
    assert GONE in text(client, page_of(assessment))


def test_a_note_that_stays_is_shown_beside_the_form(client: Client, owner: User, assessment: Assessment) -> None:
    words = "The note stays as it is. If it does not fit the agreed level, change it on"
    assert words not in text(client, page_of(assessment))
    answer(assessment, KEY, 1, by=owner, note="Only a draft.")
    found = text(client, page_of(assessment))
    assert (found.count("Only a draft."), words in found) == (1, True)
    submit(assessment, owner)
    found = text(client, page_of(assessment))
    assert (found.count("Only a draft."), words in found) == (1, False)
