"""Respondents answer without an account: how they come in, what is saved, and what two at once may not do."""

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.signing import TimestampSigner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.models import Respondent, Response, ResponseAnswer, Round, RoundRole
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.responding import new_secret, part_by, response_hash, shared_link
from assessments.services.responding import (
    Closed,
    Gone,
    NotAsked,
    begin_by_link,
    delete_answers,
    finish,
)
from assessments.services.revealing import reveal_round
from tests.at_once import together
from tests.factories import Cast, make_assessment, make_cast, playbook
from tests.rounds_cast import KEYS, ROLES, OpenRound, arrive, ask, give, open_round, round_of_one

NAME = "Asked Person"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def asked(cast: Cast) -> OpenRound:
    return round_of_one(cast)


@pytest.fixture
def linked(cast: Cast) -> OpenRound:
    """A round that is entered by shared links, for two of each role."""
    return open_round(make_assessment(cast.place, cast.owner), cast.owner, limit=2)


def state_of(name: str = NAME) -> str:
    return Respondent.objects.get(name=name).state


def stored(key: str = KEYS[0]) -> list[tuple[str, int | None, str]]:
    rows = ResponseAnswer.objects.filter(criterion__key=key)
    return list(rows.values_list("state", "level", "comment"))


def page_of(found: OpenRound, number: int = 1) -> str:
    return reverse("respond_criterion", args=[found.round.pk, number])


def finish_of(found: OpenRound) -> str:
    return reverse("respond_finish", args=[found.round.pk])


def close(found: OpenRound) -> None:
    Round.objects.filter(pk=found.round.pk).update(closed_at=timezone.now())


def begun_by_link(found: OpenRound, client: Client) -> str:
    """Come by the shared link and press Begin; the secret that was drawn."""
    client.get(reverse("take_part", args=[found.link().link_code]))
    drawn = client.get(found.address).context["drawn"]
    assert client.post(found.address, {"drawn": drawn}).status_code == 302
    return str(client.get(found.address).context["part"].secret)


# --- Coming in --------------------------------------------------------------------------------------------------


def test_a_link_changes_nothing_and_leaves_no_secret_in_the_address(asked: OpenRound) -> None:
    secret = asked.secrets[NAME]
    response = Client().get(reverse("take_part", args=[secret]))
    cookie = response.cookies[f"round-{asked.round.pk}"]
    assert (response.status_code, response["Location"], response["Referrer-Policy"]) == (
        302,
        asked.address,
        "strict-origin",
    )
    told = {name: cookie[name] for name in ("path", "httponly", "samesite", "secure")}
    assert told == {"path": asked.address, "httponly": True, "samesite": "Lax", "secure": ""}
    assert (Response.objects.count(), state_of()) == (0, "asked")


def test_the_cookie_of_an_https_site_travels_by_https_alone(asked: OpenRound, settings: object) -> None:
    settings.HTTPS = True  # type: ignore[attr-defined]
    response = Client().get(reverse("take_part", args=[asked.secrets[NAME]]))
    assert response.cookies[f"round-{asked.round.pk}"]["secure"] is True


def test_a_shared_code_is_read_in_any_case_and_with_hyphens(linked: OpenRound) -> None:
    code = linked.link().link_code or ""
    for typed in (code, code.lower(), f"{code[:5]}-{code[5:]}"):
        assert Client().get(reverse("take_part", args=[typed])).status_code == 302
    assert (Response.objects.count(), linked.link().begun) == (0, 0)


def test_an_unknown_link_tells_nothing(asked: OpenRound) -> None:
    response = Client().get(reverse("take_part", args=["not-a-secret"]))
    assert (response.status_code, "Harbour" in response.content.decode()) == (404, False)


def test_many_wrong_links_from_one_address_are_slowed_down_and_right_ones_are_not(
    linked: OpenRound, settings: object
) -> None:
    in_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {"default": in_memory, "pictures": in_memory}  # type: ignore[attr-defined]
    settings.LINK_RATE_LIMITS = {"wrong_link": "3/10m/ip"}  # type: ignore[attr-defined]
    caches["default"].clear()
    right = reverse("take_part", args=[linked.link().link_code])
    assert {Client().get(right).status_code for _ in range(60)} == {302}
    wrong = [Client().get(reverse("take_part", args=["ABCDE12345"])).status_code for _ in range(5)]
    assert wrong == [404, 404, 404, 429, 429]
    personal = ask(linked.round, NAME, ROLES[0])
    assert Client().get(reverse("take_part", args=[personal])).status_code == 302


