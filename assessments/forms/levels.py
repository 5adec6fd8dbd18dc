"""The field `answer` of a form about one criterion: its question, its levels, and what else may be said."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from assessments.forms import Choice
from assessments.interchange.documents import Criterion
from assessments.models import Answer


def offer_levels(form: forms.Form, criterion: Criterion, not_applicable: str | None = None) -> None:
    """Ask the question: each level from lowest to highest, don't know, and not applicable if a condition is given."""
    field: Any = form.fields["answer"]
    field.label = criterion.question
    choices = [(str(number), level.descriptor) for number, level in enumerate(criterion.levels)]
    choices.append((Answer.State.DONT_KNOW.value, _("Don’t know")))
    if not_applicable:
        choices.append((Answer.State.NOT_APPLICABLE.value, Choice(_("Not applicable"), not_applicable)))
    field.choices = choices
