"""What the templates of short reports need: words cut to their room, frozen words in the language of the report."""

from django import template
from django.utils.translation import gettext

from assessments.reports.cutting import cut as cut_to
from assessments.reports.cutting import height

register = template.Library()


@register.filter
def cut(text: str, room: str) -> str:
    """The text in the lines and ems that there are: `{{ title|cut:"2 45" }}`."""
    lines, ems = room.split()
    return cut_to(text, int(lines), float(ems))


@register.filter
def said(text: str) -> str:
    """A frozen English word, such as the kind of a place, in the language of the report."""
    return gettext(text) if text else ""


@register.filter
def bare(text: str) -> str:
    """The text for an attribute, where it cannot say that it stands in English for another language."""
    return str(text)


@register.filter
def fits(text: str, room: str) -> bool:
    """Whether the text takes no more than the lines and ems that there are."""
    lines, ems = room.split()
    return height(text, float(ems)) <= int(lines)
