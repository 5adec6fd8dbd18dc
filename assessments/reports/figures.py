"""The charts of a report as pictures, for what cannot hold a drawing: all printed at once, then drawn."""

import base64
import re
from html import unescape

from assessments.reports.pdf import render_pdf
from assessments.reports.pictures import page_png
from assessments.reports.sheets import print_style

DRAWING = re.compile(r'(?:<ul class="key">.*?</ul>\s*)?<svg class="plot .*?</svg>', re.DOTALL)
"""A chart as a report has it: its key, if it stands before it, and the picture."""
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
WIDTH_MM, HEIGHT_MM = 160, 200
"""Of the page that a chart is printed on; what is empty at its foot is cut off."""
PIXELS = 1260
"""Across a picture: 200 to the inch."""
PAGE = f"""@page lone {{ size: {WIDTH_MM}mm {HEIGHT_MM}mm; margin: 0;
  @top-left {{ content: none }} @top-right {{ content: none }}
  @bottom-left {{ content: none }} @bottom-right {{ content: none }} }}
.lone {{ page: lone; break-after: page; margin: 0; }}"""
FROM_DATA = "data:image/png;base64,"


def lifted(html: str) -> tuple[str, list[str]]:
    """The report with an image in place of each chart, `chart:0` and so on, and the charts as they were."""
    drawings = DRAWING.findall(html)
    numbers = iter(range(len(drawings)))
    return DRAWING.sub(lambda found: _image(next(numbers), found[0]), html), drawings


def drawn(drawings: list[str], *, identifier: str) -> list[bytes]:
    """Each chart as a PNG, `PIXELS` wide. One print for all; about 100 ms each. Raises what `render_pdf` raises."""
    if not drawings:
        return []
    sheets = "".join(f'<div class="lone">{drawing}</div>' for drawing in drawings)
    style = f"<style>{print_style()}{PAGE}</style>"
    head = f'<html lang="en"><head><meta charset="utf-8"><title>{identifier}</title>{style}</head>'
    pdf = render_pdf(f"<!DOCTYPE html>{head}<body>{sheets}</body></html>", identifier=identifier)
    return [page_png(pdf, page=page, width=PIXELS, trimmed=True) for page in range(len(drawings))]


def data_png(address: str) -> bytes:
    """The picture that a data: address holds. Raises ValueError where that is no PNG."""
    if not address.startswith(FROM_DATA):
        raise ValueError("A report shows only pictures that it holds itself.")
    return base64.b64decode(address.removeprefix(FROM_DATA), validate=True)


def _image(number: int, drawing: str) -> str:
    """The titles of the symbols in the key come first; the chart's own is the last."""
    title = unescape(TITLE.findall(drawing)[-1])
    words = title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return f'<img src="chart:{number}" alt="{words}">'
