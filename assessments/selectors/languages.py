"""Reads of playbooks in the language of the reader; what is not translated stands in English, and is marked.

English readers cost nothing here. A published version never changes, so in each language it is read once and kept.
"""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language, get_language_info

from assessments.findings import Findings
from assessments.interchange import SOURCE, Playbook, Texts, Translated, completeness, translated
from assessments.interchange.texts import Completeness
from assessments.models import Translation, Version
from assessments.selectors.playbooks import playbook_document


def reader_language() -> str:
    """The language that this page is in, or nothing where that is the playbooks' own."""
    language = get_language() or ""
    return "" if is_source(language) else language


def is_source(language: str) -> bool:
    return language.split("-")[0] == SOURCE


def offered_languages() -> dict[str, str]:
    """The languages that a playbook can be translated into: name by code, those of the pages but English."""
    return {code: language_name(code) for code, _ in settings.LANGUAGES if not is_source(code)}


def language_name(code: str) -> str:
    """A language's name in English, or its code where nobody knows the name."""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code


def texts_in(version: Version, language: str) -> Texts:
    """A version's translations into one language, by path. One query; none for a published version read before."""
    if version.published_at is not None:
        return _published_texts(version.pk, version.published_at, language)
    return _read(version.pk, language)


@lru_cache(maxsize=64)
def _published_texts(pk: int, published_at: datetime, language: str) -> Texts:
    return _read(pk, language)


def _read(pk: int, language: str) -> Texts:
    rows = Translation.objects.filter(version_id=pk, language=language).order_by("path")
    return {path: Translated(source, text) for path, source, text in rows.values_list("path", "source", "text")}


def playbook_to_read(version: Version) -> Playbook:
    """The version in the language of the reader. As `playbook_document`, and a query more for a draft."""
    return in_words_of(version, playbook_document(version))


def findings_to_read(findings: Findings, version: Version) -> Findings:
    """Findings told in the language of the reader: the same figures, the texts of their playbook translated.

    What was frozen is in English; a translation is taken from the version only where it was made from what was frozen.
    """
    if not reader_language():
        return findings
    return replace(findings, playbook=in_words_of(version, findings.playbook), source=findings.playbook)


def in_words_of(version: Version, playbook: Playbook) -> Playbook:
    """A version's document, stored or frozen, in the language of the reader."""
    language = reader_language()
    return translated(playbook, texts_in(version, language))[0] if language else playbook


def languages_of(version: Version, playbook: Playbook | None = None) -> dict[str, Completeness]:
    """How far each language is that a version has texts in, by code. One query, and its document's if not given."""
    rows = Translation.objects.filter(version=version).order_by("language", "path")
    found: dict[str, dict[str, Translated]] = {}
    for language, path, source, text in rows.values_list("language", "path", "source", "text"):
        found.setdefault(language, {})[path] = Translated(source, text)
    if found and playbook is None:
        playbook = playbook_document(version)
    return {language: completeness(playbook, given) for language, given in found.items() if playbook}
