"""What must hold of all answers at any time: each is what the last row of its history says, and no row is missing."""

from collections import defaultdict

from assessments.models import Answer, AnswerChange

SAID = ("state", "level", "reason", "note", "carried")


def unexplained() -> list[str]:
    """The answers, of every assessment, that their history does not explain; and histories that have a hole."""
    changes = defaultdict(list)
    for row in AnswerChange.objects.order_by("revision"):
        changes[row.assessment_id, row.criterion_id].append(row)
    answers = {(row.assessment_id, row.criterion_id): row for row in Answer.objects.all()}
    wrong = [f"{at}: no answer" for at in changes if at not in answers]
    for at, answer in answers.items():
        rows = changes[at]
        revisions = [row.revision for row in rows]
        if revisions != list(range(1, answer.revision + 1)):
            wrong.append(f"{at}: revision {answer.revision}, kept {revisions}")
        elif [getattr(rows[-1], name) for name in SAID] != [getattr(answer, name) for name in SAID]:
            wrong.append(f"{at}: the last change says otherwise")
    return wrong
