"""One criterion in a browser: saved as it is answered, never lost or overwritten; all of it without JavaScript too."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from playwright.sync_api import Dialog, Page, Route, expect

from assessments.models import User
from assessments.views import answering
from tests.browser.accessibility import violations
from tests.browser.scene import KEY, Scene
from tests.factories import (
    PASSWORD,
    add_piece,
    answer,
    complete_answers,
    make_assessment,
    make_cast,
    playbook,
    sign_in,
)

UNCONNECTED = "Not saved – no connection; kept on this device"
SAVED = re.compile(r"^\s*Saved at \d\d:\d\d\s*$")
CRITERIA = re.compile(r"/criteria/\d+/$")
NewPage = Callable[..., Page]
in_the_browser = pytest.mark.any_database  # what the page does by itself, whatever keeps the answers


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    cast = make_cast()
    return Scene(cast, make_assessment(cast.place, cast.owner))


@pytest.fixture
def shown(page: Page, scene: Scene) -> Page:
    """The criterion's page, open to the owner."""
    return opened(page, scene, scene.cast.owner)


def opened(page: Page, scene: Scene, user: User) -> Page:
    sign_in(page, user)
    page.goto(scene.address)
    return page


def choose(page: Page, value: int | str) -> None:
    """Click the text of an answer, as people do: its label, not its small circle."""
    page.locator(f"#answer input[value='{value}'] + label").click()


def state(page: Page) -> str:
    return " ".join(page.locator("#save-state").inner_text().split())


def posts(page: Page) -> list[str]:
    """The bodies of the saves that this page sends from now on."""
    bodies: list[str] = []
    page.on("request", lambda r: bodies.append(r.post_data or "") if r.method == "POST" else None)
    return bodies


# --- Saving as it is answered ---------------------------------------------------------------------------------


def test_choosing_saves_at_once_and_says_so(shown: Page, scene: Scene) -> None:
    assert state(shown) == "Nothing to save yet"
    choose(shown, 3)
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    choose(shown, 2)
    expect(shown.locator("#id_seen")).to_have_value("2")
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.revision, stored.saved_by) == (2, 2, scene.cast.owner)


def test_typing_saves_after_a_pause_and_leaves_the_field_alone(shown: Page, scene: Scene) -> None:
    sent = posts(shown)
    note = shown.get_by_label("Note")
    note.press_sequentially("Signed in March", delay=10)
    assert state(shown) == "Saving…"
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    assert (scene.note(), note.input_value(), len(sent)) == ("Signed in March", "Signed in March", 1)
    assert shown.evaluate("document.activeElement.name") == "note"


def test_what_is_typed_while_a_save_is_on_its_way_is_saved_after_it(shown: Page, scene: Scene) -> None:
    held: list[Route] = []
    sent = posts(shown)
    shown.route(CRITERIA, lambda route: held.append(route), times=1)
    note = shown.get_by_label("Note")
    note.press_sequentially("one")
    shown.wait_for_timeout(1000)
    note.press_sequentially(" two")
    choose(shown, 1)
    shown.wait_for_timeout(1000)
    assert (len(sent), state(shown), scene.stored()) == (1, "Saving…", None)  # the second waits for the first
    held[0].continue_()
    expect(shown.locator("#id_seen")).to_have_value("2")
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    stored = scene.stored()
    assert stored is not None
    assert (stored.note, stored.value, stored.revision, note.input_value()) == ("one two", 1, 2, "one two")


@in_the_browser
def test_a_press_that_failed_is_not_carried_out_later(shown: Page, scene: Scene, troubles: list[str]) -> None:
    shown.context.set_offline(True)
    shown.get_by_label("Note").fill("Pressed too early")
    shown.get_by_role("button", name="Save and continue").click()
    expect(shown.locator("#save-state")).to_have_text(UNCONNECTED)
    shown.context.set_offline(False)
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    shown.wait_for_timeout(300)
    assert (scene.note(), shown.url.endswith(scene.address)) == ("Pressed too early", True)
    only_of_the_network(troubles)


