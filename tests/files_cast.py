"""Files to send: one of every kind that is taken, as small as programs write them, and hostile ones."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from openpyxl import Workbook
from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n45\n%%EOF\n"
TABLE = "place,jobs\nHarbour,12\n".encode("utf-8-sig")
PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


def docx() -> bytes:
    written = io.BytesIO()
    Document().save(written)
    return written.getvalue()


def xlsx() -> bytes:
    written = io.BytesIO()
    Workbook().save(written)
    return written.getvalue()


def package(parts: Mapping[str, bytes], types: str = "") -> bytes:
    """A ZIP of these parts with its list of types, if one is given."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        if types:
            archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{types}"/></Types>')
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def pptx() -> bytes:
    return package({"ppt/presentation.xml": b"<p/>"}, PRESENTATION)


def picture(form: str, size: tuple[int, int] = (8, 6), mode: str = "RGB", **options: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size).save(written, form, **options)  # type: ignore[arg-type]
    return written.getvalue()


def photograph() -> bytes:
    """With a place in it: 8 pixels wide as it lies, to be turned upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of Ann Owner"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif.tobytes(), comment=b"<script>alert(1)</script>")


def bomb() -> bytes:
    """A workbook of some kilobytes whose directory promises, and whose parts hold, gigabytes."""
    whole = package({"xl/workbook.xml": b"0" * 25_000_000}, "spreadsheetml.sheet.main+xml")
    part = struct.pack("<I", 25_000_000)
    return whole.replace(part, struct.pack("<I", 4_000_000_000))


def many_pixels() -> bytes:
    """A PNG of some hundred bytes that says that it is 60,000 pixels wide and high."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    made = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def moving() -> bytes:
    written = io.BytesIO()
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(written, "WEBP", save_all=True, append_images=frames[1:])
    return written.getvalue()


def photo_of_a_phone() -> bytes:
    """A JPEG with a second picture behind the first, as phones write them."""
    written = io.BytesIO()
    first, second = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    first.save(written, "MPO", save_all=True, append_images=[second])
    return written.getvalue()


def upload(content: bytes, name: str = "minutes.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def named(content: bytes, name: str) -> io.BytesIO:
    """A file to send under a name of any length, which Django's own would cut."""
    file = io.BytesIO(content)
    file.name = name  # type: ignore[attr-defined]
    return file
