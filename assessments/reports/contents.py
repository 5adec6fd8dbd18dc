"""The list of contents of the full report: the chapters that were chosen, and only those that there are."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.findings import Findings
from assessments.reports.options import CHAPTERS, Options


@dataclass(frozen=True)
class Entry:
    """A line of the list: the anchor that it leads to, and what stands there."""

    anchor: str
    title: Any
    parts: tuple["Entry", ...] = ()


def contents(findings: Findings, options: Options) -> list[Entry]:
    """The chapters in their order, then the appendix. Nothing is listed that is not printed."""
    chapters = [Entry(key, CHAPTERS[key], _parts(findings, key)) for key in options.chapters if _is_told(findings, key)]
    appendix = [Entry("stages", _("Appendix: the stages and their facts"))] if options.appendix else []
    disclaimer = (
        [Entry("disclaimer", _("Disclaimer"))] if options.branding and options.branding.disclaimer.strip() else []
    )
    return [*chapters, *appendix, *disclaimer]


def _is_told(findings: Findings, chapter: str) -> bool:
    return chapter != "change" or findings.change is not None


def _parts(findings: Findings, chapter: str) -> tuple[Entry, ...]:
    if chapter != "lessons":
        return ()
    return tuple(Entry(f"lesson-{lesson.key}", f"{lesson.number}. {lesson.title}") for lesson in findings.lessons)
