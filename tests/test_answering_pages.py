"""The pages of answering, as the server makes them: what each says in each state; nothing typed is ever lost."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from assessments.models import Answer, Assessment, Event, Evidence, Membership, Place, User
from assessments.selectors.playbooks import criterion_ids
from assessments.views.trouble import NothingTypedIsLost, not_saved
from tests.factories import (
    Cast,
    add_piece,
    answer,
    complete_answers,
    join,
    make_assessment,
    make_cast,
    make_place,
    number_of,
    playbook,
    published_version,
    submit,
)
from tests.pages import HTMX, VNU, buttons, links, main, signed_in, tree, values, words

KEY = "vision-kept-alive"  # 1.3; it may be not applicable
PLAIN_KEY = "right-path"  # 1.1; it may not
ANSWER = {"answer": "2", "note": "Typed with care", "seen": "0"}


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner)


@pytest.fixture
def owner(cast: Cast) -> Client:
    return signed_in(cast.owner)


def page_of(assessment: Assessment, key: str = KEY) -> str:
    return f"/assessments/{assessment.pk}/criteria/{number_of(key)}/"


def stored(assessment: Assessment, key: str = KEY) -> Answer | None:
    pk = criterion_ids(assessment.version)[key]
    return Answer.objects.filter(assessment=assessment, criterion_id=pk).first()


# --- Reading a page -------------------------------------------------------------------------------------------


# --- Home -----------------------------------------------------------------------------------------------------


def test_home_without_a_place_explains_the_first_step(cast: Cast) -> None:
    response = signed_in(cast.stranger).get("/")
    assert "You have no place here yet." in main(response)
    assert links(response)["Describe a place"] == "/places/new/"


@pytest.mark.parametrize(
    ("answers", "says", "leads_to"),
    [
        ({}, "Start answering for Harbour Quarter", "/assessments/{}/"),
        ({KEY: 2}, "Go on with Harbour Quarter", "/assessments/{}/"),
        (complete_answers(), "Check your answers for Harbour Quarter", "/assessments/{}/check/"),
    ],
    ids=["new", "begun", "complete"],
)
def test_home_says_what_to_do_next(
    cast: Cast, owner: Client, answers: dict[str, Any], says: str, leads_to: str
) -> None:
    found = make_assessment(cast.place, cast.owner, answers)
    response = owner.get("/")
    assert links(response)[says] == leads_to.format(found.pk)
    assert f"{len(answers)} of 27 criteria answered" in main(response)


def test_home_leads_to_the_last_result(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, KEY, 2, by=cast.owner)
    submit(assessment, cast.owner)
    found = links(owner.get("/"))
    assert found["see the results of Harbour Quarter"] == f"/assessments/{assessment.pk}/results/"
    assert found["Start the next assessment of Harbour Quarter"] == f"/places/{cast.place.pk}/"


def test_home_of_a_viewer_asks_nothing_of_them(cast: Cast, assessment: Assessment) -> None:
    found = links(signed_in(cast.viewer).get("/"))
    assert found["Read the open assessment of Harbour Quarter"] == f"/assessments/{assessment.pk}/"


# --- A place --------------------------------------------------------------------------------------------------


def test_a_new_place_says_what_is_missing_beside_each_field(cast: Cast, owner: Client) -> None:
    published_version()
    response = owner.post("/places/new/", {"name": "  ", "boundary_note": "Both banks"})
    errors = {link.get("href"): words(link) for link in tree(response).findall(".//div[@role='alert']//a")}
    assert response.status_code == 422
    assert errors == {
        "#id_name": "Say what the place is called.",
        "#id_kind": "Choose the kind of place.",
        "#id_region": "Choose the region or nation.",
        "#id_declared_stage_0": "Choose the stage whose facts are true.",
    }
    assert values(response)["boundary_note"] == "Both banks"


def test_a_new_place_belongs_to_who_made_it(cast: Cast) -> None:
    published_version()
    facts = {"name": "Dockside", "kind": "town", "region": "wales", "boundary_note": "", "declared_stage": "forming"}
    response = signed_in(cast.stranger).post("/places/new/", facts)
    place = Place.objects.get(name="Dockside")
    assert response.headers["Location"] == f"/places/{place.pk}/"
    assert list(place.memberships.values_list("user", "role")) == [(cast.stranger.pk, "owner")]


def test_a_place_without_an_assessment_starts_one(cast: Cast, owner: Client) -> None:
    published_version()
    page = owner.get(f"/places/{cast.place.pk}/")
    assert buttons(page) == ["Start an assessment"]
    response = owner.post(f"/places/{cast.place.pk}/start/")
    started = cast.place.assessments.get()
    assert response.headers["Location"] == f"/assessments/{started.pk}/"
    assert (started.started_by, started.stage.key, started.stage_confirmed) == (cast.owner, "forming", True)


def test_a_place_cannot_start_without_a_playbook(cast: Cast, owner: Client) -> None:
    response = owner.get(f"/places/{cast.place.pk}/")
    assert buttons(response) == []
    assert "There is no published playbook to start on" in main(response)


def test_a_place_lists_its_people_and_its_assessments(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, KEY, 2, by=cast.owner)
    submit(assessment, cast.owner)
    make_assessment(cast.place, cast.editor, {KEY: 3, PLAIN_KEY: 1})
    response = owner.get(f"/places/{cast.place.pk}/")
    rows = [words(row) for row in tree(response).findall(".//li[@class='task task--actions']")]
    today = timezone.localdate()
    day = f"{today.day} {today:%B %Y}"
    assert [row.split(",")[0] for row in rows] == [f"Started on {day} Forming", f"Submitted on {day} Forming"]
    assert "2 of 27 answered" in rows[0]
    assert links(response)[f"Report (PDF) of {day}"] == f"/assessments/{assessment.pk}/report.pdf"
    people = [(words(row.find("dt")), words(row.find("dd"))) for row in tree(response).findall(".//dl/div")]
    assert people[:4] == [
        ("Owner Person", "Owner (you)"),
        ("Editor Person", "Editor"),
        ("Viewer Person", "Viewer"),
        ("Consultant Person", "Consultant, from outside"),
    ]


@pytest.mark.parametrize("role", ["owner", "editor", "viewer", "consultant"])
def test_only_owners_are_offered_what_only_owners_may(cast: Cast, assessment: Assessment, role: str) -> None:
    answer(assessment, KEY, 2, by=cast.owner)
    submit(assessment, cast.owner)
    found = links(signed_in(cast.members[role]).get(f"/places/{cast.place.pk}/"))
    offered = [any(text.startswith(start) for text in found) for start in ("Change the name", "Reopen")]
    assert offered == [role == "owner"] * 2


# --- The task list --------------------------------------------------------------------------------------------


def test_the_task_list_says_how_each_criterion_stands(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, "right-path", 3, by=cast.owner)
    answer(assessment, "shared-vision", "dont_know", by=cast.owner)
    answer(assessment, KEY, "not_applicable", by=cast.owner, reason="Too young")
    answer(assessment, "investment-cycles", None, by=cast.owner, note="Ask the treasurer")
    response = owner.get(f"/assessments/{assessment.pk}/")
    rows = [words(row) for row in tree(response).findall(".//section[@aria-labelledby='lesson-1']//li")]
    assert rows == [
        "1.1 The right path for this place Level 3",
        "1.2 Shared vision and purpose Don’t know",
        "1.3 Keeping the vision alive and widening it Not applicable",
        "1.4 Cycles of investment Note only",
        "1.5 Concentrated commitment Not answered",
        "1.6 Collective, generous leadership Not answered",
    ]
    assert "3 of 6 answered" in words(tree(response).find(".//section[@aria-labelledby='lesson-1']"))


@pytest.mark.parametrize(
    ("answers", "says", "leads_to"),
    [
        ({}, "Start with 1.1 The right path for this place", "criteria/1/"),
        ({"right-path": 2}, "Go on at 1.2 Shared vision and purpose", "criteria/2/"),
        (complete_answers(), "Check your answers", "check/"),
    ],
    ids=["new", "begun", "complete"],
)
def test_the_task_list_resumes(cast: Cast, owner: Client, answers: dict[str, Any], says: str, leads_to: str) -> None:
    found = make_assessment(cast.place, cast.owner, answers)
    response = owner.get(f"/assessments/{found.pk}/")
    assert links(response)[says] == f"/assessments/{found.pk}/{leads_to}"


def test_the_task_list_of_a_viewer_has_nothing_to_start(cast: Cast, assessment: Assessment) -> None:
    found = links(signed_in(cast.viewer).get(f"/assessments/{assessment.pk}/"))
    assert [text for text in found if text.startswith(("Start", "Go on", "Declare"))] == []


def test_a_submitted_task_list_leads_to_the_results(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, KEY, 2, by=cast.owner)
    submit(assessment, cast.owner)
    response = owner.get(f"/assessments/{assessment.pk}/")
    assert links(response)["See the results"] == f"/assessments/{assessment.pk}/results/"
    assert [text for text in links(response).values() if "/criteria/" in text] == []


# --- The stage ------------------------------------------------------------------------------------------------


def test_the_stage_is_declared_and_the_next_assessment_begins_with_it(
    cast: Cast, owner: Client, assessment: Assessment
) -> None:
    address = f"/assessments/{assessment.pk}/stage/"
    assert values(owner.get(address))["stage"] == "forming"
    response = owner.post(address, {"stage": "scaling"})
    assessment.refresh_from_db()
    assert response.headers["Location"] == f"/assessments/{assessment.pk}/"
    assert (assessment.stage.key, assessment.stage_confirmed) == ("scaling", True)
    answer(assessment, "right-path", 2, by=cast.owner)
    submit(assessment, cast.owner)
    following = make_assessment(cast.place, cast.owner)
    assert (following.stage.key, following.stage_confirmed) == ("scaling", False)


# --- One criterion --------------------------------------------------------------------------------------------


def test_a_criterion_shows_all_that_it_should(cast: Cast, owner: Client, assessment: Assessment) -> None:
    response = owner.get(page_of(assessment))
    text = playbook().criterion[KEY]
    heading = tree(response).find(".//fieldset/legend/h1")
    assert words(heading) == text.question
    said = main(response)
    asked_for = [text.why, text.ask, *text.evidence, *text.data, text.not_applicable or "", *LEVELS]
    missing = [each for each in asked_for if " ".join(each.split()) not in said]
    assert missing == []
    assert f"At the stage declared, Forming, the target is level {text.targets['forming']}." in said
    assert "0 of 6 answered in this lesson, 0 of 27 in all" in said
    assert "Stop before the first one that is not true." in said
    labels = tree(response).findall(".//form[@id='answer']//label")
    assert [words(label) for label in labels[:7]] == [
        *(f"{number}{level}" for number, level in enumerate(LEVELS)),
        "Don’t know",
        "Not applicable",
    ]


LEVELS = [" ".join(level.descriptor.split()) for level in playbook().criterion[KEY].levels]


def test_not_applicable_is_offered_only_where_it_is_allowed(owner: Client, assessment: Assessment) -> None:
    response = owner.get(page_of(assessment, PLAIN_KEY))
    offered = [radio.get("value") for radio in tree(response).findall(".//form[@id='answer']//input[@type='radio']")]
    assert offered == ["0", "1", "2", "3", "4", "dont_know"]
    assert "reason" not in values(response)
    refused = owner.post(page_of(assessment, PLAIN_KEY), {"answer": "not_applicable", "note": "x", "seen": "0"})
    assert (refused.status_code, stored(assessment, PLAIN_KEY)) == (422, None)


def test_the_first_and_the_last_criterion_know_their_neighbours(owner: Client, assessment: Assessment) -> None:
    def neighbours(number: int) -> list[tuple[str, str]]:
        response = owner.get(f"/assessments/{assessment.pk}/criteria/{number}/")
        found = tree(response).findall(".//nav[@class='prev-next']/a")
        return [(words(link), link.get("href", "")) for link in found]

    start = f"/assessments/{assessment.pk}"
    assert neighbours(1) == [("Next1.2 Shared vision and purpose", f"{start}/criteria/2/")]
    assert neighbours(27) == [
        ("Previous4.8 Anchor businesses", f"{start}/criteria/26/"),
        ("NextCheck your answers", f"{start}/check/"),
    ]
    assert [owner.get(f"{start}/criteria/{number}/").status_code for number in (0, 28)] == [404, 404]


def test_a_viewer_reads_and_has_nothing_to_send(cast: Cast, assessment: Assessment) -> None:
    answer(assessment, KEY, 2, by=cast.owner, note="<b>Minuted</b> in March")
    add_piece(assessment, KEY, by=cast.owner, title="Minute 14")
    response = signed_in(cast.viewer).get(page_of(assessment))
    page = tree(response)
    assert (page.findall(".//main//form"), page.findall(".//main//script"), page.findall(".//main//input")) == (
        [],
        [],
        [],
    )
    assert words(page.find(".//li[@class='chosen']")) == f"2Chosen: {LEVELS[2]}"
    said = main(response)
    assert [each in said for each in ("<b>Minuted</b> in March", "Minute 14", "by Owner Person")] == [True] * 3


def test_a_submitted_criterion_leads_to_the_results(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, KEY, 2, by=cast.owner)
    submit(assessment, cast.owner)
    response = owner.get(page_of(assessment))
    assert response.headers["Location"] == f"/assessments/{assessment.pk}/results/"


def test_no_page_is_kept_by_a_browser(owner: Client, assessment: Assessment) -> None:
    """Otherwise going back would show an old revision, and the next save would run into one's own."""
    for address in (page_of(assessment), f"/assessments/{assessment.pk}/", "/"):
        assert "no-store" in owner.get(address).headers["Cache-Control"], address


