"""Who is let into a place and who leaves: invitations that work once, and a place that is never without an owner."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Invitation, Membership, Place, PlaceGroup, User
from assessments.selectors.groups import groups_of
from assessments.selectors.members import token_hash
from assessments.services import members
from assessments.services.groups import make_group
from assessments.services.members import (
    AlreadyMember,
    LastOwner,
    NotInvited,
    NotRemovable,
    TooManyInvitations,
    accept_invitation,
    invite,
    leave_place,
    remove_member,
    withdraw_invitation,
)
from tests.factories import PASSWORD, Cast, join, make_cast, make_place, make_user
from tests.findings_cast import HOSTILE
from tests.test_services import together

ROLE = Membership.Role


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def invited(cast: Cast, role: str = ROLE.CONSULTANT, note: str = "Carys") -> tuple[str, Invitation]:
    token = invite(place=cast.place, role=role, note=note, by=cast.owner)
    return token, Invitation.objects.get(token_hash=token_hash(token))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def role_of(user: User, place: Place) -> str | None:
    return Membership.objects.filter(user=user, place=place).values_list("role", flat=True).first()


def text(response: Any) -> str:
    return str(response.content.decode())


def main_of(response: Any) -> str:
    """A page without its header, in which the choice of language names the page's own address."""
    return text(response).partition("<main")[2]


# --- invitations ------------------------------------------------------------------------------------------------------


def test_only_a_hash_of_the_link_is_kept(cast: Cast) -> None:
    token, _invitation = invited(cast)
    rows = str(list(Invitation.objects.values()))
    assert (token in rows, token_hash(token) in rows, len(token)) == (False, True, 43)


@pytest.mark.parametrize("role", members.INVITED)
def test_whoever_accepts_is_let_in_with_the_role(cast: Cast, role: str) -> None:
    _token, invitation = invited(cast, role)
    assert accept_invitation(invitation=invitation, by=cast.stranger).role == role
    invitation.refresh_from_db()
    assert (role_of(cast.stranger, cast.place), invitation.accepted_by) == (role, cast.stranger)


def test_no_link_makes_somebody_an_owner(cast: Cast) -> None:
    with pytest.raises(ValueError, match="owner"):
        invite(place=cast.place, role=ROLE.OWNER, note="", by=cast.owner)


def use(invitation: Invitation) -> None:
    accept_invitation(invitation=invitation, by=make_user("Somebody Quicker"))


def expire(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def withdraw(invitation: Invitation) -> None:
    assert withdraw_invitation(invitation=invitation)


def forget(invitation: Invitation) -> None:
    invitation.delete()


@pytest.mark.parametrize("spoil", [use, expire, withdraw, forget])
def test_a_link_that_does_not_work_tells_nothing_of_the_place(cast: Cast, spoil: Callable[[Invitation], None]) -> None:
    """Used, expired, withdrawn and unknown are the same page, which says nothing of a place."""
    client = client_of(cast.stranger)
    unknown = main_of(client.get(reverse("invitation", args=["never-made"])))
    token, invitation = invited(cast)
    spoil(invitation)
    for ask in (client.get, client.post):
        found = ask(reverse("invitation", args=[token]))
        assert (found.status_code, main_of(found), "Harbour" in text(found)) == (404, unknown, False)
    assert role_of(cast.stranger, cast.place) is None


def test_a_withdrawn_or_used_link_cannot_be_withdrawn_again(cast: Cast) -> None:
    _token, invitation = invited(cast)
    assert withdraw_invitation(invitation=invitation)
    assert not withdraw_invitation(invitation=invitation)
    _token, invitation = invited(cast)
    accept_invitation(invitation=invitation, by=cast.stranger)
    assert not withdraw_invitation(invitation=invitation)
    assert role_of(cast.stranger, cast.place) == ROLE.CONSULTANT


def test_a_member_who_accepts_stays_what_they_are_and_the_link_still_works(cast: Cast) -> None:
    token, invitation = invited(cast, ROLE.EDITOR)
    found = client_of(cast.viewer).post(reverse("invitation", args=[token]))
    assert (found.status_code, "You are in already" in text(found)) == (200, True)
    with pytest.raises(AlreadyMember):
        accept_invitation(invitation=invitation, by=cast.viewer)
    assert role_of(cast.viewer, cast.place) == ROLE.VIEWER
    accept_invitation(invitation=invitation, by=cast.stranger)
    assert role_of(cast.stranger, cast.place) == ROLE.EDITOR


def test_fifty_links_may_wait_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MOST_WAITING", 2)
    _token, first = invited(cast)
    invited(cast)
    with pytest.raises(TooManyInvitations):
        invited(cast)
    found = client_of(cast.owner).post(reverse("invite", args=[cast.place.pk]), {"role": "viewer", "note": "Kept"})
    assert (found.status_code, "So many links wait already" in text(found), "Kept" in text(found)) == (422, True, True)
    withdraw(first)
    invited(cast)


def test_an_owner_makes_a_link_which_is_shown_once(cast: Cast) -> None:
    client = client_of(cast.owner)
    made = client.post(reverse("invite", args=[cast.place.pk]), {"role": "consultant", "note": "Carys of Beddoe & Co"})
    link = text(made).partition('value="http://testserver')[2].partition('"')[0]
    token = link.strip("/").rpartition("/")[2]
    assert Invitation.objects.get(token_hash=token_hash(token)).note == "Carys of Beddoe & Co"
    assert (made["Referrer-Policy"], "no-store" in made["Cache-Control"]) == ("strict-origin", True)
    listed = text(client.get(reverse("place", args=[cast.place.pk])))
    assert ("Carys of Beddoe &amp; Co" in listed, token in listed, token_hash(token) in listed) == (True, False, False)
    for user in (cast.editor, cast.consultant, cast.viewer):
        assert "Beddoe" not in text(client_of(user).get(reverse("place", args=[cast.place.pk])))


def test_what_was_typed_comes_back_with_an_error_beside_each_field(cast: Cast) -> None:
    found = client_of(cast.owner).post(reverse("invite", args=[cast.place.pk]), {"role": "owner", "note": HOSTILE})
    page = text(found)
    assert (found.status_code, page.count('class="field-error"')) == (422, 2)
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)
    assert Invitation.objects.count() == 0


