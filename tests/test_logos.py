"""Logos: whatever is sent, either a small PNG comes out that we drew ourselves, or a plain refusal."""

import base64
import io
import random
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import weasyprint
from PIL import Image, ImageFile, PngImagePlugin

from assessments.reports import logos
from assessments.reports.logos import LogoRefused, drawn_logo
from tests.printing import text_of

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED = (200, 30, 30)

DAMAGED = "The picture is damaged or incomplete. Save it again and send it once more."
NO_PICTURE = "This is no PNG, JPEG or SVG picture, whatever its name says."
PIXELS = "The picture has more than 20 million pixels. Save it smaller and send it again."
ENTITIES = "The drawing holds definitions (entities) that are not taken. Save it as plain SVG."
SCRIPT = "The drawing holds a script. Save it as plain SVG, without scripts."
OUTSIDE = "The drawing points to something outside its file. Put everything into the file."
EMPTY = "There is nothing to be seen in this drawing."


def picture(mode: str, size: tuple[int, int], form: str = "PNG", colour: Any = 0, **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, colour).save(written, form, **options)
    return written.getvalue()


def svg(body: str, attributes: str = 'viewBox="0 0 90 30"', before: str = "") -> bytes:
    return f"{before}<svg {NS} {attributes}>{body}</svg>".encode()


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    image.load()
    return image


def animated() -> bytes:
    written = io.BytesIO()
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue")]
    frames[0].save(written, "PNG", save_all=True, append_images=frames[1:])
    return written.getvalue()


def telling() -> bytes:
    """A PNG that says where and by whom it was made, and goes on as a web page."""
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Author", "SECRET AUTHOR")
    page = b"<script>alert('SECRET PAGE')</script>"
    return picture("RGB", (40, 20), colour=RED, pnginfo=facts, icc_profile=b"SECRET PROFILE") + page


