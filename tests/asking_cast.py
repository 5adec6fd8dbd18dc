"""The lead's side of a round for tests: a round opened through its service, and responses as rows, as respondents leave
them.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core import mail
from django.utils import timezone

from assessments.models import Assessment, Respondent, Response, ResponseAnswer, Round, RoundRole, User
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.responding import response_hash
from assessments.services.respondents import Person, ask
from assessments.services.rounds import Terms, open_round

ASKED = {"investor": ["right-path", "investors"], "citizen": ["right-path"]}
ADDRESS = re.compile(r"https?://\S+/take-part/(\S+)/")


def terms(asked: Mapping[str, Sequence[str]] | None = None, **changes: Any) -> Terms:
    """Two roles, anonymous, for a fortnight, unless told otherwise."""
    fortnight = timezone.localdate() + timedelta(days=14)
    given = {"naming": Round.Naming.ANONYMOUS, "closes_on": fortnight, "welcome": "Thank you.", **changes}
    return Terms(asked=asked or ASKED, **given)


def opened(assessment: Assessment, by: User, asked: Mapping[str, Sequence[str]] | None = None, **changes: Any) -> Round:
    return open_round(assessment=assessment, terms=terms(asked, **changes), by=by)


def asked_person(round: Round, name: str = "Carys Beddoe", role: str = "investor") -> tuple[Respondent, str]:
    """Somebody who was asked by name, and the secret of their link."""
    email = f"{name.lower().replace(' ', '.')}@partner.example"
    return ask(round=round, role=role, people=[Person(name, email)])[0]


def respond(
    round: Round,
    role: str,
    level: int | None,
    *,
    secret: str = "",
    comment: str = "",
    name: str = "",
    done: bool = True,
) -> Response:
    """What somebody leaves who answered the first criterion of their role; nothing where there is no level."""
    hashed = response_hash(secret) if secret else None
    row = Response.objects.create(round=round, role=role, name=name, is_done=done, token_hash=hashed)
    if level is not None or comment:
        state = ResponseAnswer.State.MISSING if level is None else ResponseAnswer.State.LEVEL
        pk = criterion_ids(round.version)["right-path"]
        ResponseAnswer.objects.create(response=row, criterion_id=pk, state=state, level=level, comment=comment)
    return row


def move(respondent: Respondent, state: str) -> None:
    Respondent.objects.filter(pk=respondent.pk).update(state=state)


def entry(round: Round, role: str = "investor") -> RoundRole:
    return RoundRole.objects.select_related("round").get(round=round, role=role)


def secret_in(letter: mail.EmailMessage) -> str:
    """The secret of the link in a letter."""
    found = ADDRESS.search(str(letter.body))
    assert found
    return found[1]
