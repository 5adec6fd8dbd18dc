"""Documents of Word, Excel and PowerPoint: ZIPs of parts. Only their directory is read, and the one part that says
what the others are; nothing else is unpacked.
"""

import re
import struct
import zipfile
import zlib
from typing import IO

from django.utils.translation import gettext as _

from assessments.files.refusing import FileRefused, damaged, of_no_kind, swells

MIB = 1024 * 1024
MOST_PARTS = 5000
MOST_DIRECTORY = 2 * MIB
MOST_UNPACKED = 400 * MIB
MOST_RATIO = 200
"""How many times as large as the file its parts may be together; below a size at which nobody cares."""
NOBODY_CARES = 20 * MIB
MOST_TYPES = MIB
"""The largest list of types that is read."""
TYPES, END = "[Content_Types].xml", b"PK\x05\x06"
OPEN_DOCUMENT = "mimetype"
MAIN = {
    "docx": (b"wordprocessingml.document.main+xml", "word/"),
    "xlsx": (b"spreadsheetml.sheet.main+xml", "xl/"),
    "pptx": (b"presentationml.presentation.main+xml", "ppt/"),
}
MACROS = (b"macroenabled", b"vbaproject")
BAD = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def office_kind(content: IO[bytes]) -> str:
    """The suffix of what it is: docx, xlsx or pptx. Raises FileRefused for every other ZIP."""
    _check_end(content)
    try:
        content.seek(0)
        with zipfile.ZipFile(content) as package:
            return _kind(package, content)
    except FileRefused:
        raise
    except BAD:
        raise damaged() from None


def _check_end(content: IO[bytes]) -> None:
    """The directory is small enough to be read at all: each of its entries takes some hundred bytes of memory."""
    content.seek(0, 2)
    content.seek(max(0, content.tell() - 22 - 0xFFFF))
    tail = content.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < 22:
        raise damaged()
    parts, directory = struct.unpack("<10xHI6x", tail[at : at + 22])
    if parts > MOST_PARTS or directory > MOST_DIRECTORY or b"PK\x06\x07" in tail[max(0, at - 20) : at]:
        raise swells()
    if tail.count(END) > 1:  # which of them counts, programs do not agree on
        raise damaged()


def _kind(package: zipfile.ZipFile, content: IO[bytes]) -> str:
    parts = package.infolist()
    names = [part.filename for part in parts]
    if OPEN_DOCUMENT in names:
        raise FileRefused(_("This is an OpenDocument file. Save it as .docx, .xlsx, .pptx or PDF, and send that."))
    if TYPES not in names:
        raise FileRefused(_("A ZIP file is not taken. Send the documents that are in it, each by itself."))
    _check_parts(parts, content)
    types = _types(package)
    if any(mark in types for mark in MACROS) or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(_("The document holds macros. Save it without them, as .docx, .xlsx or .pptx."))
    for suffix, (main, folder) in MAIN.items():
        if main in types and any(name.startswith(folder) for name in names):
            return suffix
    raise of_no_kind()


def _check_parts(parts: list[zipfile.ZipInfo], content: IO[bytes]) -> None:
    content.seek(0, 2)
    packed, unpacked = content.tell(), sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > max(MOST_RATIO * packed, NOBODY_CARES):
        raise swells()
    names = [part.filename for part in parts]
    if len(set(names)) < len(names) or any(map(_leads_out, names)):
        raise damaged()
    if any(
        part.flag_bits & 1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts
    ):
        raise damaged()


def _leads_out(name: str) -> bool:
    """Whether a name would leave the folder that it is unpacked into: no program that writes documents makes such."""
    return name.startswith(("/", "\\")) or "\0" in name or bool(re.search(r"(^|[/\\])\.\.([/\\]|$)|^[a-zA-Z]:", name))


def _types(package: zipfile.ZipFile) -> bytes:
    with package.open(TYPES) as part:
        found = part.read(MOST_TYPES + 1)
    if len(found) > MOST_TYPES:
        raise swells()
    return found.lower()
