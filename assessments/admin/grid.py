"""All targets and gates of a draft as one grid: criteria down, stages across, what contradicts itself beside it.

A save carries what its page saw. Only cells that were changed are written, and none that somebody else changed since.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from assessments.admin.drafts import politely
from assessments.admin.journal import begin, journal_page, record
from assessments.interchange import Playbook
from assessments.models import Criterion, Lesson, Stage, Version
from assessments.proofreading import Remark
from assessments.selectors.asked_levels import GATE, TARGET, Cell, Levels, asked_levels, with_levels
from assessments.selectors.playbooks import playbook_document
from assessments.services.asked_levels import write_asked_levels
from assessments.services.playbooks import remarks_on_document

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin


def name_of(cell: Cell) -> str:
    """The name of a cell's input."""
    return "-".join(map(str, cell))


@dataclass
class Box:
    """One input of the grid, and what is wrong with it."""

    cell: Cell
    label: str
    value: str
    top: int
    said: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return name_of(self.cell)


@dataclass(frozen=True)
class Row:
    criterion: Criterion
    label: str
    boxes: tuple[Box | None, ...]
    """Target and gate of each stage in turn; None for the gate that the first stage never has."""

    @property
    def told(self) -> list[Box]:
        return [box for box in self.boxes if box and box.said]


