"""The whole road of a round: a lead asks four partners in two roles, and they answer at once on their phones.

Then the answers are revealed, the group disagrees, agrees with a dissent, and submits; result and report carry it.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect

from assessments import scoring
from assessments.findings.sentences import points
from assessments.interchange.scorable import scorable_playbook
from assessments.models import Answer, Assessment, Event, Respondent, Response, Round, RoundRole
from assessments.scoring.consensus import collective_results
from assessments.selectors.results import findings_of
from tests.factories import Cast, make_assessment, make_cast, playbook, sign_in
from tests.printing import text_of

PHONE = ViewportSize(width=360, height=740)
ADDRESS = re.compile(r"https?://\S+/take-part/\S+/")
INVESTORS, CITIZEN = {"Ines": 1, "Ivo": 4, "Iona": 4}, {"Cai": 2}
DISSENT = "One investor saw level 1: no fund has closed yet."
SENTENCE = f"Agreed 3; 4 answered, from 1 to 4; dissent: {DISSENT}"


@pytest.fixture
def cast(live_server: Any, settings: Any) -> Cast:
    settings.SITE_URL = live_server.url
    return make_cast()


def test_lead_and_four_partners_in_two_roles_come_to_an_agreed_answer(
    cast: Cast, new_page: Callable[..., Page], troubles: list[str]
) -> None:
    assessment = make_assessment(cast.place, cast.owner, {"right-path": 2})
    lead = new_page()
    sign_in(lead, cast.owner)
    opened = open_round(lead, assessment)
    links = asked_by_letter(lead, opened, "investor", ["Ines", "Ivo"])
    links.append(shared_link(lead, opened, "investor", limit=1))
    links += asked_by_letter(lead, opened, "citizen", ["Cai"])

    phones = [new_page(viewport=PHONE) for _ in links]
    take_part(phones, links, lead, opened)
    assert Answer.objects.get(assessment=assessment).level == 2

    reveal(lead, opened, assessment)
    for phone in phones:
        phone.goto(reverse("respond", args=[opened.pk]))
        expect(phone.get_by_role("button", name="Begin")).to_have_count(0)
    assert [("410 (Gone)" in trouble) for trouble in troubles] == [True] * len(phones)
    troubles.clear()
    assert not Response.objects.exclude(token_hash=None).exists()
    assert not Respondent.objects.exclude(token_hash=None).exists()

    agree(lead, assessment)
    submit(lead, assessment)
    told_everywhere(lead, assessment)


# --- the lead asks ----------------------------------------------------------------------------------------------


def open_round(lead: Page, assessment: Assessment) -> Round:
    """Investors and citizens, every question, names if they wish."""
    lead.goto(reverse("assessment", args=[assessment.pk]))
    lead.get_by_role("link", name="Ask your partners").click()
    lead.get_by_label("Every question for everybody").check()
    for role in playbook().roles:
        if role.key not in ("investor", "citizen"):
            lead.get_by_label(role.name, exact=True).uncheck()
    lead.get_by_label("Whoever wishes may give a name").check()
    lead.get_by_role("button", name="Open the round").click()
    expect(lead.get_by_role("heading", level=1)).to_have_text("Partners")
    return Round.objects.get(assessment=assessment)


def asked_by_letter(lead: Page, opened: Round, role: str, names: list[str]) -> list[str]:
    """The links in the letters; the page itself never shows them."""
    mail.outbox.clear()
    lead.goto(f"{reverse('respondents_ask', args=[opened.assessment_id, opened.pk])}?role={role}")
    lead.get_by_label("Whom do you ask?").fill("\n".join(f"{name}, {name.lower()}@partner.example" for name in names))
    lead.get_by_role("button", name="Send the invitations").click()
    expect(lead.get_by_role("heading", level=1)).to_have_text("Partners")
    assert [letter.to for letter in mail.outbox] == [[f"{name.lower()}@partner.example"] for name in names]
    found = [ADDRESS.findall(str(letter.body))[0] for letter in mail.outbox]
    assert not any(link in lead.content() for link in found)
    return found


def shared_link(lead: Page, opened: Round, role: str, *, limit: int) -> str:
    entry = RoundRole.objects.get(round=opened, role=role)
    lead.goto(reverse("round_link", args=[opened.assessment_id, opened.pk, entry.pk]))
    lead.locator("input[name=limit]").fill(str(limit))
    lead.get_by_role("button").filter(has_text="link").first.click()
    return lead.locator(".link-sheet .web").inner_text()


# --- the partners answer ----------------------------------------------------------------------------------------


def take_part(phones: list[Page], links: list[str], lead: Page, opened: Round) -> None:
    """All step by step at once; the lead sees who has answered, and nobody sees what."""
    people = INVESTORS | CITIZEN
    levels = list(people.values())
    for phone, link, name in zip(phones, links, people, strict=True):
        phone.goto(link)
        phone.get_by_label("Your name, if you wish").fill(name)
        phone.get_by_role("button", name="Begin").click()
        expect(phone.get_by_text("Question 1 of 27")).to_be_visible()
    for phone, level in zip(phones, levels, strict=True):
        phone.locator(f"input[name=answer][value='{level}']").check()
    for phone, level in zip(phones, levels, strict=True):
        expect(phone.locator("#save-state")).to_contain_text("Saved")
        phone.get_by_label("Comment, if you wish").fill(f"This is why I say {level}.")
        phone.get_by_role("button", name="Save and continue").click()
        expect(phone.get_by_text("Question 2 of 27")).to_be_visible()
    for phone in phones[:-1]:
        phone.goto(reverse("respond_finish", args=[opened.pk]))
        phone.get_by_role("button", name="I have finished").click()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")

    lead.goto(reverse("round", args=[opened.assessment_id, opened.pk]))
    states = lead.locator("li.task").filter(has_text="@partner.example").all_inner_texts()
    assert [[word for word in ("Answered", "Begun") if word in state] for state in sorted(states)] == [
        ["Begun"],  # Cai, who has not said that he has finished
        ["Answered"],
        ["Answered"],
    ]
    assert "This is why" not in lead.content()
    lead.goto(reverse("agreeing", args=[opened.assessment_id]))
    assert "This is why" not in lead.content()


# --- reveal, disagree, agree ------------------------------------------------------------------------------------


def reveal(lead: Page, opened: Round, assessment: Assessment) -> None:
    """Closed first, so that nobody answers any more, then revealed by the owner, on record."""
    lead.goto(reverse("round_close", args=[opened.assessment_id, opened.pk]))
    lead.get_by_role("button", name="Close the round").click()
    lead.get_by_role("link", name="Reveal the answers").click()
    lead.get_by_role("button", name="Reveal the answers and close the round for ever").click()
    lead.wait_for_load_state()
    event = assessment.events.get(kind=Event.Kind.REVEALED)
    opened.refresh_from_db()
    assert (opened.is_revealed, opened.revealed_by, event.by) == (True, event.by, event.by)
    assert Answer.objects.get(assessment=assessment).level == 2


def agree(lead: Page, assessment: Assessment) -> None:
    """They are three levels apart: discussed first, by the engine's own figures; then agreed with a dissent."""
    given = [("investor", level) for level in INVESTORS.values()] + [("citizen", level) for level in CITIZEN.values()]
    respondents = [scoring.Respondent(role, {"right-path": level}) for role, level in given]
    engine = collective_results(scorable_playbook(playbook()), respondents)["right-path"]
    assert (engine.suggested, engine.discuss, engine.role_means["investor"]) == (2, True, Fraction(3))

    lead.goto(reverse("agreeing", args=[assessment.pk]))
    lead.locator(".matters a").first.click()
    expect(lead.get_by_role("heading", level=1)).to_have_text("1.1 The right path for this place")
    said = lead.locator("main").inner_text()
    assert f"mean {float(engine.mean):.1f}" in said.replace("Mean", "mean").replace("\n", " ").replace("\t", " ")
    assert "Suggested by what was said" in said
    assert "This is why I say 1." in said

    lead.locator("input[name=answer][value='3']").check()
    lead.get_by_label("Why this level?").fill("The case was reviewed from outside in May.")
    lead.get_by_label("What those said who saw it otherwise").fill(DISSENT)
    lead.get_by_role("button", name="Record what you agree").click()
    lead.wait_for_load_state()
    answer = Answer.objects.get(assessment=assessment)
    assert (answer.level, answer.saved_by) == (3, assessment.place.memberships.get(role="owner").user)


def submit(lead: Page, assessment: Assessment) -> None:
    lead.goto(reverse("check", args=[assessment.pk]))
    lead.get_by_role("button", name=re.compile("Submit")).click()
    lead.wait_for_url(f"**{reverse('results', args=[assessment.pk])}")


def told_everywhere(lead: Page, assessment: Assessment) -> None:
    """On the page, in the report, and in the frozen submission, with the engine's figures."""
    expect(lead.locator("#criterion-right-path")).to_contain_text(SENTENCE)
    with lead.expect_download() as download:
        lead.evaluate(
            "address => { const link = document.createElement('a'); link.href = address; link.download = ''; "
            "document.body.append(link); link.click(); }",
            reverse("report", args=[assessment.pk]),
        )
    assert SENTENCE in " ".join(text_of(download.value.path().read_bytes()).split())
    assessment.refresh_from_db()
    frozen = findings_of(assessment)
    assert frozen.agreed["right-path"].sentence == SENTENCE
    assert points(frozen.criterion["right-path"].result.points) == "75"