def test_a_cookie_opens_its_own_round_alone(asked: OpenRound, cast: Cast) -> None:
    client = arrive(asked.secrets[NAME])
    Round.objects.filter(pk=asked.round.pk).update(revealed_at=timezone.now())
    other = open_round(asked.round.assessment, cast.owner, people={"Other Person": ROLES[0]})
    assert client.get(other.address).status_code == 404
    moved = client.cookies[f"round-{asked.round.pk}"].value
    client.cookies[f"round-{other.round.pk}"] = moved
    assert client.get(other.address).status_code == 404
    forged = TimestampSigner(salt="guess").sign(other.secrets["Other Person"])
    client.cookies[f"round-{other.round.pk}"] = forged
    assert client.get(other.address).status_code == 404


def test_whoever_is_signed_in_is_a_respondent_like_any_other(cast: Cast, asked: OpenRound) -> None:
    client = Client()
    client.force_login(cast.owner)
    sessions = list(Session.objects.values())
    arrive(asked.secrets[NAME], client)
    with CaptureQueriesContext(connection) as captured:
        welcome = client.get(asked.address).content.decode()
        client.post(asked.address)
        client.post(page_of(asked), {"answer": "3"})
        client.get(finish_of(asked))
    said = " ".join(query["sql"] for query in captured)
    assert ("django_session" in said, "assessments_user" in said) == (False, False)
    assert (cast.owner.name in welcome, list(Session.objects.values()) == sessions) == (False, True)
    assert stored() == [("level", 3, "")]


# --- By a shared link ---------------------------------------------------------------------------------------------


def test_a_shared_link_begins_once_however_often_the_button_is_pressed(linked: OpenRound) -> None:
    client = Client()
    client.get(reverse("take_part", args=[linked.link().link_code]))
    drawn = client.get(linked.address).context["drawn"]
    replies = [client.post(linked.address, {"drawn": drawn}) for _ in range(3)]
    assert [(reply.status_code, reply["Location"]) for reply in replies] == [(302, page_of(linked))] * 3
    assert (Response.objects.count(), linked.link().begun) == (1, 1)


def test_the_same_browser_resumes_and_another_device_comes_by_the_own_address(linked: OpenRound) -> None:
    client = Client()
    secret = begun_by_link(linked, client)
    client.post(page_of(linked), {"answer": "2"})
    client.get(reverse("take_part", args=[linked.link().link_code]))
    assert client.get(linked.address).context["screen"].done == 1
    assert reverse("take_part", args=[secret]) in client.get(linked.address).content.decode()
    assert arrive(secret).get(linked.address).context["screen"].done == 1
    assert linked.link().begun == 1


def test_a_full_link_says_so_and_lets_those_on_who_have_begun(linked: OpenRound) -> None:
    clients = [Client(), Client()]
    for client in clients:
        begun_by_link(linked, client)
    late = Client()
    late.get(reverse("take_part", args=[linked.link().link_code]))
    assert (late.get(linked.address).status_code, clients[0].get(page_of(linked)).status_code) == (409, 200)


def test_a_draw_that_is_not_ours_begins_nothing(linked: OpenRound) -> None:
    client = Client()
    client.get(reverse("take_part", args=[linked.link().link_code]))
    assert client.post(linked.address, {"drawn": "made-up"}).status_code == 302
    assert Response.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_who_begin_at_once_only_so_many_get_in() -> None:
    cast = make_cast()
    found = open_round(make_assessment(cast.place, cast.owner), cast.owner, limit=3)
    link = shared_link(found.link().link_code or "")
    assert link is not None
    results = together(*[partial(begin_by_link, link=link, secret=new_secret()) for _ in range(6)])
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["Full"] * 3 + ["Response"] * 3
    assert (RoundRole.objects.get(pk=link.pk).begun, Response.objects.count()) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_twice_at_once_begins_once() -> None:
    cast = make_cast()
    found = open_round(make_assessment(cast.place, cast.owner), cast.owner, limit=3)
    link = shared_link(found.link().link_code or "")
    assert link is not None
    results = together(*[partial(begin_by_link, link=link, secret="s" * 43)] * 2)
    assert [type(result).__name__ for result in results] == ["Response"] * 2
    assert (RoundRole.objects.get(pk=link.pk).begun, Response.objects.count()) == (1, 1)


