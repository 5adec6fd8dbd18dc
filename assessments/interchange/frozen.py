"""Documents as JSON text, kept with a submission or a change to a draft: the form of the files, quick to read again."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.interchange.documents import (
    Answers,
    Criterion,
    Follows,
    Lesson,
    Level,
    Origin,
    Playbook,
    Role,
    Stage,
)
from assessments.interchange.dumping import answers_values, playbook_values
from assessments.interchange.playbooks import INDICATIVE_FROM


def freeze_playbook(playbook: Playbook) -> str:
    """The playbook as JSON text in the interchange form; `thaw_playbook` reads it back, `thaw_draft` any draft."""
    return json.dumps(playbook_values(playbook), default=_plain, ensure_ascii=False)


def freeze_answers(answers: Answers) -> str:
    """The answers as JSON text in the interchange form; `thaw_answers` reads it back."""
    return json.dumps(answers_values(answers), default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else _float(value)
    raise TypeError(f"{type(value).__name__} is no part of a document")


def _float(value: Decimal) -> float:
    """JSON's number for a decimal of up to fifteen digits, which a float holds as it is written."""
    number = float(value)
    if Decimal(repr(number)) != value:
        raise ValueError(f"{value} has more digits than a stored playbook can hold")
    return number


# --- drafts, which need not be complete ------------------------------------------------------------------------------


def thaw_draft(text: str) -> Playbook:
    """The playbook that `freeze_playbook` wrote, whatever rules of a complete one it breaks."""
    value = json.loads(text, parse_float=Decimal)
    return Playbook(
        key=value["key"],
        version=value["version"],
        title=value["title"],
        summary=value["summary"],
        indicative_from=Decimal(value.get("indicative_from", INDICATIVE_FROM)),
        roles=tuple(Role(**role) for role in value["roles"]),
        stages=tuple(Stage(**stage) for stage in value["stages"]),
        lessons=tuple(_lesson(lesson) for lesson in value["lessons"]),
        follows=_follows(value["follows"]) if "follows" in value else None,
    )


def _lesson(value: Mapping[str, Any]) -> Lesson:
    criteria = tuple(_criterion(criterion) for criterion in value["criteria"])
    return Lesson(**{**value, "weight": Decimal(value["weight"]), "criteria": criteria})


def _criterion(value: Mapping[str, Any]) -> Criterion:
    lists = {name: tuple(value[name]) for name in ("evidence", "data")}
    levels = tuple(Level(**level) for level in value["levels"])
    return Criterion(**{**value, **lists, "weight": Decimal(value["weight"]), "levels": levels})


def _follows(value: Mapping[str, Any]) -> Follows:
    told = {
        key: Origin(origin["kind"], tuple(origin["from"]), origin["comparable"])
        for key, origin in value["criteria"].items()
    }
    return Follows(value["version"], told, tuple(value["retired"]))
