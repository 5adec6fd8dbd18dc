"""What the tests of delegating and reminding start from: lessons in hand, and a round with somebody asked by name."""

from datetime import date, timedelta

from django.utils import timezone

from assessments.models import Assessment, Delegation, Respondent, Round, RoundRole, User
from assessments.services.delegating import delegate
from tests.factories import answer, playbook, published_version

FIRST, SECOND = "long-path", "local-foundations"
IN_FIRST = [criterion.key for criterion in playbook().lessons[0].criteria]


def day(number: int) -> date:
    """So many days from today."""
    return timezone.localdate() + timedelta(days=number)


def give(
    assessment: Assessment, person: User, *, due: int | None = None, lesson: str = FIRST, note: str = ""
) -> Delegation:
    """Put a lesson into somebody's hands, due so many days from today."""
    date_due = None if due is None else day(due)
    delegate(assessment=assessment, lesson_key=lesson, people=[person.pk], due=date_due, note=note, by=person)
    return Delegation.objects.get(assessment=assessment, lesson_key=lesson, person=person)


def finish_first(assessment: Assessment, by: User) -> None:
    """Answer the whole first lesson."""
    for key in IN_FIRST:
        answer(assessment, key, 2, by=by)


def open_round(assessment: Assessment, by: User, *, closes: int = 2) -> Round:
    """A round that closes so many days from today, with a shared link for citizens."""
    found = Round.objects.create(
        assessment=assessment,
        version=published_version(),
        naming=Round.Naming.ANONYMOUS,
        closes_on=day(closes),
        opened_at=timezone.now(),
        opened_by=by,
    )
    RoundRole.objects.create(round=found, role="citizen", link_code=f"code-{found.pk}", limit=20, begun=4)
    return found


def ask(round_: Round, name: str, *, role: str = "investor", state: str = "asked", is_sent: bool = True) -> Respondent:
    """Somebody asked by name, at name@partners.example."""
    email = f"{name.lower()}@partners.example"
    return Respondent.objects.create(round=round_, role=role, name=name, email=email, state=state, is_sent=is_sent)
