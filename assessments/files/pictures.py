"""Pictures drawn anew: what was in the file beside the picture (place, person, thumbnails, anything behind) is gone."""

import io
import logging
import threading
from typing import IO, Any

from django.utils.translation import gettext as _

from assessments.files.refusing import FileRefused, damaged

MOST_MILLION_PIXELS = {"PNG": 50, "JPEG": 50, "WEBP": 16}
"""To draw one anew takes up to half a gigabyte and ten seconds; of WebP, as large as the others, 2 GB and 35 s."""
LONGEST_WAIT = 15
"""How many seconds somebody waits while others' pictures are drawn, before they are asked to come again."""
FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "png": ("PNG", {}),
    "jpg": ("JPEG", {"quality": 92}),
    "webp": ("WEBP", {"quality": 92, "method": 2}),
}

log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()  # two at once would take twice the memory


def redrawn(content: IO[bytes], suffix: str, most: int) -> tuple[IO[bytes], int]:
    """The same picture without anything beside it, and its size. Raises FileRefused.

    Pillow meets hostile files here: whatever it raises is a refusal.
    """
    if not _one_at_a_time.acquire(timeout=LONGEST_WAIT):
        raise FileRefused(_("Other pictures are being looked at just now. Wait a minute, then send it again."))
    try:
        written = _redrawn(content, *FORMATS[suffix])
    except FileRefused:
        raise
    except Exception as error:
        log.info("A picture could not be opened: %r", error)
        form = FORMATS[suffix][0]
        raise _too_many(form) if "Decompression" in type(error).__name__ else damaged() from None
    finally:
        _one_at_a_time.release()
    size = written.seek(0, 2)
    if size > most:
        raise FileRefused(_("The picture is larger than 20 MB once it is drawn anew. Save it smaller."))
    written.seek(0)
    return written, size


def _redrawn(content: IO[bytes], form: str, options: dict[str, Any]) -> io.BytesIO:
    from PIL import Image, ImageFile, ImageOps

    content.seek(0)
    with Image.open(content, formats=(form,)) as image:
        width, height = image.size
        if width * height > MOST_MILLION_PIXELS[form] * 1_000_000:
            raise _too_many(form)
        if form != "JPEG" and getattr(image, "n_frames", 1) > 1:  # phones put further pictures behind a JPEG: left out
            raise FileRefused(_("Moving pictures are not taken. Save one picture of it, and send that."))
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # the library that prints reports sets it for the whole process
        image.load()
        picture = ImageOps.exif_transpose(image)
    if form == "JPEG" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    picture.info.clear()
    written = io.BytesIO()
    picture.save(written, form, **options)
    return written


def _too_many(form: str) -> FileRefused:
    said = _("The picture has more than {most} million pixels. Save it smaller and send it again.")
    return FileRefused(said.format(most=MOST_MILLION_PIXELS[form]))
