"""The pages of moving: what is new, the choice, what waits, what was left; and what is sent from an old page."""

import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Answer, Assessment, Backing, Move, Version
from assessments.services.assessing import reopen_assessment, start_assessment
from assessments.services.moving import move_assessment, move_back
from tests.factories import Cast, add_piece, answer, make_place, submit
from tests.pages import HTMX, VNU, buttons, links, main, signed_in, tree, values, words
from tests.versions_cast import FIRST, SECOND, book, criterion, publish


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    found = start_assessment(place=cast.place, version=publish(FIRST), by=cast.owner)
    answer(found, "reworded", 1, by=cast.owner)
    answer(found, "harder", 2, by=cast.owner, note="Nearly.")
    answer(found, "gone", 2, by=cast.owner, note="Never to be lost.")
    answer(found, "long", 4, by=cast.owner)
    return found


@pytest.fixture
def second(assessment: Assessment) -> Version:
    return publish(SECOND)


@pytest.fixture
def moved(cast: Cast, assessment: Assessment, second: Version) -> Assessment:
    return move_assessment(assessment=assessment, version=second, by=cast.owner)


@pytest.fixture
def owner(cast: Cast) -> Client:
    return signed_in(cast.owner)


def page(assessment: Assessment, name: str = "") -> str:
    return f"/assessments/{assessment.pk}/{name}"


def question(assessment: Assessment, key: str) -> str:
    keys = list((FIRST if assessment.version.number == "1.0" else SECOND).criterion)
    return page(assessment, f"criteria/{keys.index(key) + 1}/")


# --- before ----------------------------------------------------------------------------------------------------------


def test_nothing_is_said_of_versions_while_there_is_one(owner: Client, assessment: Assessment) -> None:
    for address in ("/", f"/places/{assessment.place_id}/", page(assessment)):
        assert "newer version" not in main(owner.get(address))
    assert owner.get(page(assessment, "newer/")).headers["Location"] == page(assessment)
    assert "never moved" in main(owner.get(page(assessment, "left-behind/")))


def test_a_newer_version_is_said_wherever_the_open_assessment_stands(
    cast: Cast, owner: Client, assessment: Assessment, second: Version
) -> None:
    for client in (owner, signed_in(cast.viewer)):
        for address in ("/", f"/places/{cast.place.pk}/", page(assessment)):
            found = [to for said, to in links(client.get(address)).items() if said.startswith("See what is new")]
            assert found == [page(assessment, "newer/")]


def test_the_preview_says_what_a_move_would_do(owner: Client, assessment: Assessment, second: Version) -> None:
    response = owner.get(page(assessment, "newer/"))
    counts = tree(response).find(".//dl[@class='summary-list counts']")
    assert words(counts) == (
        "Kept1 answer stands as it is Needs another look2 answers are proposed again New to answer1 question "
        "Not answered yet4 questions, as before Dropped1 question; what was said to it stays readable"
    )
    said = main(response)
    for each in ("Never to be lost.", "How far is fresh?", "The question is stricter than it was.", "Nearly."):
        assert each in said
    assert buttons(response) == ["Move to version 1.1", "Finish on version 1.0"]
    assert (Move.objects.count(), Answer.objects.filter(criterion__version=second).count()) == (0, 0)


def test_only_an_owner_is_offered_the_choice(cast: Cast, assessment: Assessment, second: Version) -> None:
    for user in (cast.editor, cast.viewer, cast.consultant):
        response = signed_in(user).get(page(assessment, "newer/"))
        assert buttons(response) == []
        assert "An owner of the place chooses whether it moves." in main(response)


def test_finishing_on_the_old_version_leaves_one_quiet_line(
    cast: Cast, owner: Client, assessment: Assessment, second: Version
) -> None:
    owner.post(page(assessment, "stay/"), values(owner.get(page(assessment, "newer/"))))
    for client in (owner, signed_in(cast.editor)):
        response = client.get(page(assessment))
        assert tree(response).find(".//*[@id='newer-title']") is None
        assert "Being finished on version 1.0, beside the newer version 1.1. See what is new" in main(response)
    assert buttons(owner.get(page(assessment, "newer/"))) == ["Move to version 1.1"]
    publish(book("1.2", SECOND.lessons[0].criteria))
    assert tree(owner.get(page(assessment))).find(".//*[@id='newer-title']") is not None