def test_save_and_continue_leads_on(shown: Page, scene: Scene) -> None:
    shown.get_by_label("Note").fill("Only a note")
    shown.get_by_role("button", name="Save and continue").click()
    shown.wait_for_url(f"**{scene.next_address}")
    assert scene.note() == "Only a note"


def test_the_last_criterion_leads_to_the_check(page: Page, scene: Scene) -> None:
    sign_in(page, scene.cast.owner)
    page.goto(f"/assessments/{scene.assessment.pk}/criteria/{len(playbook().criterion)}/")
    choose(page, 0)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"**/assessments/{scene.assessment.pk}/check/")


def test_going_back_shows_what_is_saved_and_saves_over_it(shown: Page, scene: Scene) -> None:
    choose(shown, 3)
    shown.get_by_role("button", name="Save and continue").click()
    shown.wait_for_url(f"**{scene.next_address}")
    shown.go_back()
    expect(shown.locator("[name=answer][value='3']")).to_be_checked()
    choose(shown, 2)
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, shown.url.endswith(scene.address)) == (2, True)


def test_clearing_takes_the_answer_out_and_leaves_the_note(shown: Page, scene: Scene) -> None:
    clear = shown.get_by_role("button", name="Clear my answer")
    expect(clear).to_be_hidden()
    shown.get_by_label("Note").fill("Still true")
    choose(shown, 4)
    clear.click()
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.note, shown.locator("[name=answer]:checked").count()) == (None, "Still true", 0)


@in_the_browser
def test_the_reason_appears_with_not_applicable(shown: Page, scene: Scene) -> None:
    reason = shown.get_by_label("Why does it not apply here?")
    expect(reason).to_be_hidden()
    choose(shown, "not_applicable")
    reason.fill("The vision is a year old.")
    expect(shown.locator("#id_seen")).to_have_value("2")
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.reason) == ("not_applicable", "The vision is a year old.")


# --- Keys -----------------------------------------------------------------------------------------------------


@in_the_browser
def test_number_keys_choose_a_level_unless_somebody_types(shown: Page, scene: Scene) -> None:
    shown.keyboard.press("3")
    expect(shown.locator("[name=answer][value='3']")).to_be_checked()
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    shown.keyboard.press("0")
    expect(shown.locator("[name=answer][value='0']")).to_be_checked()
    shown.get_by_label("Note").focus()
    shown.keyboard.press("4")
    assert shown.get_by_label("Note").input_value() == "4"
    expect(shown.locator("[name=answer][value='0']")).to_be_checked()
    expect(shown.locator("#id_seen")).to_have_value("3")
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.note) == (0, "4")


@in_the_browser
def test_the_keys_can_be_turned_off_for_good(shown: Page, scene: Scene) -> None:
    shown.get_by_role("button", name="Turn the keys off").click()
    shown.keyboard.press("3")
    shown.reload()
    shown.keyboard.press("3")
    assert shown.locator("[name=answer]:checked").count() == 0
    shown.get_by_role("button", name="Choose levels with the number keys").click()
    shown.keyboard.press("3")
    expect(shown.locator("[name=answer][value='3']")).to_be_checked()
    expect(shown.locator("#save-state")).to_have_text(SAVED)


# --- When a save does not get through ----------------------------------------------------------------------------


def test_a_lost_reply_is_asked_for_again_and_is_no_conflict(shown: Page, scene: Scene, troubles: list[str]) -> None:
    def swallow(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    shown.route(CRITERIA, swallow, times=1)
    choose(shown, 3)
    expect(shown.locator("#save-state")).to_have_text(UNCONNECTED)
    shown.get_by_label("Note").fill("Typed after the reply was lost")
    shown.get_by_role("button", name="Try again now").click()
    expect(shown.locator("#id_seen")).to_have_value("2")
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.note, stored.revision) == (3, "Typed after the reply was lost", 2)
    assert shown.locator("#trouble").inner_text() == ""
    only_of_the_network(troubles)


def test_without_a_connection_it_says_so_and_saves_when_it_is_back(
    shown: Page, scene: Scene, troubles: list[str]
) -> None:
    shown.context.set_offline(True)
    choose(shown, 2)
    expect(shown.locator("#save-state")).to_have_text(UNCONNECTED)
    expect(shown.get_by_role("alert")).to_contain_text("What you typed is kept on this device.")
    assert violations(shown) == []
    shown.context.set_offline(False)
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, shown.get_by_role("alert").count()) == (2, 0)
    only_of_the_network(troubles)


