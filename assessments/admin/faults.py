"""What is to be said of a draft, in words, with a link to the page where it can be put right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from assessments.admin.typed import with_typed
from assessments.interchange import Fault
from assessments.interchange.faults import Path, written
from assessments.models import Criterion, Lesson, Role, Stage, Version
from assessments.proofreading import Remark, Severity
from assessments.selectors.playbooks import playbook_document
from assessments.services.origins import is_undecided
from assessments.services.playbooks import remarks_on

WORDS = {
    "comparable": "comparable",
    "from": "what it comes from",
    "kind": "its kind",
    "ask": "whom to ask",
    "criteria": "criteria",
    "data": "open data",
    "descriptor": "text",
    "evidence": "evidence",
    "follows": "the version before",
    "gates": "gates",
    "indicative_from": "indicative from",
    "lessons": "lessons",
    "levels": "levels",
    "next_step": "next step",
    "not_applicable": "not applicable",
    "retired": "retired criteria",
    "roles": "roles",
    "stages": "stages",
    "targets": "targets",
    "why": "why it matters",
}
SEVERAL = 3
"""More undecided criteria than this are told in one line."""
KINDS = {"levels": "level", "evidence": "piece of evidence", "data": "source of open data"}
ANCHORS = {"levels": "levels-group", "targets": "targets-group", "evidence": "hints-group", "data": "hints-2-group"}


@dataclass(frozen=True)
class Told:
    """A remark as an admin reads it: where, what, the address of the page that it is on, and the row that it is about.

    `part` names a lesson, criterion, stage or role by its kind and primary key; None where it is the version's own.
    """

    where: str
    reason: str
    url: str
    part: tuple[str, int] | None = None


@dataclass(frozen=True)
class Proofs:
    """What keeps a draft from being published, and what does not but could be better."""

    faults: list[Told] = field(default_factory=list)
    warnings: list[Told] = field(default_factory=list)


def proofs_of(version: Version) -> Proofs:
    """All that is to be said of a draft. At most 30 queries, however long the playbook; none if it is published."""
    return Proofs() if version.is_published else _sorted(_Rows(version), remarks_on(version))


def proofs_of_criterion(pk: int, data: Mapping[str, str] | None = None) -> Proofs:
    """What of it concerns one criterion, its gates too: as it is stored, or as it is typed in its form's data."""
    criterion = Criterion.objects.select_related("version__playbook").get(pk=pk)
    if criterion.version.is_published:
        return Proofs()
    rows = _Rows(criterion.version)
    own = rows.path(criterion)
    document = with_typed(playbook_document(criterion.version), criterion, data) if data else None
    found = [each for each in remarks_on(criterion.version, document) if _is_about(each.path, own, criterion.key)]
    return _sorted(rows, found)


def told(version: Version, faults: Iterable[Fault]) -> list[Told]:
    """Faults of this version's document, in words."""
    rows = _Rows(version)
    return [_told(rows, fault.path, fault.reason) for fault in faults]


def _sorted(rows: "_Rows", remarks: Iterable[Remark]) -> Proofs:
    proofs = Proofs()
    found = list(remarks)
    undecided = [each for each in found if is_undecided(each)]
    together = undecided if len(undecided) > SEVERAL else []
    for each in found:
        if each not in together:
            into = proofs.faults if each.severity == Severity.FAULT else proofs.warnings
            into.append(_told(rows, each.path, each.sentence))
    if together:
        where, url = f"What became of {len(together)} criteria", map_page(rows.version.pk)
        proofs.faults.append(Told(where, "is not decided yet. The page shows each with a guess.", url))
    return proofs


def _told(rows: "_Rows", path: Path, reason: str) -> Told:
    where, url = rows.place(path)
    row, _ = rows.part(path)
    return Told(where, reason, url, row and (row._meta.model_name, row.pk))


def _is_about(path: Path, criterion: Path, key: str) -> bool:
    is_gate = path[:1] == ("stages",) and path[2:4] == ("gates", key)
    return path[: len(criterion)] == criterion or is_gate or path[:3] == ("follows", "criteria", key)


