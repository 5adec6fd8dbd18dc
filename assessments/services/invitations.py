"""Writes to invitations: each lets one person into a place, once, until it expires, while its maker is an owner.

The secret of a link is returned to whoever shows or sends it, and kept nowhere. Sending again makes a new invitation in
the old one's place, so each row is one link, and the rows of a day are the letters of that day.
"""

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Invitation, Membership, Place, User
from assessments.selectors.members import living, token_hash, waiting_at
from assessments.services.members import hold_as_owner, hold_place

DAYS = 14
"""How long an invitation can be accepted."""
MOST_WAITING = 50
"""How many invitations to one place may wait at once."""
MOST_LETTERS = 100
"""How many invitations one person may have sent by e-mail in 24 hours."""
MOST_TO_ONE = 5
"""How many of them may go from one place to the same address."""
INVITED = (Membership.Role.CONSULTANT, Membership.Role.EDITOR, Membership.Role.VIEWER)
"""The roles that an invitation may give. An owner is made by an owner, out of a member."""


class NotInvited(Exception):
    """The invitation is used, expired, withdrawn, or there never was one. It is the same for whoever holds the link."""


class AlreadyMember(Exception):
    """The person is a member of the place, as `membership` if it is known; nothing was changed."""

    def __init__(self, membership: Membership | None = None) -> None:
        super().__init__()
        self.membership = membership


class AlreadyInvited(Exception):
    """An invitation to this address waits already: `invitation`."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__()
        self.invitation = invitation


class TooManyInvitations(Exception):
    """So many invitations to the place wait already that there can be no more."""


class TooManyLetters(Exception):
    """The person has sent so many letters in 24 hours, or so many to this address, that there can be no more."""


@transaction.atomic
def invite(*, place: Place, role: str, note: str, by: User, email: str = "") -> tuple[Invitation, str]:
    """Make an invitation into a place; it, and the secret of its link.

    Raises ValueError for a role that no invitation gives, NotOwner, TooManyInvitations, AlreadyMember, AlreadyInvited,
    TooManyLetters.
    """
    if role not in INVITED:
        raise ValueError(f"No invitation makes somebody {role}.")
    hold_as_owner(place, by)
    _look_whether_known(place, email)
    return _make(Invitation(place=place, role=role, note=note, email=email.lower(), made_by=by))


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: User) -> tuple[Invitation, str]:
    """Make the same invitation anew, with another secret and from now on: the old link lets nobody in any more.

    One that has expired can be renewed too. Raises NotInvited where it was used, withdrawn or renewed before, and what
    `invite` raises.
    """
    place = invitation.place
    hold_as_owner(place, by)
    if not withdraw_invitation(invitation=invitation):
        raise NotInvited
    _look_whether_known(place, invitation.email)
    again = Invitation(place=place, role=invitation.role, note=invitation.note, email=invitation.email, made_by=by)
    return _make(again)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by: User) -> Membership:
    """Let the person in, as the role says. One of two who accept at once wins. Raises NotInvited, AlreadyMember."""
    hold_place(invitation.place)
    if membership := Membership.objects.filter(place=invitation.place_id, user=by).first():
        raise AlreadyMember(membership)
    rows = Invitation.objects.filter(living(), pk=invitation.pk)
    if not rows.update(accepted_by=by, accepted_at=timezone.now()):
        raise NotInvited
    try:
        with transaction.atomic():
            return Membership.objects.create(place_id=invitation.place_id, user=by, role=invitation.role)
    except IntegrityError:  # made a member in the admin meanwhile: the invitation stays as it was
        raise AlreadyMember from None


def withdraw_invitation(*, invitation: Invitation) -> bool:
    """Let nobody in by this link any more; false where somebody has come in by it, or it was withdrawn before."""
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    return bool(rows.update(withdrawn_at=timezone.now()))


def note_sent(*, invitation: Invitation) -> None:
    """The mail server has taken the letter with the link."""
    Invitation.objects.filter(pk=invitation.pk).update(is_sent=True)


def _look_whether_known(place: Place, email: str) -> None:
    """Raises AlreadyMember or AlreadyInvited; an invitation to the address that has expired gives way to a new one."""
    if not email:
        return
    members = Membership.objects.select_related("user").filter(place=place, user__email__iexact=email)
    if membership := members.first():
        raise AlreadyMember(membership)
    if waiting := waiting_at(place).filter(email__iexact=email).first():
        raise AlreadyInvited(waiting)
    over = Invitation.objects.filter(place=place, email__iexact=email, accepted_at=None, withdrawn_at=None)
    over.update(withdrawn_at=timezone.now())


def _make(invitation: Invitation) -> tuple[Invitation, str]:
    if waiting_at(invitation.place).count() >= MOST_WAITING:
        raise TooManyInvitations
    if invitation.email:
        _look_how_many(invitation)
    token, now = secrets.token_urlsafe(32), timezone.now()
    invitation.token_hash = token_hash(token)
    invitation.made_at, invitation.expires_at = now, now + timedelta(days=DAYS)
    invitation.save(force_insert=True)
    return invitation, token


def _look_how_many(invitation: Invitation) -> None:
    """So that nobody writes to strangers without end through this site."""
    today = Invitation.objects.filter(made_at__gt=timezone.now() - timedelta(days=1)).exclude(email="")
    if today.filter(made_by=invitation.made_by).count() >= MOST_LETTERS:
        raise TooManyLetters
    if today.filter(place=invitation.place, email__iexact=invitation.email).count() >= MOST_TO_ONE:
        raise TooManyLetters