# --- Saving: by the button, and by script -----------------------------------------------------------------------


def test_a_plain_save_leads_back_or_on(owner: Client, assessment: Assessment) -> None:
    stay = owner.post(page_of(assessment), ANSWER)
    on = owner.post(page_of(assessment), ANSWER | {"seen": "1", "answer": "3", "go": "next"})
    following = f"/assessments/{assessment.pk}/criteria/{number_of(KEY) + 1}/"
    assert (stay.headers["Location"], on.headers["Location"]) == (page_of(assessment), following)
    row = stored(assessment)
    assert row is not None
    assert (row.value, row.note, row.revision) == (3, "Typed with care", 2)


def test_a_save_by_script_answers_with_the_line_and_the_revision_only(owner: Client, assessment: Assessment) -> None:
    response = owner.post(page_of(assessment), ANSWER, headers=HTMX)
    body = tree(response).find(".//body")
    assert body is not None
    assert [(each.tag, each.get("name"), each.get("value")) for each in body] == [
        ("p", None, None),
        ("input", "seen", "1"),
    ]
    assert words(body) == f"Saved at {timezone.localtime():%H:%M}"


def test_a_button_pressed_by_script_leads_on(owner: Client, assessment: Assessment) -> None:
    response = owner.post(page_of(assessment), ANSWER | {"go": "next"}, headers=HTMX)
    assert response.headers["HX-Redirect"] == f"/assessments/{assessment.pk}/criteria/{number_of(KEY) + 1}/"


