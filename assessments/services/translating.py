"""Writes to the translations of a draft. What is published cannot be written; nothing that stands is lost unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from assessments.interchange import DocumentError, Fault, Playbook, Translated, texts
from assessments.interchange import Translation as Document
from assessments.models import Translation, User, Version
from assessments.selectors.languages import offered_languages
from assessments.selectors.playbooks import playbook_document
from assessments.services.drafting import hold_draft


@dataclass(frozen=True)
class Typed:
    """What somebody typed for one text: made from `source`, over `before`; nothing typed takes the translation out."""

    source: str
    before: str
    text: str


@dataclass
class Written:
    """Which texts were written, and what stands instead where somebody else was quicker."""

    changed: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def save_texts(*, version: Version, language: str, typed: Mapping[str, Typed], by: User | None) -> Written:
    """Write the texts that were changed, each only over what its writer saw. Raises PublishedIsReadOnly."""
    hold_draft(version_id=version.pk)
    stored = _stored(version, language, typed)
    written = Written()
    for path, each in typed.items():
        found = stored.get(path)
        stands = found.text if found else ""
        if stands == each.text and (found is None or found.source == each.source):
            continue
        if stands not in (each.before, each.text):
            written.taken[path] = stands
            continue
        _write(version, language, path, Translated(each.source, each.text), by)
        written.changed.append(path)
    return written


@transaction.atomic
def import_translation(*, version: Version, document: Document, by: User | None) -> Written:
    """Store what a checked file translates; what it leaves empty or does not name stays as it is.

    Raises PublishedIsReadOnly, and DocumentError for a language that nobody can choose.
    """
    hold_draft(version_id=version.pk)
    check_language(document.language)
    stored = {
        path: Translated(row.source, row.text)
        for path, row in _stored(version, document.language, document.texts).items()
    }
    changed = {path: text for path, text in document.texts.items() if stored.get(path) != text}
    Translation.objects.bulk_create(
        [
            Translation(
                version=version,
                language=document.language,
                path=path,
                source=each.source,
                text=each.text,
                by=by,
            )
            for path, each in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["version", "language", "path"],
        update_fields=["source", "text", "at", "by"],
    )
    return Written(list(changed))


def check_language(language: str) -> None:
    """Raises DocumentError for a language that no page can be read in."""
    if language not in offered_languages():
        known = ", ".join(offered_languages()) or "none"
        raise DocumentError(
            [Fault(("language",), f"is “{language}”, which this site does not offer; it offers {known}")]
        )


def copy_translations(*, before: Version, draft: Version, document: Playbook) -> None:
    """Give a draft, whose texts are `document`, the translations of the version before; none without a text there."""
    known = texts(document)
    Translation.objects.bulk_create(
        Translation(version=draft, language=row.language, path=row.path, source=row.source, text=row.text, by=row.by)
        for row in before.translations.select_related("by")
        if row.path in known
    )


@transaction.atomic
def remove_orphans(*, version: Version, language: str) -> int:
    """Delete the translations that the draft has no text for any more. Returns how many."""
    hold_draft(version_id=version.pk)
    known = texts(playbook_document(version))
    rows = Translation.objects.filter(version=version, language=language)
    gone = [pk for pk, path in rows.values_list("pk", "path") if path not in known]
    return rows.filter(pk__in=gone).delete()[0]


def _stored(version: Version, language: str, paths: Iterable[str]) -> dict[str, Translation]:
    rows = Translation.objects.select_for_update().filter(version=version, language=language)
    wanted = set(paths)
    return {row.path: row for row in rows if row.path in wanted}


def _write(version: Version, language: str, path: str, text: Translated, by: User | None) -> None:
    if not text.text:
        Translation.objects.filter(version=version, language=language, path=path).delete()
        return
    Translation.objects.update_or_create(
        version=version, language=language, path=path, defaults={"source": text.source, "text": text.text, "by": by}
    )
