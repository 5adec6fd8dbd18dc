"""Reads of workshops: the one that is on, what its wall shows, how many have joined and voted, what was voted."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from assessments.findings.voices import Spread, Voice, spread
from assessments.interchange import Playbook
from assessments.models import Agreement, Assessment, Ballot, Vote, Voter, Workshop
from assessments.models.workshop import LASTS
from assessments.selectors.answers import given_answers
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.voices import agreed_on, agreeing_on, votes_in


def token_hash(secret: str) -> str:
    """What is kept of a phone's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def live_workshops() -> QuerySet[Workshop]:
    """Those that are on: not ended, not forgotten, and on an assessment that is open and on the same version still."""
    return Workshop.objects.filter(
        ended_at=None,
        opened_at__gt=timezone.now() - LASTS,
        assessment__state=Assessment.State.OPEN,
        assessment__version=F("version"),
    )


def workshop_on(assessment: Assessment) -> Workshop | None:
    """The workshop that is on. One query."""
    return live_workshops().filter(assessment=assessment).first()


@dataclass(frozen=True)
class Joining:
    """What a code leads to: a workshop that is on, or one that is over."""

    workshop: Workshop
    is_on: bool


def joining(code: str) -> Joining | None:
    """The workshop with this code. One query while it is on."""
    rows = Workshop.objects.select_related("version__playbook", "assessment__place").filter(code=code)
    live = live_workshops().filter(code=code).select_related("version__playbook", "assessment__place").first()
    found = live or rows.first()
    return Joining(found, is_on=live is not None) if found else None


def voter_of(workshop: Workshop, secret: str) -> Voter | None:
    """The phone that holds this secret. One query."""
    return Voter.objects.filter(workshop=workshop, token_hash=token_hash(secret)).first() if secret else None


@dataclass(frozen=True)
class Standing:
    """What the wall shows, as far as a phone has to know it: when `mark` changes, there is something new to show."""

    criterion_id: int | None
    ballot: int
    is_revealed: bool
    agreement: int

    @property
    def mark(self) -> str:
        return f"{self.criterion_id or 0}-{self.ballot}-{int(self.is_revealed)}-{self.agreement}"


def standing_of(workshops: QuerySet[Workshop]) -> Standing | None:
    """How the first of these workshops stands. One query."""
    ballots = Ballot.objects.filter(workshop=OuterRef("pk"), criterion=OuterRef("criterion")).order_by("-number")
    agreed = Agreement.objects.filter(
        assessment=OuterRef("assessment"), criterion=OuterRef("criterion"), ballot__workshop=OuterRef("pk")
    )
    row = workshops.values_list(
        "criterion_id",
        Subquery(ballots.values("number")[:1]),
        Subquery(ballots.values("revealed_at")[:1]),
        Subquery(agreed.order_by("-pk").values("pk")[:1]),
    ).first()
    return Standing(row[0], row[1] or 0, row[2] is not None, row[3] or 0) if row else None


def phone_standing(code: str, secret: str) -> Standing | None:
    """What the wall of this code shows, for a phone that has joined; None once it is over. One query."""
    return standing_of(live_workshops().filter(code=code, voters__token_hash=token_hash(secret)))


@dataclass(frozen=True)
class Turnout:
    """How many phones have joined, and how many of them have voted in a ballot."""

    joined: int
    voted: int


def turnout(workshop: Workshop, ballot: Ballot | None) -> Turnout:
    """Two queries."""
    voted = Vote.objects.filter(ballot=ballot).count() if ballot else 0
    return Turnout(Voter.objects.filter(workshop=workshop).count(), voted)


def last_ballot(workshop: Workshop) -> Ballot | None:
    """The ballot that the wall shows: the last on its criterion. One query."""
    rows = Ballot.objects.filter(workshop=workshop, criterion=workshop.criterion_id)
    return rows.order_by("-number").first()


def revealed_ballot(assessment: Assessment, ballot_id: int) -> Ballot | None:
    """A revealed ballot of any workshop on the version that the assessment is on, with its workshop. One query."""
    rows = Ballot.objects.select_related("workshop").filter(
        pk=ballot_id, workshop__assessment=assessment, workshop__version=assessment.version_id
    )
    return rows.exclude(revealed_at=None).first()


def earlier_ballots(workshop: Workshop, last: Ballot) -> list[Ballot]:
    """The revealed ballots before this one on its criterion, from the last. One query."""
    rows = Ballot.objects.filter(workshop=workshop, criterion=last.criterion_id, number__lt=last.number)
    return list(rows.exclude(revealed_at=None).order_by("-number"))


def spread_in(playbook: Playbook, key: str, ballot: Ballot) -> Spread:
    """What the phones said, as far as it may be shown. One query. Raises ValueError before the reveal."""
    return spread(playbook, key, votes_in(ballot), anonymous=True)


def vote_of(voter: Voter, ballot: Ballot) -> Vote | None:
    """What this phone has said. One query."""
    return Vote.objects.filter(voter=voter, ballot=ballot).first()


def numbers_in(workshop: Workshop) -> list[int]:
    """The numbers of the criteria that the wall goes through, in the order of the playbook. One query."""
    chosen = set(workshop.criteria.values_list("pk", flat=True))
    return [number for number, pk in enumerate(criterion_ids(workshop.version).values(), 1) if pk in chosen]


@dataclass(frozen=True)
class Held:
    """A workshop that is over: by criterion key, in playbook order, what was said in each vote that was shown."""

    workshop: Workshop
    said: Mapping[str, Sequence[Spread]]


def held_workshops(assessment: Assessment, playbook: Playbook, running: Workshop | None) -> list[Held]:
    """Those on the version that the assessment is on in which votes were shown, from the last. Two queries."""
    shown = Ballot.objects.filter(workshop__assessment=assessment, workshop__version=assessment.version_id)
    shown = shown.exclude(revealed_at=None).exclude(workshop=running) if running else shown.exclude(revealed_at=None)
    voices: dict[int, list[Voice]] = defaultdict(list)
    for ballot, role, level in Vote.objects.filter(ballot__in=shown).values_list("ballot_id", "role", "level"):
        voices[ballot].append(Voice(role, level))
    keys = {pk: key for key, pk in criterion_ids(assessment.version).items()}
    found: dict[Workshop, dict[str, list[Spread]]] = {}
    for row in shown.select_related("workshop").order_by("-workshop__opened_at", "-workshop", "number"):
        told = spread(playbook, keys[row.criterion_id], voices[row.pk], anonymous=True)
        found.setdefault(row.workshop, {}).setdefault(told.criterion.key, []).append(told)
    return [
        Held(workshop, {key: said[key] for key in playbook.criterion if key in said})
        for workshop, said in found.items()
    ]


def not_agreed(assessment: Assessment, playbook: Playbook) -> list[str]:
    """The keys of the criteria on which nothing is agreed yet. Two queries."""
    agreed = agreed_on(assessment)
    return [key for key in playbook.criterion if key not in agreed]


def to_discuss(assessment: Assessment, playbook: Playbook) -> list[str]:
    """Those of them that the round revealed last flags for discussion, in playbook order. Six queries at most."""
    apart = {each.text.key for each in agreeing_on(assessment, playbook, given_answers(assessment)).apart}
    return [key for key in playbook.criterion if key in apart]
