"""Nothing in the database, the log or a file ties an answer to a person: this looks, and is shown faults to find."""

import logging
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.db.models.expressions import RawSQL
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Event, Respondent, Response, ResponseAnswer, User, Vote, Workshop
from assessments.services.responding import delete_answers, finish
from assessments.services.revealing import reveal_round
from assessments.services.workshop import end_workshop
from assessments.views.voting import COOKIE
from hubplaybook.logs import untold
from tests.anonymity_look import ANSWERS, Lines, Text, columns_that_tell, files, marks_of_people, rows, ties
from tests.factories import Cast, make_assessment, make_cast
from tests.rounds_cast import KEYS, ROLES, OpenRound, arrive, give, open_round
from tests.workshop_cast import Phone, begin_workshop, reveal_votes

ASKED = {"Ann Asked": ROLES[0], "Bea Begun": ROLES[0], "Cai Citizen": ROLES[1]}
EXPORTS = ("answers_file", "answers_as_json", "answers_as_csv", "playbook_file", "score_file", "workbook", "fill_in")
ADDRESSES = tuple(f"203.0.113.{number}" for number in range(10, 16))


@dataclass(frozen=True)
class Scene:
    cast: Cast
    round: OpenRound
    secrets: list[str]
    lines: Lines

    def files(self) -> list[Text]:
        """Every file that a member can take away of the assessment."""
        client = Client()
        client.force_login(self.cast.owner)
        pk = self.round.round.assessment_id
        found = {name: client.get(reverse(name, args=[pk])) for name in EXPORTS}
        assert {response.status_code for response in found.values()} == {200}
        return files({name: b"".join(response) for name, response in found.items()})  # type: ignore[arg-type]

    def faults(self, given_out: Iterable[Text] = ()) -> list[str]:
        """What is wrong in the database, in the log, and in what was given out."""
        texts = [*rows(), *(Text("log", line) for line in self.lines.lines), *given_out]
        return ties(texts, secrets=self.secrets, addresses=ADDRESSES) + columns_that_tell(ANSWERS)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Every line that is logged, as with LOG_LEVEL=DEBUG."""
    handler, root, server = Lines(), logging.getLogger(), logging.getLogger("django.server")
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    server.addHandler(handler)
    yield handler
    root.setLevel(before)
    root.removeHandler(handler)
    server.removeHandler(handler)


@pytest.fixture
def scene(db: None, lines: Lines) -> Scene:
    """An anonymous round: three people asked by name, of whom one is signed in as a member with the same address of
    e-mail; two more by a shared link; two phones in a workshop; wrong links and refused forms on the way.
    """
    cast = make_cast()
    found = open_round(make_assessment(cast.place, cast.owner, {KEYS[0]: 2}), cast.owner, people=ASKED, limit=5)
    Respondent.objects.filter(name="Ann Asked").update(email=cast.editor.email)
    secrets = list(found.secrets.values())
    for address, (name, secret) in zip(ADDRESSES, found.secrets.items(), strict=False):
        client = Client(REMOTE_ADDR=address)
        if name == "Ann Asked":
            client.force_login(cast.editor)
        respond(arrive(secret, client), found, f"Comment of {len(name)} {name[:1]}")
    for address in ADDRESSES[3:5]:
        secrets.append(by_shared_link(Client(REMOTE_ADDR=address), found))
    workshop = begin_workshop(found.round.assessment, cast.owner)
    for address in ADDRESSES[:2]:
        phone = Phone(workshop, Client(REMOTE_ADDR=address))
        phone.client.force_login(cast.viewer)
        assert phone.join(ROLES[1]).vote(2) == 204
        secrets.append(phone.client.cookies[COOKIE].value)
    meet_trouble(Client(REMOTE_ADDR=ADDRESSES[5], enforce_csrf_checks=True), secrets)
    return Scene(cast, found, secrets, lines)


def respond(client: Client, found: OpenRound, comment: str) -> None:
    assert client.post(found.address).status_code == 302
    for number, level in enumerate((3, 1, 4), 1):
        address = reverse("respond_criterion", args=[found.round.pk, number])
        assert client.get(address).status_code == 200
        data = {"answer": str(level), "comment": f"{comment}, {number}"}
        assert client.post(address, data, headers={"HX-Request": "true"}).status_code == 200
    assert client.post(reverse("respond_finish", args=[found.round.pk])).status_code == 302


def by_shared_link(client: Client, found: OpenRound) -> str:
    client.get(reverse("take_part", args=[found.link().link_code]))
    client.post(found.address, {"drawn": client.get(found.address).context["drawn"]})
    respond(client, found, f"Comment by the link {client.defaults['REMOTE_ADDR'][-1]}")
    secret = str(client.get(found.address).context["part"].secret)
    assert client.get(reverse("take_part", args=[secret])).status_code == 302
    return secret


def meet_trouble(client: Client, secrets: list[str]) -> None:
    """Django logs the path of each of these."""
    for secret in secrets:
        assert client.post(reverse("take_part", args=[secret])).status_code == 403
        assert client.get(f"/take-part/{secret}/more/").status_code == 404
        assert client.get(f"/invitations/{secret}/more/").status_code == 404
        assert client.get(f"/nothing/?next=%2Ftake-part%2F{secret}%2F").status_code == 404
        assert Client().post(reverse("take_part", args=[secret])).status_code == 405


def test_nothing_ties_an_answer_to_a_person(scene: Scene) -> None:
    assert (Response.objects.count(), ResponseAnswer.objects.count(), Vote.objects.count()) == (5, 15, 2)
    given_out = scene.files()
    assert scene.faults(given_out) == []
    assert any(
        "Right path" in text.words or "worksheet" in text.words for text in given_out if text.where == "workbook"
    )
    assert {scene.cast.owner.email, "Bea Begun", "bea.begun@partner.example"} <= marks_of_people()
    told = [line for line in scene.lines.lines if "take-part/…" in line]
    assert len(told) >= 3 * len(scene.secrets)  # it was there to be found


def test_nothing_does_after_the_reveal(scene: Scene) -> None:
    reveal_round(round=scene.round.round, by=scene.cast.owner)
    workshop = Workshop.objects.get()
    reveal_votes(workshop)
    end_workshop(workshop=workshop, by=scene.cast.owner)
    client = Client(REMOTE_ADDR=ADDRESSES[0])
    client.force_login(scene.cast.owner)
    for name, pks in {"assessment": [scene.round.round.assessment_id], "respond": [scene.round.round.pk]}.items():
        client.get(reverse(name, args=pks))
    assert Client().get(reverse("take_part", args=[scene.secrets[0]])).status_code == 404
    assert ResponseAnswer.objects.count() == 15
    assert scene.faults(scene.files()) == []


def in_a_row(scene: Scene, answer: str, person: User) -> None:
    reason = f"{answer} of {person.email}"
    assessment = scene.round.round.assessment
    Event.objects.create(assessment=assessment, kind=Event.Kind.STARTED, at=timezone.now(), reason=reason)


def in_a_session(scene: Scene, answer: str, person: User) -> None:
    session = SessionStore()
    session.update({"round": answer, "who": person.name})
    session.save()


def in_an_answer(scene: Scene, answer: str, person: User) -> None:
    Response.objects.filter(pk=answer).update(name=person.name)


def in_the_log(scene: Scene, answer: str, person: User) -> None:
    logging.getLogger("anything").info("%s saved %s", person.email, answer)


def as_an_address(scene: Scene, answer: str, person: User) -> None:
    logging.getLogger("anything").debug("%s from %s", answer, ADDRESSES[0])


def as_a_secret(scene: Scene, answer: str, person: User) -> None:
    logging.getLogger("anything").debug("Opened %s", scene.secrets[-1])


PLANTED = {
    in_a_row: ["assessments_event: an answer beside a person", "assessments_event: an answer"],
    in_a_session: ["inside a session: an answer beside a person", "inside a session: an answer"],
    in_an_answer: ["assessments_response: an answer beside a person"],
    in_the_log: ["log: an answer beside a person", "log: an answer"],
    as_an_address: ["log: an internet address", "log: an answer"],
    as_a_secret: ["log: a secret"],
}


def test_the_look_finds_what_is_planted(scene: Scene) -> None:
    answer = str(Response.objects.values_list("pk", flat=True)[0])
    found = {}
    for plant in PLANTED:
        logged = len(scene.lines.lines)
        with transaction.atomic():
            plant(scene, answer, scene.cast.viewer)
            found[plant] = scene.faults()
            transaction.set_rollback(True)
        del scene.lines.lines[logged:]
    assert found == PLANTED
    in_a_file = [Text("answers.csv", f"{answer},{scene.cast.viewer.email}")]
    assert scene.faults(in_a_file) == ["answers.csv: an answer beside a person", "answers.csv: an answer"]


def test_the_look_knows_columns_that_tell(db: None) -> None:
    found = columns_that_tell(["assessments_answer"])
    assert found == ["assessments_answer.saved_at: a time or an address", "assessments_answer.saved_by_id: a person"]
    assert columns_that_tell(ANSWERS) == []


# --- The log ------------------------------------------------------------------------------------------------------

SECRET = "EVfiUxnkIkmKHXmQlSkYJJibBTwWb70IR72J7OukdrQ"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"Not Found: /take-part/{SECRET}/", "Not Found: /take-part/…/"),
        (f'"GET /invitations/{SECRET}/ HTTP/1.1" 302 0', '"GET /invitations/…/ HTTP/1.1" 302 0'),
        ("/vote/7KQ2M-9XW4T/state/", "/vote/…/state/"),
        (f"/accounts/password/reset/key/3-{SECRET}/", "/accounts/password/reset/key/…/"),
        (f"/accounts/confirm-email/{SECRET}/", "/accounts/confirm-email/…/"),
        (f"/accounts/login/?next=/take-part/{SECRET}/&a=b", "/accounts/login/?next=/take-part/…/&a=b"),
        (f"?next=%2Ftake-part%2F{SECRET}%2F", "?next=%2Ftake-part%2F…"),
        ("Not Found: /vote/", "Not Found: /vote/"),
        ("nothing of all that", "nothing of all that"),
    ],
)
def test_addresses_are_logged_without_their_secrets(said: str, told: str) -> None:
    assert untold(said) == told


def test_no_logger_and_no_handler_tells_a_secret(lines: Lines) -> None:
    log = logging.getLogger("gunicorn.access")
    log.warning('%(h)s "%(r)s" %(s)s', {"h": "127.0.0.1", "r": f"GET /take-part/{SECRET}/ HTTP/1.1", "s": "302"})
    try:
        raise RuntimeError(f"Cannot read /take-part/{SECRET}/")
    except RuntimeError:
        log.exception("Error handling request %s", f"/take-part/{SECRET}/")
    said = "\n".join(lines.lines)
    assert (SECRET in said, said.count("take-part/…/")) == (False, 4)  # one is of the line that raised it
    assert "RuntimeError: Cannot read /take-part/…/" in said
    assert '127.0.0.1 "GET /take-part/…/ HTTP/1.1" 302' in said


def test_a_record_that_is_made_wrong_is_left_to_its_handler(lines: Lines) -> None:
    record: Any = logging.getLogRecordFactory()("x", logging.INFO, __file__, 1, "%d of %d", (1,), None)
    assert record.args == (1,)


def test_no_error_is_mailed_and_no_statement_is_logged() -> None:
    assert logging.getLogger("django").handlers == []
    assert not logging.getLogger("django.db.backends").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("django.template").isEnabledFor(logging.DEBUG)
    assert sys.modules["hubplaybook.logs"].Untold is logging.getLogRecordFactory()


def transactions() -> list[str]:
    """Which transaction wrote each of those asked, as PostgreSQL tells whoever may read the row; SQLite keeps no such
    thing.
    """
    if connection.vendor != "postgresql":
        return ["none"] * Respondent.objects.count()
    rows = Respondent.objects.order_by("pk").annotate(by=RawSQL("xmin::text", ()))
    return list(rows.values_list("by", flat=True))


def test_no_row_of_those_asked_was_written_by_itself_with_an_answer(db: None) -> None:
    cast = make_cast()
    found = open_round(make_assessment(cast.place, cast.owner), cast.owner, people=ASKED)
    for name in ("Cai Citizen", "Ann Asked"):
        give(found.part(name), KEYS[0], 2)
        assert len(set(transactions())) == 1, name
        finish(part=found.part(name))
        assert len(set(transactions())) == 1, name
    delete_answers(part=found.part("Ann Asked"))
    assert len(set(transactions())) == 1
    states = dict(Respondent.objects.values_list("name", "state"))
    assert states == {"Ann Asked": "asked", "Bea Begun": "asked", "Cai Citizen": "done"}
