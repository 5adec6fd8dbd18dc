"""Who belongs to a place: roles, handing over, leaving; and a place that is never without an owner."""

from functools import partial

import pytest
from django.urls import reverse

from assessments.models import Membership, Place, PlaceGroup, User
from assessments.selectors.groups import groups_of
from assessments.services.groups import make_group
from assessments.services.invitations import NotInvited, accept_invitation
from assessments.services.members import (
    ChangedMeanwhile,
    LastOwner,
    NotOwner,
    OwnersStepDown,
    change_role,
    hand_over,
    leave_place,
    remove_member,
)
from tests.at_once import together
from tests.factories import Cast, join, make_assessment, make_place, make_user
from tests.test_invitations import client_of, invited, role_of, text
from tests.waiting_cast import give

ROLE = Membership.Role


# --- leaving ----------------------------------------------------------------------------------------------------------


def test_whoever_leaves_is_gone_at_once_from_their_groups_too(cast: Cast) -> None:
    other = make_place("Other Place", owner=cast.consultant)
    make_group(name="Coast", places=[cast.place.pk, other.pk], by=cast.consultant)
    make_group(name="Theirs", places=[cast.place.pk], by=cast.owner)
    client = client_of(cast.consultant)
    assert client.post(reverse("leave", args=[cast.place.pk])).url == reverse("home")  # type: ignore[attr-defined]
    assert client.get(reverse("place", args=[cast.place.pk])).status_code == 404
    assert [[place.name for place in places] for _group, places in groups_of(cast.consultant)] == [["Other Place"]]
    join(cast.place, cast.consultant, ROLE.VIEWER)  # let in again, it is in no group by itself
    assert [[place.name for place in places] for _group, places in groups_of(cast.consultant)] == [["Other Place"]]
    assert PlaceGroup.objects.get(name="Theirs").places.count() == 1


def test_an_owner_removes_everybody_but_owners(cast: Cast) -> None:
    client = client_of(cast.owner)
    for user in (cast.editor, cast.consultant, cast.viewer):
        member = Membership.objects.get(user=user)
        page = text(client.get(reverse("member_remove", args=[cast.place.pk, member.pk])))
        assert str(user) in page
        assert client.post(reverse("member_remove", args=[cast.place.pk, member.pk])).status_code == 302
    second = join(cast.place, make_user("Second Owner"), ROLE.OWNER)
    assert client.post(reverse("member_remove", args=[cast.place.pk, second.pk])).status_code == 403
    assert sorted(cast.place.memberships.values_list("role", flat=True)) == [ROLE.OWNER, ROLE.OWNER]


def test_nobody_is_removed_from_another_place(cast: Cast) -> None:
    make_place("Other Place", owner=cast.stranger)
    member = Membership.objects.get(user=cast.viewer)
    other = Membership.objects.get(user=cast.stranger).place_id
    assert client_of(cast.stranger).post(reverse("member_remove", args=[other, member.pk])).status_code == 404
    assert role_of(cast.viewer, cast.place) == ROLE.VIEWER


def test_somebody_made_an_owner_meanwhile_is_not_removed(cast: Cast) -> None:
    member = Membership.objects.select_related("place").get(user=cast.editor)
    Membership.objects.filter(pk=member.pk).update(role=ROLE.OWNER)
    with pytest.raises(OwnersStepDown):
        remove_member(membership=member, by=cast.owner)
    assert role_of(cast.editor, cast.place) == ROLE.OWNER


def test_the_last_owner_stays(cast: Cast) -> None:
    client, address = client_of(cast.owner), reverse("leave", args=[cast.place.pk])
    page = client.get(address)
    assert ("You cannot leave yet" in text(page), b"button--danger" in page.content) == (True, False)
    found = client.post(address)
    assert (found.status_code, "You have not left" in text(found)) == (409, True)
    assert role_of(cast.owner, cast.place) == ROLE.OWNER
    join(cast.place, cast.stranger, ROLE.OWNER)
    page = client.get(address)
    assert ("You cannot leave yet" in text(page), b"button--danger" in page.content) == (False, True)
    assert client.post(address).status_code == 302
    assert role_of(cast.owner, cast.place) is None


def test_links_that_a_member_made_end_when_the_member_leaves(cast: Cast) -> None:
    join(cast.place, cast.stranger, ROLE.OWNER)
    _token, invitation = invited(cast)
    leave_place(membership=Membership.objects.select_related("place").get(user=cast.owner))
    with pytest.raises(NotInvited):
        accept_invitation(invitation=invitation, by=cast.owner)


# --- roles and handing over -------------------------------------------------------------------------------------------


def member(cast: Cast, role: str) -> Membership:
    return Membership.objects.select_related("place", "user").get(place=cast.place, user=cast.members[role])


def roles(place: Place) -> list[str]:
    return sorted(place.memberships.values_list("role", flat=True))


