"""Read and write the document `hubplaybook/translation@1`: the texts of one version in one more language.

The text that is translated stands beside its translation, so that a translator needs no other file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.interchange.documents import Playbook
from assessments.interchange.dumping import as_yaml
from assessments.interchange.faults import Path, shortened, written
from assessments.interchange.reading import Reader
from assessments.interchange.texts import SOURCE, Texts, Translated
from assessments.interchange.texts import texts as texts_of

SCHEMA = "hubplaybook/translation@1"
_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
LONGEST_CODE = 10


@dataclass(frozen=True)
class Translation:
    """The texts that a file translates, by path; of what is not translated yet it says nothing."""

    key: str
    version: str
    language: str
    texts: Texts


def read_translation(data: bytes | str, playbook: Playbook | None) -> Translation:
    """The translation that a file holds. Raises DocumentError with all that is wrong with it.

    With no playbook only the form is checked, not whether the playbook has these texts.
    """
    reader = Reader.of(data)
    translation = _TranslationReader(reader, playbook).document()
    reader.finish()
    return translation


def dump_translation(playbook: Playbook, language: str, given: Texts) -> str:
    """A file for a translator: every text of the playbook, with its translation or an empty line for one.

    A text that changed after it was translated says from what, in `was`.
    """
    return as_yaml(
        {
            "schema": SCHEMA,
            "playbook": {"key": playbook.key, "version": playbook.version},
            "language": language,
            "texts": [_entry(path, text, given.get(path)) for path, text in texts_of(playbook).items()],
        }
    )


def _entry(path: str, text: str, found: Translated | None) -> dict[str, str]:
    entry = {"path": path, "source": text}
    if found and found.source != text:
        entry["was"] = found.source
    return {**entry, "text": found.text if found else ""}


class _TranslationReader:
    def __init__(self, reader: Reader, playbook: Playbook | None) -> None:
        self.reader = reader
        self.playbook = playbook
        self.known = texts_of(playbook) if playbook else None
        self.seen: dict[str, Path] = {}

    def document(self) -> Translation:
        value = self.reader.document(SCHEMA, ["playbook", "language", "texts"])
        key, version = self._playbook(value["playbook"]) if "playbook" in value else ("", "")
        language = self._language(value["language"]) if "language" in value else ""
        entries = self.reader.items(value["texts"], ("texts",)) if "texts" in value else []
        found: dict[str, Translated] = {}
        for number, each in enumerate(entries):
            path, text = self._entry(each, ("texts", number))
            if path and text.text.strip():
                found[path] = text
        return Translation(key, version, language, found)

    def _playbook(self, value: Any) -> tuple[str, str]:
        path: Path = ("playbook",)
        value = self.reader.mapping(value, path, ["key", "version"])
        said = {key: self.reader.text(each, (*path, key)) for key, each in value.items()}
        own = {"key": self.playbook.key, "version": self.playbook.version} if self.playbook else said
        for key, each in said.items():
            if each and each != own[key]:
                reason = f"is “{shortened(each)}”; this is held against “{shortened(own[key])}”"
                self.reader.fault((*path, key), reason)
        return said.get("key", ""), said.get("version", "")

    def _language(self, value: Any) -> str:
        path: Path = ("language",)
        code = self.reader.text(value, path)
        if code and (not _CODE.fullmatch(code) or len(code) > LONGEST_CODE):
            self.reader.fault(path, f"is “{shortened(code)}”; it must be a language code in small letters, such as cy")
        elif code.split("-")[0] == SOURCE:
            self.reader.fault(path, "is the language that the playbook is written in")
        return code

    def _entry(self, value: Any, path: Path) -> tuple[str, Translated]:
        value = self.reader.mapping(value, path, ["path", "source", "text"], ["was"])
        where = self._text(value, path, "path")
        if where and self.seen.setdefault(where, path) != path:
            self.reader.fault((*path, "path"), f"“{shortened(where)}” stands at {written(self.seen[where])} already")
        elif where and self.known is not None and where not in self.known:
            reason = f"the playbook has no text at “{shortened(where)}”; remove this entry if it is not wanted any more"
            self.reader.fault((*path, "path"), reason)
        source, text = self._text(value, path, "source"), self._text(value, path, "text", may_be_empty=True)
        return where, Translated(self._text(value, path, "was") or source, text)

    def _text(self, value: Mapping[str, Any], path: Path, key: str, *, may_be_empty: bool = False) -> str:
        return self.reader.text(value[key], (*path, key), may_be_empty=may_be_empty) if key in value else ""
