"""Answers as a table of comma-separated values, for people who work in a spreadsheet. It goes out only."""

import csv
import io
from collections.abc import Mapping, Sequence

from assessments.interchange.documents import Answers, Evidence, Playbook

HEADS = ("place", "date", "state", "lesson", "criterion", "title", "answer", "reason", "note")
AGREED = ("agreed", "agreed because", "answered", "lowest", "highest", "dissent")
PIECE = ("title", "grade", "date", "link")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet would work out."""


def answers_csv(
    playbook: Playbook, answers: Answers, *, submitted: bool, agreed: Mapping[str, Sequence[object]] | None = None
) -> str:
    """One line a criterion in playbook order, and four columns for each piece of evidence, as many as any has.

    `agreed`: what AGREED names, by criterion key, of the answers that the group agreed.

    An answer stands as in the answers file: a level, `dont_know`, `not_applicable`, or nothing. Place, date and state
    stand in each line, so that the lines of several places can be put together. No text is a formula.
    """
    most = max((len(pieces) for pieces in answers.evidence.values()), default=0)
    pieces = [f"evidence {number} {name}" for number in range(1, most + 1) for name in PIECE]
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow((*HEADS, *AGREED, *pieces))
    whose = (answers.place, answers.dated.isoformat(), "submitted" if submitted else "not submitted")
    for lesson in playbook.lessons:
        for criterion in lesson.criteria:
            key = criterion.key
            row: list[object] = [*whose, lesson.title, key, criterion.title, answers.answers.get(key)]
            row += [answers.reasons.get(key), answers.notes.get(key), *(agreed or {}).get(key, [None] * len(AGREED))]
            row += _pieces(answers.evidence.get(key, ()), most)
            table.writerow([harmless(value) if isinstance(value, str) else value for value in row])
    return written.getvalue()


def _pieces(pieces: Sequence[Evidence], most: int) -> list[object]:
    found: list[object] = []
    for piece in pieces:
        found += [piece.title, piece.grade, piece.dated and piece.dated.isoformat(), piece.link]
    return found + [None] * (len(PIECE) * most - len(found))


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
