"""The lead's pages of a round: opening it, asking, the sheet with a role's link, the state, the reveal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from assessments.findings.codes import in_groups
from assessments.findings.selection import selection
from assessments.models import Assessment, Respondent, Response, Round, User
from assessments.selectors.responding import respondent_hash
from assessments.selectors.rounds import asked_in
from assessments.services.respondents import share_link
from assessments.services.revealing import reveal_round
from assessments.services.rounds import close_round
from tests.asking_cast import asked_person, entry, move, opened, respond, secret_in
from tests.factories import Cast, make_assessment, make_cast, playbook, sign_in
from tests.pages import buttons, links, main, queries, signed_in

EVERYBODY = [role.key for role in playbook().roles]


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner, {"right-path": 2})


@pytest.fixture
def round(cast: Cast, assessment: Assessment) -> Round:
    return opened(assessment, cast.owner)


@pytest.fixture
def owner(cast: Cast) -> Client:
    return signed_in(cast.owner)


def page(name: str, found: Round, *more: int) -> str:
    return reverse(name, args=[found.assessment_id, found.pk, *more])


def posted(assessment: Assessment, **changes: Any) -> dict[str, Any]:
    """What the form of a new round sends as it stands."""
    chosen = selection(playbook(), assessment.stage.key)
    criteria = {f"criteria_{number}": chosen[role] for number, role in enumerate(EVERYBODY)}
    day = (timezone.localdate() + timedelta(days=14)).isoformat()
    first = {"which": "few", "roles": EVERYBODY, "naming": "anonymous", "closes_on": day, "welcome": "Hello."}
    return {**first, "version": assessment.version_id, **criteria, **changes}


# --- opening ----------------------------------------------------------------------------------------------------------


def test_the_task_list_leads_to_a_new_round_and_then_to_how_it_stands(
    cast: Cast, owner: Client, assessment: Assessment
) -> None:
    home, new = reverse("assessment", args=[assessment.pk]), reverse("round_new", args=[assessment.pk])
    assert links(owner.get(home))["Ask your partners"] == new
    assert "Ask your partners" not in links(signed_in(cast.editor).get(home))
    assert "An owner of the place can ask them." in main(signed_in(cast.editor).get(home))
    found = opened(assessment, cast.owner)
    for client in (owner, signed_in(cast.viewer)):
        assert links(client.get(home))["Partners"] == page("round", found)


def test_the_form_begins_with_what_suits_each_role_and_says_how_long_it_takes(
    owner: Client, assessment: Assessment
) -> None:
    shown = main(owner.get(reverse("round_new", args=[assessment.pk])))
    assert shown.count("10 questions, about 15 minutes: ") == 10
    assert "27 questions, about 41 minutes" in shown
    assert "Thank you for helping Harbour Quarter" in shown


def test_a_round_is_opened_as_chosen(owner: Client, assessment: Assessment) -> None:
    response = owner.post(
        reverse("round_new", args=[assessment.pk]),
        posted(assessment, roles=["citizen", "investor"], criteria_9=["citizens"], naming="optional"),
    )
    found = Round.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, page("round", found))
    assert (found.naming, found.welcome, found.takes_answers) == ("optional", "Hello.", True)
    investors = list(selection(playbook(), assessment.stage.key)["investor"])
    assert asked_in(found) == {"investor": investors, "citizen": ["citizens"]}


def test_every_question_for_everybody_is_one_choice(owner: Client, assessment: Assessment) -> None:
    owner.post(reverse("round_new", args=[assessment.pk]), posted(assessment, which="all", roles=["planner"]))
    assert asked_in(Round.objects.get()) == {"planner": list(playbook().criterion)}


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no role": ({"roles": []}, "Choose at least one role to ask."),
    "no question": ({"criteria_4": []}, "Choose at least one question for Investor, or do not ask this role."),
    "no date": ({"closes_on": ""}, "Say until when answers are taken."),
    "a date that does not exist": ({"closes_on": "2026-02-30"}, "Enter a date that exists."),
    "yesterday": ({"closes_on": day(-1)}, "That day has passed. Choose today or a later day."),
    "after a year": ({"closes_on": day(366)}, "That is more than a year from now. Choose an earlier day."),
    "a long welcome": ({"welcome": "x" * 2001}, "The welcome has 2001 characters; at most 2000 can be kept."),
    "another criterion": ({"criteria_4": ["nonsense"]}, "Choose from the questions on this page."),
    "another version": ({"version": 999}, "This assessment is on another version of the questions by now."),
    "no naming": ({"naming": ""}, "Choose whether people give a name."),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_lost(owner: Client, assessment: Assessment, name: str) -> None:
    changes, said = WRONG[name]
    given = {
        key: day(value) if key == "closes_on" and isinstance(value, int) else value for key, value in changes.items()
    }
    sent = {"welcome": "Words that I wrote.", **given}
    response = owner.post(reverse("round_new", args=[assessment.pk]), posted(assessment, **sent))
    shown = main(response)
    assert (response.status_code, Round.objects.count()) == (422, 0)
    assert said in shown
    assert str(sent["welcome"]) in shown


def test_counting_again_needs_no_script_and_judges_nothing(owner: Client, assessment: Assessment) -> None:
    sent = posted(
        assessment, go="count", criteria_4=["investors", "skills"], criteria_9=[], welcome="Mine.", closes_on=""
    )
    response = owner.post(reverse("round_new", args=[assessment.pk]), sent)
    shown = main(response)
    assert (response.status_code, Round.objects.count(), "There is a problem" in shown) == (200, 0, False)
    assert (
        shown.count("10 questions, about 15 minutes: "),
        "2 questions, about 3 minutes" in shown,
        "No question chosen" in shown,
    ) == (
        8,
        True,
        True,
    )
    assert "Mine." in shown


def test_the_second_owner_is_led_to_the_round_of_the_first(owner: Client, assessment: Assessment, round: Round) -> None:
    for response in (
        owner.get(reverse("round_new", args=[assessment.pk])),
        owner.post(reverse("round_new", args=[assessment.pk]), posted(assessment)),
    ):
        assert response.headers["Location"] == page("round", round)
    assert "There is a round already: this one." in main(owner.get(page("round", round)))


# --- asking -----------------------------------------------------------------------------------------------------------


def test_each_gets_a_letter_with_a_link_of_their_own_that_no_page_shows(owner: Client, round: Round) -> None:
    people = "Carys Beddoe, carys@partner.example\nNed\tned@Partner.example\n\n<ann@partner.example>"
    response = owner.post(page("respondents_ask", round), {"role": "investor", "people": people})
    assert response.headers["Location"] == page("round", round)
    assert [(each.name, each.email, each.is_sent) for each in Respondent.objects.order_by("pk")] == [
        ("Carys Beddoe", "carys@partner.example", True),
        ("Ned", "ned@partner.example", True),
        ("ann@partner.example", "ann@partner.example", True),
    ]
    assert [letter.to for letter in mail.outbox] == [[each.email] for each in Respondent.objects.order_by("pk")]
    secrets = [secret_in(letter) for letter in mail.outbox]
    found = [Respondent.objects.get(token_hash=respondent_hash(secret)).email for secret in secrets]
    assert found == [letter.to[0] for letter in mail.outbox]
    shown = main(owner.get(page("round", round)))
    assert "3 invitations are sent." in shown
    assert not any(secret in shown for secret in secrets)
    assert Client().get(reverse("take_part", args=[secrets[0]])).headers["Location"] == reverse(
        "respond", args=[round.pk]
    )


def test_a_letter_says_who_asks_how_long_it_takes_and_what_anonymous_means(owner: Client, round: Round) -> None:
    owner.post(
        page("respondents_ask", round), {"role": "investor", "people": "<b>Carys & Co</b> carys@partner.example"}
    )
    letter = mail.outbox[0]
    text = str(letter.body)
    assert letter.subject == "Your view of Harbour Quarter: a few questions"
    assert "Owner Person asks you, for Harbour Quarter" in text
    assert "about 3 minutes" in text
    assert "The round is anonymous." in text
    assert "Dear b Carys & Co /b," in text


LINES = {
    "Nobody": "Line 1, “Nobody”: there is no e-mail address in it.",
    "A a@b.example c@d.example": "there are two addresses in it. Give each person a line.",
    "Ann x@y": "this is not a whole e-mail address.",
    f"{'x' * 130} a@b.example": "it is too long for a name and an address.",
    "Carys, CARYS.BEDDOE@partner.example": "this person has been asked already.",
    "Ann a@b.example\nBen A@B.example": "Line 2, “Ben A@B.example”: this address stands in an earlier line.",
    "\n".join(f"a{number}@b.example" for number in range(51)): "These are 51 people. Ask at most 50 at once",
    "": "Write at least one line with a name and an e-mail address.",
}


@pytest.mark.parametrize("lines", LINES)
def test_bad_lines_are_named_one_by_one_and_nobody_is_asked(owner: Client, round: Round, lines: str) -> None:
    asked_person(round)
    good = "Good Person, good@partner.example\n" if lines.startswith("Carys") else ""
    response = owner.post(page("respondents_ask", round), {"role": "citizen", "people": good + lines})
    shown = main(response)
    assert (response.status_code, Respondent.objects.count(), mail.outbox) == (422, 1, [])
    assert LINES[lines] in shown
    assert all(line.strip() in shown for line in lines.splitlines())


def test_nobody_writes_to_strangers_without_end(owner: Client, round: Round, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "letters"}}
    settings.LETTER_RATE_LIMITS = {"round_letter": "5/d/user,3/d/key"}
    address = page("respondents_ask", round)
    assert owner.post(address, {"role": "investor", "people": "Ned ned@b.example"}).status_code == 302
    again = page("respondent_resend", round, Respondent.objects.get().pk)
    for _ in range(4):
        owner.post(again)
    assert len(mail.outbox) == 3  # to one address
    assert "So many letters were sent today" in main(owner.get(page("round", round)))
    response = owner.post(address, {"role": "investor", "people": "Ann ann@b.example\nBob bob@b.example"})
    assert (response.status_code, len(mail.outbox), Respondent.objects.count()) == (422, 3, 1)
    assert "So many letters were sent today" in main(response)


def test_a_name_begins_no_line_of_its_own_in_a_letter(cast: Cast, owner: Client, round: Round) -> None:
    User.objects.filter(pk=cast.owner.pk).update(name="Boss\n\nPay here: https://evil.example/")
    owner.post(page("respondents_ask", round), {"role": "investor", "people": "Ned ned@b.example"})
    assert "Boss Pay here: https://evil.example/ asks you" in str(mail.outbox[0].body)


def test_where_the_mail_server_refuses_it_can_be_sent_again(owner: Client, round: Round, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 1  # nobody listens there
    owner.post(page("respondents_ask", round), {"role": "investor", "people": "Carys, carys@partner.example"})
    shown = main(owner.get(page("round", round)))
    assert "1 invitation was not sent" in shown
    assert "Some invitations were not sent" in shown
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    person = Respondent.objects.get()
    owner.post(page("respondent_resend", round, person.pk))
    person.refresh_from_db()
    assert (person.is_sent, person.token_hash) == (True, respondent_hash(secret_in(mail.outbox[0])))


def test_without_a_mail_server_the_page_says_to_use_the_shared_link(owner: Client, round: Round, settings: Any) -> None:
    assert "This site sends no e-mail" not in main(owner.get(page("round", round)))
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    for name in ("round", "respondents_ask"):
        assert "This site sends no e-mail" in main(owner.get(page(name, round)))
    asked = {"role": "investor", "people": "Carys, carys@partner.example"}
    shown = [main(owner.post(page("respondents_ask", round), asked, follow=True))]
    person = Respondent.objects.get()
    shown.append(main(owner.post(page("respondent_resend", round, person.pk), follow=True)))
    person.refresh_from_db()
    assert [("No e-mail has gone out" in each, "is sent" in each) for each in shown] == [(True, False)] * 2
    assert person.is_sent is False


def test_who_has_begun_is_neither_sent_another_link_nor_removed(owner: Client, round: Round) -> None:
    person, _secret = asked_person(round)
    assert len([said for said in buttons(owner.get(page("round", round))) if "Carys" in said]) == 2
    move(person, Respondent.State.BEGUN)
    assert [said for said in buttons(owner.get(page("round", round))) if "Carys" in said] == []
    for name in ("respondent_resend", "respondent_remove"):
        owner.post(page(name, round, person.pk))
        assert "Nobody knows which answers are theirs" in main(owner.get(page("round", round)))
    assert (Respondent.objects.count(), mail.outbox) == (1, [])


def test_a_respondent_of_another_round_is_not_found(cast: Cast, owner: Client, round: Round) -> None:
    person, _secret = asked_person(round)
    respond(round, "citizen", 2)
    reveal_round(round=round, by=cast.owner)
    other = opened(round.assessment, cast.owner)
    for name, pk in (
        ("respondent_remove", person.pk),
        ("respondent_resend", person.pk),
        ("round_link", entry(round).pk),
    ):
        assert owner.post(page(name, other, pk)).status_code == 404


def test_the_sheet_of_a_role_has_the_address_in_words_and_as_a_code(owner: Client, round: Round) -> None:
    address = page("round_link", round, entry(round).pk)
    assert "No link yet" in main(owner.get(address))
    assert owner.post(address, {"limit": "4"}).headers["Location"] == address
    shown, code = main(owner.get(address)), entry(round).link_code or ""
    assert f"/take-part/{in_groups(code)}/" in shown
    assert "QR code that leads to" in shown
    assert "0 of 4 have begun" in shown
    owner.post(address, {"go": "renew"})
    assert code not in main(owner.get(address)).replace("-", "")
    owner.post(address, {"go": "off"})
    assert (entry(round).link_code, "No link yet" in main(owner.get(address))) == (None, True)


@pytest.mark.parametrize(
    ("site", "warned"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("https://hub.example", False),
        ("http://192.168.1.7:8000", False),
    ],
)
def test_a_square_that_leads_no_phone_here_says_so(
    owner: Client, round: Round, settings: Any, site: str, warned: bool
) -> None:
    settings.SITE_URL = site
    share_link(entry=entry(round), limit=3)
    told = main(owner.get(page("round_link", round, entry(round).pk)))
    assert (f"{site}/take-part/" in told, "No phone gets here yet" in told) == (True, warned)
    workshop = main(owner.get(reverse("workshop", args=[round.assessment_id])))
    assert ("No phone gets here yet" in workshop) == warned


@pytest.mark.parametrize(
    ("limit", "said"), [("", "Say how many."), ("x", "Write a whole number."), ("0", "at least 1")]
)
def test_a_limit_that_is_none_is_said(owner: Client, round: Round, limit: str, said: str) -> None:
    response = owner.post(page("round_link", round, entry(round).pk), {"limit": limit})
    assert (response.status_code, said in main(response), entry(round).link_code) == (422, True, None)


# --- how it stands, closing, revealing --------------------------------------------------------------------------------


def test_members_read_how_it_stands_and_only_owners_act(cast: Cast, round: Round) -> None:
    share_link(entry=entry(round, "citizen"), limit=10)
    person, secret = asked_person(round)
    respond(round, "investor", 3, secret=secret, comment="Not to be seen")
    move(person, Respondent.State.DONE)
    for who in (cast.editor, cast.consultant, cast.viewer):
        shown = main(signed_in(who).get(page("round", round)))
        assert ("Carys Beddoe" in shown, "0 of 10 have begun" in shown, "Answered" in shown) == (True, True, True)
        assert ("carys.beddoe@" in shown, "Not to be seen" in shown, "Reveal the answers" in shown) == (False,) * 3


def test_the_page_takes_as_many_queries_for_many_as_for_one(cast: Cast, owner: Client, round: Round) -> None:
    asked_person(round)
    one = queries(owner, page("round", round))
    for number in range(5):
        asked_person(round, f"Person {number}", "citizen")
    assert queries(owner, page("round", round)) == one


def test_closed_early_and_opened_again_by_a_later_date(cast: Cast, owner: Client, round: Round) -> None:
    respond(round, "citizen", 2)
    move(asked_person(round)[0], Respondent.State.DONE)
    owner.post(page("round_close", round))
    shown = main(owner.get(page("round", round)))
    assert ("No more answers are taken." in shown, "Closed early" in shown) == (True, True)
    assert owner.get(page("respondents_ask", round)).status_code == 302
    owner.post(page("round_edit", round), {"closes_on": "", "welcome": "Words."})
    round.refresh_from_db()
    assert (round.takes_answers, round.welcome) == (False, "Words.")
    owner.post(page("round_edit", round), {"closes_on": day(20), "welcome": "Words."})
    round.refresh_from_db()
    assert (round.takes_answers, round.closes_on.isoformat()) == (True, day(20))


def test_what_is_asked_can_be_changed_until_somebody_has_begun(owner: Client, round: Round) -> None:
    shown = main(owner.get(page("round_edit", round)))
    assert ("Which questions?" in shown, "Do people give a name?" in shown) == (True, False)
    sent = posted(round.assessment, roles=["planner"], criteria_7=["planners"])
    assert owner.post(page("round_edit", round), sent).status_code == 302
    assert asked_in(round) == {"planner": ["planners"]}
    move(asked_person(round, role="planner")[0], Respondent.State.BEGUN)
    assert "Which questions?" not in main(owner.get(page("round_edit", round)))


def test_a_round_without_answers_is_discarded_after_asking(owner: Client, round: Round) -> None:
    assert "Discard the round" in links(owner.get(page("round", round)))
    assert owner.get(page("round_discard", round)).status_code == 200
    owner.post(page("round_discard", round))
    assert Round.objects.count() == 0


def test_the_reveal_is_told_beforehand_done_once_and_stands_on_the_page(
    cast: Cast, owner: Client, round: Round
) -> None:
    assert "Nothing to reveal yet" in main(owner.get(page("reveal", round)))
    for level in (1, 2, 3, 4):
        respond(round, "citizen", level)
    respond(round, "investor", 0)
    shown = main(owner.get(page("reveal", round)))
    assert "5 people have answered so far." in shown
    assert shown.count("Together with others, without its name") == 2
    assert owner.post(page("reveal", round)).headers["Location"] == page("round", round)
    assert owner.post(page("reveal", round)).status_code == 302
    shown = main(owner.get(page("round", round)))
    assert "5 people answered. The answers were revealed on" in shown
    assert "Owner Person" in shown
    assert Round.objects.get().answered == 5


def test_after_the_reveal_nobody_is_told_apart_who_had_only_begun(cast: Cast, owner: Client, round: Round) -> None:
    person, secret = asked_person(round)
    respond(round, "investor", 2, secret=secret)
    move(person, Respondent.State.BEGUN)
    asked_person(round, "Silent Person")
    close_round(round=round, by=cast.owner)
    reveal_round(round=round, by=cast.owner)
    assert sorted(Respondent.objects.values_list("state", flat=True)) == ["asked", "done"]
    shown = main(owner.get(page("round", round)))
    assert ("Begun" in shown, "Did not answer" in shown, "Closed early" in shown) == (False, True, True)


def test_the_reveal_alone_is_not_called_closing_early(cast: Cast, owner: Client, round: Round) -> None:
    respond(round, "citizen", 2)
    reveal_round(round=round, by=cast.owner)
    assert "Closed early" not in main(owner.get(page("round", round)))


def test_too_few_in_an_anonymous_round_are_warned_of(owner: Client, round: Round) -> None:
    respond(round, "citizen", 1)
    shown = main(owner.get(page("reveal", round)))
    assert ("Too few to be shown" in shown, "Never shown" in shown) == (True, True)


def test_checking_the_answers_says_that_a_round_is_not_revealed(cast: Cast, owner: Client, round: Round) -> None:
    check = reverse("check", args=[round.assessment_id])
    assert links(owner.get(check))["your partners say"] == page("round", round)
    respond(round, "citizen", 1)
    reveal_round(round=round, by=cast.owner)
    assert "your partners say" not in links(owner.get(check))


def test_what_was_typed_is_kept_when_the_sign_in_has_ended(round: Round) -> None:
    response = Client().post(page("respondents_ask", round), {"role": "investor", "people": "Ann, ann@b.example"})
    assert (response.status_code, "Ann, ann@b.example" in response.content.decode()) == (401, True)


def test_a_closed_round_says_so_on_the_sheet(cast: Cast, owner: Client, round: Round) -> None:
    share_link(entry=entry(round), limit=2)
    close_round(round=round, by=cast.owner)
    assert "The round is closed" in main(owner.get(page("round_link", round, entry(round).pk)))


# --- in a browser -----------------------------------------------------------------------------------------------------


def test_ticking_counts_at_once_and_the_round_opens(live_server: Any, new_page: Callable[..., Page]) -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    screen = new_page(viewport={"width": 390, "height": 844})
    sign_in(screen, cast.owner)
    screen.goto(reverse("round_new", args=[assessment.pk]))
    investor = screen.locator(".asked-questions").nth(4)
    investor.locator("summary").click()
    investor.get_by_label("4.4 Investors").uncheck()
    assert investor.locator("[data-length]").inner_text() == "9 questions, about 14 minutes"
    assert not investor.get_by_role("button", name="Count again").is_visible()
    assert screen.evaluate("document.documentElement.scrollWidth") == 390
    screen.get_by_role("button", name="Open the round").click()
    screen.get_by_text("The round is open. Now ask people to take part.").wait_for()
    assert "investors" not in asked_in(Round.objects.get())["investor"]
    assert Response.objects.count() == 0