def test_clearing_keeps_the_note(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, KEY, "not_applicable", by=cast.owner, reason="Too young", note="Keep me")
    sent = {"answer": "not_applicable", "reason": "Too young", "note": "Keep me", "seen": "1", "go": "clear"}
    response = owner.post(page_of(assessment), sent)
    row = stored(assessment)
    assert row is not None
    assert (row.value, row.reason, row.note, response.headers["Location"]) == (None, "", "Keep me", page_of(assessment))


def test_the_same_save_twice_is_one_save(owner: Client, assessment: Assessment) -> None:
    replies = [owner.post(page_of(assessment), ANSWER, headers=HTMX) for _ in range(2)]
    row = stored(assessment)
    assert row is not None
    assert ([reply.status_code for reply in replies], row.revision) == ([200, 200], 1)


TOO_LONG = ANSWER | {"note": "n" * 4001}


def test_refused_words_come_back_on_the_page(owner: Client, assessment: Assessment) -> None:
    response = owner.post(page_of(assessment), TOO_LONG)
    sent_again = values(response)
    assert (response.status_code, sent_again["note"], sent_again["answer"]) == (422, "n" * 4001, "2")
    assert words(tree(response).find(".//*[@id='id_note_error']")) == (
        "Error: The note has 4001 characters; at most 4000 can be kept. Shorten it."
    )
    assert "Not saved – see above" in main(response)
    assert stored(assessment) is None


