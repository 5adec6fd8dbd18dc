"""Wrong files, each with one mistake that a person makes in a text editor, a word processor or Excel."""

import io
import zipfile
from pathlib import Path

RIGHT = (Path(__file__).parent / "right.yaml").read_text()

TABLE = """schema,hubplaybook/playbook@1,,
key,town-hubs,,
criterion,weight,level 0,level 1
shared-vision,20,No written vision.,"One organisation, or two, has one."
"""


def typed(old: str, new: str) -> bytes:
    """The right file with this text typed over once."""
    assert RIGHT.count(old) >= 1
    return RIGHT.replace(old, new, 1).encode()


def zipped(*names: str) -> bytes:
    """The beginnings of an office document."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<xml/>")
    return file.getvalue()


LEVEL = """          - descriptor: One organisation has written one.
            next_step: Take it to a second sector.
"""
CRITERION = RIGHT[RIGHT.index("      - key: shared-vision") : RIGHT.index("  - key: local-roots")]

MISTAKES: dict[str, tuple[str, bytes]] = {
    "set in with a tab": ("hubs.yaml", typed("    weight: 60", "\tweight: 60")),
    "curly quotation marks from a word processor": (
        "hubs.yaml",
        typed('version: "1.0"', "version: “1.0”").replace(
            b"title: Hubs of small towns", "title: “Hubs: of small towns”".encode()
        ),
    ),
    "a comma for the decimal point": ("hubs.yaml", typed("weight: 60", "weight: 62,5")),
    "a weight with a per cent sign": ("hubs.yaml", typed("weight: 20", "weight: 20 %")),
    "a version that is read as a number": ("hubs.yaml", typed('version: "1.0"', "version: 1.10")),
    "a table saved as CSV": ("hubs.csv", TABLE.encode()),
    "Unicode text from Excel": ("hubs.txt", RIGHT.encode("utf-16")),
    "an Excel workbook renamed": ("hubs.yaml", zipped("[Content_Types].xml", "xl/workbook.xml")),
    "a Word document": ("hubs.docx", zipped("[Content_Types].xml", "word/document.xml")),
    "saved as ANSI in an old editor": ("hubs.yaml", RIGHT.encode("cp1252")),
    "a criterion copied, its key kept": ("hubs.yaml", RIGHT.replace(CRITERION, CRITERION + CRITERION).encode()),
    "a line pasted twice": ("hubs.yaml", typed("        weight: 20\n", "        weight: 20\n        weight: 25\n")),
    "a key mistyped": ("hubs.yaml", typed("descriptor: No", "desciptor: No")),
    "a stage renamed, its targets not": ("hubs.yaml", typed("key: forming", "key: founding")),
    "a level deleted, its targets not": ("hubs.yaml", typed(LEVEL, "")),
    "a colon in a text": ("hubs.yaml", typed("People discuss a hub.", "People discuss this: a hub.")),
    "no space after a colon": ("hubs.yaml", typed("title: The long path", "title:The long path")),
    "a line not set in": ("hubs.yaml", typed("        title: Shared vision", "       title: Shared vision")),
    "a text that goes on after its quotation marks": (
        "hubs.yaml",
        typed("title: The long path", 'title: "The long" path'),
    ),
    "a quotation mark not closed": ("hubs.yaml", typed("title: The long path", 'title: "The long path')),
    "nothing after a key": ("hubs.yaml", typed('why: ""', "why:")),
    "one entry instead of a list": (
        "hubs.yaml",
        typed("evidence:\n          - The signed vision", "evidence: The signed vision"),
    ),
    "no for never": ("hubs.yaml", typed("not_applicable: null", "not_applicable: no")),
    "the answers instead of the playbook": ("answers.yaml", b"schema: hubplaybook/answers@1\nplace: Millbrook\n"),
}
"""The name and the bytes of each file, by the mistake that is in it."""