def test_a_busy_database_is_tried_again_by_itself(
    shown: Page, scene: Scene, troubles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(answering, "save_answer", database_is_locked)
        shown.get_by_label("Note").fill("Words that must stay")
        expect(shown.locator("#save-state")).to_have_text("Not saved – the site is busy")
        expect(shown.get_by_role("alert")).to_contain_text("it is tried again by itself")
        assert shown.get_by_label("Note").input_value() == "Words that must stay"
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    assert scene.note() == "Words that must stay"
    only_of_the_network(troubles)


def database_is_locked(**_: object) -> None:
    raise OperationalError("database is locked")


def test_a_lost_sign_in_keeps_the_words_until_somebody_signs_in_again(
    shown: Page, scene: Scene, troubles: list[str]
) -> None:
    Session.objects.all().delete()
    shown.get_by_label("Note").fill("Written for an hour")
    expect(shown.locator("#save-state")).to_have_text("Not saved – you are signed out")
    with shown.context.expect_page() as opening:
        shown.get_by_role("link", name="Sign in again in a new tab").click()
    tab = opening.value
    tab.get_by_label("E-mail address").fill(scene.cast.owner.email)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/")
    tab.close()
    shown.bring_to_front()
    if shown.get_by_role("button", name="Save again").is_visible():
        shown.get_by_role("button", name="Save again").click()
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    assert (scene.note(), shown.get_by_label("Note").input_value()) == ("Written for an hour", "Written for an hour")
    only_of_the_network(troubles)


def test_too_many_words_are_refused_and_stay(shown: Page, scene: Scene, troubles: list[str]) -> None:
    note = shown.get_by_label("Note")
    note.fill("x" * 4001)
    expect(shown.get_by_role("alert")).to_contain_text("The note has 4001 characters; at most 4000 can be kept.")
    expect(shown.locator("#save-state")).to_have_text("Not saved – see above")
    assert (scene.stored(), note.input_value()) == (None, "x" * 4001)
    assert shown.evaluate("document.activeElement.name") == "note"
    note.fill("x" * 4000)
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    assert (scene.note(), shown.get_by_role("alert").count()) == ("x" * 4000, 0)
    only_of_the_network(troubles)


@in_the_browser
def test_a_page_of_somebody_else_is_not_taken_for_saved(shown: Page, scene: Scene, troubles: list[str]) -> None:
    shown.route(CRITERIA, lambda route: route.fulfill(status=200, body="<h1>Welcome to Hotel Wi-Fi</h1>"), times=1)
    choose(shown, 1)
    expect(shown.locator("#save-state")).to_have_text("Not saved – something went wrong")
    assert (scene.stored(), shown.get_by_text("Hotel").count()) == (None, 0)
    shown.get_by_role("button", name="Try again now").click()
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    only_of_the_network(troubles)


REFUSED = "Not saved – this could not be accepted; shorten or change it"


@in_the_browser
def test_what_the_server_cannot_read_is_not_sent_again(shown: Page, scene: Scene, troubles: list[str]) -> None:
    """A paste larger than the server reads: what is typed after it is saved as if it had never been."""
    note = shown.get_by_label("Note")
    note.fill("x" * 2_700_000)
    expect(shown.locator("#save-state")).to_have_text(REFUSED)
    assert (scene.stored(), len(note.input_value()), shown.locator("#trouble").inner_text()) == (None, 2_700_000, "")
    note.fill("Shortened")
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    assert scene.note() == "Shortened"
    only_of_the_network(troubles)


@in_the_browser
@pytest.mark.parametrize("status", [404, 413])
def test_a_stranger_s_refusal_is_not_sent_again(shown: Page, scene: Scene, troubles: list[str], status: int) -> None:
    sent = posts(shown)
    shown.route(CRITERIA, lambda route: route.fulfill(status=status, body="<h1>No</h1>"), times=1)
    choose(shown, 1)
    expect(shown.locator("#save-state")).to_have_text(REFUSED)
    choose(shown, 3)
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.revision, len(sent)) == (3, 1, 2)
    only_of_the_network(troubles)