def test_refused_words_are_named_to_a_script(owner: Client, assessment: Assessment) -> None:
    response = owner.post(page_of(assessment), TOO_LONG, headers=HTMX)
    found = tree(response).find(".//div[@role='alert']//a")
    assert found is not None
    assert (response.status_code, found.get("href")) == (422, "#id_note")
    assert "Not saved – see above" in words(tree(response))


@pytest.fixture
def quicker(cast: Cast, assessment: Assessment) -> Assessment:
    """The editor has saved meanwhile."""
    answer(assessment, KEY, 1, by=cast.editor, note="Theirs")
    return assessment


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "script"])
def test_a_conflict_shows_both_and_can_be_settled(owner: Client, quicker: Assessment, headers: dict[str, str]) -> None:
    response = owner.post(page_of(quicker), ANSWER, headers=headers)
    said = words(tree(response))
    columns = [words(each) for each in tree(response).findall(".//div[@class='version']")]
    assert response.status_code == 409
    assert "Editor Person saved this criterion after this page was opened. Nothing was overwritten." in said
    assert re.sub(r"\d+ \w+ \d{4} at \d\d:\d\d", "WHEN", columns[0]) == (
        f"Saved by Editor Person WHEN Level 1: {LEVELS[1]} Note: Theirs"
    )
    assert columns[1] == f"Yours, not saved Level 2: {LEVELS[2]} Note: Typed with care"
    mine = {each.get("name"): each.get("value") for each in tree(response).findall(".//form[@data-mine]/input")}
    assert (mine["answer"], mine["note"], mine["seen"]) == ("2", "Typed with care", "1")
    assert values(response)["note"] == "Theirs\n\nTyped with care"
    assert owner.post(page_of(quicker), mine).status_code == 302
    row = stored(quicker)
    assert row is not None
    assert (row.value, row.note, row.revision) == (2, "Typed with care", 2)


def test_a_conflict_with_oneself_says_so(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, KEY, 1, by=cast.owner)
    response = owner.post(page_of(assessment), ANSWER)
    assert "You saved this criterion in another window" in main(response)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "script"])
