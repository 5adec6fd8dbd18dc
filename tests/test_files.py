"""What files are by their content: every kind that is taken; what lies, swells or hides is refused with its reason."""

import io

import pytest
from PIL import Image

from assessments.files import MOST_BYTES, FileRefused, judge, pictures
from assessments.files.names import safe_name, suffix_of
from tests import files_cast as files

OF_NO_KIND = "By its content this is no PDF"
A_WEB_PAGE = "This is a web page, a drawing (SVG) or a script."
DAMAGED = "The file is damaged or incomplete."
SWELLS = "The file unpacks to far more than such a document needs."
OLDER = "This is an older Office file, or one with a password."
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
WORD = "wordprocessingml.document.main+xml"


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("Minutes 14.pdf", files.PDF, "Minutes 14.pdf"),
        ("plan.docx", files.docx(), "plan.docx"),
        ("jobs.xlsx", files.xlsx(), "jobs.xlsx"),
        ("board.pptx", files.pptx(), "board.pptx"),
        ("jobs.csv", files.TABLE, "jobs.csv"),
        ("swyddi.csv", "lle;swyddi\nCaffi;12 £\n".encode("cp1252"), "swyddi.csv"),
        ("map.png", files.picture("PNG"), "map.png"),
        ("square.jpeg", files.picture("JPEG"), "square.jpg"),
        ("square.webp", files.picture("WEBP"), "square.webp"),
        ("grey.png", files.picture("PNG", mode="P"), "grey.png"),
        ("print.jpg", files.picture("JPEG", mode="CMYK"), "print.jpg"),
        # Names that say something else: kept under what it is.
        ("photo.png", files.picture("JPEG"), "photo.jpg"),
        ("minutes.exe", files.PDF, "minutes.pdf"),
        ("minutes", files.PDF, "minutes.pdf"),
        ("page.html", files.xlsx(), "page.xlsx"),
    ],
)
def test_every_kind_is_taken_for_what_it_is(name: str, content: bytes, kept: str) -> None:
    file = judge(io.BytesIO(content), name, len(content))
    stored = file.content.read()
    assert (file.name, file.kind, file.size, len(file.hash)) == (kept, kept.rpartition(".")[2], len(stored), 64)
    assert stored == content or file.kind in ("png", "jpg", "webp")


HOSTILE = [
    ("empty.pdf", b"", "The file is empty."),
    ("blank.csv", b"\n \n", "The file is empty."),
    ("page.pdf", b"<!DOCTYPE html><script>alert(1)</script>", A_WEB_PAGE),
    ("page.csv", b"\xef\xbb\xbf \n<html><script>alert(1)</script>", A_WEB_PAGE),
    ("later.csv", b"a,b\n1,<script>alert(1)</script>\n", A_WEB_PAGE),
    ("wide.csv", "<html>".encode("utf-16"), A_WEB_PAGE),
    ("drawing.svg", SVG, A_WEB_PAGE),
    ("drawing.png", b'<?xml version="1.0"?>' + SVG, A_WEB_PAGE),
    ("script.csv", b"#!/bin/sh\nrm -rf /\n", A_WEB_PAGE),
    ("both.pdf", b"%PDF-1.7\n<html><script>alert(1)</script>\nstartxref\n0\n%%EOF", A_WEB_PAGE),
    ("late.pdf", b"<html>" + files.PDF, A_WEB_PAGE),
    ("half.pdf", files.PDF[:40], DAMAGED),
    ("program.pdf", b"MZ\x90\x00\x03" + b"\0" * 100, OF_NO_KIND),
    ("program.csv", b"MZ\x90\x00\x03" + b"\0" * 100, "This is no CSV file"),
    ("notes.txt", b"place,jobs\n", OF_NO_KIND),
    ("code.js", b"alert(1)", OF_NO_KIND),
    ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, OLDER),
    ("old.docx", b"{\\rtf1 text}", OLDER),
    ("moving.gif", b"GIF89a" + b"\0" * 20, "Pictures of this kind are not taken."),
    ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "Pictures of this kind are not taken."),
    ("moving.webp", files.moving(), "Moving pictures are not taken."),
    ("huge.png", files.many_pixels(), "The picture has more than 50 million pixels."),
    ("huge.webp", files.picture("WEBP", size=(4001, 4000)), "The picture has more than 16 million pixels."),
    ("half.png", files.picture("PNG", (400, 400))[:60], DAMAGED),
    ("half.jpg", files.picture("JPEG", (400, 400))[:300], DAMAGED),
    ("all.zip", files.package({"a.txt": b"text"}), "A ZIP file is not taken."),
    ("lie.docx", files.package({"a.txt": b"text"}), "A ZIP file is not taken."),
    ("lie.xlsx", files.package({"a.txt": b"text"}, "spreadsheetml.sheet.main+xml"), OF_NO_KIND),
    ("open.docx", files.package({"mimetype": b"application/vnd.oasis"}), "This is an OpenDocument file."),
    ("macro.docx", files.package({"word/a.xml": b"a"}, "ms-word.document.macroEnabled.main+xml"), "The document holds"),
    ("macro.docx", files.package({"word/vbaProject.bin": b"a", "word/document.xml": b"a"}, WORD), "The document holds"),
    ("path.docx", files.package({"word/document.xml": b"a", "../../etc/cron.d/x": b"a"}, WORD), DAMAGED),
    ("path.docx", files.package({"word/document.xml": b"a", "C:\\x.exe": b"a"}, WORD), DAMAGED),
    ("half.docx", files.docx()[:2000], DAMAGED),
    ("bomb.xlsx", files.bomb(), SWELLS),
    ("parts.docx", files.package({f"word/{number}": b"" for number in range(5001)}, WORD), SWELLS),
    ("front.docx", b"<html>" + files.docx(), A_WEB_PAGE),
    ("two.docx", files.docx() + files.package({"a": b"a"}, WORD), DAMAGED),
]


