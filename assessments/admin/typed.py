"""A criterion as it stands in an open form of the admin, saved or not: what it would be, for the faults beside it.

It only reads what was typed; whether a form can be saved is decided by its own checks.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from django.forms.formsets import DELETION_FIELD_NAME

from assessments.interchange import Playbook
from assessments.interchange.documents import Criterion as Text
from assessments.interchange.documents import Level
from assessments.models import Criterion, Stage
from assessments.models.playbook import WEIGHT_DIGITS

TEXTS = ("title", "question", "why", "ask")
MOST_ROWS = 200
Data = Mapping[str, str]


def with_typed(document: Playbook, criterion: Criterion, data: Data) -> Playbook:
    """The document of a draft with one criterion and its gates as they are typed. Two queries."""
    text = document.criterion[criterion.key]
    stages = {str(stage.pk): stage.key for stage in Stage.objects.filter(version=criterion.version_id)}
    typed = _typed(text, list(stages.values()), data)
    gates = _gates(criterion, stages, data)
    return replace(
        document,
        stages=tuple(
            replace(stage, gates={**_without(stage.gates, criterion.key), **gates.get(stage.key, {})})
            for stage in document.stages
        ),
        lessons=tuple(
            replace(lesson, criteria=tuple(typed if each.key == text.key else each for each in lesson.criteria))
            for lesson in document.lessons
        ),
    )


def _typed(text: Text, stages: list[str], data: Data) -> Text:
    levels = _rows(data, "levels", lambda row: bool(row("descriptor") or row("id")))
    targets = dict(zip(stages, (_number(row("level")) for row in _rows(data, "targets")), strict=False))
    return replace(
        text,
        **{name: _text(data, name) for name in TEXTS if name in data},
        weight=_weight(data.get("weight", ""), text.weight),
        not_applicable=_text(data, "not_applicable") or None,
        levels=tuple(Level(row("descriptor"), row("next_step")) for row in levels),
        evidence=_hints(data, "hints"),
        data=_hints(data, "hints-2"),
        targets={key: level for key, level in targets.items() if level is not None},
    )


def _hints(data: Data, prefix: str) -> tuple[str, ...]:
    return tuple(row("text") for row in _rows(data, prefix, lambda row: bool(row("text"))))


def _gates(criterion: Criterion, stages: Mapping[str, str], data: Data) -> dict[str, dict[str, int]]:
    """The gates by stage. A stored gate's stage is not sent: its input is closed."""
    stored = {str(gate.pk): str(gate.stage_id) for gate in criterion.gates.all()}
    found: dict[str, dict[str, int]] = {}
    for row in _rows(data, "gates"):
        stage, level = stages.get(stored.get(row("id"), row("stage"))), _number(row("level"))
        if stage and level is not None:
            found[stage] = {criterion.key: level}
    return found


def _without(gates: Mapping[str, int], key: str) -> dict[str, int]:
    return {each: level for each, level in gates.items() if each != key}


Row = Callable[[str], str]


def _rows(data: Data, prefix: str, counts: Callable[[Row], bool] = lambda row: True) -> list[Row]:
    """The rows of a formset that would be kept, in the order of the numbers typed; those without one come last."""

    def row_at(number: int) -> Row:
        return lambda name: _text(data, f"{prefix}-{number}-{name}")

    total = _number(data.get(f"{prefix}-TOTAL_FORMS", "")) or 0
    rows = [(number, row_at(number)) for number in range(min(total, MOST_ROWS))]
    kept = [(number, row) for number, row in rows if not row(DELETION_FIELD_NAME) and counts(row)]
    return [row for _, row in sorted(kept, key=lambda each: _place(*each))]


def _place(number: int, row: Row) -> tuple[bool, int, int, int]:
    """Where a row will stand, as `reorder` has it: of two with one number, the one from further down stands first."""
    place = _number(row("position"))
    if place is None:
        return True, 0, 0, number
    return False, place, (place > number) - (place < number), number


def _text(data: Data, name: str) -> str:
    return data.get(name, "").replace("\r\n", "\n").strip()


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _weight(text: str, stored: Decimal) -> Decimal:
    try:
        weight = Decimal(text)
    except InvalidOperation:
        return stored
    fits = weight.is_finite() and weight > 0 and abs(weight.adjusted()) <= WEIGHT_DIGITS
    return weight if fits else stored  # 1e999999999 would be written out in full