def test_a_save_after_submission_keeps_what_was_typed(
    cast: Cast, owner: Client, assessment: Assessment, headers: dict[str, str]
) -> None:
    answer(assessment, PLAIN_KEY, 2, by=cast.owner)
    submit(assessment, cast.owner)
    response = owner.post(page_of(assessment), ANSWER, headers=headers)
    assert (response.status_code, stored(assessment)) == (409, None)
    assert "the assessment has been submitted" in words(tree(response))
    if not headers:  # a script leaves the fields of the page alone
        assert values(response)["note"] == "Typed with care"


# --- Trouble: the database, the sign-in, the form -----------------------------------------------------------------


@contextmanager
def locked(assessment: Assessment) -> Iterator[None]:
    """Somebody else holds the assessment's row (SQLite: the whole file) and does not let go."""
    wait = {"sqlite": "PRAGMA busy_timeout = 50", "postgresql": "SET lock_timeout = '50ms'"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(wait)
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE assessments_assessment SET state = state WHERE id = %s", [assessment.pk])
    yield
    other.rollback()
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_gives_a_page_that_keeps_what_was_typed() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    owner = signed_in(cast.owner)
    with locked(assessment):
        page = owner.post(page_of(assessment), ANSWER)
        notice = owner.post(page_of(assessment), ANSWER, headers=HTMX)
    again = values(page)
    assert (page.status_code, notice.status_code, page.headers["Retry-After"]) == (503, 503, "5")
    assert words(tree(page).find(".//h1")) == "Not saved: the site is busy"
    assert "Not saved – the site is busy" in words(tree(notice))
    assert stored(assessment) is None
    assert owner.post(page_of(assessment), again).status_code == 302
    row = stored(assessment)
    assert row is not None
    assert (row.value, row.note) == (2, "Typed with care")


@pytest.mark.parametrize("why", ["busy", "signed-out", "old-form", "not-ours", "not-allowed"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "script"])
def test_trouble_asks_neither_the_database_nor_who_is_signed_in(
    why: str, headers: dict[str, str], rf: RequestFactory
) -> None:
    """This test may not touch a database: reading who is signed in would fail it."""

    request = rf.post("/places/new/", {"name": "Dockside", "password": "secret"}, headers=headers)
    nobody: Any = SimpleLazyObject(lambda: pytest.fail("The database was asked who is signed in."))
    request.user = nobody
    response = not_saved(request, why, status=503)
    assert "Not saved" in response.content.decode()
    assert "secret" not in response.content.decode()


def test_other_faults_are_not_taken_for_a_busy_database(rf: RequestFactory) -> None:
    watch = NothingTypedIsLost(lambda request: pytest.fail("not called"))
    assert watch.process_exception(rf.post("/"), ValueError("a bug")) is None
    full = watch.process_exception(rf.post("/"), OperationalError("database or disk is full"))
    assert full is not None
    assert full.status_code == 503


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "script"])
def test_a_lost_sign_in_keeps_what_was_typed(
    client: Client, owner: Client, assessment: Assessment, headers: dict[str, str]
) -> None:
    response = client.post(page_of(assessment), ANSWER, headers=headers)
    assert (response.status_code, stored(assessment)) == (401, None)
    assert "you are signed out" in words(tree(response))
    if not headers:
        assert owner.post(page_of(assessment), values(response)).status_code == 302
        row = stored(assessment)
        assert row is not None
        assert (row.value, row.note) == (2, "Typed with care")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "script"])
def test_an_old_form_keeps_what_was_typed_and_can_be_sent_again(
    cast: Cast, assessment: Assessment, headers: dict[str, str]
) -> None:
    careful = signed_in(cast.owner, enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    response = careful.post(page_of(assessment), ANSWER, headers=headers)
    assert (response.status_code, stored(assessment)) == (403, None)
    assert "Save" in buttons_of(response)
    if not headers:
        assert careful.post(page_of(assessment), values(response)).status_code == 302
        row = stored(assessment)
        assert row is not None
        assert (row.value, row.note) == (2, "Typed with care")


def buttons_of(response: Any) -> str:
    return " ".join(words(button) for button in tree(response).findall(".//button"))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "by script"])
def test_nothing_is_saved_in_the_name_of_who_signed_in_since(
    cast: Cast, assessment: Assessment, headers: dict[str, str]
) -> None:
    """A page of the owner, sent after the editor, or a stranger, has signed in on the same device."""
    sent = {**ANSWER, "person": str(cast.owner.pk)}
    for somebody in (cast.editor, cast.stranger):
        response = signed_in(somebody).post(page_of(assessment), sent, headers=headers)
        text = response.content.decode()
        assert (response.status_code, stored(assessment)) == (403, None)
        assert ("Not saved: somebody else is signed in now" in text, "Save again" in text) == (True, bool(headers))
    assert signed_in(cast.owner).post(page_of(assessment), sent, headers=headers).status_code in (200, 302)
    row = stored(assessment)
    assert row is not None
    assert (row.note, row.saved_by) == ("Typed with care", cast.owner)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "script"])
