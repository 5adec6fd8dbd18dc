"""Writes what a group agreed: the agreement with its reason and dissent, and with it, and only so, the answer."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Agreement, Answer, AnswerChange, Assessment, Ballot, Round, User
from assessments.services.answering import Content, hold_on, save_answer


class AgreedMeanwhile(Exception):
    """Somebody else recorded another agreement on the criterion first; nothing was written. `last` is theirs."""

    def __init__(self, last: Agreement) -> None:
        super().__init__("Somebody else recorded an agreement on this first.")
        self.last = last


@dataclass(frozen=True)
class Terms:
    """What was agreed: a level, why (not blank), and what those said who saw it otherwise."""

    level: int
    reason: str
    dissent: str = ""

    @property
    def words(self) -> str:
        """Reason and dissent as the answer's history keeps them, in the language of who records them."""
        dissent = self.dissent.strip()
        told = _("Dissent: {words}").format(words=dissent) if dissent else ""
        return "\n\n".join(part for part in (self.reason.strip(), told) if part)

    def are_in(self, row: Agreement) -> bool:
        return (row.level, row.reason, row.dissent) == (self.level, self.reason.strip(), self.dissent.strip())


@dataclass(frozen=True)
class Heard:
    """What it was agreed on: a revealed round or ballot, how many gave a level, and from which to which."""

    answered: int = 0
    lowest: int | None = None
    highest: int | None = None
    round: Round | None = None
    ballot: Ballot | None = None


@transaction.atomic
def agree(
    *,
    assessment: Assessment,
    criterion_id: int,
    terms: Terms,
    heard: Heard,
    seen: int,
    by: User,
    after: int | None = None,
) -> tuple[Agreement, Answer | None]:
    """Record what was agreed and make it the answer, over revision `seen` of the answer. Its note stays as it is.

    `after`: the last agreement on the criterion that was seen, 0 for none; None does not ask. Agreeing on the level
    that stands already keeps the answer and records the agreement; sending the same once more adds nothing. Raises
    NotOpen, Moved, AgreedMeanwhile, or Conflict where somebody else has saved another answer meanwhile; nothing was
    written then.
    """
    hold_on(assessment)
    last = Agreement.objects.filter(assessment=assessment, criterion_id=criterion_id).order_by("-pk").first()
    stored = Answer.objects.filter(assessment=assessment, criterion_id=criterion_id).first()
    if last and terms.are_in(last) and last.agreed_by_id == by.pk and stored and stored.value == last.level:
        return last, stored
    if after is not None and last and last.pk != after:
        raise AgreedMeanwhile(last)
    answer = save_answer(
        assessment=assessment,
        criterion_id=criterion_id,
        content=Content(Answer.State.LEVEL, terms.level, note=stored.note if stored else ""),
        seen=seen,
        by=by,
        kind=AnswerChange.Kind.AGREED,
        why=terms.words,
    )
    return _add(assessment, criterion_id, terms, heard, by), answer


def _add(assessment: Assessment, criterion_id: int, terms: Terms, heard: Heard, by: User) -> Agreement:
    return Agreement.objects.create(
        assessment=assessment,
        criterion_id=criterion_id,
        level=terms.level,
        reason=terms.reason.strip(),
        dissent=terms.dissent.strip(),
        answered=heard.answered,
        lowest=heard.lowest,
        highest=heard.highest,
        round=heard.round,
        ballot=heard.ballot,
        agreed_at=timezone.now(),
        agreed_by=by,
    )
