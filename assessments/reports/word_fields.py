"""What Word fills in itself: the contents, the numbers of pages; each with what it says until then."""

from collections.abc import Sequence
from typing import Any

from assessments.reports.word_blocks import Contents, Paragraph
from assessments.reports.word_runs import TAB
from assessments.reports.word_xml import Writer, node

CONTENTS = r'TOC \o "1-2" \h \z \u'
LEVELS = {"Heading1": "TOC1", "Heading2": "TOC2"}


def contents(told: Contents, writer: Writer) -> Any:
    """The contents as a field that lists the headings already; Word adds the pages when it brings it up to date."""
    listed = [(heading, name) for heading, name in writer.headings if heading.style in LEVELS]
    entries = [_entry(writer, heading, name) for heading, name in listed]
    if entries:
        entries[0][1:1] = _begin(CONTENTS)
        entries[-1].append(node("r", node("fldChar", fldCharType="end")))
    gallery = node("docPartObj", node("docPartGallery", val="Table of Contents"), node("docPartUnique"))
    return node("sdt", node("sdtPr", gallery), node("sdtContent", writer.paragraph(told.head), *entries))


def _entry(writer: Writer, heading: Paragraph, name: str) -> Any:
    words = [each for run in heading.runs if run is not TAB for each in writer.run(run, turned=heading.right_to_left)]
    page = [node("r", node("tab")), *_begin(rf"PAGEREF {name} \h"), node("r", node("fldChar", fldCharType="end"))]
    properties = node("pPr", node("pStyle", val=LEVELS[heading.style]))
    return node("p", properties, node("hyperlink", *words, *page, anchor=name, history=1))


def _begin(instruction: str) -> list[Any]:
    """What stands before the words of a field."""
    from docx.oxml.ns import qn

    told = node("instrText")
    told.text = f" {instruction} "
    told.set(qn("xml:space"), "preserve")
    return [
        node("r", node("fldChar", fldCharType="begin")),
        node("r", told),
        node("r", node("fldChar", fldCharType="separate")),
    ]


def field(instruction: str, words: str) -> Any:
    """A field in a line, with what it says until Word has counted."""
    said = node("t")
    said.text = words
    return node("fldSimple", node("r", said), instr=instruction)


def counted(words: Sequence[str]) -> list[Any]:
    """Words with the number of the page and of all pages between them: ["Page ", " of ", ""]."""
    before, between, after = (_plain(each) for each in words)
    return [*before, field("PAGE", "1"), *between, field("NUMPAGES", "1"), *after]


def _plain(words: str) -> list[Any]:
    from docx.oxml.ns import qn

    if not words:
        return []
    said = node("t")
    said.text = words
    said.set(qn("xml:space"), "preserve")
    return [node("r", said)]
