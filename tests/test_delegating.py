"""Who has which lesson in hand: given, taken, changed, handed back, and free again when somebody leaves."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.interchange.documents import Follows
from assessments.models import Assessment, Delegation, Membership, User
from assessments.selectors.delegation import delegations_of, waits_on
from assessments.services.answering import Moved, NotOpen
from assessments.services.delegating import (
    HeldAlready,
    NotAnswering,
    change_delegation,
    delegate,
    end_delegation,
    take_lesson,
)
from assessments.services.members import leave_place, remove_member
from assessments.services.moving import move_assessment
from assessments.services.playbooks import import_playbook
from tests.at_once import together
from tests.factories import Cast, join, make_assessment, make_cast, make_place, make_user, playbook
from tests.factories import submit as send_in
from tests.waiting_cast import FIRST, IN_FIRST, SECOND, ask, day, finish_first, give, open_round

ROLE = Membership.Role


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def main_of(response: Any) -> str:
    return " ".join(response.content.decode().partition("<main")[2].split())


def in_hands(assessment: Assessment) -> list[tuple[str, str]]:
    return sorted((row.lesson_key, row.person.name) for row in delegations_of(assessment))


def membership(cast: Cast, user: User) -> Membership:
    return Membership.objects.select_related("place").get(place=cast.place, user=user)


# --- services ---------------------------------------------------------------------------------------------------------


def test_a_lesson_goes_to_several_with_a_date_and_a_note(cast: Cast, assessment: Assessment) -> None:
    both = [cast.editor.pk, cast.consultant.pk]
    delegate(assessment=assessment, lesson_key=FIRST, people=both, due=day(5), note="Ask first.", by=cast.owner)
    rows = [(row.due, row.note, row.made_by) for row in delegations_of(assessment)]
    assert in_hands(assessment) == [(FIRST, "Consultant Person"), (FIRST, "Editor Person")]
    assert rows == [(day(5), "Ask first.", cast.owner)] * 2


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_who_may_not_answer_is_given_nothing(cast: Cast, assessment: Assessment, who: str) -> None:
    both = [cast.editor.pk, getattr(cast, who).pk]
    with pytest.raises(NotAnswering):
        delegate(assessment=assessment, lesson_key=FIRST, people=both, due=None, note="", by=cast.owner)
    with pytest.raises(NotAnswering):
        take_lesson(assessment=assessment, lesson_key=FIRST, by=getattr(cast, who))
    assert in_hands(assessment) == []


def test_what_somebody_has_already_is_not_overwritten(cast: Cast, assessment: Assessment) -> None:
    give(assessment, cast.editor, due=3)
    both = [cast.consultant.pk, cast.editor.pk]
    with pytest.raises(HeldAlready):
        delegate(assessment=assessment, lesson_key=FIRST, people=both, due=day(9), note="", by=cast.owner)
    assert [row.due for row in delegations_of(assessment)] == [day(3)]


def test_taking_a_lesson_twice_is_taking_it_once(cast: Cast, assessment: Assessment) -> None:
    for _again in range(2):
        take_lesson(assessment=assessment, lesson_key=FIRST, by=cast.editor)
    assert in_hands(assessment) == [(FIRST, "Editor Person")]


def test_a_submitted_assessment_and_an_unknown_lesson_are_refused(cast: Cast, assessment: Assessment) -> None:
    with pytest.raises(Moved):
        take_lesson(assessment=assessment, lesson_key="never-asked", by=cast.editor)
    held = give(assessment, cast.editor)
    finish_first(assessment, cast.owner)
    send_in(assessment, cast.owner)
    with pytest.raises(NotOpen):
        take_lesson(assessment=assessment, lesson_key=SECOND, by=cast.editor)
    with pytest.raises(NotOpen):
        change_delegation(delegation=held, due=None, note="")
    with pytest.raises(NotOpen):
        end_delegation(delegation=held)


def test_changing_what_has_ended_does_not_bring_it_back(cast: Cast, assessment: Assessment) -> None:
    held = give(assessment, cast.editor)
    assert change_delegation(delegation=held, due=day(1), note="Soon.")
    end_delegation(delegation=held)
    assert not change_delegation(delegation=held, due=day(2), note="")
    assert in_hands(assessment) == []


def test_who_leaves_or_is_removed_has_nothing_in_hand_there_any_more(cast: Cast, assessment: Assessment) -> None:
    other = make_assessment(make_place("Other Place", owner=cast.editor), cast.editor)
    for person in (cast.editor, cast.consultant, cast.owner):
        give(assessment, person)
    give(other, cast.editor)
    remove_member(membership=membership(cast, cast.editor), by=cast.owner)
    leave_place(membership=membership(cast, cast.consultant))
    assert (in_hands(assessment), in_hands(other)) == ([(FIRST, "Owner Person")], [(FIRST, "Editor Person")])
    join(cast.place, cast.editor, ROLE.EDITOR)
    assert in_hands(assessment) == [(FIRST, "Owner Person")]


@pytest.mark.parametrize("change", ["viewer", "closed"])
def test_who_may_not_answer_any_more_has_nothing_in_hand(cast: Cast, assessment: Assessment, change: str) -> None:
    """Whoever changed it, and wherever: in the admin nobody calls a service."""
    give(assessment, cast.editor)
    if change == "viewer":
        Membership.objects.filter(user=cast.editor).update(role=ROLE.VIEWER)
    else:
        User.objects.filter(pk=cast.editor.pk).update(is_active=False)
    assert (in_hands(assessment), waits_on(cast.editor)) == ([], {})


@pytest.mark.django_db(transaction=True)
def test_a_lesson_given_to_somebody_who_is_removed_at_that_moment_is_in_nobodys_hands() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    for number in range(6):
        member = join(cast.place, make_user(f"Person {number}"), ROLE.EDITOR)
        found = together(
            partial(remove_member, membership=membership(cast, member.user), by=cast.owner),
            partial(give, assessment, member.user),
        )
        assert isinstance(found[1], Delegation | NotAnswering | Delegation.DoesNotExist)
        assert Delegation.objects.filter(person=member.user).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_give_the_same_lesson_at_once_give_it_once() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    found = together(*(partial(give, assessment, cast.editor, due=number) for number in (3, 9)))
    assert sorted(type(each).__name__ for each in found) == ["Delegation", "HeldAlready"]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_an_owner_delegates_and_the_task_list_says_whose_it_is(cast: Cast, assessment: Assessment) -> None:
    client, address = client_of(cast.owner), reverse("delegate", args=[assessment.pk, 2])
    data = {"people": [cast.editor.pk, cast.editor.pk], "due": str(day(2)), "note": "Ask  the landowners."}
    response = client.post(address, data)
    assert (response.status_code, response["Location"]) == (
        302,
        f"{reverse('assessment', args=[assessment.pk])}#lesson-2",
    )
    shown = main_of(client_of(cast.editor).get(reverse("assessment", args=[assessment.pk])))
    said = [">Yours<" in shown, "Due soon: " in shown, "Ask the landowners." in shown, shown.count("In nobody’s hands")]
    assert said == [True, True, True, 3]
    assert ">Yours<" not in main_of(client.get(reverse("assessment", args=[assessment.pk])))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose who sees to it."),
        ({"people": "viewer"}, "may not answer any more"),
        ({"people": "stranger"}, "may not answer any more"),
        ({"people": "consultant"}, "may not answer any more"),  # has it already
        ({"people": "editor", "due": "-1"}, "This day has passed."),
        ({"people": "editor", "due": "soon"}, "Enter a date that exists."),
        ({"people": "editor", "note": "x" * 501}, "This has 501 characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    cast: Cast, assessment: Assessment, data: dict[str, str], said: str
) -> None:
    give(assessment, cast.consultant)
    given = {"note": "Kept.", **data}
    if "people" in data:
        given["people"] = str(getattr(cast, data["people"]).pk)
    if data.get("due") == "-1":
        given["due"] = str(day(-1))
    response = client_of(cast.owner).post(reverse("delegate", args=[assessment.pk, 1]), given)
    assert (response.status_code, said in main_of(response), given["note"] in main_of(response)) == (422, True, True)
    assert in_hands(assessment) == [(FIRST, "Consultant Person")]


def test_where_everybody_has_the_lesson_the_form_is_gone(cast: Cast, assessment: Assessment) -> None:
    for person in (cast.owner, cast.editor, cast.consultant):
        give(assessment, person)
    shown = main_of(client_of(cast.owner).get(reverse("delegate", args=[assessment.pk, 1])))
    assert ("Everybody in this place who may answer" in shown, "Delegate the lesson" in shown) == (True, False)


def test_a_date_that_passed_may_stay_when_only_the_note_changes(cast: Cast, assessment: Assessment) -> None:
    held = give(assessment, cast.editor, due=0)
    Delegation.objects.update(due=day(-4))
    address = reverse("delegation_edit", args=[assessment.pk, held.pk])
    client = client_of(cast.owner)
    assert client.post(address, {"due": str(day(-4)), "note": "Please."}).status_code == 302
    assert client.post(address, {"due": str(day(-3)), "note": "Please."}).status_code == 422
    held.refresh_from_db()
    assert (held.due, held.note) == (day(-4), "Please.")


def test_a_member_hands_back_their_own_lesson_and_nobody_elses(cast: Cast, assessment: Assessment) -> None:
    mine, other = give(assessment, cast.editor), give(assessment, cast.consultant)
    client = client_of(cast.editor)
    codes = [
        client.post(reverse("delegation_end", args=[assessment.pk, row.pk])).status_code for row in (mine, other, mine)
    ]
    assert (codes, in_hands(assessment)) == ([302, 403, 404], [(FIRST, "Consultant Person")])


def test_a_delegation_of_one_place_is_not_reached_through_another(cast: Cast, assessment: Assessment) -> None:
    held = give(assessment, cast.editor)
    other = make_assessment(make_place("Other Place", owner=cast.stranger), cast.stranger)
    client = client_of(cast.stranger)
    for name in ("delegation_edit", "delegation_end"):
        assert client.post(reverse(name, args=[other.pk, held.pk])).status_code == 404
    assert client.post(reverse("delegate", args=[other.pk, 5])).status_code == 404
    assert in_hands(assessment) == [(FIRST, "Editor Person")]


def test_home_says_what_waits_on_me(cast: Cast, assessment: Assessment) -> None:
    give(assessment, cast.editor, due=0)
    give(assessment, cast.editor, lesson=SECOND)
    Delegation.objects.filter(lesson_key=FIRST).update(due=day(-1))
    client = client_of(cast.editor)
    shown = main_of(client.get(reverse("home")))
    assert ("These lessons are in your hands:" in shown, "1 day overdue" in shown) == (True, True)
    assert "in your hands" not in main_of(client_of(cast.owner).get(reverse("home")))
    finish_first(assessment, cast.editor)
    shown = main_of(client.get(reverse("home")))
    assert ("This lesson is in your hands:" in shown, "overdue" in shown) == (True, False)


# --- what waits on whom -----------------------------------------------------------------------------------------------


def moved_on(cast: Cast, assessment: Assessment) -> Assessment:
    """The assessment on a version that has no first lesson any more."""
    book = playbook()
    stages = tuple(
        replace(stage, gates={key: level for key, level in stage.gates.items() if key not in IN_FIRST})
        for stage in book.stages
    )
    follows = Follows(book.version, {}, tuple(IN_FIRST))
    later = replace(book, version="9.0", lessons=book.lessons[1:], stages=stages, follows=follows)
    move_assessment(
        assessment=assessment, version=import_playbook(document=later, by=None, publish=True), by=cast.owner
    )
    return Assessment.objects.get(pk=assessment.pk)


def page_of(assessment: Assessment, user: User) -> str:
    return main_of(client_of(user).get(reverse("waiting", args=[assessment.pk])))


def test_the_page_tells_who_has_what_and_what_nobody_has(cast: Cast, assessment: Assessment) -> None:
    give(assessment, cast.editor, due=0)
    Delegation.objects.update(due=day(-2))
    shown = page_of(assessment, cast.viewer)
    said = ["Editor Person" in shown, "0 of 6 criteria answered." in shown, "2 days overdue" in shown]
    assert (said, shown.count("I take this"), shown.count("Remind now")) == ([True] * 3, 0, 0)
    shown = page_of(assessment, cast.owner)
    assert (shown.count("I take this"), shown.count("Delegate it"), shown.count("Remind now")) == (3, 3, 1)
    address = reverse("assessment", args=[assessment.pk])
    assert [f'href="{address}#lesson-{number}"' in shown for number in (1, 2, 3, 4)] == [True] * 4


def test_every_member_sees_who_has_yet_to_answer_and_only_owners_remind(cast: Cast, assessment: Assessment) -> None:
    asked = open_round(assessment, cast.owner)
    ask(asked, "Amara")
    ask(asked, "Rhys", state="done")
    told = {who: page_of(assessment, getattr(cast, who)) for who in ("owner", "editor", "viewer")}
    assert {who: ("Amara" in shown, "Rhys" in shown, "Remind now" in shown) for who, shown in told.items()} == {
        "owner": (True, False, True),
        "editor": (True, False, False),
        "viewer": (True, False, False),
    }
    assert {"1 of 2 people asked by name have answered." in shown for shown in told.values()} == {True}
    assert {"4 of at most 20 have begun by the shared link." in shown for shown in told.values()} == {True}


@pytest.mark.parametrize("ended", ["closed", "over"])
def test_a_round_that_has_ended_waits_on_nobody(cast: Cast, assessment: Assessment, ended: str) -> None:
    asked = open_round(assessment, cast.owner, closes=-1 if ended == "over" else 2)
    ask(asked, "Amara")
    if ended == "closed":
        asked.closed_at = asked.opened_at
        asked.save()
    assert "Respondents" not in page_of(assessment, cast.owner)


def test_a_submitted_assessment_waits_on_nobody(cast: Cast, assessment: Assessment) -> None:
    finish_first(assessment, cast.owner)
    held = give(assessment, cast.editor, lesson=SECOND)
    send_in(assessment, cast.owner)
    client = client_of(cast.owner)
    results = reverse("results", args=[assessment.pk])
    for name, more in (("waiting", []), ("delegate", [1]), ("delegation_edit", [held.pk])):
        assert client.get(reverse(name, args=[assessment.pk, *more]))["Location"] == results
    assert "Editor Person" not in main_of(client.get(reverse("assessment", args=[assessment.pk])))
    assert (waits_on(cast.editor), client.post(reverse("lesson_take", args=[assessment.pk, 1])).status_code) == (
        {},
        302,
    )
    assert Delegation.objects.count() == 1


def test_a_lesson_that_is_not_asked_any_more_is_told_and_not_lost(cast: Cast, assessment: Assessment) -> None:
    give(assessment, cast.editor, note="Ask the landowners.")
    give(assessment, cast.editor, lesson=SECOND)
    moved = moved_on(cast, assessment)
    shown = page_of(moved, cast.owner)
    assert ("Lessons that are no longer asked" in shown, "Ask the landowners." in shown) == (True, True)
    assert [held.number for held in waits_on(cast.editor)[cast.place.pk]] == [1]


def test_pages_take_as_many_queries_for_many_lessons_in_hand_as_for_one(cast: Cast, assessment: Assessment) -> None:
    client = client_of(cast.owner)
    addresses = [reverse(name, args=[assessment.pk]) for name in ("waiting", "assessment")]
    addresses += [reverse("delegate", args=[assessment.pk, 4]), reverse("home")]
    give(assessment, cast.owner)
    asked = open_round(assessment, cast.owner)
    ask(asked, "Amara")

    def counted(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    one = [counted(address) for address in addresses]
    for lesson in playbook().lessons[:3]:
        give(assessment, cast.editor, lesson=lesson.key)
        give(assessment, cast.consultant, lesson=lesson.key)
    give(assessment, cast.owner, lesson=SECOND)
    for name in ("Rhys", "Jo", "Siân"):
        ask(asked, name, role="planner")
    assert [counted(address) for address in addresses] == one
    assert max(one) <= 15