class Grid:
    """The grid of a version: its rows as they stand, or as they were typed. Seven queries and those of the document."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.stored = asked_levels(version)
        self.stages = list(Stage.objects.filter(version=version))
        self.lessons = list(Lesson.objects.filter(version=version))
        self.criteria = list(Criterion.objects.filter(version=version))

    @cached_property
    def document(self) -> Playbook:
        return playbook_document(self.version)

    def cells(self) -> Iterator[tuple[Cell, Criterion, Stage]]:
        for criterion in self.criteria:
            for number, stage in enumerate(self.stages):
                yield (TARGET, criterion.pk, stage.pk), criterion, stage
                if number or (GATE, criterion.pk, stage.pk) in self.stored:
                    yield (GATE, criterion.pk, stage.pk), criterion, stage

    def groups(self, typed: Mapping[Cell, str], said: Mapping[Cell, list[str]]) -> list[tuple[Lesson, list[Row]]]:
        """The rows by lesson, with these values typed and this to say of them."""
        rows: dict[int, list[Row]] = {lesson.pk: [] for lesson in self.lessons}
        boxes = {cell: self._box(cell, criterion, stage, typed) for cell, criterion, stage in self.cells()}
        for cell, words in said.items():
            if cell in boxes:
                boxes[cell].said += words
        for criterion in self.criteria:
            own = (boxes.get((kind, criterion.pk, stage.pk)) for stage in self.stages for kind in (TARGET, GATE))
            rows[criterion.lesson_id].append(Row(criterion, self.document.label[criterion.key], tuple(own)))
        return [(lesson, rows[lesson.pk]) for lesson in self.lessons]

    def _box(self, cell: Cell, criterion: Criterion, stage: Stage, typed: Mapping[Cell, str]) -> Box:
        stored = self.stored.get(cell)
        value = typed.get(cell, "" if stored is None else str(stored))
        what = "Target" if cell[0] == TARGET else "Gate"
        return Box(cell, f"{what} at {stage} of {criterion}", value, self.top(criterion))

    def top(self, criterion: Criterion) -> int:
        return max(self.document.criterion[criterion.key].top, 0)

    # --- what is wrong ------------------------------------------------------------------------------------------

    def proofs(self, levels: Levels) -> dict[Cell, list[str]]:
        """What would be said of these targets and gates, by cell."""
        criteria = {criterion.key: criterion.pk for criterion in self.criteria}
        stages = {stage.key: stage.pk for stage in self.stages}
        document = with_levels(self.document, levels, criteria, stages)
        found: dict[Cell, list[str]] = {}
        for remark in remarks_on_document(document):
            if cell := self._cell(document, remark, criteria, stages):
                found.setdefault(cell, []).append(remark.sentence)
        return found

    def _cell(
        self, document: Playbook, remark: Remark, criteria: Mapping[str, int], stages: Mapping[str, int]
    ) -> Cell | None:
        match remark.path:
            case ("lessons", int(lesson), "criteria", int(number), "targets", str(key)) if key in stages:
                return TARGET, criteria[document.lessons[lesson].criteria[number].key], stages[key]
            case ("stages", int(number), "gates", str(key)) if key in criteria:
                return GATE, criteria[key], stages[document.stages[number].key]
        return None

    # --- what was typed -----------------------------------------------------------------------------------------

    def typed(self, data: Mapping[str, str]) -> dict[Cell, str]:
        return {cell: data[name].strip() for cell, _, _ in self.cells() if (name := name_of(cell)) in data}

    def refused(self, typed: Mapping[Cell, str], seen: Levels) -> dict[Cell, list[str]]:
        """What of that cannot be stored, where it is not as it was seen."""
        found: dict[Cell, list[str]] = {}
        for cell, criterion, stage in self.cells():
            text = typed.get(cell)
            if text is None or text == ("" if seen.get(cell) is None else str(seen[cell])):
                continue
            if fault := self._refusal(cell, text, self.top(criterion), stage):
                found[cell] = [fault]
        return found

    def _refusal(self, cell: Cell, text: str, top: int, stage: Stage) -> str:
        if text == "":
            return "" if cell[0] == GATE else f"Every stage has a target: a level from 0 to {top}."
        if not (text.isdecimal() and text.isascii() and len(text) < 3):
            return f"“{text[:20]}” is no level. Type a whole number from 0 to {top}."
        if int(text) > top:
            return f"The highest level of this criterion is {top}."
        is_first = cell[0] == GATE and stage == self.stages[0]
        return "The first stage has no gates. Leave it empty." if is_first else ""


@politely
def page(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """Show the grid; POST saves it, or with `check` only says what would be wrong with it."""
    if request.method != "POST":
        grid = Grid(version)
        return _page(admin, request, grid, {}, grid.proofs(grid.stored), grid.stored)
    if not admin.has_change_permission(request, version):
        raise PermissionDenied
    return _save(admin, request, Grid(version))


def _save(admin: "VersionAdmin", request: HttpRequest, grid: Grid) -> HttpResponse:
    typed, seen = grid.typed(request.POST), _seen(grid, request.POST.get("seen", ""))
    refused = grid.refused(typed, seen)
    levels = {cell: _level(text) for cell, text in typed.items() if cell not in refused}
    if "check" in request.POST:
        return _told(grid, {**grid.proofs({**grid.stored, **levels}), **refused})
    if refused:
        return _page(admin, request, grid, typed, refused, seen, status=422)
    with transaction.atomic():
        begin(request, grid.version.pk)
        held = write_asked_levels(version=grid.version, wanted=levels, seen=seen)
        record(admin, request, grid.version, "Changed targets and gates")
    if not held:
        messages.success(request, "The targets and gates are saved.")
        return HttpResponseRedirect(journal_page(grid.version.pk, "grid"))
    after = Grid(grid.version)
    said = {cell: [_meanwhile(typed[cell], level)] for cell, level in held.items()}
    return _page(admin, request, after, {}, said, after.stored, status=409)


def _meanwhile(mine: str, theirs: int | None) -> str:
    now = "took it away" if theirs is None else f"made it {theirs}"
    return f"You typed {mine or 'nothing'}; somebody else {now} meanwhile. Type yours again if it is right."


def _page(
    admin: "VersionAdmin",
    request: HttpRequest,
    grid: Grid,
    typed: Mapping[Cell, str],
    said: Mapping[Cell, list[str]],
    seen: Levels,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "groups": grid.groups(typed, said),
        "stages": grid.stages,
        "columns": 2 * len(grid.stages),
        "wrong": sum(len(words) for words in said.values()),
        "seen": json.dumps({name_of(cell): level for cell, level in seen.items()}, separators=(",", ":")),
        "may_save": admin.has_change_permission(request, grid.version),
        "outcome": status,
    }
    title = f"Targets and gates of {grid.version}"
    return admin.own_page(request, grid.version, "grid", title, status=status, **context)


def _told(grid: Grid, said: Mapping[Cell, list[str]]) -> JsonResponse:
    """What is wrong by the name of its input, each sentence with the label of that input."""
    boxes: Iterable[Box | None] = (box for _, rows in grid.groups({}, said) for row in rows for box in row.told)
    return JsonResponse({"said": {box.name: [box.label, *box.said] for box in boxes if box}})


def _seen(grid: Grid, text: str) -> dict[Cell, int | None]:
    """What the page saw; nothing where that cannot be read, so that nothing of anybody's is overwritten."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    levels = told if isinstance(told, dict) else {}
    names = {cell: levels.get(name_of(cell)) for cell, _, _ in grid.cells()}
    return {cell: level for cell, level in names.items() if isinstance(level, int)}


def _level(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
