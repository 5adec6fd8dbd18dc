"""Writes to playbooks: import a document, copy a version into a draft, publish a draft. Each is all or nothing."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import count

from django.db import transaction
from django.utils import timezone

from assessments.interchange import (
    MOST_BYTES,
    DocumentError,
    Fault,
    Translation,
    dump_playbook,
    freeze_playbook,
    read_playbook,
    thaw_playbook,
)
from assessments.interchange import Playbook as Document
from assessments.interchange.documents import Criterion as CriterionDocument
from assessments.interchange.faults import Path
from assessments.models import (
    Criterion,
    Gate,
    Hint,
    Lesson,
    Level,
    Origin,
    OriginSource,
    Playbook,
    Retired,
    Role,
    Stage,
    Target,
    User,
    Version,
)
from assessments.models.playbook import KEY_LENGTH, WEIGHT_DECIMALS, WEIGHT_DIGITS
from assessments.proofreading import Remark, Severity, remarks
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.versions import version_before
from assessments.services.journal import record_change
from assessments.services.origins import remarks_on_origins, take_at_its_word
from assessments.services.translating import copy_translations, import_translation


class VersionExists(ValueError):
    """That version of that playbook is here already; a version is never overwritten."""


@transaction.atomic
def import_playbook(
    *, document: Document, by: User | None, publish: bool = False, translations: Iterable[Translation] = ()
) -> Version:
    """Store a checked document as a new version with its translations, a draft unless `publish`.

    Where it comes after a version that is here, it takes over that one's translations; `translations` win over those.
    Raises DocumentError for what the database cannot hold, VersionExists where the version is here already.
    """
    check_storable(document)
    playbook, _ = Playbook.objects.get_or_create(key=document.key)
    if playbook.versions.filter(number=document.version).exists():
        raise VersionExists(f"Version {document.version} of {document.key} is here already.")
    version = Version.objects.create(
        playbook=playbook,
        number=document.version,
        title=document.title,
        summary=document.summary,
        indicative_from=document.indicative_from,
        follows=document.follows.version if document.follows else "",
        created_by=by,
    )
    _store_parts(version, document)
    take_at_its_word(version=version, silence_is_same=True)
    if before := version_before(version):
        copy_translations(before=before, draft=version, document=document)
    for each in translations:
        import_translation(version=version, document=each, by=by)
    if publish:
        return publish_version(version=version, by=by)
    record_change(version=version, by=by, what="Read from a file")
    return version


@transaction.atomic
def copy_to_draft(*, version: Version, number: str, by: User | None) -> Version:
    """Copy a version into a new draft that follows it. Raises VersionExists where `number` is taken."""
    document = playbook_document(version)
    if version.playbook.versions.filter(number=number).exists():
        raise VersionExists(f"Version {number} of {version.playbook.key} is here already.")
    draft = Version.objects.create(
        playbook=version.playbook,
        number=number,
        title=document.title,
        summary=document.summary,
        indicative_from=document.indicative_from,
        follows=version.number,
        created_by=by,
    )
    _store_parts(draft, document, with_follows=False)
    copy_translations(before=version, draft=draft, document=document)
    record_change(version=draft, by=by, what=f"Copied from version {version.number}")
    return draft


@transaction.atomic
def publish_version(*, version: Version, by: User | None) -> Version:
    """Make a draft read-only and the version that new assessments start on.

    Runs the same checks as `manage.py playbook check`, with the version before at hand: where that is stored here, it
    must be decided what became of each criterion. Raises DocumentError with all that is wrong.
    """
    locked = Version.objects.select_for_update().select_related("playbook").get(pk=version.pk)
    if locked.is_published:
        return locked
    check_version(locked)
    now = timezone.now()
    Version.objects.filter(pk=locked.pk, state=Version.State.DRAFT).update(
        state=Version.State.PUBLISHED, published_at=now, published_by=by
    )
    locked.refresh_from_db()
    return locked


def check_version(version: Version) -> None:
    """Raises DocumentError with all that keeps a version from being published."""
    found = remarks_on(version)
    if faults := [Fault(each.path, each.sentence) for each in found if each.severity == Severity.FAULT]:
        raise DocumentError(faults)


def remarks_on(version: Version, document: Document | None = None) -> list[Remark]:
    """What the form refuses in a draft, what proofreading says of it, what is undecided. At most 29 queries.

    With `document`, as it would be if the draft said that.
    """
    document, followed = document or playbook_document(version), version_before(version)
    before = playbook_document(followed) if followed else None
    return [*_refused(document), *remarks(document, before), *remarks_on_origins(version, document, before)]


def remarks_on_document(document: Document) -> list[Remark]:
    """The same of a document that is stored nowhere yet, without what needs the version before it. No queries."""
    return [*_refused(document), *remarks(document)]


def _refused(document: Document) -> list[Remark]:
    """What reading the document's own file finds, in the order of the file."""
    if _reads_well(document):
        return []
    try:
        read_playbook(dump_playbook(document))
    except DocumentError as error:
        return [Remark(fault.path, Severity.FAULT, fault.reason) for fault in error.faults]
    return []


def _reads_well(document: Document) -> bool:
    """Whether there is surely no fault: its JSON form obeys the same rules, and is read in a tenth of the time."""
    text = freeze_playbook(document)
    try:
        thaw_playbook(text)
    except DocumentError:
        return False
    return len(text.encode()) < MOST_BYTES / 2  # only the file itself can be too long


