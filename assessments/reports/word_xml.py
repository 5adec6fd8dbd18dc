"""Paragraphs and tables → the elements of a Word document, in the order that its schema asks for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assessments.reports.office import holdable
from assessments.reports.word_blocks import Block, Cell, Contents, Paragraph, Table
from assessments.reports.word_runs import TAB, Run, by_direction
from assessments.reports.word_tables import widths_of

LANGUAGES = {"en": "en-GB", "en-gb": "en-GB", "cy": "cy-GB"}
"""As Word names them, by code."""


def node(tag: str, *children: Any, **attributes: str | int) -> Any:
    """An element of WordprocessingML; an attribute may end in _ where Python has that word for itself."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name.rstrip('_')}"), str(value))
    element.extend(child for child in children if child is not None)
    return element


def flag(tag: str, on: bool) -> Any:
    return node(tag) if on else None


@dataclass
class Writer:
    """Writes blocks, and remembers the headings that the contents list.

    `relate` gives the id of a relationship to a web address, or nothing where there can be none; `draw` a picture.
    """

    relate: Callable[[str], str]
    draw: Callable[[Run], Any]
    anchors: dict[str, str] = field(default_factory=dict)
    headings: list[tuple[Paragraph, str]] = field(default_factory=list)
    lists: int = 0

    def written(self, blocks: Sequence[Block]) -> list[Any]:
        """The elements of these blocks; the contents are left as they are, to be put in at the end."""
        elements: list[Any] = []
        after_table = False
        for block in blocks:
            if isinstance(block, Table):
                elements.append(self.table(block))
            elif isinstance(block, Contents):
                elements.append(block)
            else:
                elements.append(self.paragraph(block, after_table=after_table))
            after_table = isinstance(block, Table)
        return elements

    def name_anchors(self, blocks: Sequence[Block]) -> None:
        """Give every heading a bookmark before anything is written, for what leads to one further down."""
        named = [each for each in blocks if isinstance(each, Paragraph) and _is_heading(each)]
        self.anchors = {each.anchor or f"heading {n}": f"_Toc{n:05}" for n, each in enumerate(named, 1)}
        self.lists = max((each.number for each in blocks if isinstance(each, Paragraph)), default=0)

    def paragraph(self, told: Paragraph, *, after_table: bool = False, keep: bool = False, right: bool = False) -> Any:
        style = told.style
        air = after_table and not style.startswith("Heading")
        properties = node(
            "pPr",
            node("pStyle", val=style) if style else None,
            flag("keepNext", keep),
            flag("pageBreakBefore", told.new_page),
            node("numPr", node("ilvl", val=0), node("numId", val=told.number + 1)) if told.number else None,
            flag("bidi", told.right_to_left),
            node("spacing", before=0 if told.new_page else 160) if air or told.new_page else None,
            node("jc", val="right") if right else None,
        )
        runs = [each for run in told.runs for each in self.run(run, turned=told.right_to_left)]
        if not _is_heading(told):
            return node("p", properties, *runs)
        number = len(self.headings) + 1
        name = f"_Toc{number:05}"
        self.headings.append((told, name))
        return node("p", properties, node("bookmarkStart", id=number, name=name), *runs, node("bookmarkEnd", id=number))

    def run(self, run: Run, *, turned: bool = False) -> list[Any]:
        """A run as Word's runs, in a link where it is one."""
        if run.picture:
            return [self.draw(run)]
        if run is TAB:
            return [node("r", node("tab"))]
        link = self._link(run.look.link)
        runs = [_run(part, "Hyperlink" if link is not None else run.look.style) for part in by_direction(run)]
        if link is None:
            return runs
        link.extend(runs)
        return [link]

    def _link(self, address: str) -> Any:
        from docx.oxml.ns import qn

        if address.startswith("#"):
            anchor = self.anchors.get(address[1:])
            return node("hyperlink", anchor=anchor, history=1) if anchor else None
        related = self.relate(address) if address else ""
        if not related:
            return None
        link = node("hyperlink", history=1)
        link.set(qn("r:id"), related)
        return link

    def table(self, told: Table) -> Any:
        widths = widths_of(told)
        properties = node(
            "tblPr",
            node("tblStyle", val="HubTable"),
            node("tblW", w=sum(widths), type="dxa"),
            node("tblLayout", type="fixed"),
            _look_of(told),
            node("tblCaption", val=holdable(told.caption)) if told.caption else None,
        )
        grid = node("tblGrid", *(node("gridCol", w=width) for width in widths))
        last = len(told.rows) - 1
        rows = [
            self.row(row, widths, head=number < told.heads, keep=number < told.heads or (told.whole and number < last))
            for number, row in enumerate(told.rows)
        ]
        return node("tbl", properties, grid, *rows)

    def row(self, cells: Sequence[Cell], widths: Sequence[int], *, head: bool, keep: bool) -> Any:
        properties = node("trPr", node("cantSplit"), flag("tblHeader", head))
        row, at = node("tr", properties), 0
        for cell in cells:
            row.append(self.cell(cell, sum(widths[at : at + cell.span]), keep or cell.leads))
            at += cell.span
        return row

    def cell(self, cell: Cell, width: int, keep: bool) -> Any:
        properties = node(
            "tcPr",
            node("tcW", w=width, type="dxa"),
            node("gridSpan", val=cell.span) if cell.span > 1 else None,
        )
        told = [each for each in cell.blocks if isinstance(each, Paragraph)] or [Paragraph((), "TableText")]
        return node("tc", properties, *(self.paragraph(each, keep=keep, right=cell.at_right) for each in told))


def _is_heading(paragraph: Paragraph) -> bool:
    return paragraph.style.startswith("Heading")


def _look_of(table: Table) -> Any:
    """Which conditions of the table's style hold: its first row is a head, and its last a sum or not."""
    bands = {"firstColumn": 0, "lastColumn": 0, "noHBand": 1, "noVBand": 1}
    return node("tblLook", val="0660" if table.sum else "0620", firstRow=1, lastRow=int(table.sum), **bands)


def _run(run: Run, style: str) -> Any:
    properties = node(
        "rPr",
        node("rStyle", val=style) if style else None,
        flag("b", run.look.bold),
        flag("bCs", run.look.bold),
        flag("rtl", run.right_to_left),
        node("lang", val=LANGUAGES.get(run.look.language, run.look.language)) if run.look.language else None,
    )
    return node("r", properties if len(properties) else None, *_texts(run.text))


def _texts(text: str) -> list[Any]:
    """A text with its line ends as Word's."""

    found: list[Any] = []
    for number, line in enumerate(holdable(text).split("\n")):
        if number:
            found.append(node("br"))
        if line:
            words = node("t")
            words.text = line
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            found.append(words)
    return found