# --- Saving -------------------------------------------------------------------------------------------------------


def test_the_first_saved_answer_is_the_beginning_that_the_lead_sees(asked: OpenRound) -> None:
    client = arrive(asked.secrets[NAME])
    assert client.post(asked.address).status_code == 302
    assert state_of() == "asked"
    client.post(page_of(asked), {"answer": "", "comment": ""})
    assert (state_of(), stored()) == ("asked", [])
    client.post(page_of(asked), {"answer": "3", "comment": "We meet monthly."})
    assert (state_of(), stored()) == ("begun", [("level", 3, "We meet monthly.")])
    client.post(finish_of(asked))
    client.post(page_of(asked), {"answer": "dont_know", "comment": "", "was_answer": "3"})
    assert (state_of(), Response.objects.get().is_done) == ("done", True)
    assert stored() == [("dont_know", None, "We meet monthly.")]


def test_a_page_opened_before_an_answer_was_given_puts_no_blank_over_it(asked: OpenRound) -> None:
    phone, desk = arrive(asked.secrets[NAME]), arrive(asked.secrets[NAME])
    before = desk.get(page_of(asked)).context["form"].initial
    phone.post(page_of(asked), {"answer": "3", "comment": "On the phone"})
    desk.post(page_of(asked), {**before, "comment": "At the desk"})
    assert stored() == [("level", 3, "At the desk")]
    desk.post(page_of(asked), {**before, "answer": "1"})
    assert stored() == [("level", 1, "At the desk")]


def test_what_may_have_been_lost_is_saved_whatever_the_page_had_seen(asked: OpenRound) -> None:
    client = arrive(asked.secrets[NAME])
    client.post(page_of(asked), {"answer": "3"})  # its reply was lost; then they went back to nothing
    client.post(page_of(asked), {"answer": "", "was_answer": "", "unsure": "answer"}, headers=HTMX)
    assert stored() == [("missing", None, "")]