def test_an_owner_changes_what_a_member_may_do(cast: Cast) -> None:
    client, address = client_of(cast.owner), reverse("member_edit", args=[cast.place.pk, member(cast, ROLE.VIEWER).pk])
    page = text(client.get(address))
    for words in ("Viewer Person", "viewer.person@example.org", "Read everything, but answer nothing."):
        assert words in page
    found = client.post(address, {"role": "editor", "seen": "viewer"}, follow=True)
    assert ("Viewer Person is editor from now on." in text(found), role_of(cast.viewer, cast.place)) == (True, "editor")


def test_somebody_becomes_an_owner_only_after_it_was_asked_once_more(cast: Cast) -> None:
    client, address = client_of(cast.owner), reverse("member_edit", args=[cast.place.pk, member(cast, ROLE.EDITOR).pk])
    asked = client.post(address, {"role": "owner", "seen": "editor"})
    assert (asked.status_code, role_of(cast.editor, cast.place)) == (200, ROLE.EDITOR)
    for words in ("You cannot take this back", "You stay an owner.", 'name="sure"', 'name="seen" value="editor"'):
        assert words in text(asked)
    assert client.post(address, {"role": "owner", "seen": "editor", "sure": "1"}).status_code == 302
    assert role_of(cast.editor, cast.place) == ROLE.OWNER


def test_nobody_changes_another_owner(cast: Cast) -> None:
    second = join(cast.place, make_user("Second Owner"), ROLE.OWNER)
    found = client_of(cast.owner).get(reverse("member_edit", args=[cast.place.pk, second.pk]))
    assert (found.status_code, "Owners step down and leave by themselves" in text(found)) == (403, True)
    with pytest.raises(OwnersStepDown):
        change_role(membership=second, role=ROLE.VIEWER, seen=ROLE.OWNER, by=cast.owner)
    listed = text(client_of(cast.owner).get(reverse("place", args=[cast.place.pk])))
    links = [reverse("member_edit", args=[cast.place.pk, each.pk]) for each in (second, member(cast, ROLE.OWNER))]
    assert [link in listed for link in links] == [False, True]


def test_an_owner_steps_down_where_there_is_another(cast: Cast) -> None:
    _token, invitation = invited(cast)
    client, own = client_of(cast.owner), member(cast, ROLE.OWNER)
    address, down = reverse("member_edit", args=[cast.place.pk, own.pk]), {"role": "viewer", "seen": "owner"}
    refused = client.post(address, down)
    assert (refused.status_code, "Hand it over instead" in text(refused)) == (422, True)
    closed = join(cast.place, make_user("Closed Account"), ROLE.OWNER)
    User.objects.filter(pk=closed.user_id).update(is_active=False)
    assert client.post(address, down).status_code == 422  # an account that is closed looks after nothing
    join(cast.place, make_user("Second Owner"), ROLE.OWNER)
    assert client.post(address, down).status_code == 302
    assert role_of(cast.owner, cast.place) == ROLE.VIEWER
    with pytest.raises(NotInvited):
        accept_invitation(invitation=invitation, by=cast.stranger)


def test_a_role_that_was_changed_meanwhile_is_not_overwritten(cast: Cast) -> None:
    editor = member(cast, ROLE.EDITOR)
    change_role(membership=editor, role=ROLE.VIEWER, seen=ROLE.EDITOR, by=cast.owner)
    with pytest.raises(ChangedMeanwhile):
        change_role(membership=editor, role=ROLE.CONSULTANT, seen=ROLE.EDITOR, by=cast.owner)
    address = reverse("member_edit", args=[cast.place.pk, editor.pk])
    found = client_of(cast.owner).post(address, {"role": "consultant", "seen": "editor"}, follow=True)
    assert "Somebody else changed who belongs to the place meanwhile" in text(found)
    assert role_of(cast.editor, cast.place) == ROLE.VIEWER


def test_whoever_is_no_owner_any_more_changes_nothing(cast: Cast) -> None:
    Membership.objects.filter(user=cast.owner).update(role=ROLE.EDITOR)
    editor = member(cast, ROLE.EDITOR)
    deeds = [
        partial(change_role, membership=editor, role=ROLE.OWNER, seen=ROLE.EDITOR, by=cast.owner),
        partial(hand_over, to=editor, becomes=ROLE.EDITOR, by=cast.owner),
        partial(remove_member, membership=editor, by=cast.owner),
    ]
    for deed in deeds:
        with pytest.raises(NotOwner):
            deed()
    assert roles(cast.place) == ["consultant", "editor", "editor", "viewer"]


@pytest.mark.parametrize(("becomes", "stays"), [("editor", "editor"), ("viewer", "viewer"), ("leave", None)])
def test_an_owner_hands_over(cast: Cast, becomes: str, stays: str | None) -> None:
    _token, invitation = invited(cast)
    client, address = client_of(cast.owner), reverse("hand_over", args=[cast.place.pk])
    page = text(client.get(address))
    assert [name in page for name in ("Editor Person", "Viewer Person", "Consultant Person")] == [True] * 3
    chosen = {"to": str(member(cast, ROLE.CONSULTANT).pk), "becomes": becomes}
    asked = client.post(address, chosen)
    assert (asked.status_code, role_of(cast.owner, cast.place)) == (200, ROLE.OWNER)
    done = client.post(address, {**chosen, "sure": "1"}, follow=True)
    assert "Consultant Person is the owner of Harbour Quarter from now on." in text(done)
    assert (role_of(cast.consultant, cast.place), role_of(cast.owner, cast.place)) == (ROLE.OWNER, stays)
    with pytest.raises(NotInvited):
        accept_invitation(invitation=invitation, by=cast.stranger)
    listed = text(client_of(cast.consultant).get(reverse("place", args=[cast.place.pk])))
    assert ("Consultant, expired on" in listed, "New link" in listed) == (True, True)


