"""What a file is, by its content. A name says nothing, but that a text without marks of its own is meant as CSV.

What is kept of a document is what was sent; a picture is drawn anew, so that nothing beside the picture is kept (where
it was taken, by whom, what else is in the file). Nothing here unpacks a file or reads all of it into memory, but for
the picture.
"""

import codecs
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from assessments.files.names import safe_name, suffix_of
from assessments.files.packages import office_kind
from assessments.files.pictures import redrawn
from assessments.files.refusing import FileRefused, a_web_page, damaged, of_no_kind
from assessments.services.storing import File

MIB = 1024 * 1024
MOST_BYTES = 20 * MIB
CHUNK = 1 << 16

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "csv": "text/csv",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
}
"""Every kind that is taken, by the suffix under which it is kept, with its media type."""
ACCEPTED = ",".join(f".{suffix}" for suffix in [*KINDS, "jpeg"])

MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<?php", b"<iframe")
OLE, RTF, GIF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"GIF8"
PNG, JPEG, ZIP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04"
IPHONE = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypavif")


def media_type(suffix: str) -> str:
    """What a file of this kind is served as."""
    return KINDS.get(suffix, "application/octet-stream")


@dataclass(frozen=True)
class _Head:
    """How a file begins."""

    data: bytes

    def starts(self, *marks: bytes) -> bool:
        return self.data.startswith(marks)

    @property
    def is_markup(self) -> bool:
        text = self.data.replace(b"\0", b"").lstrip(codecs.BOM_UTF8 + b"\xff\xfe \t\r\n\f").lower()
        return text.startswith((b"<", b"#!")) or any(mark in text for mark in MARKUP)


def judge(content: IO[bytes], name: str, size: int) -> File:
    """The file as it may be kept, under a harmless name with the suffix of what it is. Raises FileRefused.

    `size` in bytes. A large picture takes half a gigabyte for some seconds, one at a time; the rest little.
    """
    if not size:
        raise FileRefused(_("The file is empty. Choose the file that has something in it."))
    if size > MOST_BYTES:
        raise FileRefused(_("The file is larger than 20 MB. Save it smaller, or give a link to it instead."))
    content.seek(0)
    head = _Head(content.read(4096))
    suffix = _kind(content, head, name)
    if suffix in ("png", "jpg", "webp"):
        content, size = redrawn(content, suffix, MOST_BYTES)
    return File(safe_name(name, suffix), suffix, size, _hash(content), content)


def _kind(content: IO[bytes], head: _Head, name: str) -> str:
    for is_it, kind in TELLING:
        if is_it(head):
            return kind(content, head)
    _refuse_known(head)
    if suffix_of(name) != "csv":
        raise of_no_kind()
    _check_table(content)
    return "csv"


def _refuse_known(head: _Head) -> None:
    """Say what to do where it is plain what it is."""
    if head.is_markup:
        raise a_web_page()
    if head.starts(OLE, RTF):
        raise FileRefused(
            _("This is an older Office file, or one with a password. Save it as .docx, .xlsx or .pptx without one.")
        )
    if head.starts(GIF) or head.data[4:12] in IPHONE:
        raise FileRefused(_("Pictures of this kind are not taken. Save it as JPEG or PNG, and send that."))


# --- PDF ------------------------------------------------------------------------------------------


def _pdf(content: IO[bytes], head: _Head) -> str:
    """It begins as a PDF and ends as one, and nothing stands before or inside its head that a browser could run."""
    if any(mark in head.data[:1024].lower() for mark in (b"<html", b"<script", b"<svg", b"<!doctype")):
        raise a_web_page()
    content.seek(0, 2)
    content.seek(max(0, content.tell() - 4096))
    end = content.read()
    if b"%%EOF" not in end or b"startxref" not in end:
        raise damaged()
    return "pdf"


# --- CSV ------------------------------------------------------------------------------------------


def _check_table(content: IO[bytes]) -> None:
    """Text in UTF-8 or as Windows wrote it, with nothing in it that no table holds."""
    if not any(_is_text(content, encoding) for encoding in ("utf-8-sig", "cp1252")):
        raise FileRefused(_("This is no CSV file: its content is not plain text. Save it as “CSV UTF-8”."))


def _is_text(content: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    is_blank = True
    try:
        for chunk in _chunks(content):
            text = decoder.decode(chunk)
            if any(ord(letter) < 32 and letter not in "\t\r\n\f" for letter in set(text)):
                return False
            is_blank = is_blank and not text.strip()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    if is_blank:
        raise FileRefused(_("The file is empty. Choose the file that has something in it."))
    return True


TELLING: tuple[tuple[Callable[[_Head], bool], Callable[[IO[bytes], _Head], str]], ...] = (
    (lambda head: head.starts(b"%PDF-1.", b"%PDF-2."), _pdf),
    (lambda head: head.starts(ZIP), lambda content, head: office_kind(content)),
    (lambda head: head.starts(PNG), lambda content, head: "png"),
    (lambda head: head.starts(JPEG), lambda content, head: "jpg"),
    (lambda head: head.starts(b"RIFF") and head.data[8:12] == b"WEBP", lambda content, head: "webp"),
)


def _hash(content: IO[bytes]) -> str:
    found = hashlib.sha256()
    for chunk in _chunks(content):
        found.update(chunk)
    content.seek(0)
    return found.hexdigest()


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    content.seek(0)
    while chunk := content.read(CHUNK):
        yield chunk
