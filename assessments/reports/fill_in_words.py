"""The words of a workbook to fill in, the same for writing one and for knowing them again in one that comes back."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from assessments.interchange.documents import Answer, Criterion
from assessments.interchange.filled import NOT_APPLICABLE

DONT_KNOW = "dont_know"

KEY, ANSWER, REASON, NOTE = "key", "answer", "reason", "note"
HEADS = {
    "number": _("Number"),
    "title": _("Criterion"),
    "question": _("Question"),
    "levels": _("Levels, lowest first"),
    ANSWER: _("Answer"),
    REASON: _("Why it does not apply"),
    NOTE: _("Note"),
    "evidence": _("Evidence on the site, to read only"),
    KEY: _("Key"),
}
"""The columns of a lesson's sheet from left to right."""
LISTS = "Lists"
"""The name of the sheet of what the lists offer."""
READ = (KEY, ANSWER, REASON, NOTE)
"""The columns that are read when a workbook comes back."""
NO_IDEA = (
    "don't know",
    "dont know",
    "do not know",
    "not known",
    "unknown",
    "dk",
    "?",
    "dim yn gwybod",
    "ddim yn gwybod",
)
NOT_HERE = ("not applicable", "n/a", "na", "n.a.", "n.a", "does not apply", "ddim yn berthnasol", "amherthnasol")
LEVEL_WORDS = ("level", "lefel", "l")


def options(criterion: Criterion) -> list[tuple[Answer, str]]:
    """The answers to a criterion, in the order and the words of its list: levels from the lowest, then the others."""
    found: list[tuple[Answer, str]] = [
        (number, f"{number}: {' '.join(level.descriptor.split())}") for number, level in enumerate(criterion.levels)
    ]
    found.append((DONT_KNOW, gettext("Don’t know")))
    if criterion.not_applicable:
        words = gettext("Not applicable")
        found.append((NOT_APPLICABLE, f"{words}: {' '.join(criterion.not_applicable.split())}"))
    return found


def in_words(criterion: Criterion, answer: Answer | None) -> str:
    """An answer as the list of the criterion says it; empty for none."""
    return dict(options(criterion)).get(answer, "") if answer is not None else ""


def plain(text: object) -> str:
    """A text as it is compared: without capitals, with single spaces and one kind of apostrophe."""
    return re.sub(r"\s+", " ", str(text).replace("’", "'").replace("‘", "'")).strip().casefold()


def heads_in_every_language() -> dict[str, str]:
    """Which column a head names, by the head as `plain` gives it, in every language of the site."""
    found: dict[str, str] = {}
    for _language in each_language():
        found |= {plain(gettext(HEADS[name])): name for name in READ}
    return found


def each_language() -> Iterator[str]:
    """Every language of the pages, each spoken while it is handed out; English first."""
    codes = [code for code, _name in settings.LANGUAGES]
    for code in sorted(codes, key=lambda code: not code.startswith("en")):
        with override(code):
            yield code
