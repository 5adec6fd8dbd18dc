"""Documents as JSON text, kept with a submitted assessment: the same form as the files, quick to read again."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.interchange.documents import Answers, Playbook
from assessments.interchange.dumping import answers_values, playbook_values


def freeze_playbook(playbook: Playbook) -> str:
    """The playbook as JSON text in the interchange form; `thaw_playbook` reads it back."""
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
