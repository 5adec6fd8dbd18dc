"""Rounds of respondents for tests: an open one with two roles, people who were asked, and what they answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.findings.codes import drawn_code
from assessments.models import Assessment, Respondent, Round, RoundRole, User
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.responding import Part, new_secret, part_by, respondent_hash
from assessments.services.responding import ANSWER, COMMENT, Given, save_given
from tests.factories import Cast, make_assessment

KEYS = ("right-path", "shared-vision", "vision-kept-alive")
"""What the round asks of every role unless a test says otherwise; all in the first lesson."""
ROLES = ("anchor-business", "citizen")


@dataclass(frozen=True)
class OpenRound:
    """A round with the secret of everybody who was asked by name, by their name."""

    round: Round
    secrets: dict[str, str] = field(default_factory=dict)

    def part(self, name: str) -> Part:
        found = part_by(self.secrets[name])
        assert found is not None
        return found

    def link(self, role: str = ROLES[0]) -> RoundRole:
        return self.round.roles.get(role=role)

    @property
    def address(self) -> str:
        return reverse("respond", args=[self.round.pk])


def open_round(
    assessment: Assessment,
    by: User,
    *,
    people: Mapping[str, str] | None = None,
    keys: Sequence[str] = KEYS,
    limit: int = 0,
    naming: str = Round.Naming.ANONYMOUS,
) -> OpenRound:
    """An open round: `people` by name with their role; a shared link for each role where there is a `limit`."""
    today = timezone.localdate()
    made = Round.objects.create(
        assessment=assessment,
        version=assessment.version,
        naming=naming,
        welcome="We meet in the old dock office.",
        closes_on=today + timedelta(days=14),
        opened_at=timezone.now(),
        opened_by=by,
    )
    ids = criterion_ids(assessment.version)
    for role in ROLES:
        code = drawn_code() if limit else None
        row = RoundRole.objects.create(round=made, role=role, link_code=code, limit=limit)
        row.criteria.set([ids[key] for key in keys])
    return OpenRound(made, {name: ask(made, name, role) for name, role in (people or {}).items()})


def ask(asked: Round, name: str, role: str) -> str:
    """Ask somebody by name; the secret of their link."""
    secret = new_secret()
    email = f"{name.lower().replace(' ', '.')}@partner.example"
    Respondent.objects.create(round=asked, role=role, name=name, email=email, token_hash=respondent_hash(secret))
    return secret


def round_of_one(cast: Cast, name: str = "Asked Person") -> OpenRound:
    """A round on the place's assessment with one person asked, of the first role."""
    return open_round(make_assessment(cast.place, cast.owner), cast.owner, people={name: ROLES[0]})


def give(part: Part, key: str, level: int | None, comment: str = "") -> Given:
    """Answer the criterion of this key; none is don't know."""
    given = Given("dont_know", comment=comment) if level is None else Given("level", level, comment)
    pk = criterion_ids(part.round.version)[key]
    return save_given(part=part, criterion_id=pk, given=given, changed={ANSWER, COMMENT})


def arrive(secret: str, client: Client | None = None) -> Client:
    """A browser that opened the link."""
    client = client or Client()
    response = client.get(reverse("take_part", args=[secret]))
    assert response.status_code == 302, response.status_code
    return client
