"""A remark on a playbook: where, how grave, and a sentence that its author can act on; and how texts are compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from assessments.interchange.documents import Criterion, Playbook
from assessments.interchange.faults import Path, written

_WORD = re.compile(r"[^\W_]+")


class Severity(StrEnum):
    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True)
class Remark:
    """`path` is that of the value in the document; the sentence says what is the matter and what to do about it."""

    path: Path
    severity: Severity
    sentence: str

    def __str__(self) -> str:
        where = written(self.path)
        return f"{where}: {self.sentence}" if where else self.sentence


def fault(path: Path, sentence: str) -> Remark:
    return Remark(path, Severity.FAULT, sentence)


def warning(path: Path, sentence: str) -> Remark:
    return Remark(path, Severity.WARNING, sentence)


def criteria_of(document: Playbook) -> Iterator[tuple[Path, Criterion]]:
    """Every criterion with its path, in playbook order."""
    for number, lesson in enumerate(document.lessons):
        for place, criterion in enumerate(lesson.criteria):
            yield ("lessons", number, "criteria", place), criterion


def words_of(text: str) -> list[str]:
    """The words of a text without capitals and punctuation."""
    return _WORD.findall(text.casefold())
