"""How pages say figures, counts and dates, the same everywhere, in the reader's language. Built into every template."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.conf import settings
from django.utils import formats, timezone, translation

from assessments.findings.codes import in_groups
from assessments.scoring.rounding import half_up, whole
from assessments.wording import gettext

register = template.Library()
register.filter(in_groups)  # {{ code|in_groups }}: the code of an issued report, "7KQ2M-9XW4T"

MOST_LINES = 80

Number = Fraction | Decimal | float | int


@register.filter
def points(value: Number | None) -> str:
    """Whole points, half up (62.5 → "63"); nothing for None, so that the page has to say it in words."""
    return "" if value is None else str(whole(Fraction(value)))


@register.filter
def percent(share: Number | None) -> str:
    """A share from 0 to 1 as whole per cent (0.824 → "82%"); nothing for None."""
    return "" if share is None else gettext("{number}%").format(number=whole(Fraction(share) * 100))


@register.simple_tag
def page_language() -> str:
    """The language of the page, as `<html lang>` says it: "en-GB"."""
    return translation.to_locale(translation.get_language() or settings.LANGUAGE_CODE).replace("_", "-")


@register.simple_tag
def other_languages() -> list[tuple[str, str]]:
    """The languages that the page could be read in instead, each as (code, its name in itself)."""
    return [(code, name) for code, name in settings.LANGUAGES if code != translation.get_language()]


@register.filter
def plural(number: int, forms: str) -> str:
    """The English word for that many: `2|plural:"criterion,criteria"`. For pages that are not translated."""
    one, many = forms.split(",")
    return one if number == 1 else many


@register.filter
def count(number: int, forms: str) -> str:
    """The number with its English word: `1|count:"criterion,criteria"` → "1 criterion"; `plural` says where."""
    return f"{number} {plural(number, forms)}"


@register.filter(name="size")
def size_words(number: int) -> str:
    """How many bytes, as people say it: "340 KB", "4.2 MB", "43 MB"."""
    if number < 1024**2:
        return gettext("{number} KB").format(number=-(-number // 1024))
    size = Fraction(number, 1024**2)
    return gettext("{number} MB").format(number=whole(size) if size >= 10 else formats.number_format(float(size), 1))


@register.filter
def day(value: date | None) -> str:
    """A date as the language says it: "3 March 2026". A moment is taken in the site's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.date_format(value, "DATE_FORMAT")


@register.filter
def moment(value: datetime | None) -> str:
    """A day with the time: "3 March 2026 at 14:05", in the site's time zone."""
    if value is None:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return formats.date_format(local, "DATETIME_FORMAT")


@register.filter
def flowed(text: str) -> str:
    """A text for print: in its own lines, unless there are so many that they would fill pages; then in one."""
    lines = text.splitlines()
    return text if len(lines) <= MOST_LINES else " ".join(line.strip() for line in lines if line.strip())


@register.filter
def tone(level: int, top: int) -> int:
    """Which of the five level colours a level of 0 to `top` wears: 1 of 2 → 2."""
    return whole(Fraction(4 * int(level), int(top))) if int(top) else 0


@register.inclusion_tag("partials/level_bar.html")
def level_bar(level: int | None, target: int | None = None, top: int = 4) -> Mapping[str, Any]:
    """Small segments, one a level, filled up to and with the level answered; a tick above the target."""
    width = 14
    steps = [
        {"x": step * width, "tone": tone(step, top), "filled": level is not None and step <= level}
        for step in range(top + 1)
    ]
    tick = None if target is None else target * width + width // 2 - 1
    return {
        "level": level,
        "target": target,
        "top": top,
        "steps": steps,
        "tick": tick,
        "width": (top + 1) * width,
    }


@register.inclusion_tag("partials/range_bar.html")
def range_bar(
    low: Number, high: Number, score: Number | None = None, evidenced: Number | None = None
) -> Mapping[str, Any]:
    """A line from 0 to 100 with the range, the score and the evidenced score; it takes the width it is given."""

    def place(value: Number | None) -> str | None:
        return None if value is None else f"{float(half_up(Fraction(value), 2)):g}%"

    return {
        "low": low,
        "high": high,
        "score": score,
        "evidenced": evidenced,
        "from_x": place(low),
        "span": place(Fraction(high) - Fraction(low)),
        "score_x": place(score),
        "evidenced_x": place(evidenced),
    }
