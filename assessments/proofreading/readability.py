"""How easily a playbook is read: long sentences and paragraphs, and words that say little. Warnings only."""

import re
from collections.abc import Iterator

from assessments.interchange.documents import Playbook
from assessments.interchange.faults import Path, shortened
from assessments.proofreading.remark import Remark, criteria_of, warning

SENTENCE_WORDS = 30
PARAGRAPH_WORDS = 60

JARGON = {
    r"actionable": "say what to do",
    r"best[ -]practices?": "say what works, and where",
    r"buy-in": "write “agreement”",
    r"capacity[ -]building": "say whether it is training, staff or money",
    r"cutting[ -]edge": "write “new”, or say what is new",
    r"deep[ -]dives?": "write “close look”",
    r"ecosystems?": "name who is meant: firms, universities, investors",
    r"empower(s|ed|ing|ment)?": "say what people may now decide or do",
    r"enablers?": "say what makes it possible",
    r"facilitat(e|es|ed|ing|ion)": "write “help”, or say who does what",
    r"game[ -]chang(ing|ers?)": "say what changes",
    r"going forward": "write “from now on”, or leave it out",
    r"holistic(ally)?": "write “whole”, or say what it takes in",
    r"impactful": "say what changed, and for whom",
    r"incentivi[sz](e|es|ed|ing)": "write “encourage” or “pay for”",
    r"leverag(e|es|ed|ing)": "write “use”; of money, “attract”",
    r"overarching": "write “main”, or leave it out",
    r"paradigms?": "write “way of working”",
    r"proactive(ly)?": "say what is done before anybody asks",
    r"robust(ly|ness)?": "say what makes it so: tested, dated, checked by somebody else",
    r"stakeholders?": "name them: partners, residents, funders",
    r"synerg(y|ies|istic)": "say what works better together",
    r"thought[ -]leader(s|ship)?": "write “expert”",
    r"utili[sz](e|es|ed|ing|ation)": "write “use”",
    r"world[ -](class|leading)": "say how it compares, and with whom",
}
"""Words that mean little to many readers, and what to do instead; the keys are regular expressions."""

_JARGON = [(re.compile(rf"(?<!\w){word}(?!\w)", re.IGNORECASE), advice) for word, advice in JARGON.items()]
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]’”]*\s+")


def texts(document: Playbook) -> Iterator[Remark]:
    """What is hard to read, text by text; the paragraphs of levels only, where a place has to decide what is true."""
    for path, text in _texts(document):
        paragraphs = text.split("\n")
        for paragraph in paragraphs:
            yield from _long_sentences(path, paragraph)
            if "levels" in path:
                yield from _long_paragraph(path, paragraph)
        yield from _jargon(path, text)


def _long_sentences(path: Path, paragraph: str) -> Iterator[Remark]:
    for sentence in _SENTENCE_END.split(paragraph):
        if (count := _length(sentence)) > SENTENCE_WORDS:
            start = shortened(sentence, 40)
            yield warning(
                path, f"has a sentence of {count} words: “{start}”. Make two of it, of {SENTENCE_WORDS} words at most."
            )


def _long_paragraph(path: Path, paragraph: str) -> Iterator[Remark]:
    if (count := _length(paragraph)) > PARAGRAPH_WORDS:
        yield warning(path, f"has a paragraph of {count} words. Cut it to {PARAGRAPH_WORDS}, or begin a new one.")


def _jargon(path: Path, text: str) -> Iterator[Remark]:
    for word, advice in _JARGON:
        if found := word.search(text):
            yield warning(path, f"says “{found[0]}”, which means little to many readers: {advice}.")


def _length(text: str) -> int:
    """How many words there are; a dash is none."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def _texts(document: Playbook) -> Iterator[tuple[Path, str]]:
    """Every text with its path, except keys and the open data, which are names that others gave."""
    yield ("title",), document.title
    yield ("summary",), document.summary
    for n, role in enumerate(document.roles):
        yield ("roles", n, "name"), role.name
        yield ("roles", n, "summary"), role.summary
    for n, stage in enumerate(document.stages):
        yield ("stages", n, "name"), stage.name
        yield ("stages", n, "facts"), stage.facts
    for n, lesson in enumerate(document.lessons):
        yield ("lessons", n, "title"), lesson.title
        yield ("lessons", n, "summary"), lesson.summary
    for path, criterion in criteria_of(document):
        for name in ("title", "question", "why", "not_applicable", "ask"):
            yield (*path, name), getattr(criterion, name) or ""
        for n, text in enumerate(criterion.evidence):
            yield (*path, "evidence", n), text
        for n, level in enumerate(criterion.levels):
            yield (*path, "levels", n, "descriptor"), level.descriptor
            yield (*path, "levels", n, "next_step"), level.next_step