class _Rows:
    """The rows of a version by their places in its document."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.tops: dict[str, list[Any]] = {
            "lessons": list(Lesson.objects.filter(version=version)),
            "stages": list(Stage.objects.filter(version=version)),
            "roles": list(Role.objects.filter(version=version)),
        }
        self.criteria: dict[int, list[Criterion]] = {}
        for criterion in Criterion.objects.filter(version=version):
            self.criteria.setdefault(criterion.lesson_id, []).append(criterion)
        self.by_key = {each.key: each for rows in self.criteria.values() for each in rows}
        self.titles = {key: str(each) for key, each in self.by_key.items()}
        self.titles |= {stage.key: str(stage) for stage in self.tops["stages"]}

    def path(self, criterion: Criterion) -> Path:
        """Where a criterion stands in the document."""
        lessons = [lesson.pk for lesson in self.tops["lessons"]]
        number = self.criteria[criterion.lesson_id].index(criterion)
        return "lessons", lessons.index(criterion.lesson_id), "criteria", number

    def place(self, path: Path) -> tuple[str, str]:
        """Where a path leads, in words and as an address."""
        match path:
            case ("follows", "criteria", str(key), *rest) if key in self.by_key:
                row = self.by_key[key]
                words = ", ".join(["what became of it", *(WORDS.get(str(step), str(step)) for step in rest)])
                return f"Criterion “{row}”, {words}", map_page(self.version.pk, f"#criterion-{row.pk}")
            case ("follows", "retired", *_):
                return "Criteria that are gone", map_page(self.version.pk, "#gone")
            case ("follows", *_):
                return self._words(path), map_page(self.version.pk)
            case ("lessons" | "stages" as kind,):
                return self._words(path), adding(Lesson if kind == "lessons" else Stage, self.version)
            case ("lessons", int(lesson), "criteria"):
                row = self.tops["lessons"][lesson]
                return f"Lesson “{row}”, criteria", f"{adding(Criterion, self.version)}&lesson={row.pk}"
        row, rest = self.part(path)
        if row is None:
            return self._words(path), page(self.version)
        name = row._meta.verbose_name.capitalize()
        words = self._words(rest)
        anchor = ANCHORS.get(str(rest[0]), "") if rest else ""
        where = f"{name} “{row}”" + (f", {words}" if words else "")
        return where, page(row) + (f"#{anchor}" if anchor and isinstance(row, Criterion) else "")

    def part(self, path: Path) -> tuple[Any, list[str | int]]:
        """The row that a path leads to, None for the version's own, and the steps from there on."""
        match path:
            case ("follows", "criteria", str(key), *rest) if key in self.by_key:
                return self.by_key[key], rest
            case ("lessons", int(lesson), "criteria", int(number), *rest):
                return self.criteria[self.tops["lessons"][lesson].pk][number], rest
            case (str(kind), int(number), *rest) if kind in self.tops:
                return self.tops[kind][number], rest
            case _:
                return None, list(path)

    def _words(self, path: Iterable[str | int]) -> str:
        steps = list(path)
        if len(steps) > 1 and steps[0] in KINDS and isinstance(steps[1], int):
            number = steps[1] if steps[0] == "levels" else steps[1] + 1
            steps[:2] = [f"{KINDS[str(steps[0])]} {number}"]
        elif len(steps) > 1 and steps[0] in {"targets", "gates"}:
            name = self.titles.get(str(steps[1]), written((steps[1],)))
            steps[:2] = [f"target at “{name}”" if steps[0] == "targets" else f"gate on “{name}”"]
        return ", ".join(WORDS.get(str(step), str(step)) for step in steps)


def map_page(version_id: int, anchor: str = "") -> str:
    """Where it is decided what became of each criterion."""
    return reverse("admin:assessments_version_map", args=[version_id]) + anchor


def adding(model: type[Lesson | Stage | Criterion], version: Version) -> str:
    """The admin's page on which a part is added to a version."""
    return reverse(f"admin:assessments_{model._meta.model_name}_add") + f"?version={version.pk}"


def page(row: Any) -> str:
    """The admin's page of a row."""
    return reverse(f"admin:assessments_{row._meta.model_name}_change", args=[row.pk])