def test_the_invited_person_sees_what_it_is_and_accepts(cast: Cast) -> None:
    token, _invitation = invited(cast)
    client, address = client_of(cast.stranger), reverse("invitation", args=[token])
    page = client.get(address)
    told = text(page)
    assert page["Referrer-Policy"] == "strict-origin"
    for words in ("Harbour Quarter", "Owner Person", "consultant", "but not submit", "Stranger Person"):
        assert words in told
    assert told.count(token) == 1  # its own address, for the choice of language
    assert client.post(address).url == reverse("place", args=[cast.place.pk])  # type: ignore[attr-defined]
    assert role_of(cast.stranger, cast.place) == ROLE.CONSULTANT


@pytest.mark.parametrize("way", ["sign in", "sign up"])
def test_somebody_signed_out_comes_back_to_the_invitation(cast: Cast, way: str) -> None:
    """No address on the way has the token in it."""
    token, _invitation = invited(cast)
    client = Client()
    sent = client.get(reverse("invitation", args=[token]))
    address = sent.url  # type: ignore[attr-defined]
    assert (token in address, sent["Referrer-Policy"]) == (False, "strict-origin")
    kept = reverse("invitation_kept")
    said = text(client.get(address))
    assert ("You have been invited to a place" in said, "Harbour Quarter" in said) == (True, False)
    assert "You have been invited" not in text(client.get(reverse("account_login")))
    said = text(client.get(reverse("account_signup") + f"?next={kept}"))
    assert ("You see the invitation straight after" in said, "first assessment" in said) == (True, False)
    if way == "sign in":
        data = {"login": cast.stranger.email, "password": PASSWORD, "next": kept}
        found = client.post(address, data)
    else:
        data = {"email": "new@example.org", "name": "New Person", "password1": PASSWORD, "next": kept}
        found = client.post(reverse("account_signup") + f"?next={kept}", data)
    assert found.url == kept  # type: ignore[attr-defined]
    assert "Harbour Quarter" in text(client.get(kept))
    assert client.post(kept).url == reverse("place", args=[cast.place.pk])  # type: ignore[attr-defined]
    assert cast.place.memberships.filter(role=ROLE.CONSULTANT).count() == 2
    assert client.get(kept).status_code == 404


def test_an_owner_withdraws_a_link_of_their_own_place_alone(cast: Cast) -> None:
    _token, invitation = invited(cast)
    other = make_place("Other Place", owner=cast.stranger)
    wrong = reverse("invitation_withdraw", args=[other.pk, invitation.pk])
    assert client_of(cast.stranger).post(wrong).status_code == 404
    right = reverse("invitation_withdraw", args=[cast.place.pk, invitation.pk])
    assert client_of(cast.owner).post(right).status_code == 302
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


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
    assert client.post(reverse("member_remove", args=[cast.place.pk, second.pk])).status_code == 404
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
    with pytest.raises(NotRemovable):
        remove_member(membership=member)
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


# --- races ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_one_link_at_once_one_is_let_in() -> None:
    cast = make_cast()
    people = [make_user(f"Person {number}") for number in range(6)]
    for _round in range(3):
        _token, invitation = invited(cast)
        found = together(*(partial(accept_invitation, invitation=invitation, by=person) for person in people))
        won = [each for each in found if isinstance(each, Membership)]
        assert sorted(type(each).__name__ for each in found) == ["Membership"] + ["NotInvited"] * 5
        people.remove(won[0].user)
        people.append(make_user(f"Later {_round}"))


@pytest.mark.django_db(transaction=True)
def test_somebody_who_accepts_two_links_at_once_is_let_in_once() -> None:
    cast = make_cast()
    for number in range(3):
        person = make_user(f"Person {number}")
        both = [invited(cast, role)[1] for role in (ROLE.VIEWER, ROLE.EDITOR)]
        found = together(*(partial(accept_invitation, invitation=each, by=person) for each in both))
        assert sorted(type(each).__name__ for each in found) == ["AlreadyMember", "Membership"]
        assert Invitation.objects.filter(accepted_by=person).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_do_not_both_go() -> None:
    for number in range(5):
        place = make_place(f"Quay {number}")
        both = [join(place, make_user(f"Owner {number} {each}"), ROLE.OWNER) for each in "ab"]
        found = together(*(partial(leave_place, membership=each) for each in both))
        assert sorted(str(type(each)) for each in found) == sorted([str(type(None)), str(LastOwner)])
        assert place.memberships.count() == 1
