"""Brings back what an answer was once: a save over the revision that was seen, like any other."""

from assessments.models import Answer, AnswerChange, Assessment, User
from assessments.services.answering import Content, save_answer


def restore_answer(*, assessment: Assessment, change: AnswerChange, seen: int, by: User) -> Answer | None:
    """Make the answer what it was from this change on, over revision `seen`. What stands so already stays as it is.

    Raises NotOpen, Moved, or Conflict where somebody has saved since; nothing was written then.
    """
    return save_answer(
        assessment=assessment,
        criterion_id=change.criterion_id,
        content=Content.of(change),
        seen=seen,
        by=by,
        kind=AnswerChange.Kind.RESTORED,
        restored=change.revision,
    )