@cache
def lol() -> bytes:
    lines = [f'<!ENTITY {c} "{10 * f"&{p};"}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)]
    return svg("<text>&i;</text>", before=f'<!DOCTYPE svg [<!ENTITY a "aaaa">{"".join(lines)}]>')


def refers(levels: int) -> bytes:
    """Groups that use each other ten times a level."""
    groups = [f'<g id="a{n + 1}">{10 * f"""<use href="#a{n}"/>"""}</g>' for n in range(levels)]
    return svg(f'<defs><g id="a0"><rect width="9" height="9"/></g>{"".join(groups)}</defs><use href="#a{levels}"/>')


ACCEPTED = {
    "PNG": (picture("RGB", (3000, 1000), colour=RED), (1200, 400)),
    "high PNG": (picture("RGB", (1000, 3000), colour=RED), (200, 600)),
    "JPEG": (picture("RGB", (300, 200), "JPEG", RED), (300, 200)),
    "JPEG in printers' colours": (picture("CMYK", (300, 200), "JPEG", (0, 255, 255, 0)), (300, 200)),
    "animated PNG": (animated(), (40, 20)),
    "sixteen bits": (picture("I;16", (300, 200), colour=40_000), (300, 200)),
    "palette": (picture("P", (300, 200), colour=3, transparency=3), (300, 200)),
    "polyglot": (telling(), (40, 20)),
    "SVG": (svg('<rect width="90" height="30" fill="#c81e1e"/>'), (1200, 400)),
    "SVG without a view box": (svg('<rect width="90" height="30"/>', 'width="90" height="30"'), (1200, 400)),
    "SVG in UTF-16": (svg('<rect width="90" height="30"/>').decode().encode("utf-16"), (1200, 400)),
    "SVG as large as the sky": (
        svg('<rect width="90" height="30"/>', 'width="9e9" height="3e9" viewBox="0 0 90 30"'),
        (1200, 400),
    ),
}
REFUSED = {
    "nothing": (b"", "The file is empty."),
    "too many bytes": (
        b"\x89PNG\r\n\x1a\n" + bytes(1_000_000),
        "The file is larger than 1 MB. Save the logo smaller and send it again.",
    ),
    "a web page": (b"<!doctype html><html><script>alert(1)</script><p>x<br></html>", NO_PICTURE),
    "XML of another kind": (b"<html><body/></html>", NO_PICTURE),
    "a GIF": (picture("P", (90, 30), "GIF"), NO_PICTURE),
    "half a PNG": (picture("RGB", (300, 1000), colour=RED)[:-30], DAMAGED),
    "only the start of a JPEG": (b"\xff\xd8\xff" + b"x" * 90, DAMAGED),
    "one pixel": (picture("RGB", (1, 1)), "The picture is only 1 × 1 pixels. A logo needs at least 16 each way."),
    "a thread": (
        picture("RGB", (50_000, 1)),
        "The picture is only 50000 × 1 pixels. A logo needs at least 16 each way.",
    ),
    "a ribbon": (picture("RGB", (20_000, 20)), "The picture is too long and thin for a logo."),
    "many pixels": (picture("1", (6000, 6000)), PIXELS),
    "a bomb": (picture("1", (14_000, 14_000)), PIXELS),
    "script": (svg("<script>alert(1)</script>"), SCRIPT),
    "script on load": (svg('<rect width="9" height="9"/>', 'onload="alert(1)"'), SCRIPT),
    "image from elsewhere": (svg('<image href="http://evil.example/a.png" width="9" height="9"/>'), OUTSIDE),
    "file": (svg('<image xlink:href="file:///etc/passwd" width="9" height="9"/>'), OUTSIDE),
    "entity of a file": (
        svg("<text>&x;</text>", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        ENTITIES,
    ),
    "billion laughs": (lol(), ENTITIES),
    "use of itself": (svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), EMPTY),
    "a deep drawing": (svg("<g>" * 30_000 + "</g>" * 30_000), EMPTY),
    "endless use": (refers(12), "This drawing cannot be drawn here. Save the logo as PNG and send that."),
    "nothing to see": (svg(""), EMPTY),
    "a bomb in a drawing": (
        svg(
            '<image width="9" height="9" href="data:image/png;base64,'
            f'{base64.b64encode(picture("1", (14_000, 14_000))).decode()}"/>'
        ),
        EMPTY,
    ),
}


@pytest.fixture(autouse=True)
def as_in_the_web_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint, which only tests load into this process, lets Pillow take half a picture for a whole one."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)


@pytest.mark.parametrize(("sent", "size"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_picture_becomes_a_png_of_a_bounded_size_and_stays_one(sent: bytes, size: tuple[int, int]) -> None:
    logo = drawn_logo(sent)
    image = opened(logo)
    assert image.size == pytest.approx(size, abs=1)  # a drawing's edge may fall between two pixels
    assert (image.info, getattr(image, "n_frames", 1)) == ({}, 1)
    assert drawn_logo(sent) == logo  # the same bytes each time
    assert opened(drawn_logo(logo)).tobytes() == image.tobytes()


@pytest.mark.parametrize(("sent", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_logo_is_refused_in_plain_words(sent: bytes, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logos, "DRAWING_LIMITS", logos.Limits(seconds=10, cpu_seconds=1, memory_bytes=640 * 1024**2))
    with pytest.raises(LogoRefused) as refused:
        drawn_logo(sent)
    assert str(refused.value) == words


def test_nothing_of_the_file_stays_but_its_pixels() -> None:
    assert b"SECRET" in telling()
    logo = drawn_logo(telling())
    assert b"SECRET" not in logo
    assert opened(logo).getpixel((0, 0)) == RED


def test_colours_of_printers_and_of_drawings_come_out_right() -> None:
    for name in ("JPEG in printers' colours", "SVG"):
        red, green, blue = opened(drawn_logo(ACCEPTED[name][0])).convert("RGB").getpixel((100, 100))  # type: ignore[misc]
        assert red > 190 > 60 > max(green, blue), name


def test_a_logo_is_small_enough_to_go_into_every_report() -> None:
    noise = Image.frombytes("RGB", (700, 400), random.Random(1).randbytes(700 * 400 * 3))
    written = io.BytesIO()
    noise.save(written, "JPEG", quality=90)
    logo = drawn_logo(written.getvalue())
    assert len(logo) <= logos.MOST_KEPT
    assert opened(logo).width < 700


# --- Nobody is asked, no file is read -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """Listen on a local port; note what is asked for."""
    asked: list[str] = []

    class Notes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Notes) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


# Each of them looks out of its file in another way; the bar makes sure that there is something to see.
LOOKS_OUT = {
    "image": '<image href="{url}" width="9" height="9"/>',
    "font": '<style>@font-face {{ font-family: F; src: url("{url}") }}</style><text font-family="F">x</text>',
    "drawing in a drawing": '<image width="9" height="9" href="data:image/svg+xml;base64,{inner}"/>',
}
BAR = '<rect x="60" width="30" height="30"/>'


def looking_out(construct: str, url: str) -> bytes:
    inner = base64.b64encode(svg(f'<image href="{url}" width="9" height="9"/>')).decode()
    return svg(construct.format(url=url, inner=inner) + BAR)


def drawn_without_care(sent: bytes) -> bytes:
    """What WeasyPrint alone makes of a drawing in a page."""
    source = base64.b64encode(sent).decode()
    return weasyprint.HTML(string=f'<img alt="x" src="data:image/svg+xml;base64,{source}">').write_pdf()


@pytest.mark.parametrize("construct", LOOKS_OUT.values(), ids=LOOKS_OUT.keys())
def test_nobody_is_asked_for_anything(
    listener: tuple[str, list[str]], construct: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, asked = listener
    sent = looking_out(construct, f"{host}/planted")
    drawn_without_care(sent)
    assert asked != []  # so it looks out, and we would see it
    asked.clear()
    monkeypatch.setattr(logos, "_check_svg", lambda data: None)  # even where our own look at the file missed it
    assert opened(drawn_logo(sent)).width > 300  # the bar at least
    assert asked == []


def test_no_file_of_the_machine_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_bytes(svg('<text y="20" font-size="20">secret</text><rect width="50" height="30"/>'))
    sent = looking_out(LOOKS_OUT["image"].replace('width="9" height="9"', 'width="50" height="30"'), secret.as_uri())
    assert "secret" in text_of(drawn_without_care(sent))  # what WeasyPrint alone would do
    monkeypatch.setattr(logos, "_check_svg", lambda data: None)
    assert drawn_logo(sent) == drawn_logo(svg(BAR))  # only the bar is there