def next_number(version: Version) -> str:
    """A number for a draft that follows `version`: the next one that is not taken (1.0 → 1.1)."""
    taken = set(version.playbook.versions.values_list("number", flat=True))
    head, _, tail = version.number.rpartition(".")
    start = int(tail) + 1 if tail.isdigit() else 2
    prefix = f"{head}." if head else "" if tail.isdigit() else f"{version.number}."
    return next(number for number in (f"{prefix}{tail}" for tail in count(start)) if number not in taken)


def _store_parts(version: Version, document: Document, *, with_follows: bool = True) -> None:
    Role.objects.bulk_create(
        Role(version=version, position=n, key=role.key, name=role.name, summary=role.summary)
        for n, role in enumerate(document.roles)
    )
    stages = Stage.objects.bulk_create(
        Stage(version=version, position=n, key=stage.key, name=stage.name, facts=stage.facts)
        for n, stage in enumerate(document.stages)
    )
    lessons = Lesson.objects.bulk_create(
        Lesson(
            version=version,
            position=n,
            key=lesson.key,
            title=lesson.title,
            summary=lesson.summary,
            weight=lesson.weight,
        )
        for n, lesson in enumerate(document.lessons)
    )
    criteria = Criterion.objects.bulk_create(
        _criterion(version, lesson, n, criterion)
        for lesson, told in zip(lessons, document.lessons, strict=True)
        for n, criterion in enumerate(told.criteria)
    )
    by_key = {criterion.key: criterion for criterion in criteria}
    stage_by_key = {stage.key: stage for stage in stages}
    _store_criterion_parts(document, by_key, stage_by_key)
    if with_follows and document.follows:
        _store_follows(version, document, by_key)


def _criterion(version: Version, lesson: Lesson, position: int, document: CriterionDocument) -> Criterion:
    return Criterion(
        version=version,
        lesson=lesson,
        position=position,
        key=document.key,
        title=document.title,
        question=document.question,
        why=document.why,
        weight=document.weight,
        not_applicable=document.not_applicable or "",
        ask=document.ask,
    )


def _store_criterion_parts(document: Document, by_key: dict[str, Criterion], stages: dict[str, Stage]) -> None:
    each = [(by_key[criterion.key], criterion) for criterion in document.criteria()]
    Level.objects.bulk_create(
        Level(criterion=row, position=n, descriptor=level.descriptor, next_step=level.next_step)
        for row, criterion in each
        for n, level in enumerate(criterion.levels)
    )
    Hint.objects.bulk_create(
        Hint(criterion=row, kind=kind, position=n, text=text)
        for row, criterion in each
        for kind, texts in ((Hint.Kind.EVIDENCE, criterion.evidence), (Hint.Kind.DATA, criterion.data))
        for n, text in enumerate(texts)
    )
    Target.objects.bulk_create(
        Target(criterion=row, stage=stages[key], level=level)
        for row, criterion in each
        for key, level in criterion.targets.items()
    )
    Gate.objects.bulk_create(
        Gate(stage=stages[stage.key], criterion=by_key[key], level=level)
        for stage in document.stages
        for key, level in stage.gates.items()
    )


def _store_follows(version: Version, document: Document, by_key: dict[str, Criterion]) -> None:
    follows = document.follows
    if follows is None:
        return
    origins = Origin.objects.bulk_create(
        Origin(criterion=by_key[key], kind=origin.kind, comparable=origin.comparable)
        for key, origin in follows.criteria.items()
    )
    OriginSource.objects.bulk_create(
        OriginSource(origin=row, position=n, key=key)
        for row, origin in zip(origins, follows.criteria.values(), strict=True)
        for n, key in enumerate(origin.sources)
    )
    Retired.objects.bulk_create(Retired(version=version, position=n, key=key) for n, key in enumerate(follows.retired))


def check_storable(document: Document) -> None:
    """Raises DocumentError with all that the contract allows and this database does not hold."""
    if faults := list(_not_storable(document)):
        raise DocumentError(faults)


def _not_storable(document: Document) -> Iterable[Fault]:
    """Very long keys, weights of very many digits."""
    yield from _long_keys(document)
    for number, lesson in enumerate(document.lessons):
        path: Path = ("lessons", number)
        yield from _long_weight(lesson.weight, (*path, "weight"), WEIGHT_DIGITS, WEIGHT_DECIMALS)
        for place, criterion in enumerate(lesson.criteria):
            where = (*path, "criteria", place, "weight")
            yield from _long_weight(criterion.weight, where, WEIGHT_DIGITS, WEIGHT_DECIMALS)
    yield from _long_weight(document.indicative_from, ("indicative_from",), 15, 14)


def _long_keys(document: Document) -> Iterable[Fault]:
    keys: list[tuple[Path, str]] = [(("key",), document.key)]
    keys += [(("roles", n, "key"), role.key) for n, role in enumerate(document.roles)]
    keys += [(("stages", n, "key"), stage.key) for n, stage in enumerate(document.stages)]
    for n, lesson in enumerate(document.lessons):
        keys.append((("lessons", n, "key"), lesson.key))
        keys += [(("lessons", n, "criteria", m, "key"), each.key) for m, each in enumerate(lesson.criteria)]
    for path, key in keys:
        if len(key) > KEY_LENGTH:
            yield Fault(path, f"is longer than {KEY_LENGTH} letters; that is the longest key that can be stored")
    if len(document.version) > 100:
        yield Fault(("version",), "is longer than 100 letters; that is the longest that can be stored")


def _long_weight(value: Decimal, path: Path, digits: int, decimals: int) -> Iterable[Fault]:
    _, _, exponent = value.normalize().as_tuple()
    if not isinstance(exponent, int) or -exponent > decimals or value.adjusted() >= digits - decimals:
        most = f"{digits - decimals} digits before the point and {decimals} after it"
        yield Fault(path, f"has more digits than can be stored: at most {most}")
