"""Reads of playbooks: a version's rows as the document that they are, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from assessments.interchange import documents
from assessments.models import Criterion, Gate, Hint, Level, Origin, Stage, Target, Version


def playbook_document(version: Version) -> documents.Playbook:
    """The version with all its texts. Ten queries; none for a published version that was read before."""
    if version.published_at is not None:
        return _published(version.pk, version.published_at)
    return _read(version)


@lru_cache(maxsize=16)
def _published(pk: int, published_at: datetime) -> documents.Playbook:
    """Published rows never change, so they are read once; the moment of publication tells databases apart."""
    return _read(Version.objects.select_related("playbook").get(pk=pk, published_at=published_at))


def _read(version: Version) -> documents.Playbook:
    criteria = _criteria(version)
    return documents.Playbook(
        key=version.playbook.key,
        version=version.number,
        title=version.title,
        summary=version.summary,
        indicative_from=version.indicative_from.normalize(),
        roles=tuple(documents.Role(role.key, role.name, role.summary) for role in version.roles.all()),
        stages=_stages(version),
        lessons=tuple(
            documents.Lesson(lesson.key, lesson.title, lesson.summary, lesson.weight, tuple(criteria[lesson.pk]))
            for lesson in version.lessons.all()
        ),
        follows=_follows(version),
    )


def _stages(version: Version) -> tuple[documents.Stage, ...]:
    gates: dict[int, dict[str, int]] = defaultdict(dict)
    for gate in Gate.objects.filter(stage__version=version).select_related("criterion"):
        gates[gate.stage_id][gate.criterion.key] = gate.level
    order = list(Criterion.objects.filter(version=version).values_list("key", flat=True))
    return tuple(
        documents.Stage(
            stage.key,
            stage.name,
            stage.facts,
            {key: gates[stage.pk][key] for key in order if key in gates[stage.pk]},
        )
        for stage in Stage.objects.filter(version=version)
    )


def _criteria(version: Version) -> dict[int, list[documents.Criterion]]:
    """The criteria of each lesson, by the lesson's primary key."""
    levels: dict[int, list[documents.Level]] = defaultdict(list)
    for level in Level.objects.filter(criterion__version=version):
        levels[level.criterion_id].append(documents.Level(level.descriptor, level.next_step))
    hints: dict[tuple[int, str], list[str]] = defaultdict(list)
    for hint in Hint.objects.filter(criterion__version=version):
        hints[hint.criterion_id, hint.kind].append(hint.text)
    targets: dict[int, dict[str, int]] = defaultdict(dict)
    for target in (
        Target.objects.filter(criterion__version=version).select_related("stage").order_by("stage__position", "stage")
    ):
        targets[target.criterion_id][target.stage.key] = target.level
    found: dict[int, list[documents.Criterion]] = defaultdict(list)
    for row in Criterion.objects.filter(version=version):
        found[row.lesson_id].append(
            documents.Criterion(
                key=row.key,
                title=row.title,
                question=row.question,
                why=row.why,
                weight=row.weight,
                not_applicable=row.not_applicable or None,
                evidence=tuple(hints[row.pk, Hint.Kind.EVIDENCE]),
                data=tuple(hints[row.pk, Hint.Kind.DATA]),
                ask=row.ask,
                levels=tuple(levels[row.pk]),
                targets=targets[row.pk],
            )
        )
    return found


def _follows(version: Version) -> documents.Follows | None:
    if not version.follows:
        return None
    origins: Iterable[Origin] = (
        Origin.objects.filter(criterion__version=version)
        .exclude(kind=Origin.Kind.SAME)
        .select_related("criterion")
        .prefetch_related("sources")
        .order_by("criterion__lesson__position", "criterion__lesson", "criterion__position", "criterion")
    )
    return documents.Follows(
        version=version.follows,
        criteria={
            origin.criterion.key: documents.Origin(
                origin.kind, tuple(source.key for source in origin.sources.all()), origin.comparable
            )
            for origin in origins
        },
        retired=tuple(version.retired.values_list("key", flat=True)),
    )


def criterion_ids(version: Version) -> dict[str, int]:
    """The primary key of each criterion by its key, in playbook order. One query; none if read before."""
    if version.published_at is not None:
        return _published_criterion_ids(version.pk, version.published_at)
    return dict(version.criteria.values_list("key", "pk"))


@lru_cache(maxsize=16)
def _published_criterion_ids(pk: int, published_at: datetime) -> dict[str, int]:
    return dict(Criterion.objects.filter(version_id=pk).values_list("key", "pk"))