@pytest.mark.parametrize(("name", "content", "said"), HOSTILE, ids=[f"{each[0]}-{n}" for n, each in enumerate(HOSTILE)])
def test_what_lies_swells_or_hides_is_refused_with_its_reason(name: str, content: bytes, said: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        judge(io.BytesIO(content), name, len(content))
    assert str(refusal.value)[: len(said)] == said


def test_what_is_too_large_is_not_even_read() -> None:
    with pytest.raises(FileRefused, match="larger than 20 MB"):
        judge(io.BytesIO(), "large.pdf", MOST_BYTES + 1)


def test_the_bomb_is_small_itself() -> None:
    assert len(files.bomb()) < 50_000


def test_a_photograph_keeps_nothing_but_the_picture() -> None:
    sent = files.photograph()
    assert b"Ann Owner" in sent
    assert b"<script>" in sent
    kept = judge(io.BytesIO(sent), "photo.jpg", len(sent)).content.read()
    assert (b"Ann Owner" in kept, b"<script>" in kept, b"Exif" in kept) == (False, False, False)
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.size, len(picture.getexif())) == ((6, 8), 0)  # upright, as it was to be seen


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\boot.ini", "boot.pdf"),
        ("/", "file.pdf"),
        ("", "file.pdf"),
        (".htaccess", "file.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("a\0b.pdf", "a b.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.pdf"),
        ("Cofnodion ŵythnos 🦭.pdf", "Cofnodion ŵythnos 🦭.pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
        ('<img src=x onerror="alert(1)">.pdf', "img src=x onerror=-alert(1).pdf"),
        ("x" * 10_000 + ".pdf", "x" * 120 + ".pdf"),
        ("ŵ" * 10_000, "ŵ" * 60 + ".pdf"),
    ],
)
def test_names_are_made_harmless(name: str, kept: str) -> None:
    assert safe_name(name, "pdf") == kept


def test_the_suffix_of_a_name() -> None:
    names = ["a.CSV", "b.tar.gz", "c", "x/y.csv", "d.jpeg", ".csv", "e." + "x" * 10_000, "f" * 10_000 + ".csv"]
    assert [suffix_of(name) for name in names] == ["csv", "gz", "", "csv", "jpg", "csv", "", "csv"]


def test_a_photo_with_further_pictures_behind_it_is_taken_without_them() -> None:
    content = files.photo_of_a_phone()
    file = judge(io.BytesIO(content), "quay.jpg", len(content))
    with Image.open(file.content) as kept:
        found = (file.kind, kept.format, getattr(kept, "n_frames", 1), kept.info.get("mpoffset"))
    assert found == ("jpg", "JPEG", 1, None)


def test_who_waits_too_long_for_others_pictures_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LONGEST_WAIT", 0.01)
    content = files.picture("PNG")
    with pictures._one_at_a_time, pytest.raises(FileRefused, match="Other pictures are being looked at just now"):
        judge(io.BytesIO(content), "map.png", len(content))
    assert judge(io.BytesIO(content), "map.png", len(content)).kind == "png"
