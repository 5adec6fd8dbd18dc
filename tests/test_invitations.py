"""Invitations: links that let one person in, once; letters with them; who may make them, and when they end."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from assessments.forms.members import InviteForm
from assessments.models import Invitation, Membership, Place, User
from assessments.selectors.members import token_hash
from assessments.services import invitations
from assessments.services.invitations import (
    AlreadyMember,
    NotInvited,
    TooManyInvitations,
    TooManyLetters,
    accept_invitation,
    invite,
    renew_invitation,
    withdraw_invitation,
)
from assessments.services.members import NotOwner
from tests.at_once import together
from tests.factories import PASSWORD, Cast, join, make_cast, make_place, make_user
from tests.findings_cast import HOSTILE
from tests.pages import queries

ROLE = Membership.Role
CARYS = "carys@beddoe.example"


def invited(cast: Cast, role: str = ROLE.CONSULTANT, note: str = "Carys", email: str = "") -> tuple[str, Invitation]:
    invitation, token = invite(place=cast.place, role=role, note=note, email=email, by=cast.owner)
    return token, invitation


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


# --- links ------------------------------------------------------------------------------------------------------------


def test_only_a_hash_of_the_link_is_kept(cast: Cast) -> None:
    token, _invitation = invited(cast)
    rows = str(list(Invitation.objects.values()))
    assert (token in rows, token_hash(token) in rows, len(token)) == (False, True, 43)


@pytest.mark.parametrize("role", invitations.INVITED)
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
    monkeypatch.setattr(invitations, "MOST_WAITING", 2)
    _token, first = invited(cast)
    invited(cast)
    with pytest.raises(TooManyInvitations):
        invited(cast)
    found = client_of(cast.owner).post(reverse("invite", args=[cast.place.pk]), {"role": "viewer", "note": "Kept"})
    told = ["So many invitations wait already" in text(found), "Kept" in text(found)]
    assert (found.status_code, told) == (422, [True, True])
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


BY_WHOM = "<bdi>Owner Person</bdi> invites you to <bdi>Harbour Quarter</bdi>"


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
    assert (BY_WHOM in said, "create an account first" in said) == (True, True)
    assert "invites you" not in text(client.get(reverse("account_login")))
    said = text(client.get(reverse("account_signup") + f"?next={kept}"))
    assert f"{BY_WHOM}. You see the invitation straight after." in said
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


# --- letters ----------------------------------------------------------------------------------------------------------


def typed(**other: str) -> dict[str, str]:
    return {"note": "Carys of Beddoe", "email": CARYS, "role": "consultant", **other}


def ask(cast: Cast, **other: str) -> Any:
    return client_of(cast.owner).post(reverse("invite", args=[cast.place.pk]), typed(**other))


def link_in(letter: Any) -> str:
    return next(line for line in str(letter.body).splitlines() if line.startswith("http"))


def secret_of(link: str) -> str:
    return link.strip("/").rpartition("/")[2]


class Refusing(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError


def test_a_letter_takes_the_link_to_the_address(cast: Cast) -> None:
    answer = ask(cast)
    made = Invitation.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("invitation_made", args=[cast.place.pk, made.pk]))
    letter = mail.outbox[0]
    link = link_in(letter)
    assert (letter.to, letter.subject, len(mail.outbox)) == ([CARYS], "Invitation to Harbour Quarter", 1)
    for words in (
        "Owner Person invites you to Harbour Quarter on Hub Playbook, as consultant.",
        "What you may do there as consultant: Read and answer, but not submit.",
        "The link works once, until ",
        "If you do not know what this is about, leave this message",
    ):
        assert words in letter.body
    assert (token_hash(secret_of(link)), made.is_sent, made.email) == (made.token_hash, True, CARYS)
    page = text(client_of(cast.owner).get(answer.url))
    assert ("is sent" in page, CARYS in page, secret_of(link) in page) == (True, True, False)
    assert text(client_of(cast.stranger).get(link)).count("Harbour Quarter") > 0


def test_a_letter_speaks_the_language_of_whoever_sends_it(cast: Cast) -> None:
    client = client_of(cast.owner)
    client.post(reverse("language"), {"language": "cy"})
    client.post(reverse("invite", args=[cast.place.pk]), typed())
    assert (mail.outbox[0].subject, "fel ymgynghorydd" in mail.outbox[0].body) == ("Gwahoddiad i Harbour Quarter", True)


def test_names_in_a_letter_stay_in_their_line(cast: Cast) -> None:
    Place.objects.filter(pk=cast.place.pk).update(name="Quay\r\nBcc: all@example.org\n\nhttps://evil.example/")
    User.objects.filter(pk=cast.owner.pk).update(name="Ann & <b>Bob</b>\n\nhttps://evil.example/")
    ask(cast)
    letter = mail.outbox[0]
    assert letter.subject == "Invitation to Quay Bcc: all@example.org https://evil.example/"
    assert (letter.recipients(), link_in(letter).startswith("http://testserver/")) == ([CARYS], True)
    assert "Ann & <b>Bob</b> https://evil.example/ invites you" in letter.body


@pytest.mark.parametrize("why", ["refused", "no mail server"])
def test_a_letter_that_does_not_go_loses_nothing(cast: Cast, settings: Settings, why: str) -> None:
    """The link is shown at once, so that an owner can hand it over; the invitation waits and can be sent again."""
    backends = {
        "refused": "tests.test_invitations.Refusing",
        "no mail server": "django.core.mail.backends.console.EmailBackend",
    }
    before, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, backends[why]
    page = text(ask(cast))
    told = {"refused": "The mail server did not take it", "no mail server": "This site has no mail server"}
    link = page.partition('value="http://testserver')[2].partition('"')[0]
    made = Invitation.objects.get()
    assert (told[why] in page, token_hash(secret_of(link)), made.is_sent) == (True, made.token_hash, False)
    listed = text(client_of(cast.owner).get(reverse("place", args=[cast.place.pk])))
    assert "not sent by e-mail" in listed
    settings.EMAIL_BACKEND = before
    again = client_of(cast.owner).post(reverse("invitation_resend", args=[cast.place.pk, made.pk]), follow=True)
    assert ("It is sent again" in text(again), len(mail.outbox)) == (True, 1)
    assert client_of(cast.stranger).get(link).status_code == 404


@pytest.mark.parametrize(
    "pasted",
    [
        "  Carys@Beddoe.EXAMPLE ",
        "Carys Beddoe <carys@beddoe.example>",
        "mailto:carys@beddoe.example",
        f"\u200b{CARYS};\n",
    ],
)
def test_a_pasted_address_is_forgiven(pasted: str) -> None:
    form = InviteForm(typed(email=pasted))
    assert (form.is_valid(), form.cleaned_data["email"]) == (True, CARYS)


@pytest.mark.parametrize(
    "wrong", ["carys", "carys@", "a@example.org, b@example.org", "<carys@beddoe.example", "@", "<>"]
)
def test_what_is_no_address_is_said_beside_it(cast: Cast, wrong: str) -> None:
    answer = ask(cast, email=wrong)
    assert (answer.status_code, "Enter an e-mail address in the right form" in text(answer)) == (422, True)
    assert (Invitation.objects.count(), len(mail.outbox)) == (0, 0)


def test_who_belongs_to_the_place_or_is_invited_already_is_told_apart(cast: Cast) -> None:
    member = ask(cast, email="VIEWER.person@example.org")
    assert (member.status_code, "Viewer Person belongs to the place already, as viewer" in text(member)) == (422, True)
    assert ask(cast).status_code == 302
    twice = ask(cast, email=CARYS.upper())
    assert (twice.status_code, "An invitation to this address waits already" in text(twice)) == (422, True)
    assert (Invitation.objects.count(), len(mail.outbox)) == (1, 1)
    expire(Invitation.objects.get())
    assert ask(cast).status_code == 302  # an expired one gives way
    listed = text(client_of(cast.owner).get(reverse("place", args=[cast.place.pk])))
    assert listed.count(CARYS) == 1


def test_sent_again_the_old_link_dies_and_time_starts_anew(cast: Cast) -> None:
    ask(cast)
    old = Invitation.objects.get()
    Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now() + timedelta(hours=1))
    address = reverse("invitation_resend", args=[cast.place.pk, old.pk])
    done = client_of(cast.owner).post(address, follow=True)
    assert "The earlier link lets nobody in any more." in text(done)
    links = [link_in(letter) for letter in mail.outbox]
    assert [client_of(cast.stranger).get(link).status_code for link in links] == [404, 200]
    new = Invitation.objects.get(token_hash=token_hash(secret_of(links[1])))
    assert (new.email, new.role, new.note, new.is_sent) == (CARYS, "consultant", "Carys of Beddoe", True)
    assert new.expires_at > timezone.now() + timedelta(days=13)
    twice = client_of(cast.owner).post(address, follow=True)
    assert ("had been used, withdrawn or sent again already" in text(twice), len(mail.outbox)) == (True, 2)


def test_an_expired_invitation_is_listed_and_can_be_sent_again(cast: Cast) -> None:
    _token, invitation = invited(cast, email=CARYS)
    expire(invitation)
    assert "expired on" in text(client_of(cast.owner).get(reverse("place", args=[cast.place.pk])))
    again, _token = renew_invitation(invitation=invitation, by=cast.owner)
    accept_invitation(invitation=again, by=cast.stranger)


def test_a_link_handed_over_is_made_anew_and_shown(cast: Cast) -> None:
    token, invitation = invited(cast)
    page = client_of(cast.owner).post(reverse("invitation_resend", args=[cast.place.pk, invitation.pk]))
    link = text(page).partition('value="http://testserver')[2].partition('"')[0]
    assert (page.status_code, page["Referrer-Policy"], secret_of(link) != token) == (200, "strict-origin", True)
    assert [client_of(cast.stranger).get(each).status_code for each in (f"/invitations/{token}/", link)] == [404, 200]


def test_so_many_letters_a_day_and_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_TO_ONE", 2)
    monkeypatch.setattr(invitations, "MOST_LETTERS", 3)
    _token, first = invited(cast, email=CARYS)
    second, _token = renew_invitation(invitation=first, by=cast.owner)
    with pytest.raises(TooManyLetters):
        renew_invitation(invitation=second, by=cast.owner)
    invited(cast, email="other@example.org")
    refused = ask(cast, email="third@example.org")
    assert (refused.status_code, "So many invitations were sent today" in text(refused)) == (422, True)
    invited(cast)  # links can be handed over still
    Invitation.objects.update(made_at=timezone.now() - timedelta(days=1, minutes=1))
    renew_invitation(invitation=second, by=cast.owner)


def test_an_account_with_another_address_may_accept_and_the_owner_sees_it(cast: Cast) -> None:
    _token, sent = invited(cast, email=CARYS)
    accept_invitation(invitation=sent, by=cast.stranger)
    _token, own = invited(cast, email="new.person@example.org", role=ROLE.VIEWER)
    accept_invitation(invitation=own, by=make_user("New Person"))
    told = [text(client_of(user).get(reverse("place", args=[cast.place.pk]))) for user in (cast.owner, cast.editor)]
    assert [each.count("came in by the invitation to") for each in told] == [1, 0]
    assert [CARYS in each for each in told] == [True, False]


def test_a_link_that_lets_nobody_in_says_so_before_anybody_signs_up(cast: Cast) -> None:
    token, invitation = invited(cast)
    withdraw(invitation)
    client = Client()
    for secret in (token, "invented"):
        found = client.get(reverse("invitation", args=[secret]))
        said = text(found)
        assert (found.status_code, "This link does not work" in said, "Harbour Quarter" in said) == (404, True, False)
    assert "invites you" not in text(client.get(reverse("account_login") + f"?next={reverse('invitation_kept')}"))


# --- who may, and when it ends ----------------------------------------------------------------------------------------


def removed(cast: Cast) -> None:
    Membership.objects.filter(user=cast.owner).delete()


def demoted(cast: Cast) -> None:
    Membership.objects.filter(user=cast.owner).update(role=ROLE.EDITOR)


def closed(cast: Cast) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)


def deleted(cast: Cast) -> None:
    cast.owner.delete()


@pytest.mark.parametrize("end", [removed, demoted, closed, deleted])
def test_links_end_with_their_maker_whatever_the_admin_did(cast: Cast, end: Callable[[Cast], None]) -> None:
    """Another owner sees that the link has stopped, and can send the invitation again as their own."""
    second = make_user("Second Owner")
    join(cast.place, second, ROLE.OWNER)
    token, invitation = invited(cast, email=CARYS)
    end(cast)
    assert client_of(cast.stranger).get(reverse("invitation", args=[token])).status_code == 404
    with pytest.raises(NotInvited):
        accept_invitation(invitation=invitation, by=cast.stranger)
    assert "the link has stopped working" in text(client_of(second).get(reverse("place", args=[cast.place.pk])))
    again, _token = renew_invitation(invitation=invitation, by=second)
    accept_invitation(invitation=again, by=cast.stranger)


def test_whoever_is_no_owner_any_more_invites_nobody(cast: Cast) -> None:
    _token, invitation = invited(cast)
    demoted(cast)
    with pytest.raises(NotOwner):
        invited(cast)
    with pytest.raises(NotOwner):
        renew_invitation(invitation=invitation, by=cast.owner)
    assert Invitation.objects.count() == 1


# --- sign-up ----------------------------------------------------------------------------------------------------------


def test_who_is_invited_may_sign_up_where_sign_up_is_closed(cast: Cast, settings: Settings) -> None:
    settings.SIGN_UP_OPEN = False
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    ask(cast)
    client, kept = Client(), reverse("invitation_kept")
    assert "Sign-up is closed" in text(client.get(reverse("account_signup")))
    client.get(link_in(mail.outbox[0]))
    page = text(client.get(reverse("account_signup") + f"?next={kept}"))
    assert ("Sign-up is closed" in page, f'value="{CARYS}"' in page) == (False, True)
    data = {"email": CARYS, "name": "Carys Beddoe", "password1": PASSWORD}
    assert client.post(reverse("account_signup"), data).url == kept  # type: ignore[attr-defined]
    assert len(mail.outbox) == 1  # the link went to this address alone, so nothing is left to confirm
    assert client.post(kept).url == reverse("place", args=[cast.place.pk])  # type: ignore[attr-defined]


def test_another_address_has_to_be_confirmed_and_leads_back_to_the_invitation(cast: Cast, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    ask(cast)
    client = Client()
    client.get(link_in(mail.outbox[0]))
    data = {"email": "other@example.org", "name": "Carys Beddoe", "password1": PASSWORD}
    client.post(reverse("account_signup"), data)
    assert [letter.to for letter in mail.outbox] == [[CARYS], ["other@example.org"]]
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("other@example.org", False)]
    EmailAddress.objects.update(verified=True)
    signed_in = client.post(reverse("account_login"), {"login": "other@example.org", "password": PASSWORD})
    assert signed_in.url == reverse("invitation_kept")  # type: ignore[attr-defined]


def test_a_link_that_has_ended_opens_no_sign_up(cast: Cast, settings: Settings) -> None:
    settings.SIGN_UP_OPEN = False
    token, invitation = invited(cast)
    client = Client()
    client.get(reverse("invitation", args=[token]))
    withdraw(invitation)
    assert "Sign-up is closed" in text(client.get(reverse("account_signup")))


def test_a_link_that_an_owner_saw_confirms_no_address(cast: Cast, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    token, invitation = invited(cast, email=CARYS)
    client = Client()
    client.get(reverse("invitation", args=[token]))
    data = {"email": CARYS, "name": "Somebody", "password1": PASSWORD}
    client.post(reverse("account_signup"), data)
    assert (invitation.is_sent, EmailAddress.objects.get().verified) == (False, False)


def test_the_place_takes_as_many_queries_for_many_people_as_for_few(cast: Cast) -> None:
    client, address = client_of(cast.owner), reverse("place", args=[cast.place.pk])
    few = queries(client, address)
    for number in range(10):
        _token, invitation = invited(cast, email=f"guest-{number}@example.org", note=f"Guest {number}")
        if number % 2:
            accept_invitation(invitation=invitation, by=make_user(f"Person {number}"))
    assert queries(client, address) == few


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
def test_two_owners_who_invite_the_same_address_at_once_send_one_invitation() -> None:
    cast = make_cast()
    second = make_user("Second Owner")
    join(cast.place, second, ROLE.OWNER)
    for number in range(4):
        email = f"guest-{number}@example.org"
        ask_ = partial(invite, place=cast.place, role=ROLE.VIEWER, note="Guest", email=email)
        found = together(partial(ask_, by=cast.owner), partial(ask_, by=second))
        assert sorted(type(each).__name__ for each in found) == ["AlreadyInvited", "tuple"]


@pytest.mark.django_db(transaction=True)
def test_sent_again_twice_at_once_one_link_lives_and_who_accepts_meanwhile_is_in_or_has_the_new_one() -> None:
    cast = make_cast()
    for number in range(4):
        person = make_user(f"Person {number}")
        _token, old = invited(cast, role=ROLE.VIEWER, email=f"guest-{number}@example.org")
        renew = partial(renew_invitation, invitation=old, by=cast.owner)
        found = together(renew, renew, partial(accept_invitation, invitation=old, by=person))
        won = [type(each).__name__ for each in found if not isinstance(each, NotInvited)]
        assert won in (["tuple"], ["Membership"])
