"""Every word of every page can be translated: pages are read in a language in which each marked text is in brackets."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import trans_real

from assessments.findings.codes import in_groups
from assessments.models import Assessment, Delegation, Evidence, Pack, PackItem
from assessments.services.groups import make_group
from assessments.services.invitations import invite
from assessments.services.moving import move_assessment
from assessments.services.respondents import share_link
from assessments.services.revealing import reveal_round
from tests.asking_cast import asked_person, entry, opened, respond
from tests.factories import (
    Cast,
    add_piece,
    answer,
    complete_answers,
    make_assessment,
    make_cast,
    playbook,
    published_version,
    submit,
)
from tests.packs_cast import ask
from tests.versions_cast import FIRST, SECOND, publish, start
from tests.waiting_cast import ask as ask_by_name
from tests.waiting_cast import day, give, open_round

SPOKEN = {"aria-label", "alt", "title", "placeholder", "data-label", "content"}
"""Attributes that people read or hear."""
SILENT = {"script", "style"}
NAMES = [
    "Hub Playbook",
    "English",
    "Cymraeg",
    "Report to the board",
    "Cabinet paper",
    "Words of a note",
    "Not here",
    "testserver",
]
MAILED = {"note": "Words of a note", "email": "guest@example.org", "role": "viewer"}
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
NOT_A_WORD = re.compile(r"\S+@\S+|https?:\S+|/\S+/|am \d\d:\d\d")
WORD = re.compile(r"[^\W\d_]{2,}")
MARKS = {"_", "gettext_noop"} | {f"{form}gettext{late}" for form in ("", "n", "p", "np") for late in ("", "_lazy")}
LOST = (ast.JoinedStr, ast.BinOp, ast.IfExp)
"""What no text can be extracted from."""


class Bracketed(trans_real.DjangoTranslation):
    """Says every text in brackets: what stands outside of them on a page was not marked."""

    def gettext(self, message: str) -> str:
        return f"⟦{message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


class Words(HTMLParser):
    """All that is read or heard of a page, in one text."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        known = dict(attrs)
        if tag != "meta" or known.get("name") == "description":
            self.said += [value or "" for name, value in attrs if name in SPOKEN]

    def handle_data(self, data: str) -> None:
        if self.open[-1:] and self.open[-1] not in SILENT:
            self.said.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass


def texts(document: Any) -> Iterator[str]:
    """Every text of a document, at any depth."""
    if isinstance(document, str):
        yield from [document] if document.strip() else []
    elif is_dataclass(document):
        for field in fields(document):
            yield from texts(getattr(document, field.name))
    elif isinstance(document, dict):
        yield from texts(list(document) + list(document.values()))
    elif isinstance(document, (list, tuple)):
        for each in document:
            yield from texts(each)


def unmarked(page: str, names: list[str]) -> list[str]:
    """What a page says outside of brackets and beside what people and the playbook named."""
    reader = Words()
    reader.feed(page)
    text = " ".join(" ".join(reader.said).split())
    while BRACKETED.search(text):
        text = BRACKETED.sub("\n", text)
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(" ".join(name.split()), "\n")
    return [line.strip() for line in NOT_A_WORD.sub("", text).splitlines() if WORD.search(line)]


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    cast = make_cast()
    monkeypatch.setitem(trans_real._translations, "cy", Bracketed("cy"))  # type: ignore[attr-defined]
    return cast


@pytest.fixture
def names(cast: Cast) -> list[str]:
    """What people and the playbook say, whatever the language."""
    people = [user.name for user in (*cast.members.values(), cast.stranger)]
    version = published_version()
    return [*NAMES, *people, *texts(playbook()), cast.place.name, cast.place.boundary_note, version.title]


def visitor(user: Any = None) -> Client:
    client = Client(headers={"accept-language": "cy"})
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def answered(cast: Cast) -> Assessment:
    """Every kind of answer, a note, a reason, evidence of every kind."""
    given = complete_answers(2)
    keys = list(given)
    given |= {keys[0]: 0, keys[1]: "dont_know", keys[2]: None, keys[3]: 4}
    found = make_assessment(cast.place, cast.owner, given)
    left_out = next(each.key for each in playbook().criteria() if each.not_applicable)
    answer(found, left_out, "not_applicable", by=cast.owner, reason="Not here", note="Words of a note")
    add_piece(found, keys[0], by=cast.owner, title="Report to the board", link="https://example.org/a")
    add_piece(found, keys[4], by=cast.owner, title="Cabinet paper", grade=1)
    return found