@in_the_browser
def test_what_was_refused_and_taken_back_leaves_no_trouble(shown: Page, scene: Scene, troubles: list[str]) -> None:
    note = shown.get_by_label("Note")
    note.fill("Kept")
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    shown.route(CRITERIA, lambda route: route.fulfill(status=413, body="<h1>No</h1>"), times=1)
    note.fill("Kept, and a large paste")
    expect(shown.locator("#save-state")).to_have_text(REFUSED)
    note.fill("Kept")
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    assert scene.note() == "Kept"
    only_of_the_network(troubles)


def only_of_the_network(troubles: list[str]) -> None:
    """The browser and htmx report in the console what this test provoked; anything else is a fault."""
    others = [each for each in troubles if not re.search(r"Failed to load resource|Response Status Error|htmx:", each)]
    troubles.clear()
    assert others == []


# --- Two people at once ---------------------------------------------------------------------------------------


@pytest.fixture
def both(shown: Page, scene: Scene) -> Page:
    """The owner's page in a conflict: the editor has saved level 1 and a note, the owner chose 3 and typed another."""
    answer(scene.assessment, KEY, 1, by=scene.cast.editor, note="Theirs")
    choose(shown, 3)
    shown.get_by_label("Note", exact=True).first.fill("Mine")
    expect(shown.locator("#conflict-title")).to_be_visible()
    expect(shown.locator(".version").nth(1)).to_contain_text("Mine")  # the reply to the second save is there too
    return shown


def test_a_conflict_shows_both_and_overwrites_nothing(both: Page, scene: Scene, troubles: list[str]) -> None:
    columns = both.locator(".version")
    expect(columns.nth(0)).to_contain_text("Saved by Editor Person")
    expect(columns.nth(0)).to_contain_text("Level 1: The current vision has a named owner")
    expect(columns.nth(0)).to_contain_text("Theirs")
    expect(columns.nth(1)).to_contain_text("Yours, not saved")
    expect(columns.nth(1)).to_contain_text("Level 3: The vision stayed in force")
    expect(both.locator("#save-state")).to_have_text("Not saved – see above")
    assert both.locator("#id_note").input_value() == "Mine"
    assert violations(both) == []
    assert scene.note() == "Theirs"
    only_of_the_network(troubles)


def test_mine_can_be_saved_instead_with_what_was_typed_since(both: Page, scene: Scene, troubles: list[str]) -> None:
    both.locator("#id_note").fill("Mine, and more")
    expect(both.locator(".version").nth(1)).to_contain_text("Mine, and more")
    expect(both.locator("#save-state")).to_have_text("Not saved – see above")
    assert scene.note() == "Theirs"  # until somebody chooses
    both.get_by_role("button", name="Save mine instead").click()
    expect(both.locator("#save-state")).to_have_text(SAVED)
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.note, stored.revision) == (3, "Mine, and more", 2)
    only_of_the_network(troubles)


def test_theirs_can_be_kept(both: Page, scene: Scene, troubles: list[str]) -> None:
    both.get_by_role("link", name="Keep theirs").click()
    expect(both.locator("[name=answer][value='1']")).to_be_checked()
    expect(both.locator("#id_note")).to_have_value("Theirs")
    expect(both.locator("#save-state")).to_contain_text("by Editor Person")
    only_of_the_network(troubles)


def test_the_two_can_be_joined_by_hand(both: Page, scene: Scene, troubles: list[str]) -> None:
    if not both.locator("#join-note").is_visible():
        both.get_by_text("Join the two by hand").click()
    both.locator("#join-note").fill("Theirs and mine")
    both.locator("#id_note").fill("Mine, typed on")
    both.wait_for_timeout(1000)
    expect(both.locator("#join-note")).to_have_value("Theirs and mine")  # nothing takes it away
    both.get_by_text("Mine: Level 3").click()
    both.get_by_role("button", name="Save what is joined").click()
    expect(both.locator("#id_note")).to_have_value("Theirs and mine")
    expect(both.locator("#save-state")).to_have_text(SAVED)
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.note, stored.revision) == (3, "Theirs and mine", 2)
    only_of_the_network(troubles)