def test_somebody_who_became_a_viewer_can_copy_what_they_typed(
    cast: Cast, assessment: Assessment, headers: dict[str, str]
) -> None:
    editor = signed_in(cast.editor)
    Membership.objects.filter(user=cast.editor).update(role=Membership.Role.VIEWER)
    response = editor.post(page_of(assessment), ANSWER, headers=headers)
    assert (response.status_code, stored(assessment)) == (403, None)
    assert "you may not change this" in words(tree(response))
    if not headers:
        assert values(response)["note"] == "Typed with care"
        assert buttons_of(response) == ""


def test_a_page_that_is_not_for_a_role_says_why(cast: Cast, assessment: Assessment) -> None:
    response = signed_in(cast.viewer).get(f"/assessments/{assessment.pk}/stage/")
    assert response.status_code == 403
    assert "You can read this assessment. Its owners, editors and consultants answer it." in main(response)


# --- Evidence -------------------------------------------------------------------------------------------------

PIECE = {"title": "Minute 14", "grade": "2", "link": "", "dated": ""}


def test_evidence_sent_twice_is_added_once(owner: Client, assessment: Assessment) -> None:
    sent = PIECE | {"token": values(owner.get(page_of(assessment)))["token"]}
    replies = [owner.post(f"{page_of(assessment)}evidence/", sent) for _ in range(2)]
    assert [reply.headers["Location"] for reply in replies] == [f"{page_of(assessment)}#evidence"] * 2
    assert (Evidence.objects.count(), assessment.backings.count()) == (1, 1)


def test_what_became_of_evidence_is_said_where_the_page_opens(owner: Client, assessment: Assessment) -> None:
    sent = PIECE | {"token": values(owner.get(page_of(assessment)))["token"]}
    page = tree(owner.post(f"{page_of(assessment)}evidence/", sent, follow=True))
    said = [each for each in page.findall(".//*[@role='status']") if "Evidence added: Minute 14" in words(each)]
    assert len(said) == 1
    assert said == page.findall(".//section[@id='evidence']//*[@role='status']")


def test_refused_evidence_comes_back_and_leaves_the_answer_alone(
    cast: Cast, owner: Client, assessment: Assessment
) -> None:
    answer(assessment, KEY, 2, by=cast.owner)
    sent = {"title": "", "grade": "9", "link": "javascript:alert(1)", "dated": "2999-01-01", "token": str(uuid4())}
    response = owner.post(f"{page_of(assessment)}evidence/", sent)
    errors = [words(link) for link in tree(response).findall(".//div[@role='alert']//a")]
    assert response.status_code == 422
    assert errors == [
        "Say what the evidence is.",
        "Select a valid choice. 9 is not one of the available choices.",
        "Enter a web address in the right form, such as https://example.org/minute-14.",
        "The date is in the future.",
    ]
    assert (values(response)["link"], values(response)["answer"]) == ("javascript:alert(1)", "2")
    assert tree(response).find(".//details[@open]") is not None


def test_two_people_changing_one_piece_are_both_heard(cast: Cast, owner: Client, assessment: Assessment) -> None:
    piece = add_piece(assessment, KEY, by=cast.owner).evidence
    address = f"{page_of(assessment)}evidence/{piece.pk}/"
    opened = values(owner.get(address))
    signed_in(cast.editor).post(address, opened | {"title": "Theirs"})
    response = owner.post(address, opened | {"title": "Mine"})
    assert response.status_code == 409
    assert "It now says: Theirs, Own document" in main(response)
    assert (values(response)["title"], buttons(response)[0]) == ("Mine", "Save mine instead")
    owner.post(address, values(response))
    piece.refresh_from_db()
    assert (piece.title, piece.revision) == ("Mine", 3)


def test_a_piece_removed_meanwhile_can_be_added_again(cast: Cast, owner: Client, assessment: Assessment) -> None:
    piece = add_piece(assessment, KEY, by=cast.owner).evidence
    address = f"{page_of(assessment)}evidence/{piece.pk}/"
    opened = values(owner.get(address))
    piece.backings.all().delete()
    response = owner.post(address, opened | {"title": "Mine"})
    assert response.status_code == 409
    assert "Somebody else removed this evidence" in main(response)
    owner.post(f"{page_of(assessment)}evidence/", values(response))
    assert list(assessment.backings.values_list("evidence__title", flat=True)) == ["Mine"]
    assert [owner.get(address).status_code, owner.post(address, {"go": "remove"}).status_code] == [404, 302]


