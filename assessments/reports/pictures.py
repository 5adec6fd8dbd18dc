"""Pages of our own PDFs as pictures: previews of a report, charts and logos for what cannot hold a drawing."""

import io
import threading
from typing import Any

# PDFium is not made for threads, and a web process has several.
_one_at_a_time = threading.Lock()


def page_count(pdf: bytes) -> int:
    """How many pages there are in one of our own PDFs."""
    import pypdfium2

    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def page_png(pdf: bytes, *, page: int = 0, width: int = 800, transparent: bool = False, trimmed: bool = False) -> bytes:
    """Return one page, counted from 0, as a PNG that is `width` pixels wide. About 30 ms for an A4 page.

    What is empty at the foot of a `trimmed` one is cut off.
    `pdf` must be one that we printed: this is no place for files that somebody sent. Raises IndexError where there is
    no such page.
    """
    import pypdfium2

    ground = (255, 255, 255, 0) if transparent else (255, 255, 255, 255)
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            if page >= len(document):
                raise IndexError(f"There are {len(document)} pages, and page {page} is asked for.")
            sheet = document[page]
            picture = sheet.render(scale=width / sheet.get_width(), fill_color=ground, maybe_alpha=transparent)
            image = picture.to_pil()
        finally:
            document.close()
    if trimmed:
        image = _without_foot(image)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _without_foot(image: Any) -> Any:
    """The picture down to its last row that is not white, and a little air."""
    from PIL import ImageOps

    box = ImageOps.invert(image.convert("L")).getbbox()
    return image.crop((0, 0, image.width, min(box[3] + 8, image.height))) if box else image
