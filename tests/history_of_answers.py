"""What must hold of all answers at any time: each is what the last row of its history says, and no row is missing."""

from collections import defaultdict
from typing import Any

from django.db.models import Model, QuerySet, Value

from assessments.models import Answer, AnswerChange

SAID = ("state", "level", "reason", "note", "carried")


def unexplained() -> list[str]:
    """The answers, of every assessment, that their history does not explain; and histories that have a hole.

    Both are read by one statement: by two, a save between them would look like a hole.
    """
    answers: dict[tuple[int, int], tuple[Any, ...]] = {}
    changes: dict[tuple[int, int], list[tuple[Any, ...]]] = defaultdict(list)
    for is_change, assessment, criterion, *said in _rows(AnswerChange, 1).union(_rows(Answer, 0), all=True):
        if is_change:
            changes[assessment, criterion].append(tuple(said))
        else:
            answers[assessment, criterion] = tuple(said)
    wrong = [f"{at}: no answer" for at in changes if at not in answers]
    for at, (revision, *said) in answers.items():
        rows = sorted(changes[at], key=lambda row: int(row[0]))
        revisions = [row[0] for row in rows]
        if revisions != list(range(1, revision + 1)):
            wrong.append(f"{at}: revision {revision}, kept {revisions}")
        elif list(rows[-1][1:]) != said:
            wrong.append(f"{at}: the last change says otherwise")
    return wrong


def _rows(model: type[Model], is_change: int) -> QuerySet[Any, tuple[Any, ...]]:
    rows = model._default_manager.annotate(is_change=Value(is_change)).order_by()
    return rows.values_list("is_change", "assessment_id", "criterion_id", "revision", *SAID)