def test_a_reopened_assessment_says_why_it_stays(
    cast: Cast, owner: Client, assessment: Assessment, second: Version
) -> None:
    submit(assessment, cast.owner)
    assert "newer version" not in main(owner.get(page(assessment)))
    reopen_assessment(assessment=assessment, by=cast.owner, reason="A slip.")
    said = main(owner.get(page(assessment)))
    assert "It stays on version 1.0 of the questions, on which it was submitted." in said
    assert "There is a newer version" not in said


# --- there and back ---------------------------------------------------------------------------------------------------


def test_moving_twice_by_the_same_form_moves_once(owner: Client, assessment: Assessment, second: Version) -> None:
    form = values(owner.get(page(assessment, "newer/")))
    replies = [owner.post(page(assessment, "move/"), form) for _ in range(2)]
    assert [reply.headers["Location"] for reply in replies] == [page(assessment)] * 2
    assert Move.objects.count() == 1
    said = main(owner.get(page(assessment)))
    assert "Moved from version 1.0 to 1.1" in said
    assert "2 answers need another look" in said


def test_a_preview_that_is_out_of_date_moves_nothing(owner: Client, assessment: Assessment, second: Version) -> None:
    form = values(owner.get(page(assessment, "newer/")))
    publish(book("1.2", SECOND.lessons[0].criteria))
    response = owner.post(page(assessment, "move/"), form, follow=True)
    assert (Move.objects.count(), words(tree(response).find(".//h1"))) == (0, "What is new in version 1.2")
    for wrong in ("", "x", "999999", "9" * 30):
        assert owner.post(page(assessment, "move/"), {"version": wrong}).headers["Location"].endswith("/newer/")


def test_moving_back_twice_by_the_same_form_goes_one_step(cast: Cast, owner: Client, moved: Assessment) -> None:
    third = publish(book("1.2", SECOND.lessons[0].criteria))
    further = move_assessment(assessment=moved, version=third, by=cast.owner)
    response = owner.get(page(further))
    assert "Move back to version 1.1" in buttons(response)
    for _ in range(2):
        owner.post(page(further, "move-back/"), values(response))
    further.refresh_from_db()
    assert further.version.number == "1.1"


def test_what_waits_is_said_everywhere_and_counted_nowhere(owner: Client, moved: Assessment) -> None:
    tasks, check = owner.get(page(moved)), owner.get(page(moved, "check/"))
    states = [
        words(each) for each in tree(tasks).findall(".//section[@class='lesson-tasks']//span[@class='task-state']")
    ]
    waits, none = "Needs another look", "Not answered"
    assert states == [none, "Level 1", waits, none, none, none, waits, none]
    assert "1 of 8 criteria answered" in main(tasks)
    assert [words(each) for each in tree(check).findall(".//h2")][:2] == ["2 need another look", "5 not answered"]
    home = main(owner.get("/"))
    assert "1 of 8 criteria answered" in home


def test_a_proposal_stands_beside_the_question_that_it_was_given_to(owner: Client, moved: Assessment) -> None:
    response = owner.get(question(moved, "harder"))
    notice = words(tree(response).find(".//section[@id='look-again']"))
    assert notice.startswith(
        "Needs another look The question is stricter than it was. On version 1.0, to “Harder”, the answer was: "
        "Level 2 The harder is at step 2."
    )
    assert "How far is harder?" in notice
    assert (values(response)["answer"], values(response)["note"]) == ("2", "Nearly.")
    assert "Still true" in buttons(response)
    assert "Not looked at again yet" in main(response)


def test_a_level_that_is_gone_cannot_be_said_to_be_still_true(owner: Client, moved: Assessment) -> None:
    response = owner.get(question(moved, "long"))
    assert "It cannot be proposed here. Choose again." in main(response)
    assert ("Still true" in buttons(response), "answer" in values(response)) == (False, False)


def test_still_true_makes_it_count(owner: Client, moved: Assessment) -> None:
    address = question(moved, "harder")
    sent = values(owner.get(address)) | {"go": "next", "seen": "1"}
    assert owner.post(address, sent).headers["Location"] == question(moved, "part-one")
    assert tree(owner.get(address)).find(".//*[@id='look-again']") is None
    assert "2 of 8 criteria answered" in main(owner.get(page(moved)))


def test_a_save_by_script_takes_the_notice_away(owner: Client, moved: Assessment) -> None:
    address = question(moved, "harder")
    reply = owner.post(address, values(owner.get(address)) | {"answer": "1", "seen": "1"}, headers=HTMX)
    notice = tree(reply).find(".//div[@id='look-again']")
    assert words(notice) == "Looked at again: your answer counts now."


