"""The bytes of a workbook, looked at before any library opens them: its size packed and unpacked, its parts, its XML.

A workbook is a ZIP of XML parts. None needs a document type, and without one there is no entity that could swell,
and none that could fetch a file or an address: a part that has one is refused, whatever reads it afterwards.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from django.utils.translation import gettext as _

from assessments.reports.fill_in_faults import WorkbookError, refused
from assessments.reports.office import NOT_IN_XML

MIB = 1024 * 1024
MOST_BYTES = 5 * MIB
MOST_UNPACKED = 40 * MIB
MOST_PARTS = 1000
MOST_ELEMENTS = 1_000_000
"""Of XML in all parts; the workbook of 27 criteria has some 3,000."""
MOST_BESIDE_CELLS = 20_000
"""Of those, what is no row, cell or shared text. openpyxl makes objects of styles, names and lists of sheets, and looks
through some of them again for each one: a million of them, 8 KB packed, would hold the web process for minutes."""
CELLS = ("sheetData", "si")
"""The only children of a part's root in which a great many elements are read cheaply, whatever the part is called."""
_OLE, _ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_BY_NUMBER = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CHUNK = 1 << 16
STAND_INS = {"_x005F_": "\ufdd0", "x005F_": "\ufdd1"}
"""What openpyxl drops out of texts, and letters that no text has to stand in for it while openpyxl reads."""


def opened(data: bytes) -> io.BytesIO:
    """The same workbook, checked, in bounds and without document types. Raises WorkbookError."""
    _check_kind(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _checked(archive)
    except WorkbookError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise refused(damaged()) from error


def damaged() -> str:
    return _("The file is damaged and cannot be read. Open it in Excel or LibreOffice, and save it again as .xlsx.")


def _check_kind(data: bytes) -> None:
    if not data:
        raise refused(_("The file is empty. Save the workbook again, and upload that file."))
    if len(data) > MOST_BYTES:
        raise refused(_too_large())
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise refused(_("The workbook is protected by a password. Save it without one, and upload it again."))
        raise refused(_("This is an old Excel file (.xls). Open it, and save it as an Excel workbook (.xlsx)."))
    if not data.startswith(_ZIP):
        raise refused(_("This is no Excel workbook. A file such as CSV holds one sheet only: save it as .xlsx."))


def _too_large() -> str:
    words = _("The file is too large: at most {most} MB are read. Take out pictures and other things that you added.")
    return words.format(most=MOST_BYTES // MIB)


def _checked(archive: zipfile.ZipFile) -> io.BytesIO:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "mimetype" in names:
        raise refused(_("This is an OpenDocument file. Save it as an Excel workbook (.xlsx), and upload that."))
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise refused(_("This is no Excel workbook, although it is packed like one. Upload the workbook itself."))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise refused(_swells())
    return _copied(archive, parts)


def _swells() -> str:
    return _("The workbook holds far more than was downloaded. Copy your answers into a new download.")


def _copied(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> io.BytesIO:
    """A new package of the XML parts alone. What the directory said of sizes is not believed: it is counted."""
    kept, budget = io.BytesIO(), _Budget()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as copy:
        for part in parts:
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise refused(damaged())  # no program writes others, and the memory that they ask for has no bounds
            if part.flag_bits & 1:
                raise refused(_("The workbook is protected by a password. Save it without one, and upload it again."))
            text = b"".join(budget.read(archive, part))
            if part.filename.endswith((".xml", ".rels")):
                budget.check_xml(text)
                copy.writestr(part.filename, _kept_whole(text))
    kept.seek(0)
    return kept


def _kept_whole(text: bytes) -> bytes:
    for escape, letter in STAND_INS.items():
        text = text.replace(escape.encode(), letter.encode())
    return text


def meant(text: str) -> str:
    """A text of a cell as it was meant: letters that a file cannot hold stand in it by their numbers."""
    text = _BY_NUMBER.sub(lambda found: chr(int(found[1], 16)), text)
    text = NOT_IN_XML.sub("\ufffd", text)
    return text.replace(STAND_INS["_x005F_"], "_").replace(STAND_INS["x005F_"], "x005F_")


class _Budget:
    """How much may still be unpacked of a file."""

    def __init__(self) -> None:
        self.bytes, self.elements, self.beside = MOST_UNPACKED, MOST_ELEMENTS, MOST_BESIDE_CELLS
        self.depth, self.is_in_cells = 0, False

    def read(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                self.bytes -= len(chunk)
                if self.bytes < 0:
                    raise refused(_swells())
                yield chunk

    def check_xml(self, text: bytes) -> None:
        """Raises WorkbookError for a document type, for too many elements, and for what is no XML."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._no_document_type
        parser.StartElementHandler = self._count
        parser.EndElementHandler = self._close
        self.depth = 0
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            raise refused(damaged()) from error

    def _count(self, name: str, _attributes: object) -> None:
        if self.depth < 2:
            self.is_in_cells = self.depth == 1 and name.rpartition(":")[2] in CELLS
        self.depth += 1
        self.elements -= 1
        self.beside -= not self.is_in_cells
        if self.elements < 0 or self.beside < 0:
            raise refused(_swells())

    def _close(self, _name: str) -> None:
        self.depth -= 1

    def _no_document_type(self, *_args: object) -> None:
        raise refused(_("The file holds instructions that no workbook needs, so it was not read. Use a new download."))