def test_evidence_that_somebody_changed_is_removed_only_by_who_has_seen_it(
    cast: Cast, owner: Client, assessment: Assessment
) -> None:
    piece = add_piece(assessment, KEY, by=cast.owner).evidence
    address = f"{page_of(assessment)}evidence/{piece.pk}/"
    opened = values(owner.get(address))
    signed_in(cast.editor).post(address, opened | {"title": "Theirs"})
    response = owner.post(address, {"go": "remove", "seen": opened["seen"]})
    assert response.status_code == 409
    assert "Not removed: somebody else changed this piece It now says: Theirs, Own document" in main(response)
    assert owner.post(address, {"go": "remove", "seen": values(response)["seen"]}).status_code == 302
    assert (assessment.backings.count(), assessment.place.library.count()) == (0, 1)


def test_a_piece_belongs_to_its_criterion(cast: Cast, owner: Client, assessment: Assessment) -> None:
    piece = add_piece(assessment, KEY, by=cast.owner)
    assert owner.get(f"{page_of(assessment, PLAIN_KEY)}evidence/{piece.evidence_id}/").status_code == 404


# --- Check, submit, reopen --------------------------------------------------------------------------------------


def headings(response: Any) -> list[str]:
    return [words(each) for each in tree(response).findall(".//h2")]


def test_the_check_lists_what_is_unfinished_first(cast: Cast, owner: Client) -> None:
    found = make_assessment(cast.place, cast.owner, complete_answers(2))
    answer(found, KEY, "not_applicable", by=cast.owner)
    answer(found, "skills", "dont_know", by=cast.owner)
    answer(found, "space", None, by=cast.owner, note="Later")
    answer(found, "inclusivity", 4, by=cast.owner)
    add_piece(found, "inclusivity", by=cast.owner, grade=1)
    owner.post(f"/assessments/{found.pk}/stage/", {"stage": "whole-place-return"})
    response = owner.get(f"/assessments/{found.pk}/check/")
    assert headings(response) == [
        "To put right before submitting",
        "1 not answered",
        "1 answered “don’t know”",
        "1 far above its evidence",
        "The stage is ahead of the answers",
        "Every answer",
        "Submit",
    ]
    assert buttons(response) == []  # not before the reason stands
    owner.post(f"/assessments/{found.pk}/submit/")
    found.refresh_from_db()
    assert found.is_open
    assert "Say why each criterion that is not applicable does not apply." in main(
        owner.get(f"/assessments/{found.pk}/check/")
    )


def test_the_check_shows_every_answer_with_its_link(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, KEY, 2, by=cast.owner, note="Line one\nLine two")
    add_piece(assessment, KEY, by=cast.owner)
    response = owner.get(f"/assessments/{assessment.pk}/check/")
    rows = tree(response).findall(".//dl/div")
    assert len(rows) == 27
    assert words(rows[2]) == (
        f"1.3 Keeping the vision alive and widening it Level 2 {LEVELS[2]} Line oneLine two 1 piece of evidence "
        "Change 1.3 Keeping the vision alive and widening it"
    )
    assert words(rows[3]) == "1.4 Cycles of investment No answer Change 1.4 Cycles of investment"


def test_only_an_owner_submits_and_others_are_told_who_can(cast: Cast, assessment: Assessment) -> None:
    answer(assessment, KEY, 2, by=cast.owner)
    address = f"/assessments/{assessment.pk}/check/"
    response = signed_in(cast.editor).get(address)
    assert buttons(response) == []
    assert "Only an owner of Harbour Quarter can submit: Owner Person." in main(response)
    assert buttons(signed_in(cast.owner).get(address)) == ["Submit the assessment with 26 criteria unanswered"]


def test_submitting_freezes_and_reopening_is_recorded(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, KEY, 2, by=cast.owner)
    start = f"/assessments/{assessment.pk}"
    twice = [owner.post(f"{start}/submit/").headers["Location"] for _ in range(2)]
    assert (twice, assessment.submissions.count()) == ([f"{start}/results/"] * 2, 1)
    refused = owner.post(f"{start}/reopen/", {"reason": " "})
    assert (refused.status_code, "Say why it is reopened." in main(refused)) == (422, True)
    reopened = owner.post(f"{start}/reopen/", {"reason": "A board member was away"})
    assessment.refresh_from_db()
    assert (reopened.headers["Location"], assessment.is_open, assessment.submissions.count()) == (f"{start}/", True, 1)
    event = assessment.events.get(kind=Event.Kind.REOPENED)
    assert (event.by, event.reason) == (cast.owner, "A board member was away")


