"""Style sheets for print: the tokens of the screens in their light colours, or those of a branding, put in."""

import re
from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.utils.translation import gettext

from assessments.reports.branding import COLOUR, Branding

SHEETS = settings.BASE_DIR / "static" / "css"
HERE = settings.BASE_DIR / "assessments" / "reports"
PAGE_FOOT = '"Page " counter(page) " of " counter(pages)'


def print_style(branding: Branding | None = None) -> str:
    """The sheets of every printed kind in our colours or those of a branding; the foot in the active language."""
    foot = page_foot(gettext("Page {page} of {pages}"))
    return _printed(*colours_of(branding)).replace(PAGE_FOOT, foot)


def page_foot(words: str) -> str:
    """Words with `{page}` and `{pages}` for a style sheet: `"Page " counter(page) " of " counter(pages) ""`."""
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'.replace("{page}", '" counter(page) "').replace("{pages}", '" counter(pages) "')


@cache
def chart_style() -> str:
    """The sheet of the charts, for inside a drawing: a page's styles do not reach there."""
    return with_colours((SHEETS / "charts.css").read_text(), light_colours())


@cache
def _printed(main: str, ink: str, accent: str) -> str:
    sheet = "".join((HERE / name).read_text() for name in ("report.css", "papers.css"))
    return with_colours(sheet, light_colours() | {"brand": main, "brand-ink": ink, "accent": accent})


def colours_of(branding: Branding | None) -> tuple[str, str, str]:
    """The ground of covers, what stands on it, and the heads; our own where there are none or they are no colours."""
    own = light_colours()
    if branding is None or not (COLOUR.fullmatch(branding.main) and COLOUR.fullmatch(branding.accent)):
        return own["accent"], own["accent-ink"], own["accent"]
    return branding.main, branding.ink, branding.accent


def with_colours(sheet: str, colours: Mapping[str, str]) -> str:
    """The sheet with every var(--name) replaced. Raises KeyError for a name that is no colour token."""
    without_comments = re.sub(r"/\*.*?\*/\s*", "", sheet, flags=re.DOTALL)
    return re.sub(r"var\(--([\w-]+)\)", lambda found: colours[found[1]], without_comments)


@cache
def light_colours() -> dict[str, str]:
    """The colour tokens by name, as they are in the light scheme."""
    light, _, _ = (SHEETS / "tokens.css").read_text().partition("@media")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
