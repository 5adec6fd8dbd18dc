"""Reads of a round for the people of a place: how it stands, who has answered. Never what: selectors.voices has that,
and only after the reveal.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.findings.voices import FEWEST, merged
from assessments.interchange.documents import Playbook, Role
from assessments.models import Assessment, Membership, Respondent, Response, ResponseAnswer, Round, RoundRole, User
from assessments.selectors.access import assessment_for
from assessments.selectors.playbooks import criterion_ids

SAYS_SOMETHING = ~Q(state=ResponseAnswer.State.MISSING) | ~Q(comment="")
"""What of a response counts as an answer: a level, a don't know, or words."""


def assessment_to_ask(user: User, assessment_id: int) -> tuple[Assessment, Membership]:
    """The assessment, for an owner, who alone opens a round on it. Raises Http404, or PermissionDenied."""
    assessment, membership = assessment_for(user, assessment_id)
    if not membership.may_submit:
        raise PermissionDenied(_("Only an owner of the place can ask its partners."))
    return assessment, membership


def round_for(user: User, assessment_id: int, round_id: int) -> tuple[Round, Membership]:
    """A round with its assessment, place and version, for a member of the place. Raises Http404 for a stranger."""
    assessment, membership = assessment_for(user, assessment_id)
    rows = Round.objects.select_related("assessment__place", "version__playbook", "opened_by", "revealed_by")
    found = rows.filter(assessment=assessment, pk=round_id).first()
    if found is None:
        raise Http404("No such round.")
    return found, membership


def round_to_manage(user: User, assessment_id: int, round_id: int) -> tuple[Round, Membership]:
    """The same for an owner. Raises PermissionDenied for another member."""
    found, membership = round_for(user, assessment_id, round_id)
    if not membership.may_submit:
        raise PermissionDenied(_("Only an owner of the place can ask its partners."))
    return found, membership


def respondent_to_manage(user: User, assessment_id: int, round_id: int, respondent_id: int) -> Respondent:
    """Somebody who was asked in a round, for an owner. Raises Http404, or PermissionDenied for another member."""
    found, _membership = round_to_manage(user, assessment_id, round_id)
    respondent = Respondent.objects.filter(round=found, pk=respondent_id).first()
    if respondent is None:
        raise Http404("No such respondent.")
    respondent.round = found
    return respondent


def role_to_manage(user: User, assessment_id: int, round_id: int, role_id: int) -> RoundRole:
    """A role that is asked in a round, for an owner. Raises Http404, or PermissionDenied for another member."""
    found, _membership = round_to_manage(user, assessment_id, round_id)
    entry = RoundRole.objects.filter(round=found, pk=role_id).first()
    if entry is None:
        raise Http404("No such role.")
    entry.round = found
    return entry


def unrevealed_round(assessment: Assessment) -> Round | None:
    """The round that is not revealed yet, if there is one. One query."""
    return Round.objects.filter(assessment=assessment, revealed_at=None).first()


def last_round(assessment: Assessment) -> Round | None:
    """The round that was opened last, revealed or not. One query."""
    return Round.objects.filter(assessment=assessment).order_by("-opened_at", "-pk").first()


@dataclass(frozen=True)
class RoleState:
    """How far a role is: the people who were asked by name, and how many came by the shared link.

    `by_link_done` is how many of these have said that they had finished; unknown once the round is revealed.
    """

    entry: RoundRole
    text: Role | None
    criteria: int
    people: Sequence[Respondent]
    by_link_done: int

    @property
    def name(self) -> str:
        return self.text.name if self.text else self.entry.role

    @property
    def begun(self) -> int:
        """How many have begun by either way, those who are done among them."""
        return self.entry.begun + sum(each.state != Respondent.State.ASKED for each in self.people)

    @property
    def done(self) -> int:
        return self.by_link_done + sum(each.state == Respondent.State.DONE for each in self.people)

    @property
    def unsent(self) -> int:
        """How many letters did not go out."""
        return sum(not each.is_sent for each in self.people)


def role_states(round: Round, playbook: Playbook) -> list[RoleState]:
    """How each role that is asked is getting on, in the playbook's order. Three queries."""
    people: dict[str, list[Respondent]] = {}
    for each in Respondent.objects.filter(round=round):
        people.setdefault(each.role, []).append(each)
    done = Counter(Response.objects.filter(round=round, is_done=True).values_list("role", flat=True))
    texts = {role.key: role for role in playbook.roles}
    order = list(texts)
    entries = RoundRole.objects.filter(round=round).annotate(asked=Count("criteria"))
    states = [
        RoleState(
            entry=entry,
            text=texts.get(entry.role),
            criteria=entry.asked,  # type: ignore[attr-defined]
            people=people.get(entry.role, []),
            by_link_done=max(0, done[entry.role] - _done(people.get(entry.role, []))),
        )
        for entry in entries
    ]
    return sorted(states, key=lambda each: order.index(each.entry.role) if each.entry.role in texts else len(order))


def _done(people: Sequence[Respondent]) -> int:
    return sum(each.state == Respondent.State.DONE for each in people)


@dataclass(frozen=True)
class Tally:
    """What a reveal would show: how many responses of each role say anything, and which roles lose their name."""

    by_role: Mapping[str, int]
    together: frozenset[str]

    @property
    def total(self) -> int:
        return sum(self.by_role.values())

    @property
    def is_enough(self) -> bool:
        """Whether anything of an anonymous round can ever be shown."""
        return self.total >= FEWEST


def tally(round: Round) -> Tally:
    """How many answered, by role, as the reveal counts them. One query."""
    says = ResponseAnswer.objects.filter(SAYS_SOMETHING, response=OuterRef("pk"))
    rows = Response.objects.filter(Exists(says), round=round)
    by_role = Counter(rows.values_list("role", flat=True))
    return Tally(by_role, merged(by_role) if round.is_anonymous else frozenset())


@dataclass(frozen=True)
class Partners:
    """The line of the task list: the last round, how many were asked by name, have begun and are done."""

    round: Round
    begun: int
    done: int
    days_left: int


def partners(assessment: Assessment) -> Partners | None:
    """The last round of an assessment in figures; None where there was none. Four queries at most."""
    found = last_round(assessment)
    if found is None:
        return None
    by_name = Respondent.objects.filter(round=found).exclude(state=Respondent.State.ASKED).count()
    by_link = sum(RoundRole.objects.filter(round=found).values_list("begun", flat=True))
    done = Response.objects.filter(round=found, is_done=True).count()
    return Partners(found, by_name + by_link, done, days_left(found))


def days_left(round: Round) -> int:
    """How many days answers are still taken after today; below 0 once the closing date has passed."""
    return (round.closes_on - timezone.localdate()).days


def asked_in(round: Round) -> dict[str, list[str]]:
    """Which criteria each role is asked, by key, in playbook order. Two queries."""
    order = list(criterion_ids(round.version))
    entries = RoundRole.objects.filter(round=round).prefetch_related("criteria")
    return {each.role: sorted((one.key for one in each.criteria.all()), key=order.index) for each in entries}


def emails_asked(round: Round) -> frozenset[str]:
    """The addresses of those who were asked by name. One query."""
    return frozenset(Respondent.objects.filter(round=round).values_list("email", flat=True))