def test_reopening_beside_another_open_one_says_what_to_do(cast: Cast, owner: Client, assessment: Assessment) -> None:
    answer(assessment, KEY, 2, by=cast.owner)
    submit(assessment, cast.owner)
    make_assessment(cast.place, cast.owner)
    response = owner.post(f"/assessments/{assessment.pk}/reopen/", {"reason": "A slip"})
    assert response.status_code == 422
    assert "This place has another open assessment. Submit that one first." in main(response)


# --- How many queries, and is it HTML ---------------------------------------------------------------------------


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages_ask_no_more_for_thirty_places_than_for_one(cast: Cast, owner: Client) -> None:
    found = make_assessment(cast.place, cast.owner, {KEY: 2})
    add_piece(found, KEY, by=cast.owner)
    pk = found.pk
    pages = ["/", f"/places/{cast.place.pk}/", f"/assessments/{pk}/", page_of(found), f"/assessments/{pk}/check/"]
    for address in pages:
        owner.get(address)  # published texts are read once
    with_one = [queries(owner, address) for address in pages]
    for number in range(29):
        place = make_place(f"Place {number}", owner=cast.owner)
        join(place, cast.consultant, Membership.Role.CONSULTANT)
        earlier = make_assessment(place, cast.owner, {KEY: 1})
        submit(earlier, cast.owner)
        make_assessment(place, cast.owner, {KEY: 2, PLAIN_KEY: 3})
    assert [queries(owner, address) for address in pages] == with_one == [10, 13, 12, 9, 14]


def test_pages_ask_no_more_when_all_is_answered_with_evidence(cast: Cast, owner: Client) -> None:
    found = make_assessment(cast.place, cast.owner, {KEY: 2})
    pages = [
        f"/places/{cast.place.pk}/",
        f"/assessments/{found.pk}/",
        page_of(found),
        f"/assessments/{found.pk}/check/",
    ]
    for address in pages:
        owner.get(address)
    before = [queries(owner, address) for address in pages]
    for key in playbook().criterion:
        answer(found, key, 3, by=cast.editor, note="A note")
        for _ in range(3):
            add_piece(found, key, by=cast.editor)
    for number in range(5):
        join(cast.place, cast.stranger if not number else User.objects.create_user(f"{number}@example.org"), "viewer")
    assert [queries(owner, address) for address in pages] == before


@pytest.mark.any_database
def test_every_page_is_valid_html(cast: Cast, owner: Client, assessment: Assessment, tmp_path: Path) -> None:
    answer(assessment, KEY, "not_applicable", by=cast.owner, reason="<Too> young & small", note="Note\n\n“quoted”")
    piece = add_piece(assessment, KEY, by=cast.owner, link="https://example.org/?a=1&b=2")
    start, here = f"/assessments/{assessment.pk}", page_of(assessment)
    viewer, stranger = signed_in(cast.viewer), signed_in(cast.stranger)
    made: dict[str, Any] = {
        "home": owner.get("/"),
        "home-empty": stranger.get("/"),
        "place": owner.get(f"/places/{cast.place.pk}/"),
        "place-new": owner.get("/places/new/"),
        "place-new-422": owner.post("/places/new/", {"name": ""}),
        "tasks": owner.get(f"{start}/"),
        "stage": owner.get(f"{start}/stage/"),
        "criterion": owner.get(here),
        "criterion-422": owner.post(here, TOO_LONG | {"seen": "1"}),
        "criterion-read": viewer.get(here),
        "conflict": owner.post(here, ANSWER),
        "evidence": owner.get(f"{here}evidence/{piece.evidence_id}/"),
        "evidence-422": owner.post(f"{here}evidence/", {"title": ""}),
        "check": owner.get(f"{start}/check/"),
        "signed-out": Client().post(here, ANSWER),
        "not-allowed": viewer.post(here, ANSWER),
        "forbidden": viewer.get(f"{start}/stage/"),
        "not-found": stranger.get(here),
    }
    answer(assessment, PLAIN_KEY, 2, by=cast.owner)
    submit(assessment, cast.owner)
    made |= {
        "submitted-meanwhile": owner.post(here, ANSWER),
        "tasks-submitted": owner.get(f"{start}/"),
        "place-submitted": owner.get(f"/places/{cast.place.pk}/"),
        "reopen": owner.get(f"{start}/reopen/"),
    }
    for name, response in made.items():
        (tmp_path / f"{name}.html").write_bytes(response.content)
    (tmp_path / "planted.html").write_text("<!DOCTYPE html><html lang=en><title>x</title><p><div id=a id=b></p>")
    command = ["java", "-jar", str(VNU), "--errors-only", "--format", "gnu", *map(str, tmp_path.glob("*.html"))]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    faults = [line.rsplit("/", 1)[-1] for line in found.splitlines()]
    assert [fault for fault in faults if not fault.startswith("planted.html")] == []
    assert faults != []  # the validator finds what is planted