def test_a_save_says_what_stands_and_sending_it_again_changes_nothing(asked: OpenRound) -> None:
    client = arrive(asked.secrets[NAME])
    replies = [client.post(page_of(asked), {"answer": "2", "comment": "Two"}, headers=HTMX) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert 'name="was_answer" value="2"' in replies[1].content.decode()
    assert (stored(), ResponseAnswer.objects.count()) == ([("level", 2, "Two")], 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [({"answer": "9"}, "Choose one of the answers"), ({"comment": "x" * 2001}, "at most 2000")],
    ids=["no such level", "too long"],
)
def test_what_cannot_be_kept_is_refused_and_stays_on_the_page(
    asked: OpenRound, data: dict[str, str], words: str
) -> None:
    client = arrive(asked.secrets[NAME])
    for headers in ({}, HTMX):
        response = client.post(page_of(asked), data, headers=headers)
        assert (response.status_code, words in response.content.decode()) == (422, True)
    assert Response.objects.count() == 0


def test_each_button_leads_where_it_says(asked: OpenRound) -> None:
    client = arrive(asked.secrets[NAME])
    ways = [client.post(page_of(asked, number), {"answer": "1", "go": "next"})["Location"] for number in (1, 2, 3)]
    assert ways == [page_of(asked, 2), page_of(asked, 3), finish_of(asked)]
    assert client.post(page_of(asked), {"go": "clear", "was_answer": "1"})["Location"] == page_of(asked)
    assert stored() == [("missing", None, "")]
    assert client.post(asked.address)["Location"] == page_of(asked)  # resumes at the first without an answer
    assert client.get(page_of(asked, 4)).status_code == 404


def test_nobody_sees_the_answers_of_another(cast: Cast) -> None:
    assessment = make_assessment(cast.place, cast.owner)
    found = open_round(assessment, cast.owner, people={"One Person": ROLES[0], "Two Person": ROLES[0]})
    give(found.part("One Person"), KEYS[0], 4, "Only mine")
    client = arrive(found.secrets["Two Person"])
    for address in (found.address, page_of(found), finish_of(found)):
        page = client.get(address)
        assert (page.context["screen"].done, "Only mine" in page.content.decode()) == (0, False)


def test_a_criterion_that_is_asked_no_more_takes_nothing(asked: OpenRound) -> None:
    client = arrive(asked.secrets[NAME])
    ids = criterion_ids(asked.round.version)
    asked.link().criteria.remove(ids[KEYS[1]])
    sent = {"answer": "2", "comment": "Kept for me", "asked": str(ids[KEYS[1]])}
    for headers in ({}, HTMX):
        response = client.post(page_of(asked, 2), sent, headers=headers)
        assert response.status_code == 409
    client.post(page_of(asked, 3), {"answer": "1", "asked": str(ids[KEYS[2]])})  # it is the second by now
    assert [stored(key) for key in KEYS] == [[], [], [("level", 1, "")]]
    with pytest.raises(NotAsked):
        give(asked.part(NAME), KEYS[1], 2)


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_save_at_once_lose_no_criterion() -> None:
    cast = make_cast()
    found = round_of_one(cast)
    results = together(*[partial(give, found.part(NAME), key, 2) for key in KEYS])
    assert [type(result).__name__ for result in results] == ["Given"] * 3
    assert (Response.objects.count(), ResponseAnswer.objects.count()) == (1, 3)


# --- The end ------------------------------------------------------------------------------------------------------


def test_the_last_day_counts_to_its_end(asked: OpenRound) -> None:
    today = timezone.localdate()
    Round.objects.filter(pk=asked.round.pk).update(closes_on=today)
    give(asked.part(NAME), KEYS[0], 2)
    Round.objects.filter(pk=asked.round.pk).update(closes_on=today - timedelta(days=1))
    with pytest.raises(Closed):
        give(asked.part(NAME), KEYS[0], 3)
    assert stored() == [("level", 2, "")]


def test_after_the_end_nothing_is_taken_and_what_was_typed_is_shown(asked: OpenRound) -> None:
    client = arrive(asked.secrets[NAME])
    client.post(page_of(asked), {"answer": "3", "comment": "In time"})
    close(asked)
    late = client.post(page_of(asked), {"answer": "1", "comment": "Came too late"})
    text = late.content.decode()
    assert (late.status_code, "Came too late" in text, "In time" in text) == (409, True, True)
    by_script = client.post(page_of(asked), {"answer": "1", "comment": "Came too late"}, headers=HTMX)
    assert (by_script.status_code, "data-held" in by_script.content.decode()) == (409, True)
    assert [client.get(each).status_code for each in (asked.address, page_of(asked), finish_of(asked))] == [200] * 3
    assert [client.post(each).status_code for each in (asked.address, finish_of(asked))] == [409] * 2
    assert (stored(), state_of()) == ([("level", 3, "In time")], "begun")


def test_after_the_reveal_links_lead_nowhere(cast: Cast) -> None:
    assessment, optional = make_assessment(cast.place, cast.owner), Round.Naming.OPTIONAL
    asked = open_round(assessment, cast.owner, people={NAME: ROLES[0]}, naming=optional)
    client = arrive(asked.secrets[NAME])
    give(asked.part(NAME), KEYS[0], 2, "Mine")
    reveal_round(round=asked.round, by=cast.owner)
    for address in (asked.address, page_of(asked), finish_of(asked)):
        page = client.get(address)
        assert (page.status_code, "Mine" in page.content.decode()) == (410, False)
        late = client.post(address, {"answer": "1", "comment": "Too late", "go": "delete"})
        assert (late.status_code, "Too late" in late.content.decode()) == (410, True)
    assert Client().get(reverse("take_part", args=[asked.secrets[NAME]])).status_code == 404
    assert stored() == [("level", 2, "Mine")]


def test_answers_can_be_deleted_until_the_reveal(asked: OpenRound) -> None:
    client = arrive(asked.secrets[NAME])
    client.post(page_of(asked), {"answer": "3"})
    client.post(finish_of(asked))
    close(asked)
    response = client.post(finish_of(asked), {"go": "delete"})
    assert (response.status_code, response.cookies[f"round-{asked.round.pk}"].value) == (200, "")
    assert (Response.objects.count(), state_of()) == (0, "asked")
    Round.objects.update(revealed_at=timezone.now())
    with pytest.raises(Closed):
        delete_answers(part=asked.part(NAME))


def test_a_deleted_answer_does_not_come_back_from_a_page_that_was_open(linked: OpenRound) -> None:
    phone, desk = Client(), Client()
    secret = begun_by_link(linked, phone)
    arrive(secret, desk)
    part = part_by(secret)
    assert part is not None
    phone.post(finish_of(linked), {"go": "delete"})
    assert desk.post(page_of(linked), {"answer": "3", "comment": "Mine"}).status_code == 404
    with pytest.raises(Gone):
        give(part, KEYS[0], 3)
    assert (Response.objects.count(), linked.link().begun) == (0, 1)


def test_somebody_who_is_asked_no_more_saves_nothing(asked: OpenRound) -> None:
    part = asked.part(NAME)
    Respondent.objects.all().delete()
    with pytest.raises(Gone):
        give(part, KEYS[0], 3)
    finish(part=part)
    assert Response.objects.count() == 0


def test_a_device_forgets_whoever_asks_it_to(asked: OpenRound) -> None:
    client = arrive(asked.secrets[NAME])
    client.post(page_of(asked), {"answer": "3"})
    client.post(asked.address, {"go": "forget"})
    assert (client.get(asked.address).status_code, Response.objects.count()) == (404, 1)
    typed = {"answer": "1", "comment": "Typed before"}
    late = client.post(page_of(asked), typed)
    assert (late.status_code, "Typed before" in late.content.decode()) == (404, True)
    by_script = client.post(page_of(asked), typed, headers=HTMX)
    assert (by_script.status_code, "has forgotten you" in by_script.content.decode()) == (401, True)
    assert stored() == [("level", 3, "")]


# --- Names, queries, looks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("naming", "kept"), [("anonymous", ""), ("optional", "Given Name")])
def test_a_name_is_kept_only_where_the_round_lets_people_give_one(cast: Cast, naming: str, kept: str) -> None:
    assessment = make_assessment(cast.place, cast.owner)
    found = open_round(assessment, cast.owner, people={NAME: ROLES[0]}, limit=2, naming=naming)
    for client in (arrive(found.secrets[NAME]), Client()):
        client.get(reverse("take_part", args=[found.link().link_code]))
        drawn = client.get(found.address).context.get("drawn", "")
        client.post(found.address, {"name": "Given Name", "drawn": drawn})
    assert list(Response.objects.values_list("name", flat=True)) == [kept, kept]


def test_pages_take_as_many_queries_for_three_answers_as_for_one(cast: Cast) -> None:
    counts = []
    for keys in (KEYS[:1], KEYS):
        Round.objects.update(revealed_at=timezone.now())
        assessment = cast.place.assessments.first() or make_assessment(cast.place, cast.owner)
        found = open_round(assessment, cast.owner, people={NAME: ROLES[0]}, keys=keys)
        client = arrive(found.secrets[NAME])
        for key in keys:
            give(found.part(NAME), key, 2)
        counts.append([queries(client, address) for address in (found.address, page_of(found), finish_of(found))])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 4


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_no_copy_is_kept_and_no_engine_lists_it(asked: OpenRound) -> None:
    client = arrive(asked.secrets[NAME])
    for address in (asked.address, page_of(asked), finish_of(asked), reverse("take_part", args=["nothing"])):
        response = client.get(address)
        told = (response["Referrer-Policy"], "no-store" in response["Cache-Control"], response["X-Robots-Tag"][:7])
        assert told == ("strict-origin", True, "noindex")


def test_the_hash_of_an_answer_is_not_the_hash_of_a_person(asked: OpenRound) -> None:
    give(asked.part(NAME), KEYS[0], 2)
    response, person = Response.objects.get(), Respondent.objects.get()
    assert response.token_hash == response_hash(asked.secrets[NAME])
    assert response.token_hash != person.token_hash


def test_what_is_asked_is_the_own_choice_of_the_role(cast: Cast) -> None:
    assessment = make_assessment(cast.place, cast.owner)
    found = open_round(assessment, cast.owner, people={NAME: ROLES[0], "Citizen": ROLES[1]})
    found.link(ROLES[1]).criteria.set([criterion_ids(assessment.version)["citizens"]])
    totals = [arrive(found.secrets[name]).get(found.address).context["screen"].total for name in (NAME, "Citizen")]
    assert totals == [3, 1]
    assert (
        playbook().criterion["citizens"].title in arrive(found.secrets["Citizen"]).get(page_of(found)).content.decode()
    )
