"""What of an open assessment waits on whom: lessons in hand and in nobody's, invitations, respondents."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessments import guide
from assessments.interchange import Playbook, documents
from assessments.models import Assessment, Delegation, Invitation, Membership, Respondent, Round, RoundRole, User
from assessments.selectors.answers import given_answers
from assessments.selectors.delegation import Held, delegations_of, done_among, in_hand, left_over
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.members import waiting_at


@dataclass(frozen=True)
class InHand:
    """What one person has in hand, the most urgent first."""

    person: User
    lessons: list[Held]

    @property
    def is_complete(self) -> bool:
        return all(held.is_complete for held in self.lessons)


@dataclass(frozen=True)
class Free:
    """A lesson in nobody's hands that is not complete. `number` and `first` are as in `Held`."""

    number: int
    first: int
    lesson: documents.Lesson
    progress: guide.Progress


@dataclass
class RoleWaiting:
    """How far a role is in a round: asked by name, of these the ones who have yet to finish, and the shared link."""

    name: str
    asked: int = 0
    waiting: list[Respondent] = field(default_factory=list)
    begun_by_link: int = 0
    limit: int = 0

    @property
    def done(self) -> int:
        return self.asked - len(self.waiting)


@dataclass(frozen=True)
class RoundWaiting:
    """A round that is open today."""

    round: Round
    roles: list[RoleWaiting]

    @property
    def waiting(self) -> int:
        """How many of those asked by name have yet to finish."""
        return sum(len(role.waiting) for role in self.roles)


@dataclass(frozen=True)
class Waiting:
    """All of it; `lost` are delegations of lessons that this version of the playbook does not have."""

    people: list[InHand]
    free: list[Free]
    lost: list[Delegation]
    invitations: list[Invitation]
    round: RoundWaiting | None

    @property
    def to_remind(self) -> int:
        """How many people a reminder to all would be about."""
        return sum(not each.is_complete for each in self.people) + (self.round.waiting if self.round else 0)

    @property
    def is_nothing(self) -> bool:
        return not (self.to_remind or self.free or self.lost or self.invitations)


def waiting_in(assessment: Assessment, playbook: Playbook) -> Waiting:
    """What waits, whatever there is of it, in six queries at most."""
    given, rows = given_answers(assessment), delegations_of(assessment)
    held = in_hand(playbook, rows, done_among(given))
    return Waiting(
        _by_person(held),
        _free(playbook, held, given),
        left_over(playbook, rows),
        list(waiting_at(assessment.place)),
        _round(assessment),
    )


def _by_person(held: Iterable[Held]) -> list[InHand]:
    found: dict[int, InHand] = {}
    for each in sorted(held, key=lambda one: one.urgency):
        person = each.delegation.person
        found.setdefault(person.pk, InHand(person, [])).lessons.append(each)
    return sorted(found.values(), key=lambda each: each.lessons[0].urgency)


def _free(playbook: Playbook, held: Iterable[Held], given: dict[str, guide.Given]) -> list[Free]:
    taken, first, found = {each.lesson.key for each in held}, 1, []
    for number, lesson in enumerate(playbook.lessons, 1):
        progress = guide.progress([criterion.key for criterion in lesson.criteria], given)
        if lesson.key not in taken and progress.open:
            found.append(Free(number, first, lesson, progress))
        first += len(lesson.criteria)
    return found


def _round(assessment: Assessment) -> RoundWaiting | None:
    rows = Round.objects.filter(assessment=assessment, revealed_at=None)
    found = rows.select_related("version__playbook").first()
    if found is None or not found.takes_answers:
        return None
    names = {role.key: role.name for role in playbook_to_read(found.version).roles}
    roles: dict[str, RoleWaiting] = {}
    for asked in RoundRole.objects.filter(round=found).order_by("pk"):
        roles[asked.role] = RoleWaiting(names.get(asked.role, asked.role), 0, [], asked.begun, asked.limit)
    for row in Respondent.objects.filter(round=found).order_by("name", "pk"):
        role = roles.setdefault(row.role, RoleWaiting(names.get(row.role, row.role)))
        role.asked += 1
        role.waiting += [row] if row.state != Respondent.State.DONE else []
    return RoundWaiting(found, [role for role in roles.values() if role.asked or role.limit])


def respondent_address(assessment: Assessment, respondent_id: int) -> str | None:
    """The address of somebody whom this assessment's round asked by name. One query."""
    rows = Respondent.objects.filter(round__assessment=assessment, pk=respondent_id)
    return rows.values_list("email", flat=True).first()


def member_address(assessment: Assessment, person_id: int) -> str | None:
    """The address of a member of the assessment's place. One query."""
    rows = Membership.objects.filter(place=assessment.place_id, user__pk=person_id)
    return rows.values_list("user__email", flat=True).first()
