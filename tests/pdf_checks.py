"""What must hold of every PDF that leaves the house: PDF/UA-1 as far as it can be checked here.

`assert_pdf_ua` runs two validators and our own look at the structure. Neither validator is the reference one
(veraPDF, which Python, Debian and npm packages do not offer): `page-validation` has 104 rules,
`pdfua` 16. Whether an alternative text says the right thing, only a person can tell.
"""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import page
import pdfua
import pikepdf

Faults = Iterator[str]
NOTHING: Any = {}


def assert_pdf_ua(pdf: bytes) -> None:
    """Fail with every fault found, one a line."""
    faults = [*own_faults(pdf), *validator_faults(pdf)]
    assert faults == [], "\n".join(faults)


def own_faults(pdf: bytes) -> list[str]:
    """Return what our own checks find."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [fault for check in OWN_CHECKS for fault in check(document)]


def validator_faults(pdf: bytes) -> list[str]:
    """Return what the two validators find, each line opening with the validator and its rule."""
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    found = [f"page {failure.rule_id}: {failure.message}" for failure in report.failures]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(pdf)
        return found + [f"pdfua {each.rule_id}: {each.message}" for each in pdfua.validate(str(path)).findings]


def fonts_of(pdf: bytes) -> set[str]:
    """Return the names of the fonts in the file, without the tag of the subset."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {re.sub(r"^/[A-Z]{6}\+", "", str(font.FontName)) for font in _descriptors(document)}


def elements_of(document: pikepdf.Pdf) -> Iterator[Any]:
    """Yield the elements of the structure tree in reading order."""
    stack: list[Any] = [document.Root.StructTreeRoot.K] if "/StructTreeRoot" in document.Root else []
    while stack:
        node = stack.pop()
        if isinstance(node, pikepdf.Array):
            stack.extend(reversed(list(node)))
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield node
            stack.append(node.get("/K", pikepdf.Array()))


def _descriptors(document: pikepdf.Pdf) -> Iterator[Any]:
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
            yield thing


def _annotations(document: pikepdf.Pdf) -> Iterator[Any]:
    for each in document.pages:
        yield from each.get("/Annots", [])


def _marked(document: pikepdf.Pdf) -> Faults:
    if document.Root.get("/MarkInfo", NOTHING).get("/Marked") is not True:
        yield "The document is not marked as tagged"
    if not any(True for _ in elements_of(document)):
        yield "The structure tree is empty"


def _language(document: pikepdf.Pdf) -> Faults:
    if not str(document.Root.get("/Lang", "")):
        yield "The document has no language"


def _title(document: pikepdf.Pdf) -> Faults:
    with document.open_metadata() as xmp:
        if not xmp.get("dc:title") or not str(document.docinfo.get("/Title", "")):
            yield "The document has no title"
    if document.Root.get("/ViewerPreferences", NOTHING).get("/DisplayDocTitle") is not True:
        yield "The window does not show the title"


def _identification(document: pikepdf.Pdf) -> Faults:
    with document.open_metadata() as xmp:
        if xmp.get("{http://www.aiim.org/pdfua/ns/id/}part") != "1":
            yield "The metadata do not say PDF/UA-1"


def _figures(document: pikepdf.Pdf) -> Faults:
    for element in elements_of(document):
        if element.S == "/Figure" and not str(element.get("/Alt", "")).strip():
            yield "A figure has no alternative text"


def _cells(document: pikepdf.Pdf) -> Faults:
    for element in elements_of(document):
        if element.S == "/TH" and element.get("/A", NOTHING).get("/Scope") not in ("/Row", "/Column", "/Both"):
            yield "A table head has no scope"
        if element.S in ("/TH", "/TD") and not element.get("/K"):
            yield "A table cell is empty"


def _headings(document: pikepdf.Pdf) -> Faults:
    before = 0
    for element in elements_of(document):
        if found := re.fullmatch(r"/H([1-6])", str(element.S)):
            level = int(found[1])
            if level > before + 1:
                yield f"A heading of level {level} follows level {before}"
            before = level


def _embedded(document: pikepdf.Pdf) -> Faults:
    for font in _descriptors(document):
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()):
            yield f"The font {font.FontName} is not embedded"


def _bookmarks(document: pikepdf.Pdf) -> Faults:
    with document.open_outline() as outline:
        if not outline.root:
            yield "There are no bookmarks"


def _tabs(document: pikepdf.Pdf) -> Faults:
    for number, each in enumerate(document.pages, 1):
        if each.get("/Annots") and each.get("/Tabs") != "/S":
            yield f"The tab order of page {number} is not that of the structure"


def _links(document: pikepdf.Pdf) -> Faults:
    for link in _annotations(document):
        if not str(link.get("/Contents", "")).strip():
            yield "A link has no description"
        if not int(link.get("/F", 0)) & 4:
            yield "A link is not set to print"
        if "/StructParent" not in link:
            yield "A link is not in the structure"


OWN_CHECKS: tuple[Callable[[pikepdf.Pdf], Faults], ...] = (
    _marked,
    _language,
    _title,
    _identification,
    _figures,
    _cells,
    _headings,
    _embedded,
    _bookmarks,
    _tabs,
    _links,
)
