"""Writes of respondents: what they answer, in rows that lead to nobody.

Every write holds the row of the round for its short transaction, so that nothing is taken after it was closed or
revealed. What a form did not change is not written: of two devices the last one wins where both changed the same, and
a page that was opened before an answer was given never puts its blank over it. Sending the same again changes nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, F, Value, When

from assessments.models import Respondent, Response, ResponseAnswer, Round, RoundRole
from assessments.selectors.responding import Part, criteria_asked, response_hash


class Closed(Exception):
    """The round takes nothing any more; nothing was saved."""


class Full(Exception):
    """As many have begun by the shared link as may."""


class NotAsked(Exception):
    """The criterion is not, or no longer, asked of this role; nothing was saved."""


class Gone(Exception):
    """The link leads nowhere any more: it was withdrawn, or what was given by it was deleted."""


@dataclass(frozen=True)
class Given:
    """What a respondent gives to one criterion: a level, don't know or nothing; a comment."""

    state: str = ResponseAnswer.State.MISSING
    level: int | None = None
    comment: str = ""


ANSWER, COMMENT = "answer", "comment"


def given_in(row: ResponseAnswer | None) -> Given:
    """What a row holds; nothing where there is none."""
    return Given(row.state, row.level, row.comment) if row else Given()


@transaction.atomic
def begin_by_link(*, link: RoundRole, secret: str, name: str = "") -> Response:
    """Begin by a shared link, with a secret drawn for this person. The same secret again begins nothing more.

    Raises Closed; Full where as many have begun as may, however many come at once.
    """
    asked = _hold_open(link.round)
    begun = Response.objects.filter(token_hash=response_hash(secret)).first()
    if begun is not None:
        return begun
    if not RoundRole.objects.filter(pk=link.pk, begun__lt=F("limit")).update(begun=F("begun") + 1):
        raise Full
    return _made(asked, link.role, secret, name)


@transaction.atomic
def begin(*, part: Part, name: str = "") -> Response:
    """Begin, or give another name or none. Raises Closed or Gone."""
    asked = _hold_open(part.round)
    response = _own(asked, part)
    kept = "" if asked.is_anonymous else name
    Response.objects.filter(pk=response.pk).exclude(name=kept).update(name=kept)
    return response


@transaction.atomic
def save_given(*, part: Part, criterion_id: int, given: Given, changed: Collection[str]) -> Given:
    """Save what somebody gives to a criterion, as far as they `changed` it: ANSWER, COMMENT. Returns what stands.

    Raises Closed, Gone or NotAsked.
    """
    asked = _hold_open(part.round)
    if criterion_id not in criteria_asked(asked, part.role).values():
        raise NotAsked
    response = _own(asked, part)
    stored = given_in(ResponseAnswer.objects.filter(response=response, criterion_id=criterion_id).first())
    stands = _joined(given, stored, changed)
    if stands != stored:
        fields = {"state": stands.state, "level": stands.level, "comment": stands.comment}
        ResponseAnswer.objects.update_or_create(response=response, criterion_id=criterion_id, defaults=fields)
        _move(part, Respondent.State.BEGUN, only_from=Respondent.State.ASKED)
    return stands


def _joined(given: Given, stored: Given, changed: Collection[str]) -> Given:
    answered, commented = (given if each in changed else stored for each in (ANSWER, COMMENT))
    return Given(answered.state, answered.level, commented.comment)


@transaction.atomic
def finish(*, part: Part) -> None:
    """Note that somebody says they have finished; they may still change what they said. Raises Closed."""
    _hold_open(part.round)
    Response.objects.filter(token_hash=response_hash(part.secret)).update(is_done=True)
    _move(part, Respondent.State.DONE)


@transaction.atomic
def delete_answers(*, part: Part) -> None:
    """Delete all that somebody gave, until the reveal, also after the round was closed. Raises Closed afterwards.

    The count of a shared link stays: it says how many began, not how many are left.
    """
    if _hold(part.round).is_revealed:
        raise Closed
    Response.objects.filter(token_hash=response_hash(part.secret)).delete()
    _move(part, Respondent.State.ASKED)


def _own(asked: Round, part: Part) -> Response:
    """The response of whoever holds the link; made at the first call for somebody who was asked by name.

    Raises Gone where they are asked no more, or what they had begun by a shared link was deleted.
    """
    found = Response.objects.filter(token_hash=response_hash(part.secret)).first()
    if found is not None:
        return found
    if part.respondent is None or not Respondent.objects.filter(pk=part.respondent.pk).exists():
        raise Gone
    return _made(asked, part.role, part.secret)


def _made(asked: Round, role: str, secret: str, name: str = "") -> Response:
    kept = "" if asked.is_anonymous else name
    return Response.objects.create(token_hash=response_hash(secret), round=asked, role=role, name=kept)


def _move(part: Part, state: str, *, only_from: str | None = None) -> None:
    """Let the lead see how far somebody is who was asked by name: never what they gave.

    PostgreSQL keeps with each row which transaction wrote it, and lets everybody read that who may read the row. So all
    who were asked are written in one statement: which of them goes with what was answered in it, no row then tells.
    """
    if part.respondent is None:
        return
    rows = Respondent.objects.filter(pk=part.respondent.pk).exclude(state=state)
    if not (rows.filter(state=only_from) if only_from else rows).exists():
        return
    moved = Case(When(pk=part.respondent.pk, then=Value(state)), default=F("state"))
    Respondent.objects.filter(round=part.round).update(state=moved)


def _hold(asked: Round) -> Round:
    """Hold the round's row until the transaction ends, and read it as it is now. Raises Closed where it is gone.

    PostgreSQL locks the row; on SQLite an immediate transaction is the only writer anyway.
    """
    rows = Round.objects.select_for_update(no_key=True, of=("self",)).select_related("version__playbook")
    found = rows.filter(pk=asked.pk).first()
    if found is None:
        raise Closed
    return found


def _hold_open(asked: Round) -> Round:
    held = _hold(asked)
    if not held.takes_answers:
        raise Closed
    return held