def test_a_viewer_reads_what_waits(cast: Cast, moved: Assessment) -> None:
    response = signed_in(cast.viewer).get(question(moved, "harder"))
    assert "It does not count until somebody looks at it again." in main(response)
    assert buttons(response) == []


def test_what_was_left_behind_can_be_read_before_and_after_submission(
    cast: Cast, owner: Client, moved: Assessment
) -> None:
    for _ in range(2):
        assert page(moved, "left-behind/") in links(owner.get(page(moved))).values()
        response = signed_in(cast.viewer).get(page(moved, "left-behind/"))
        dropped = words(tree(response).find(".//section[@aria-labelledby='dropped']/dl"))
        assert dropped.startswith(
            "1.7 Gone (version 1.0) How far is gone? Level 2 The gone is at step 2. Never to be lost."
        )
        everything = words(tree(response).find(".//section[@aria-labelledby='moves']"))
        assert "Level 4 The long is at step 4." in everything
        if moved.is_open:
            submit(moved, cast.owner)
    assert page(moved, "left-behind/") in links(owner.get(page(moved, "results/"))).values()


def test_what_was_written_over_by_a_second_move_can_be_read(cast: Cast, owner: Client, moved: Assessment) -> None:
    answer(moved, "harder", 0, by=cast.owner, note="Said on 1.1.")
    back = move_back(assessment=moved, by=cast.owner)
    answer(back, "harder", 1, by=cast.owner, note="Said on 1.0, later.")
    again = move_assessment(assessment=back, version=moved.version, by=cast.owner)
    assert Answer.objects.filter(note="Said on 1.1.").count() == 0
    assert "Said on 1.1." in main(owner.get(page(again, "left-behind/")))


# --- what is sent from an old page ------------------------------------------------------------------------------------


TYPED = {"answer": "1", "note": "Typed with care", "seen": "1"}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "script"])
@pytest.mark.parametrize(
    ("key", "leads_to"),
    [("harder", ["harder"]), ("whole", ["part-one", "part-two"]), ("right", ["both"]), ("gone", [])],
)
def test_a_page_of_the_version_left_saves_nothing_and_loses_nothing(
    cast: Cast, owner: Client, assessment: Assessment, key: str, leads_to: list[str], headers: dict[str, str]
) -> None:
    address = question(assessment, key)
    opened = values(owner.get(address))
    moved = move_assessment(assessment=assessment, version=publish(SECOND), by=cast.owner)
    before = list(Answer.objects.order_by("pk").values())
    response = owner.post(address, opened | TYPED, headers=headers)
    said = words(tree(response))
    assert (response.status_code, "Not saved: this assessment is on version 1.1 now" in said) == (409, True)
    assert list(Answer.objects.order_by("pk").values()) == before
    onward = [link.get("href") for link in tree(response).findall(".//a") if "data-discard" in link.attrib]
    assert onward == ([question(moved, each) for each in leads_to] or [page(moved)])
    if not headers:
        assert values(response)["note"] == "Typed with care"
        assert f"Level 1 The {key} is at step 1." in said
    else:
        assert "Not saved – the assessment has moved to another version" in said


def test_a_page_of_the_newer_version_is_refused_after_moving_back(cast: Cast, owner: Client, moved: Assessment) -> None:
    opened = values(owner.get(question(moved, "fresh")))
    move_back(assessment=moved, by=cast.owner)
    response = owner.post(question(moved, "fresh"), opened | TYPED)
    assert (response.status_code, Answer.objects.filter(note="Typed with care").count()) == (409, 0)
    assert "this assessment is on version 1.0 now" in main(response)


def test_a_form_that_names_no_criterion_is_not_taken_at_its_address_after_a_move(
    owner: Client, moved: Assessment
) -> None:
    response = owner.post(question(moved, "harder"), TYPED)
    assert (response.status_code, Answer.objects.filter(note="Typed with care").count()) == (409, 0)


def test_a_number_that_is_there_no_more_still_keeps_what_was_typed(
    cast: Cast, owner: Client, assessment: Assessment
) -> None:
    address = question(assessment, "long")
    opened = values(owner.get(address))
    move_assessment(assessment=assessment, version=publish(book("1.1", [criterion("same")])), by=cast.owner)
    response = owner.post(address, opened | TYPED)
    assert (response.status_code, values(response)["note"]) == (409, "Typed with care")


