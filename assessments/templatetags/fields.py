"""What the form templates of the pack `hub` need to know of a field. Not for pages."""

from collections.abc import Iterable

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from assessments.reports.branding import COLOUR

register = template.Library()

NOT_ON_A_CHOICE = {"id", "required", "class", "aria-describedby", "aria-invalid", "checked"}


@register.simple_tag
def control(field: BoundField, css_class: str = "") -> SafeString:
    """The field's widget without `required` and placeholder: nothing stops a form from being sent half done."""
    field.form.use_required_attribute = False
    field.field.widget.attrs.pop("placeholder", None)
    return field.as_widget(attrs={"class": css_class} if css_class else None)


@register.filter
def first_input(field: BoundField) -> str:
    """The id that a link in the error summary goes to: the input, or the first of a group."""
    if field.use_fieldset and (choices := field.subwidgets):
        return choices[0].id_for_label or field.auto_id
    return field.id_for_label


@register.filter
def own_attrs(choice: BoundWidget) -> SafeString:
    """The attributes that a form gave to its choices (hx-…, data-…), without those that the template writes."""
    return flatatt({k: v for k, v in choice.data["attrs"].items() if k not in NOT_ON_A_CHOICE})


def is_level(choice: BoundWidget) -> bool:
    return str(choice.data["value"]).isdecimal()


@register.filter
def levels(field: Iterable[BoundWidget]) -> list[BoundWidget]:
    """Those choices of a criterion that are levels: their values are whole numbers."""
    return [choice for choice in field if is_level(choice)]


@register.filter
def other_answers(field: Iterable[BoundWidget]) -> list[BoundWidget]:
    """The choices beside the levels: don't know, not applicable."""
    return [choice for choice in field if not is_level(choice)]


@register.filter
def as_colour(value: object) -> str:
    """What a colour picker can show: the colour, or black where what was typed is none."""
    return str(value) if COLOUR.fullmatch(str(value)) else "#000000"
