"""Logos as somebody sent them → a PNG that we drew ourselves. Of the file itself nothing is kept.

What a file is, its bytes say, never its name. PNG and JPEG are opened by Pillow within bounds; an SVG is printed by
the printing process, which has no network and no files, and its page becomes the picture.
"""

import base64
import io
import logging
import threading
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from assessments.reports.pdf import Limits, ReportBusy, ReportFailed, ReportTooSlow, render_pdf
from assessments.reports.pictures import page_png

MOST_BYTES = 1_000_000
MOST_PIXELS = 20_000_000
WIDTH, HEIGHT = 1200, 600
"""A logo that we keep is at most so many pixels wide and high."""
MOST_KEPT = 600_000
"""Bytes of a logo that we keep: it goes into every report and every issued report's facts."""
LEAST_SIDE, LONGEST_SHAPE = 16, 20
"""Pixels of the shorter side, and how many times as long the longer one may be."""

# A drawing of a megabyte that is honest needs a second; 230 MB of memory are there before the first line.
DRAWING_LIMITS = Limits(seconds=10, cpu_seconds=5, memory_bytes=640 * 1024**2)
SVG, LINKS = "http://www.w3.org/2000/svg", {"href", "http://www.w3.org/1999/xlink href"}
PNG_STARTS, JPEG_STARTS = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"

log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()  # an opened picture may take 100 MB for a moment


class LogoRefused(ValueError):
    """The file cannot become a logo; the message says why, to the person who sent it."""


def drawn_logo(data: bytes) -> bytes:
    """Return the logo as a PNG of at most WIDTH × HEIGHT pixels. Takes 20 to 600 ms, an SVG up to 10 s.

    Raises LogoRefused, and ReportBusy where an SVG has to wait for the printing process.
    """
    if not data:
        raise LogoRefused(_("The file is empty."))
    if len(data) > MOST_BYTES:
        raise LogoRefused(_("The file is larger than 1 MB. Save the logo smaller and send it again."))
    if not data.startswith((PNG_STARTS, JPEG_STARTS)):
        return _kept(_drawn(data))
    with _one_at_a_time:
        return _kept(_opened(data))


# --- PNG and JPEG -------------------------------------------------------------------------------------------------


def _opened(data: bytes) -> Any:
    """The picture, its first frame. Pillow meets hostile files here: whatever it raises is a refusal."""
    from PIL import Image, ImageOps

    try:
        image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        _check_size(*image.size)
        image.draft("RGB", (2 * WIDTH, 2 * HEIGHT))  # a large photograph is opened smaller at once
        image.load()
        return _coloured(ImageOps.exif_transpose(image))
    except LogoRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception as error:
        log.info("A logo could not be opened: %r", error)
        raise LogoRefused(_("The picture is damaged or incomplete. Save it again and send it once more.")) from None


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < LEAST_SIDE:
        raise LogoRefused(
            _("The picture is only %(width)d × %(height)d pixels. A logo needs at least %(least)d each way.")
            % {"width": width, "height": height, "least": LEAST_SIDE}
        )
    if max(width, height) > LONGEST_SHAPE * min(width, height):
        raise LogoRefused(_("The picture is too long and thin for a logo."))


def _too_many_pixels() -> LogoRefused:
    return LogoRefused(_("The picture has more than 20 million pixels. Save it smaller and send it again."))


def _coloured(image: Any) -> Any:
    """The same in plain colours, with transparency where there was any."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


# --- SVG ----------------------------------------------------------------------------------------------------------


def _drawn(data: bytes) -> Any:
    """The picture that the printing process draws of an SVG, without the empty margin round it."""
    from PIL import Image

    _check_svg(data)
    source = base64.b64encode(data).decode()
    try:
        pdf = render_pdf(PAGE.format(source=source), identifier="logo", limits=DRAWING_LIMITS)
        page = Image.open(io.BytesIO(page_png(pdf, width=WIDTH, transparent=True)))
        page.load()
    except (ReportTooSlow, ReportFailed) as error:
        log.info("A logo could not be drawn: %s", error)
        raise _not_drawable() from None
    edges = page.getchannel("A").getbbox() if page.mode == "RGBA" else None
    if edges is None:
        raise LogoRefused(_("There is nothing to be seen in this drawing."))
    picture = page.crop(edges)
    _check_size(*picture.size)
    return picture


def _not_drawable() -> LogoRefused:
    return LogoRefused(_("This drawing cannot be drawn here. Save the logo as PNG and send that."))


PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Logo</title><style>'
    f"@page {{{{ size: {WIDTH}px {HEIGHT}px; margin: 0 }}}} body {{{{ margin: 0 }}}} "
    f"img {{{{ display: block; width: {WIDTH}px; height: {HEIGHT}px; object-fit: contain }}}}"
    '</style></head><body><img alt="Logo" src="data:image/svg+xml;base64,{source}"></body></html>'
)


def _check_svg(data: bytes) -> None:
    """Raise LogoRefused for what is no SVG, or one that would not be whole without what lies outside it."""
    parser = expat.ParserCreate(namespace_separator=" ")
    names: list[str] = []

    def entity(*_of: Any) -> None:
        raise LogoRefused(_("The drawing holds definitions (entities) that are not taken. Save it as plain SVG."))

    def start(name: str, attributes: dict[str, str]) -> None:
        names.append(name)
        if len(names) == 1 and name != f"{SVG} svg":
            raise _no_picture()
        if name.rpartition(" ")[2].lower() == "script" or any(each.lower().startswith("on") for each in attributes):
            raise LogoRefused(_("The drawing holds a script. Save it as plain SVG, without scripts."))
        if name != f"{SVG} a" and any(_leads_out(attributes[each]) for each in LINKS & attributes.keys()):
            raise LogoRefused(_("The drawing points to something outside its file. Put everything into the file."))

    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        if isinstance(error, LogoRefused):
            raise
        raise (_not_drawable() if names else _no_picture()) from None


def _no_picture() -> LogoRefused:
    return LogoRefused(_("This is no PNG, JPEG or SVG picture, whatever its name says."))


def _leads_out(link: str) -> bool:
    return bool(link.strip()) and not link.strip().lower().startswith(("#", "data:"))


# --- What is kept -------------------------------------------------------------------------------------------------


def _kept(image: Any) -> bytes:
    """A PNG of the pixels alone, small enough to go into every report."""
    image.info.clear()  # no metadata, no colour profile
    width, height = WIDTH, HEIGHT
    while True:
        image.thumbnail((width, height))
        written = io.BytesIO()
        image.save(written, "PNG", optimize=True)
        if written.tell() <= MOST_KEPT:
            return written.getvalue()
        width, height = int(image.width * 0.8), int(image.height * 0.8)


__all__ = ["LogoRefused", "ReportBusy", "drawn_logo"]
