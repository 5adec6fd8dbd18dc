"""The report's HTML → what stands one below another in a Word document: paragraphs in styles, tables, contents.

So the two cannot differ: words, figures, chapters and language of the document are those of the printed report. How a
thing is called there (elements and classes) and here (styles) is all that is known; what is not known loses nothing but
its look. Nothing here knows the form of the file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from assessments.reports.markup import Element
from assessments.reports.word_runs import LINE_END, PLAIN, TAB, Look, Run, begins_right_to_left, closed, flowing

Style = TypeVar("Style")
HEADINGS = {"h1": "Title", "h2": "Heading1", "h3": "Heading2", "h4": "Heading3"}
PARAGRAPHS = {
    "lede": "Lede",
    "small": "Small",
    "not-translated": "Small",
    "soft": "SoftText",
    "keep": "Kept",
    "lesson-head": "Kept",
    "chart-title": "Caption",
    "answer": "Answer",
    "priority-title": "Strongly",
    "logo--plated": "Picture",
    "logo": "CoverLogo",
    "seal-none": "CoverFoot",
    "cover-brand": "CoverBrand",
    "cover-kind": "CoverKind",
    "cover-what": "Subtitle",
    "cover-note": "Note",
}
"""Styles of paragraphs by the class that asks for them, the weightiest first."""
INSIDE = {"notice": "Notice", "scores": "Score", "criterion-head": "Kept"}
INSIDE_TAGS = {"figure": "Picture", "figcaption": "Kept"}
"""Styles of all plain paragraphs in something of that class or tag."""
WORDS = {
    "tag--complete": "TagGood",
    "tag--provisional": "TagWarn",
    "tag--withheld": "Tag",
    "tag--blocked": "TagError",
    "tag": "Tag",
    "badge--none": "Badge",
    **{f"tone-{tone}": f"Badge{tone}" for tone in range(5)},
    "figure--words": "FigureWords",
    "figure--evidenced": "FigureEvidenced",
    "figure": "Figure",
    "soft": "Soft",
    "small": "SmallWords",
    "long": "LongTitle",
}
"""Styles of words in a line, the weightiest first."""
WIDTH = re.compile(r"width: ([\d.]+)mm")
FACTS = {"facts": ("Fact", "FactText")}
TOLD = ("Told", "ToldText")
BLOCKS = {*HEADINGS, "article", "aside", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "header", "li"} | {
    "main", "nav", "ol", "p", "section", "table", "ul",
}  # fmt: skip


@dataclass(frozen=True)
class Paragraph:
    """`style` is empty for plain text; `number` tells which numbered list it is the next item of, from 1."""

    runs: tuple[Run, ...]
    style: str = ""
    number: int = 0
    anchor: str = ""
    new_page: bool = False
    right_to_left: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Cell:
    """A cell over `span` columns; one that `leads` stays on the page of the row below."""

    blocks: tuple["Block", ...]
    span: int = 1
    leads: bool = False
    at_right: bool = False


@dataclass(frozen=True)
class Table:
    """`heads` of the `rows` stand again on each page; the last of them is a sum where there is a `sum`."""

    caption: str
    rows: tuple[tuple[Cell, ...], ...]
    heads: int
    sum: bool
    whole: bool


@dataclass(frozen=True)
class Contents:
    """Where the contents stand, with their head; what they list are the headings of the document."""

    head: Paragraph


Block = Paragraph | Table | Contents


def blocks_of(body: Element) -> list[Block]:
    """Everything in the body, in its order."""
    return list(_Reader().inside(body))


@dataclass
class _Reader:
    lists: int = 0

    def inside(self, element: Element, style: str = "", look: Look = PLAIN) -> Iterator[Block]:
        """The blocks of an element's children; what stands between them is a paragraph in `style`."""
        style = _first(element.classes, INSIDE, INSIDE_TAGS.get(element.tag, style))
        look = _look(element, look)
        waiting: list[Run] = []
        for child in element.children:
            if isinstance(child, str) or child.tag not in BLOCKS:
                waiting += _runs(child, look)
                continue
            yield from _paragraph(waiting, style)
            waiting = []
            yield from self.block(child, style, look)
        yield from _paragraph(waiting, style, element)

    def block(self, element: Element, style: str, look: Look) -> Iterator[Block]:
        tag = element.tag
        if "contents" in element.classes:
            head = replace(_of(element.elements[0], "TOCHeading", look), new_page="new-page" in element.classes)
            yield Contents(head)
        elif tag in HEADINGS:
            yield _of(element, HEADINGS[tag], look)
        elif tag == "p":
            yield from self.inside(element, _first(element.classes, PARAGRAPHS, style), look)
        elif tag in ("ul", "ol"):
            yield from self.listed(element, look)
        elif tag == "dl":
            yield from self.told(element, look)
        elif tag == "table":
            yield from self.table(element, look)
        else:
            found = self.inside(element, style, look)
            yield from _from_new_page(found) if "new-page" in element.classes else found

    def listed(self, element: Element, look: Look) -> Iterator[Block]:
        """The first paragraph of an item bears its mark, the others stand below it."""
        self.lists += element.tag == "ol"
        number = self.lists if element.tag == "ol" else 0
        for item in element.elements:
            for place, block in enumerate(self.inside(item, "", look)):
                if not isinstance(block, Paragraph) or block.style.startswith("List"):
                    yield block
                elif place:
                    yield replace(block, style="ListContinue")
                else:
                    yield replace(block, style="ListNumber" if number else "ListBullet", number=number)

    def told(self, element: Element, look: Look) -> Iterator[Block]:
        """A term at the side of the first paragraph of what is told of it, unless that runs from right to left."""
        beside, below = _first(element.classes, FACTS, TOLD)
        term: list[Run] = []
        for part in element.elements:
            if part.tag == "dt":
                term = [replace(run, look=replace(run.look, bold=True)) for run in flowing(_all_runs(part, look))]
                continue
            paragraphs = [_without_mark(each) for each in self.inside(part, "", look) if isinstance(each, Paragraph)]
            if paragraphs and not paragraphs[0].right_to_left:
                first = paragraphs.pop(0)
                yield replace(first, style=beside, runs=(*term, TAB, *first.runs))
            elif term:
                yield Paragraph(tuple(term), beside)
            yield from (replace(each, style=below) for each in paragraphs)
            term = []

    def table(self, element: Element, look: Look) -> Iterator[Block]:
        caption = next(element.all("caption"), None)
        if caption is not None:
            yield _of(caption, "Caption", look)
        rows = tuple(self.row(row, look) for row in element.all("tr"))
        heads = sum(len(list(head.all("tr"))) for head in element.all("thead"))
        whole = "table--working" in element.classes and "long" not in element.classes
        yield Table(caption.text if caption else "", rows, heads, next(element.all("tfoot"), None) is not None, whole)

    def row(self, row: Element, look: Look) -> tuple[Cell, ...]:
        group = "group" in row.classes
        return tuple(
            Cell(
                tuple(self.inside(cell, "TableText", replace(look, bold=group and cell.tag == "th"))),
                span=int(cell.attributes.get("colspan", 1)),
                leads=group,
                at_right="number" in cell.classes,
            )
            for cell in row.elements
        )


