"""An empty Word document in our styles: fonts, colours, lists, a page of A4, and nothing left of the template's own."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from assessments.reports.word_xml import node

SHEET = Path(__file__).with_name("word_styles.xml")
MM = 36_000
"""In the units of drawings."""
MARGINS = {"top_margin": 24, "right_margin": 20, "bottom_margin": 22, "left_margin": 20}
LEFT_OVER = ("stylesWithEffects", "customXml", "thumbnail")
"""Kinds of parts of the template that say nothing of ours."""


def new_document(language: str, colours: dict[str, str]) -> Any:
    """A document without a word in it. `language` as Word names it, `colours` by the names of their tokens."""
    from docx import Document
    from docx.shared import Mm

    document = Document()
    _replace(document.styles.element, styles(language, colours))
    _drop_left_over(document.part)
    _drop_left_over(document.part.package)
    _settle(document.settings.element, language)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, millimetres in MARGINS.items():
        setattr(section, name, Mm(millimetres))
    section.header_distance = section.footer_distance = Mm(12)
    section.different_first_page_header_footer = True
    return document


def styles(language: str, colours: dict[str, str]) -> bytes:
    """The sheet with its colours and its language. Raises KeyError for a colour that is none."""
    values = {name: colour.removeprefix("#") for name, colour in colours.items()} | {"language": language}
    return re.sub(r"var\(--([\w-]+)\)", lambda found: values[found[1]], _sheet()).encode()


def number_lists(document: Any, count: int) -> None:
    """Define the marks of lists: bullets, and `count` lists that are numbered, each from 1."""
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    numbering.extend(_definition(number, kind, text) for number, (kind, text) in enumerate(LISTS))
    numbering.append(node("num", node("abstractNumId", val=0), numId=1))
    for number in range(1, count + 1):
        restart = node("lvlOverride", node("startOverride", val=1), ilvl=0)
        numbering.append(node("num", node("abstractNumId", val=1), restart, numId=number + 1))


LISTS = (("bullet", "•"), ("decimal", "%1."))


def _definition(number: int, kind: str, text: str) -> Any:
    level = node(
        "lvl",
        node("start", val=1),
        node("numFmt", val=kind),
        node("lvlText", val=text),
        node("lvlJc", val="left"),
        node("pPr", node("ind", left=425, hanging=425)),
        ilvl=0,
    )
    return node("abstractNum", node("multiLevelType", val="singleLevel"), level, abstractNumId=number)


@cache
def _sheet() -> str:
    return SHEET.read_text()


def _replace(element: Any, sheet: bytes) -> None:
    from docx.oxml import parse_xml

    for child in list(element):
        element.remove(child)
    element.extend(list(parse_xml(sheet)))


def _drop_left_over(part: Any) -> None:
    for name, relation in list(part.rels.items()):
        if relation.reltype.rpartition("/")[2] in LEFT_OVER:
            del part.rels[name]


def _settle(settings: Any, language: str) -> None:
    """Say that the document is one of today's Word, not to be opened in a compatible way, and its language."""
    from docx.oxml.ns import qn

    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    for told in settings.iter(qn("w:themeFontLang")):
        told.attrib.clear()
        told.set(qn("w:val"), language)
    for name in ("w:rsids", "w:proofState", "w:savePreviewPicture", "w14:docId"):
        for told in list(settings.iter(f"{{{W14}}}docId" if name.startswith("w14") else qn(name))):
            told.getparent().remove(told)


W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