def test_two_browsers_never_overwrite_each_other(scene: Scene, new_page: NewPage, troubles: list[str]) -> None:
    one = opened(new_page(), scene, scene.cast.owner)
    two = opened(new_page(), scene, scene.cast.consultant)
    choose(one, 2)
    expect(one.locator("#save-state")).to_have_text(SAVED)
    choose(two, 4)
    expect(two.locator("#conflict-title")).to_be_visible()
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.saved_by) == (2, scene.cast.owner)
    only_of_the_network(troubles)


# --- Leaving --------------------------------------------------------------------------------------------------


def test_a_link_waits_for_the_save(shown: Page, scene: Scene) -> None:
    held: list[Route] = []
    shown.route(CRITERIA, lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    shown.get_by_label("Note").fill("Just before leaving")
    shown.get_by_role("link", name="Next").click()
    shown.wait_for_timeout(500)
    assert (shown.url.endswith(scene.address), scene.note()) == (True, "")
    held[0].continue_()
    shown.wait_for_url(f"**{scene.next_address}")
    assert scene.note() == "Just before leaving"


def test_adding_evidence_takes_unsaved_words_along(shown: Page, scene: Scene) -> None:
    shown.get_by_text("Add a piece of evidence").click()
    shown.get_by_label("What is it?").fill("Minute 14")
    shown.get_by_text("Own document").click()
    shown.get_by_label("Note").evaluate(
        "note => { note.value = 'Not yet sent'; note.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    shown.get_by_role("button", name="Add this evidence").click()
    expect(shown.locator(".evidence-title")).to_have_text("Minute 14")
    assert (scene.note(), scene.pieces()) == ("Not yet sent", [("Minute 14", 2, "", None)])


@pytest.fixture
def half(shown: Page) -> Page:
    """The page with a title typed in the form that adds evidence, not sent."""
    shown.get_by_text("Add a piece of evidence").click()
    shown.get_by_label("What is it?").press_sequentially("Minute 14")
    return shown


def questions(page: Page) -> list[str]:
    """What the browser asks from now on; this person stays each time."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return asked


@in_the_browser
def test_save_and_continue_stops_at_evidence_that_is_not_added(half: Page, scene: Scene) -> None:
    half.get_by_label("Note").fill("Saved all the same")
    half.locator("#add-evidence summary").click()
    go_on = half.get_by_role("button", name="Save and continue")
    go_on.click()
    notice = half.get_by_role("alert")
    expect(notice).to_contain_text("This evidence is not added yet. Add it, or clear it.")
    expect(notice).to_be_in_viewport()
    expect(half.get_by_label("What is it?")).to_be_visible()
    assert violations(half) == []
    expect(half.locator("#save-state")).to_have_text(SAVED)
    assert (scene.note(), half.url.endswith(scene.address)) == ("Saved all the same", True)
    half.get_by_role("button", name="Clear it").click()
    assert half.locator("#add-evidence [name=title]").input_value() == ""
    expect(notice).to_have_count(0)
    go_on.click()
    half.wait_for_url(f"**{scene.next_address}")


@in_the_browser
def test_evidence_that_is_not_added_is_asked_about_before_leaving(half: Page, scene: Scene) -> None:
    asked = questions(half)
    half.get_by_role("link", name="Next").click()
    half.wait_for_timeout(300)
    assert (asked, half.url.endswith(scene.address)) == (["beforeunload"], True)
    half.close(run_before_unload=True)
    half.wait_for_timeout(300)
    assert (len(asked), half.get_by_label("What is it?").input_value()) == (2, "Minute 14")
    half.get_by_label("What is it?").fill(" ")
    half.get_by_role("link", name="Next").click()
    half.wait_for_url(f"**{scene.next_address}")
    assert len(asked) == 2


@in_the_browser
def test_adding_evidence_asks_nothing(half: Page, scene: Scene) -> None:
    asked = questions(half)
    half.get_by_role("button", name="Save and continue").click()
    half.get_by_text("Own document").click()
    half.get_by_role("button", name="Add this evidence").click()
    expect(half.locator(".evidence-title")).to_have_text("Minute 14")
    half.get_by_role("button", name="Save and continue").click()
    half.wait_for_url(f"**{scene.next_address}")
    assert (asked, scene.pieces()) == ([], [("Minute 14", 2, "", None)])


@in_the_browser
def test_evidence_that_was_refused_is_not_added_yet(half: Page, scene: Scene, troubles: list[str]) -> None:
    half.get_by_role("button", name="Add this evidence").click()
    expect(half.get_by_text("Choose the kind of evidence.").first).to_be_visible()
    half.get_by_role("button", name="Save and continue").click()
    expect(half.get_by_text("This evidence is not added yet.")).to_be_in_viewport()
    half.get_by_role("button", name="Clear it").click()
    half.get_by_role("button", name="Save and continue").click()
    half.wait_for_url(f"**{scene.next_address}")
    assert scene.pieces() == []
    only_of_the_network(troubles)


@in_the_browser
def test_going_back_opens_the_evidence_that_was_not_added(half: Page, scene: Scene) -> None:
    half.locator("#add-evidence summary").click()
    half.once("dialog", lambda dialog: dialog.accept())
    half.get_by_role("link", name="Next").click()
    half.wait_for_url(f"**{scene.next_address}")
    half.go_back()
    title = half.get_by_label("What is it?")
    expect(title).to_have_value("Minute 14")
    expect(title).to_be_visible()
    half.get_by_role("button", name="Save and continue").click()
    expect(half.get_by_text("This evidence is not added yet.")).to_be_in_viewport()


@in_the_browser
def test_going_back_to_evidence_that_was_added_does_not_call_it_missing(half: Page, scene: Scene) -> None:
    half.get_by_text("Own document").click()
    half.get_by_role("button", name="Add this evidence").click()
    expect(half.locator(".evidence-title")).to_have_text("Minute 14")
    half.go_back()
    expect(half.locator("#add-evidence [name=title]")).to_have_value("Minute 14")
    half.get_by_role("button", name="Save and continue").click()
    half.wait_for_url(f"**{scene.next_address}")


@in_the_browser
def test_closing_with_something_unsaved_asks_first(shown: Page, scene: Scene, troubles: list[str]) -> None:
    asked = questions(shown)
    shown.context.set_offline(True)
    shown.get_by_label("Note").fill("Nobody has this yet")
    expect(shown.locator("#save-state")).to_have_text(UNCONNECTED)
    shown.close(run_before_unload=True)
    shown.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    shown.context.set_offline(False)
    expect(shown.locator("#save-state")).to_have_text(SAVED)
    shown.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    assert scene.note() == "Nobody has this yet"
    only_of_the_network(troubles)


# --- Without JavaScript ---------------------------------------------------------------------------------------


@pytest.fixture
def plain(new_page: NewPage, scene: Scene) -> Page:
    return opened(new_page(java_script_enabled=False), scene, scene.cast.owner)


def test_plain_save_and_continue(plain: Page, scene: Scene) -> None:
    choose(plain, "not_applicable")
    plain.get_by_label("Why does it not apply here?").fill("Too young")
    plain.get_by_label("Note").fill("By its button")
    plain.get_by_role("button", name="Save and continue").click()
    plain.wait_for_url(f"**{scene.next_address}")
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.reason, stored.note) == ("not_applicable", "Too young", "By its button")
    plain.goto(scene.address)
    plain.get_by_role("button", name="Clear my answer").click()
    plain.wait_for_url(f"**{scene.address}")
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.note) == (None, "By its button")


def test_plain_conflict(plain: Page, scene: Scene, troubles: list[str]) -> None:
    answer(scene.assessment, KEY, 1, by=scene.cast.editor, note="Theirs")
    choose(plain, 3)
    plain.get_by_label("Note").fill("Mine")
    plain.get_by_role("button", name="Save and continue").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Not saved: there is another answer now")
    assert scene.note() == "Theirs"
    plain.get_by_role("button", name="Save mine instead").click()
    plain.wait_for_url(f"**{scene.address}")
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.note, stored.revision) == (3, "Mine", 2)
    only_of_the_network(troubles)


def test_plain_conflict_joined(plain: Page, scene: Scene, troubles: list[str]) -> None:
    answer(scene.assessment, KEY, 1, by=scene.cast.editor, note="Theirs")
    plain.get_by_label("Note").fill("Mine")
    plain.get_by_role("button", name="Save and continue").click()
    expect(plain.locator("#join-note")).to_have_value("Theirs\n\nMine")
    plain.get_by_role("button", name="Save what is joined").click()
    plain.wait_for_url(f"**{scene.address}")
    stored = scene.stored()
    assert stored is not None
    assert (stored.value, stored.note.splitlines()) == (1, ["Theirs", "", "Mine"])
    only_of_the_network(troubles)


def test_plain_evidence(plain: Page, scene: Scene, troubles: list[str]) -> None:
    plain.get_by_text("Add a piece of evidence").click()
    plain.get_by_role("button", name="Add this evidence").click()
    expect(plain.get_by_role("alert")).to_contain_text("Say what the evidence is.")
    plain.get_by_label("What is it?").fill("Cabinet minute 14")
    plain.get_by_text("Own document").click()
    plain.get_by_label("Link").fill("example.org/minute-14")
    plain.get_by_label("Date", exact=True).fill("2026-03-03")
    plain.get_by_role("button", name="Add this evidence").click()
    assert scene.pieces() == [("Cabinet minute 14", 2, "https://example.org/minute-14", date(2026, 3, 3))]
    plain.get_by_role("link", name="Change or remove Cabinet minute 14").click()
    plain.get_by_label("What is it?").fill("Cabinet minute 15")
    plain.get_by_text("Independent check").click()
    plain.get_by_role("button", name="Save", exact=True).click()
    assert scene.pieces() == [("Cabinet minute 15", 4, "https://example.org/minute-14", date(2026, 3, 3))]
    plain.get_by_role("link", name="Change or remove Cabinet minute 15").click()
    plain.get_by_role("button", name="Remove this evidence").click()
    expect(plain.get_by_text("None yet.")).to_be_visible()
    assert scene.pieces() == []
    only_of_the_network(troubles)


# --- For everybody ---------------------------------------------------------------------------------------------


PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@in_the_browser
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scene: Scene, new_page: NewPage, size: dict[str, int], scheme: str) -> None:
    owner, place, pk = scene.cast.owner, scene.cast.place, scene.assessment.pk
    for key, level in complete_answers(2, list(playbook().criterion)[:5]).items():
        answer(scene.assessment, key, level, by=owner, note="A note")
    piece = add_piece(scene.assessment, KEY, by=owner)
    answer(scene.assessment, "space", "not_applicable", by=owner)
    page = new_page(viewport=size, color_scheme=scheme)
    sign_in(page, owner)
    pages = ["/", "/places/new/", f"/places/{place.pk}/", f"/places/{place.pk}/edit/", f"/assessments/{pk}/"]
    pages += [f"/assessments/{pk}/stage/", f"/assessments/{pk}/check/", scene.address]
    pages += [f"{scene.address}evidence/{piece.evidence_id}/"]
    found = {}
    for address in pages:
        page.goto(address)
        found[address] = violations(page)
        assert page.locator("h1").count() == 1, address
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
    assert found == {address: [] for address in pages}


@in_the_browser
def test_axe_finds_what_is_planted(shown: Page) -> None:
    shown.evaluate("document.querySelector('label[for=id_note]').remove()")
    assert [fault.split(":")[0] for fault in violations(shown)] == ["label-title-only", "label"]


@in_the_browser
@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_is_wider_than_a_narrow_screen(scene: Scene, new_page: NewPage, width: int) -> None:
    answer(scene.assessment, KEY, 2, by=scene.cast.owner, note="unbrokenword" * 40)
    add_piece(scene.assessment, KEY, by=scene.cast.owner, title="https://example.org/" + "long" * 40)
    page = new_page(viewport={"width": width, "height": 640})
    sign_in(page, scene.cast.owner)
    pk = scene.assessment.pk
    for address in [scene.address, f"/assessments/{pk}/", f"/assessments/{pk}/check/", "/", "/places/new/"]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
