"""The reveal of a round: once, for good, and with it every thread from an answer to a person is cut.

Until then the rows hold what a round needs: the role beside each response, hashes by which a link finds its answers
again, and an order on the disk that tells who came when. Afterwards nothing of that is left: docs/decisions/0010.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from assessments.findings.unlinking import Said, apart
from assessments.models import Event, Respondent, Response, ResponseAnswer, Round, RoundRole, User
from assessments.selectors.rounds import SAYS_SOMETHING
from assessments.services.rounds import hold_round, record

T = TypeVar("T")
_chance = secrets.SystemRandom()


class NobodyAnswered(Exception):
    """There is nothing to reveal; nothing was changed."""


@transaction.atomic
def reveal_round(*, round: Round, by: User) -> Round:
    """Reveal the answers of a round and close it for ever. One of two who do it at once does it.

    Raises Revealed, or NobodyAnswered where no response says anything.
    """
    found = hold_round(round)
    list(RoundRole.objects.select_for_update().filter(round=found).values_list("pk"))
    list(Respondent.objects.select_for_update().filter(round=found).values_list("pk"))
    responses = list(Response.objects.select_for_update().filter(round=found))
    answers = list(ResponseAnswer.objects.filter(SAYS_SOMETHING, response__round=found))
    if not answers:
        raise NobodyAnswered
    found.answered = len({answer.response_id for answer in answers})
    _write_anew(found, responses, answers)
    _forget_links(found)
    found.revealed_at, found.revealed_by = timezone.now(), by
    found.closed_at = found.closed_at or found.revealed_at
    found.save(update_fields=["revealed_at", "revealed_by", "closed_at", "answered"])
    record(found, Event.Kind.REVEALED, by)
    return found


def _write_anew(found: Round, responses: Iterable[Response], answers: Iterable[ResponseAnswer]) -> None:
    """Every answer as a new row under a new key, in an order drawn by chance.

    The new rows are written before the old ones go, so that no row takes the room of the one that it came from.
    """
    old = {response.pk: response for response in responses}
    said = [
        Said(each.response_id, old[each.response_id].role, each.criterion_id, each.level, each.state, each.comment)
        for each in answers
    ]
    fresh = _on_carriers(found, said) if found.is_anonymous else _as_given(found, said, old)
    Response.objects.bulk_create(_shuffled(row for row, _said in fresh))
    ResponseAnswer.objects.bulk_create(
        _shuffled(
            ResponseAnswer(
                response=row, criterion_id=each.criterion, state=each.state, level=each.level, comment=each.comment
            )
            for row, said_by in fresh
            for each in said_by
        )
    )
    Response.objects.filter(pk__in=list(old)).delete()


Fresh = list[tuple[Response, list[Said]]]


def _on_carriers(found: Round, said: list[Said]) -> Fresh:
    """Rows that are nobody: also whether somebody had finished is the same for all."""
    dealt = apart(said, _chance.shuffle)
    return [(Response(round=found, role=role, is_done=True), given) for (role, _number), given in dealt.items()]


def _as_given(found: Round, said: list[Said], old: Mapping[UUID, Response]) -> Fresh:
    """Where people could give a name, a row is a person still; without its link, and gone where it says nothing."""
    by_person: dict[UUID, list[Said]] = defaultdict(list)
    for each in said:
        by_person[UUID(str(each.response))].append(each)
    return [
        (Response(round=found, role=old[pk].role, name=old[pk].name, is_done=old[pk].is_done), given)
        for pk, given in by_person.items()
    ]


def _forget_links(found: Round) -> None:
    """No link leads anywhere any more. People are touched in an order drawn by chance: the disk keeps that one.

    Of an anonymous round it is not kept either who began and never said that they had finished: they answered.
    """
    begun, done = Respondent.State.BEGUN, Respondent.State.DONE
    state = Case(When(state=begun, then=Value(done)), default=F("state")) if found.is_anonymous else F("state")
    RoundRole.objects.filter(round=found).update(link_code=None)
    for pk in _shuffled(Respondent.objects.filter(round=found).values_list("pk", flat=True)):
        Respondent.objects.filter(pk=pk).update(token_hash=None, state=state)


def _shuffled(rows: Iterable[T]) -> list[T]:
    found = list(rows)
    _chance.shuffle(found)
    return found