def test_it_is_handed_over_to_members_with_an_open_account_alone(cast: Cast) -> None:
    client, address = client_of(cast.owner), reverse("hand_over", args=[cast.place.pk])
    outside = join(make_place("Other Place"), cast.stranger, ROLE.EDITOR)
    User.objects.filter(pk=cast.viewer.pk).update(is_active=False)
    for wrong in (outside.pk, member(cast, ROLE.VIEWER).pk, member(cast, ROLE.OWNER).pk, "nobody"):
        assert client.post(address, {"to": wrong, "becomes": "leave", "sure": "1"}).status_code == 422
    with pytest.raises(ChangedMeanwhile):
        hand_over(to=member(cast, ROLE.VIEWER), becomes="", by=cast.owner)
    alone = make_place("Alone", owner=cast.stranger)
    page = text(client_of(cast.stranger).get(reverse("hand_over", args=[alone.pk])))
    assert "Nobody else belongs to the place" in page


def test_whoever_may_only_read_from_now_on_has_no_lesson_in_hand(cast: Cast) -> None:
    assessment = make_assessment(cast.place, cast.owner)
    for person in (cast.owner, cast.editor, cast.consultant):
        give(assessment, person)
    change_role(membership=member(cast, ROLE.EDITOR), role=ROLE.VIEWER, seen=ROLE.EDITOR, by=cast.owner)
    change_role(membership=member(cast, ROLE.CONSULTANT), role=ROLE.EDITOR, seen=ROLE.CONSULTANT, by=cast.owner)
    assert {each.person for each in assessment.delegations.all()} == {cast.owner, cast.consultant}
    hand_over(to=member(cast, ROLE.CONSULTANT), becomes=ROLE.VIEWER, by=cast.owner)
    assert {each.person for each in assessment.delegations.all()} == {cast.consultant}


def test_consultants_are_listed_as_outside_members(cast: Cast) -> None:
    page = text(client_of(cast.viewer).get(reverse("place", args=[cast.place.pk])))
    assert page.count("from outside") == 1 + 1  # the member, and what the roles mean


# --- races ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_do_not_both_go() -> None:
    for number in range(5):
        place = make_place(f"Quay {number}")
        both = [join(place, make_user(f"Owner {number} {each}"), ROLE.OWNER) for each in "ab"]
        found = together(*(partial(leave_place, membership=each) for each in both))
        assert sorted(str(type(each)) for each in found) == sorted([str(type(None)), str(LastOwner)])
        assert place.memberships.count() == 1


@pytest.mark.django_db(transaction=True)
def test_whatever_two_owners_do_at_once_the_place_keeps_an_owner() -> None:
    """Each pair of deeds, of owners and on the member that one of them hands over to."""
    for number in range(3):
        for kind in range(4):
            place = make_place(f"Quay {number} {kind}")
            ann, bob = (join(place, make_user(f"{name} {number} {kind}"), ROLE.OWNER) for name in ("Ann", "Bob"))
            eve = join(place, make_user(f"Eve {number} {kind}"), ROLE.EDITOR)
            down = partial(change_role, membership=ann, role=ROLE.VIEWER, seen=ROLE.OWNER, by=ann.user)
            over = partial(hand_over, to=eve, becomes="", by=ann.user)
            bobs = [
                (down, partial(leave_place, membership=bob)),
                (down, partial(change_role, membership=bob, role=ROLE.EDITOR, seen=ROLE.OWNER, by=bob.user)),
                (over, partial(remove_member, membership=eve, by=bob.user)),
                (over, partial(hand_over, to=eve, becomes=ROLE.VIEWER, by=bob.user)),
            ]
            found = together(*bobs[kind])
            fine = (type(None), LastOwner, ChangedMeanwhile, OwnersStepDown)
            assert [each for each in found if not isinstance(each, fine)] == []
            assert place.memberships.filter(role=ROLE.OWNER).exists(), kind


@pytest.mark.django_db(transaction=True)
def test_an_owner_who_hands_over_while_the_member_leaves_stays_the_owner() -> None:
    for number in range(4):
        place = make_place(f"Quay {number}", owner=make_user(f"Ann {number}"))
        ann = place.memberships.get()
        eve = join(place, make_user(f"Eve {number}"), ROLE.EDITOR)
        together(partial(hand_over, to=eve, becomes="", by=ann.user), partial(leave_place, membership=eve))
        assert place.memberships.filter(role=ROLE.OWNER).count() == 1
