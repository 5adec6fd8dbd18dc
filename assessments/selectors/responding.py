"""Reads for respondents, who have no account: what the secret of a link leads to, and nothing else.

A secret is kept nowhere. Who was asked is found by one hash of it, what they answered by another, so that the rows do
not lead from one to the other; only the holder of the link does.
"""

import hashlib
import secrets
from dataclasses import dataclass, field

from assessments.findings.codes import read_code
from assessments.models import Respondent, Response, ResponseAnswer, Round, RoundRole
from assessments.selectors.playbooks import criterion_ids

WITH_ROUND = ("round__assessment__place", "round__version__playbook")


def new_secret() -> str:
    """A secret by chance, 256 bits of it."""
    return secrets.token_urlsafe(32)


def respondent_hash(secret: str) -> str:
    """By which the person who was asked by name is found."""
    return _hashed("respondent", secret)


def response_hash(secret: str) -> str:
    """By which the answers that were given by this link are found."""
    return _hashed("response", secret)


def _hashed(what: str, secret: str) -> str:
    """The secret has 256 bits by chance, so a plain hash cannot be turned round."""
    return hashlib.sha256(f"{what}:{secret}".encode()).hexdigest()


@dataclass(frozen=True)
class Part:
    """The part that the holder of a link has in a round: the criteria that are asked of one role.

    `respondent` is none for somebody who came by a shared link, `response` for somebody who has not begun.
    """

    round: Round
    role: str
    secret: str = field(repr=False)
    respondent: Respondent | None
    response: Response | None

    @property
    def is_personal(self) -> bool:
        return self.respondent is not None

    @property
    def mark(self) -> str:
        """By which a browser tells what it keeps of one part from what it keeps of another; no secret."""
        return _hashed("mark", self.secret)[:16]


def part_by(secret: str) -> Part | None:
    """The part of whoever holds this secret, personal or drawn when they began by a shared link. Two queries.

    None after the reveal, which throws the hashes away.
    """
    response = Response.objects.select_related(*WITH_ROUND).filter(token_hash=response_hash(secret)).first()
    respondent = Respondent.objects.select_related(*WITH_ROUND).filter(token_hash=respondent_hash(secret)).first()
    if response is not None:
        return Part(response.round, response.role, secret, respondent, response)
    if respondent is not None:
        return Part(respondent.round, respondent.role, secret, respondent, None)
    return None


def shared_link(typed: str) -> RoundRole | None:
    """The role whose shared link has this code, in any case, with or without hyphens. One query."""
    code = read_code(typed)
    return RoundRole.objects.select_related(*WITH_ROUND).filter(link_code=code).first() if code else None


def round_of(round_id: int) -> Round | None:
    """A round, for somebody who shows a cookie of it. One query."""
    return Round.objects.select_related("assessment__place", "version__playbook").filter(pk=round_id).first()


def criteria_asked(asked: Round, role: str) -> dict[str, int]:
    """The primary key of each criterion that is asked of a role, by its key, in playbook order. One query."""
    rows = RoundRole.criteria.through.objects.filter(roundrole__round=asked, roundrole__role=role)
    chosen = set(rows.values_list("criterion_id", flat=True))
    return {key: pk for key, pk in criterion_ids(asked.version).items() if pk in chosen}


def own_answers(response: Response | None) -> dict[int, ResponseAnswer]:
    """What somebody answered, by the primary key of the criterion. One query; none before they have begun."""
    if response is None:
        return {}
    return {row.criterion_id: row for row in ResponseAnswer.objects.filter(response=response)}