def _first(classes: Sequence[str], styles: Mapping[str, Style], otherwise: Style) -> Style:
    return next((styles[name] for name in styles if name in classes), otherwise)


def _of(element: Element, style: str, look: Look) -> Paragraph:
    """A paragraph of all the words in an element, which holds no other block."""
    runs = flowing(_all_runs(element, _look(element, look)))
    return Paragraph(tuple(runs), style, anchor=element.attributes.get("id", ""), right_to_left=_turned(element))


def _paragraph(runs: Sequence[Run], style: str, element: Element | None = None) -> Iterator[Paragraph]:
    if told := flowing(runs):
        yield Paragraph(tuple(told), style, right_to_left=element is not None and _turned(element))


def _turned(element: Element) -> bool:
    return element.attributes.get("dir") == "auto" and begins_right_to_left(element.text)


def _from_new_page(blocks: Iterator[Block]) -> Iterator[Block]:
    for number, block in enumerate(blocks):
        if number == 0 and isinstance(block, Paragraph):
            yield replace(block, new_page=True)
        else:
            yield block


def _without_mark(paragraph: Paragraph) -> Paragraph:
    return replace(paragraph, number=0)


def _look(element: Element, look: Look) -> Look:
    """How the words in an element stand, of which more is said by what stands in it."""
    language = element.attributes.get("lang", look.language) if element.tag != "html" else ""
    keeps = look.keeps_lines or "user-text" in element.classes
    bold = look.bold or element.tag in ("b", "strong")
    style = _first(element.classes, WORDS, look.style) if element.tag in ("span", "h1") else look.style
    link = element.attributes.get("href", look.link) if element.tag == "a" else look.link
    return Look(style, bold, language, link, keeps)


def _runs(node: Element | str, look: Look) -> list[Run]:
    """A text, or what stands in an element that stands in a line."""
    if isinstance(node, str):
        return [Run(node, look)]
    if node.tag == "br":
        return [LINE_END]
    if node.tag == "img":
        width = WIDTH.search(node.attributes.get("style", ""))
        source = node.attributes["src"]
        return [Run(node.attributes.get("alt", ""), look, source, width=float(width[1]) if width else 0)]
    runs = _all_runs(node, _look(node, look))
    apart = node.tag == "bdi" or "dir" in node.attributes
    return [replace(run, text=closed(run.text)) for run in runs] if apart else runs


def _all_runs(element: Element, look: Look) -> list[Run]:
    return [run for child in element.children for run in _runs(child, look)]