def test_evidence_from_an_old_page_is_refused_and_kept(cast: Cast, owner: Client, assessment: Assessment) -> None:
    piece = add_piece(assessment, "gone", by=cast.owner).evidence
    address = question(assessment, "gone")
    asked, edit = values(owner.get(address))["asked"], f"{address}evidence/{piece.pk}/"
    opened = values(owner.get(edit))
    move_assessment(assessment=assessment, version=publish(SECOND), by=cast.owner)
    new = {"title": "Minute 15", "grade": "2", "token": str(uuid4()), "asked": asked}
    replies = [
        owner.post(f"{address}evidence/", new),
        owner.post(edit, opened | {"title": "Minute 15"}),
        owner.post(edit, {"go": "remove"}),
    ]
    assert [reply.status_code for reply in replies] == [409] * 3
    assert [values(reply).get("title") for reply in replies[:2]] == ["Minute 15"] * 2
    stands = Backing.objects.values_list("evidence__title", "criterion__version__number")
    assert list(stands) == [("Board minute 14", "1.0")]


def test_what_was_checked_on_another_version_is_not_submitted(
    cast: Cast, owner: Client, assessment: Assessment
) -> None:
    shown = values(owner.get(page(assessment, "check/")))
    moved = move_assessment(assessment=assessment, version=publish(SECOND), by=cast.owner)
    response = owner.post(page(moved, "submit/"), shown, follow=True)
    assert "has moved to another version meanwhile. Check it again first." in main(response)
    assert moved.submissions.count() == 0
    owner.post(page(moved, "submit/"), values(owner.get(page(moved, "check/"))))
    assert moved.submissions.count() == 1


def test_after_submission_an_old_page_says_so(cast: Cast, owner: Client, assessment: Assessment) -> None:
    opened = values(owner.get(question(assessment, "gone")))
    submit(move_assessment(assessment=assessment, version=publish(SECOND), by=cast.owner), cast.owner)
    response = owner.post(question(assessment, "gone"), opened | TYPED)
    assert response.status_code == 409
    assert "Not saved: the assessment has been submitted" in main(response)


# --- all of them -----------------------------------------------------------------------------------------------------


def test_pages_of_moving_take_as_many_queries_for_sixty_criteria_as_for_one(cast: Cast, owner: Client) -> None:
    found = []
    for count in (1, 60):
        old = [criterion(f"c-{number}") for number in range(count)]
        new = [criterion(f"c-{number}", words="truly") for number in range(count)]
        first = publish(book(f"{count}.0", old))
        place = make_place(f"Place {count}", owner=cast.owner)
        assessment = start_assessment(place=place, version=first, by=cast.owner)
        for each in old:
            answer(assessment, each.key, 1, by=cast.owner, note="A note.")
            add_piece(assessment, each.key, by=cast.owner)
        second = publish(book(f"{count}.1", new))
        counts = [queries(owner, page(assessment, "newer/"))]
        move_assessment(assessment=assessment, version=second, by=cast.owner)
        counts += [queries(owner, page(assessment, name)) for name in ("left-behind/", "", "criteria/1/", "check/")]
        found.append(counts)
    assert found[0] == found[1]
    assert max(found[0]) <= 14


def queries(client: Client, address: str) -> int:
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


@pytest.mark.any_database
def test_every_page_of_moving_is_valid_html(
    cast: Cast, owner: Client, assessment: Assessment, second: Version, tmp_path: Path
) -> None:
    opened = values(owner.get(question(assessment, "gone")))
    answer(assessment, "whole", 1, by=cast.owner, note="<b>Bold</b> & “quoted”")
    made: dict[str, Any] = {
        "preview": owner.get(page(assessment, "newer/")),
        "tasks-newer": owner.get(page(assessment)),
    }
    moved = move_assessment(assessment=assessment, version=second, by=cast.owner)
    made |= {
        "tasks-moved": owner.get(page(moved)),
        "check": owner.get(page(moved, "check/")),
        "look-again": owner.get(question(moved, "harder")),
        "look-again-split": owner.get(question(moved, "part-one")),
        "look-again-read": signed_in(cast.viewer).get(question(moved, "harder")),
        "left-behind": owner.get(page(moved, "left-behind/")),
        "moved-meanwhile": owner.post(question(assessment, "gone"), opened | TYPED),
    }
    for name, response in made.items():
        (tmp_path / f"{name}.html").write_bytes(response.content)
    command = ["java", "-jar", str(VNU), "--errors-only", "--format", "gnu", *map(str, tmp_path.glob("*.html"))]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""
