"""How pages say that a playbook's text is not in the reader's language. Built into every template."""

from typing import Any

from django import template

from assessments.interchange import falls_back

register = template.Library()


@register.simple_tag
def stands_in_english(*shown: Any) -> bool:
    """Whether any of these texts, lists or documents stands in English beside others that do not."""
    return falls_back(shown)


@register.inclusion_tag("partials/not_translated.html")
def not_translated(*shown: Any) -> dict[str, bool]:
    """A line that says so where any of these texts, lists or documents stands in English on a page that is not."""
    return {"some": falls_back(shown)}
