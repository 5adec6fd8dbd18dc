"""What somebody chose for a report: its kind, its chapters, its language, under whose name. Plain values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from assessments.reports.branding import Branding

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Kind:
    """One thing that can be made of a result. `name` says which it is, `purpose` what it is good for."""

    key: str
    name: Any
    purpose: Any
    suffix: str
    media_type: str
    has_chapters: bool = False

    @property
    def is_pdf(self) -> bool:
        """Only what nobody edits is issued under a code."""
        return self.media_type == PDF


KINDS = {
    kind.key: kind
    for kind in (
        Kind("full", _("Full report"), _("everything, for those who want to know why"), "pdf", PDF, has_chapters=True),
        Kind("board", _("Board paper"), _("two pages: what to decide, and what it rests on"), "pdf", PDF),
        Kind("funder", _("Funder annex"), _("one page beside an application"), "pdf", PDF),
        Kind("evidence", _("Annex of evidence"), _("every answer with its note and its evidence"), "pdf", PDF),
        Kind("word", _("Full report to edit"), _("the same as a Word document"), "docx", DOCX, has_chapters=True),
        Kind("workbook", _("Workbook"), _("scores, answers, evidence and priorities as a spreadsheet"), "xlsx", XLSX),
    )
}

# The chapters of the full report in their order. The cover and the note of independence are always there.
CHAPTERS = {
    "summary": _("Summary"),
    "stage": _("Stage and gates"),
    "lessons": _("The lessons"),
    "targets": _("Criteria against targets"),
    "priorities": _("All priorities"),
    "change": _("Since last time"),
    "method": _("How the score was reached"),
    "unknown": _("What is not known"),
    "sources": _("Sources"),
}


class NoSuchOption(ValueError):
    """A kind, a chapter or a language that there is not."""


@dataclass(frozen=True)
class Options:
    """`chapters` and `appendix` matter to the kinds that have chapters, and are all there unless chosen otherwise."""

    kind: str = "full"
    chapters: tuple[str, ...] = tuple(CHAPTERS)
    appendix: bool = True
    language: str = settings.LANGUAGE_CODE
    branding: Branding | None = field(default=None)

    def __post_init__(self) -> None:
        """Put the chapters in their order. Raises NoSuchOption."""
        wrong = set(self.chapters) - CHAPTERS.keys()
        if self.kind not in KINDS or wrong or self.language not in dict(settings.LANGUAGES):
            raise NoSuchOption(f"{self.kind} {sorted(wrong)} {self.language}")
        chapters = tuple(key for key in CHAPTERS if key in self.chapters) if KINDS[self.kind].has_chapters else ()
        object.__setattr__(self, "chapters", chapters)
        object.__setattr__(self, "appendix", self.appendix and KINDS[self.kind].has_chapters)

    def freeze(self) -> str:
        """As JSON text that `thaw_options` takes; the same options give the same text."""
        return json.dumps(
            {
                "kind": self.kind,
                "chapters": self.chapters,
                "appendix": self.appendix,
                "language": self.language,
                "branding": self.branding and self.branding.document(),
            },
            ensure_ascii=False,
            sort_keys=True,
        )


def thaw_options(text: str) -> Options:
    """Options as they were frozen."""
    told: Mapping[str, Any] = json.loads(text)
    branding = told["branding"] and Branding.of(told["branding"])
    return Options(told["kind"], tuple(told["chapters"]), told["appendix"], told["language"], branding)


@dataclass(frozen=True)
class Seal:
    """What an issued report shows of itself: the code, the address that checks it, who issued it and when."""

    code: str
    address: str
    issued_on: date
    issued_by: str

    def freeze(self) -> str:
        """As JSON text that `thaw_seal` takes."""
        told = {"code": self.code, "address": self.address, "issued_by": self.issued_by}
        return json.dumps(told | {"issued_on": self.issued_on.isoformat()}, ensure_ascii=False, sort_keys=True)


def thaw_seal(text: str) -> Seal:
    """A seal as it was frozen."""
    told: Mapping[str, Any] = json.loads(text)
    return Seal(told["code"], told["address"], date.fromisoformat(told["issued_on"]), told["issued_by"])
