"""Voices, and rounds with answers, for tests of agreeing: the rows as responding leaves them."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import timezone

from assessments.findings.voices import Spread, Voice, spread
from assessments.models import Assessment, Response, ResponseAnswer, Round, User
from assessments.selectors.playbooks import criterion_ids
from tests.factories import playbook

COUNCIL, FIRMS, ANCHORS, CITIZENS = "local-authority", "anchor-business", "academic-anchor", "citizen"
KEY = "right-path"

Levels = Mapping[str, Sequence[int | None]]
"""What each role gave; None is don't know."""

NINE: Levels = {COUNCIL: (3, 3, 4), FIRMS: (1, 2, 2), CITIZENS: (1, 3, 4)}


def voices(levels: Levels) -> list[Voice]:
    return [Voice(role, level) for role, given in levels.items() for level in given]


def spread_of(levels: Levels, *, anonymous: bool = False, key: str = KEY) -> Spread:
    return spread(playbook(), key, voices(levels), anonymous=anonymous)


def make_round(
    assessment: Assessment,
    answers: Mapping[str, Levels],
    *,
    by: User,
    naming: str = Round.Naming.OPTIONAL,
    revealed: bool = True,
    comments: Mapping[str, str] | None = None,
) -> Round:
    """A round with as many responses as a role gave levels; `comments` are by role, of its first response, on KEY."""
    now = timezone.now()
    asked = Round.objects.create(
        assessment=assessment,
        version=assessment.version,
        naming=naming,
        closes_on=date(2026, 3, 1),
        opened_at=now,
        opened_by=by,
        closed_at=now,
        revealed_at=now if revealed else None,
        revealed_by=by if revealed else None,
    )
    for role in {role for levels in answers.values() for role in levels}:
        _responses(asked, role, {key: levels.get(role, ()) for key, levels in answers.items()}, comments or {})
    return asked


def _responses(
    asked: Round, role: str, answers: Mapping[str, Sequence[int | None]], comments: Mapping[str, str]
) -> None:
    ids = criterion_ids(asked.version)
    for number in range(max(len(levels) for levels in answers.values())):
        response = Response.objects.create(round=asked, role=role, is_done=True)
        ResponseAnswer.objects.bulk_create(
            ResponseAnswer(
                response=response,
                criterion_id=ids[key],
                state=ResponseAnswer.State.DONT_KNOW if levels[number] is None else ResponseAnswer.State.LEVEL,
                level=levels[number],
                comment=comments.get(role, "") if number == 0 and key == KEY else "",
            )
            for key, levels in answers.items()
            if number < len(levels)
        )
