"""The picture of a heat map as a file of its own: SVG, and PNG through the printing process."""

import hashlib

from django.template.loader import render_to_string

from assessments.charts.heat import HeatPicture, draw_heat
from assessments.findings.heat import HeatMap
from assessments.reports.pdf import render_pdf
from assessments.reports.pictures import page_png
from assessments.reports.sheets import chart_style

SCALE = 2
"""So many pixels of a PNG for one unit of the picture."""
MOST_PIXELS = 4000


def heat_svg(found: HeatMap) -> str:
    """The picture with what its numbers and signs mean, complete in itself: colours, no address, no script."""
    picture = draw_heat(found)
    font = ".plot { font-family: 'IBM Plex Sans', system-ui, sans-serif; background: #ffffff; }"
    return _svg(found, picture, f"{font} {chart_style()}")


def heat_png(found: HeatMap) -> bytes:
    """The same as a PNG on white, twice as many pixels as it has units, at most 4,000 wide. Raises as `render_pdf`."""
    picture = draw_heat(found)
    html = render_to_string(
        "report/heat_picture.html",
        {"picture": picture, "found": found, "svg": _svg(found, picture, chart_style())},
    )
    pdf = render_pdf(html, identifier=hashlib.sha256(html.encode()).hexdigest())
    return page_png(pdf, width=min(round(picture.page_width * SCALE), MOST_PIXELS))


def _svg(found: HeatMap, picture: HeatPicture, style: str) -> str:
    context = {"found": found, "picture": picture, "style": style, "alone": True}
    return render_to_string("partials/heat_svg.html", context)
