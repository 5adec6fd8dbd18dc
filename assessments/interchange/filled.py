"""What a workbook that was filled in says, as plain values: a line a criterion, beside what stood there as downloaded.

Between the upload and the moment when somebody accepts its lines it is kept as JSON, which `freeze` and `thaw` know.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from assessments.interchange.documents import Answer, Evidence

SCHEMA = "hubplaybook/fill-in@1"
LONGEST_NOTE = 4000
LONGEST_REASON = 1000
"""In characters; a form and a workbook hold the same."""
NOT_APPLICABLE = "not_applicable"
ANSWER, NOTE = "answer", "note"
"""What a line can speak of: the answer with its reason, and the note."""


@dataclass(frozen=True)
class Entry:
    """What is said of one criterion: a level, a word or nothing; why it does not apply; a note."""

    answer: Answer | None = None
    reason: str = ""
    note: str = ""

    @property
    def is_blank(self) -> bool:
        return self == Entry()

    @property
    def choice(self) -> tuple[Answer | None, str]:
        """The answer with its reason: one without the other is not taken over."""
        return self.answer, self.reason


@dataclass(frozen=True)
class Standing:
    """What stands at a criterion of an open assessment, at its revision; 0 where nothing does.

    `waits`: it was brought over from another version, and nobody has looked at it since.
    """

    entry: Entry = field(default_factory=Entry)
    revision: int = 0
    evidence: tuple[Evidence, ...] = ()
    waits: bool = False


@dataclass(frozen=True)
class Before:
    """What stood at a criterion when the workbook was made, as the workbook holds it now.

    Programs change letters when they save a file, here and in the line alike. `fingerprint` is of what really stood
    there; empty where the file lost it. `revision` 0: nothing stood there.
    """

    entry: Entry
    revision: int = 0
    fingerprint: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a workbook. `says` is what it has columns for, of ANSWER and NOTE; `before` None: it is not known."""

    key: str
    entry: Entry
    before: Before | None = None
    says: frozenset[str] = frozenset({ANSWER, NOTE})


@dataclass(frozen=True)
class Filled:
    """A workbook as it was read. `is_whole`: it still says what was downloaded.

    `settled` are the keys of the lines that somebody has decided since.
    """

    lines: tuple[Line, ...]
    is_whole: bool = True
    settled: frozenset[str] = frozenset()


def readable(text: str) -> str:
    """The text as it can be kept: \\n is its only line end, and it has no control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace("\f", "\n")
    return "".join(letter for letter in text if letter in "\n\t" or not (ord(letter) < 32 or 127 <= ord(letter) < 160))


def fingerprint(entry: Entry) -> str:
    """Sixteen hexadecimal digits that stand for what is said of a criterion."""
    text = json.dumps([entry.answer, entry.reason, entry.note])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def freeze(filled: Filled) -> str:
    """A workbook as JSON text."""
    lines = [asdict(line) | {"says": sorted(line.says)} for line in filled.lines]
    kept = {"schema": SCHEMA, "is_whole": filled.is_whole, "settled": sorted(filled.settled), "lines": lines}
    return json.dumps(kept, ensure_ascii=False)


def thaw(text: str) -> Filled:
    """What `freeze` kept."""
    kept = json.loads(text)
    return Filled(tuple(map(_line, kept["lines"])), kept["is_whole"], frozenset(kept.get("settled", ())))


def _line(kept: dict[str, Any]) -> Line:
    before = kept["before"]
    return Line(
        key=kept["key"],
        entry=Entry(**kept["entry"]),
        before=before and Before(Entry(**before["entry"]), before["revision"], before["fingerprint"]),
        says=frozenset(kept["says"]),
    )