def addresses(assessment: Assessment, *names: str) -> list[str]:
    return [reverse(name, args=[assessment.pk]) for name in names]


def found_in(client: Client, pages: list[str], names: list[str]) -> dict[str, list[str]]:
    """The unmarked texts of each page that has some."""
    said = {page: unmarked(client.get(page).content.decode(), names) for page in pages}
    return {page: found for page, found in said.items() if found}


def test_brackets_find_what_is_not_marked() -> None:
    page = '<p title="Aside">⟦Saved by <b>Ann</b> on ⟦March⟧⟧ Now</p><script>var x</script><p>Ann: 3</p>'
    assert unmarked(page, ["Ann"]) == ["Aside", "Now"]


def test_every_marked_text_can_be_found_in_the_source() -> None:
    """What extracts texts for translation reads no further than an f-string, whether it holds the mark or is marked."""
    said = []
    for path in sorted((settings.BASE_DIR / "assessments").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                said += [
                    f"{path.name}:{each.lineno}"
                    for each in ast.walk(node)
                    if isinstance(each, ast.Call) and marks(each)
                ]
            elif isinstance(node, ast.Call) and marks(node):
                said += [f"{path.name}:{each.lineno}" for each in node.args[:2] if isinstance(each, LOST)]
    assert said == []


def marks(call: ast.Call) -> bool:
    return getattr(call.func, "id", "") in MARKS


def test_pages_for_everybody(cast: Cast, names: list[str]) -> None:
    accounts = ["login", "signup", "reset_password", "reset_password_done", "logout", "inactive"]
    pages = ["/", "/how-it-works/", "/nowhere/", *(reverse(f"account_{each}") for each in accounts)]
    assert found_in(visitor(), pages, names) == {}


def test_pages_of_an_account(cast: Cast, names: list[str]) -> None:
    pages = [reverse(f"account_{name}") for name in ("email", "change_password", "logout")]
    assert found_in(visitor(cast.stranger), ["/", "/places/new/", *pages], names) == {}


def test_pages_of_an_open_assessment(cast: Cast, names: list[str]) -> None:
    empty = found_in(visitor(cast.owner), ["/", reverse("place", args=[cast.place.pk])], names)
    found = answered(cast)
    pages = ["/", *addresses(found, "assessment", "stage", "check", "results", "export")]
    pages += [reverse(name, args=[cast.place.pk]) for name in ("place", "place_edit", "history")]
    pages += [reverse("criterion", args=[found.pk, number]) for number in (1, 3, 27)]
    pages.append(reverse("evidence_edit", args=[found.pk, 1, Evidence.objects.all()[0].pk]))
    pages += [
        f"{reverse('export', args=[found.pk])}?chosen=1&kind={kind}" for kind in ("full", "board", "word", "workbook")
    ]
    for who in (cast.owner, cast.viewer):
        assert found_in(visitor(who), pages, names) == empty == {}


def test_pages_of_who_sees_to_what(cast: Cast, names: list[str]) -> None:
    found = make_assessment(cast.place, cast.owner)
    held = [give(found, cast.owner, due=number, lesson=each.key) for number, each in enumerate(playbook().lessons[:3])]
    give(found, cast.editor, due=30, note="Words of a note")
    Delegation.objects.filter(pk=held[0].pk).update(due=day(-1))
    invite(place=cast.place, role="viewer", note="Words of a note", by=cast.owner)
    asked = open_round(found, cast.owner)
    ask_by_name(asked, "Words of a note")
    ask_by_name(asked, "Somebody else", is_sent=False)
    said = [*names, "Somebody else"]
    pages = ["/", "/reminders/", *addresses(found, "assessment", "waiting")]
    forms = [reverse("delegate", args=[found.pk, 1]), reverse("delegation_edit", args=[found.pk, held[0].pk])]
    assert found_in(visitor(cast.owner), [*pages, *forms], said) == {}
    assert found_in(visitor(cast.editor), pages, said) == {}
    Delegation.objects.filter(person=cast.editor).update(lesson_key="words-of-a-note")
    assert found_in(visitor(cast.editor), pages, [*said, "words-of-a-note"]) == {}
    wrong = visitor(cast.owner).post(reverse("delegate", args=[found.pk, 4]), {"due": "2026-01-01", "note": "x" * 501})
    assert unmarked(wrong.content.decode(), [*names, "x" * 501]) == []


def test_pages_of_a_round_for_its_lead(cast: Cast, names: list[str]) -> None:
    assessment = make_assessment(cast.place, cast.owner)
    new = found_in(visitor(cast.owner), addresses(assessment, "round_new", "assessment"), names)
    found = opened(assessment, cast.owner)
    asked_person(found)
    share_link(entry=entry(found), limit=3)
    respond(found, "citizen", 2)
    known = [*names, "Thank you.", "Carys Beddoe", f"take-part/{in_groups(entry(found).link_code or '')}"]
    of_round = [found.assessment_id, found.pk]
    pages = [reverse(name, args=of_round) for name in ("round", "round_edit", "round_close", "round_discard", "reveal")]
    pages += [reverse("respondents_ask", args=of_round), reverse("round_link", args=[*of_round, entry(found).pk])]
    for who in (cast.owner, cast.viewer):
        assert found_in(visitor(who), pages, known) == new == {}
    reveal_round(round=found, by=cast.owner)
    assert found_in(visitor(cast.owner), [*pages[:1], *addresses(found.assessment, "assessment")], known) == {}


def test_pages_of_submitted_assessments(cast: Cast, names: list[str]) -> None:
    submit(answered(cast), cast.owner)
    again = make_assessment(cast.place, cast.owner, complete_answers(3))
    submit(again, cast.owner)
    pages = ["/", *addresses(again, "assessment", "results", "reopen")]
    pages += [reverse(name, args=[cast.place.pk]) for name in ("place", "history")]
    assert found_in(visitor(cast.owner), pages, names) == {}


def test_pages_of_a_portfolio_and_of_who_is_let_in(cast: Cast, names: list[str]) -> None:
    answered(cast)
    made, token = invite(place=cast.place, role="viewer", note="Words of a note", by=cast.owner)
    group = make_group(name="Words of a note", places=[cast.place.pk], by=cast.owner)
    member = cast.place.memberships.get(user=cast.viewer)
    pages = [reverse(name) for name in ("portfolio", "groups", "group_new")]
    pages += [reverse(name, args=[cast.place.pk]) for name in ("place", "invite", "leave", "hand_over")]
    pages += [reverse("member_edit", args=[cast.place.pk, each.pk]) for each in cast.place.memberships.all()]
    pages += [reverse("invitation_made", args=[cast.place.pk, made.pk])]
    pages += [reverse(name, args=[group.pk]) for name in ("group_edit", "group_delete")]
    pages += [f"{reverse('group_add')}?place={cast.place.pk}", reverse("group_add"), "/portfolio/?words=nowhere"]
    pages += [reverse("member_remove", args=[cast.place.pk, member.pk]), reverse("invitation", args=[token])]
    assert found_in(visitor(cast.owner), pages, names) == {}
    client = visitor(cast.stranger)
    guest = [reverse("portfolio"), reverse("groups"), reverse("invitation", args=[token]), "/invitations/unknown/"]
    assert found_in(client, guest, names) == {}
    wrong = visitor(cast.owner).post(reverse("invite", args=[cast.place.pk]), {"note": "Words of a note" * 20})
    last = visitor(cast.owner).post(reverse("leave", args=[cast.place.pk]))
    taken = visitor(cast.owner).post(reverse("group_new"), {"name": "Words of a note"})
    sure = visitor(cast.owner).post(reverse("hand_over", args=[cast.place.pk]), {"to": member.pk, "becomes": "leave"})
    shown = visitor(cast.owner).post(reverse("invitation_resend", args=[cast.place.pk, made.pk]))
    replies = [wrong, last, taken, sure, shown]
    assert [unmarked(each.content.decode(), names) for each in replies] == [[]] * len(replies)
    visitor(cast.owner).post(reverse("invite", args=[cast.place.pk]), MAILED)
    letter = mail.outbox[-1]
    assert unmarked(f"{letter.subject}\n{letter.body}", names) == []


def test_pages_of_an_assessment_that_moves(cast: Cast) -> None:
    owner = cast.stranger
    found = start(owner, publish(FIRST))
    for key in ("reworded", "harder", "left", "right", "gone"):
        answer(found, key, 1, by=owner, note="Words of a note")
    second = publish(SECOND)
    named = [*NAMES, owner.name, found.place.name, found.place.boundary_note, *texts(FIRST), *texts(SECOND)]
    named += sorted(
        {word for text in (*texts(FIRST), *texts(SECOND)) for word in text.split()}
    )  # what differs is shown word by word
    client = visitor(owner)
    pages = ["/", *addresses(found, "assessment", "newer", "left_behind")]
    before = found_in(client, [*pages, reverse("place", args=[found.place_id])], named)
    move_assessment(assessment=found, version=second, by=owner)
    pages += addresses(found, "check", "results")
    pages += [reverse("criterion", args=[found.pk, number]) for number in range(1, len(list(SECOND.criteria())) + 1)]
    assert (before, found_in(client, pages, named)) == ({}, {})


def test_what_is_said_when_something_is_wrong(cast: Cast, names: list[str]) -> None:
    found = answered(cast)
    client, reader = visitor(cast.owner), visitor(cast.viewer)
    criterion = reverse("criterion", args=[found.pk, 1])
    conflict = {"answer": "3", "note": "Words of a note", "seen": "0"}
    replies = [
        client.post(reverse("place_new"), {}),
        client.post(criterion, {"answer": "9", "note": "Words of a note" * 300, "seen": "1"}),
        client.post(criterion, conflict),
        client.post(criterion, conflict, headers={"hx-request": "true"}),
        client.post(criterion, {"answer": "9", "seen": "1"}, headers={"hx-request": "true"}),
        client.post(criterion, {"answer": "0", "note": "Words of a note", "seen": "1"}, headers={"hx-request": "true"}),
        client.post(f"{criterion}evidence/", {"title": "", "dated": "2999-01-01", "link": "nowhere"}),
        reader.post(criterion, conflict),
        reader.post(criterion, conflict, headers={"hx-request": "true"}),
        visitor().post(criterion, conflict),
        visitor().post(criterion, conflict, headers={"hx-request": "true"}),
        visitor().post(reverse("account_login"), {"login": "a@example.org", "password": "wrong"}),
        visitor().post(reverse("account_signup"), {"email": "no", "password1": "short"}),
        reader.get(reverse("stage", args=[found.pk])),
    ]
    said = [(reply.status_code, unmarked(reply.content.decode(), names)) for reply in replies]
    assert [each for each in said if each[1]] == []


def test_messages_that_are_sent(cast: Cast, names: list[str]) -> None:
    visitor().post(reverse("account_reset_password"), {"email": cast.owner.email})
    visitor().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    said = [(message.subject, unmarked(f"<p>{message.body}</p>", names)) for message in mail.outbox]
    assert said == [("⟦Choose a new password⟧", []), ("⟦No account with this address⟧", [])]


@pytest.mark.any_database
def test_pages_of_packs(cast: Cast, names: list[str]) -> None:
    """Asked for, waiting in vain, failed, ready with a place that was left."""
    client, owner = visitor(cast.owner), cast.owner
    packs = [ask(owner, [cast.place]) for _ in range(4)]
    Pack.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    PackItem.objects.filter(pack__in=packs[1:3], phase=0).update(state="failed", problem="nothing")
    over = {"finished_at": timezone.now(), "expires_at": timezone.now()}
    for pack, state in zip(packs[1:], ("failed", "deleted", "ready"), strict=True):
        Pack.objects.filter(pk=pack.pk).update(state=state, problem="all" if state == "failed" else "", **over)
    packs[3].items.update(state="done", place=None)
    pages = [reverse("packs"), reverse("pack_new"), *(reverse("pack", args=[pack.pk]) for pack in packs)]
    pages.append(reverse("pack_file", args=[packs[3].pk]))
    assert found_in(client, pages, names) == {}
    refused = unmarked(client.post(reverse("pack_new"), {}).content.decode(), names)
    part = client.get(reverse("pack", args=[packs[0].pk]), headers={"hx-request": "true"})
    assert (refused, unmarked(part.content.decode(), names)) == ([], [])
