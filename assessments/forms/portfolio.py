"""What somebody chooses to see of a portfolio. It goes by the address, so that it can be kept as a bookmark."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.findings.portfolio import PlaceStanding
from assessments.findings.portfolio_table import COLUMNS, STATES, Picks
from assessments.forms import form_helper
from assessments.forms.texts import Line
from assessments.models import Place, PlaceGroup

Choices = list[tuple[str, str]]


class PortfolioForm(forms.Form):
    """Filters and order. What an address says wrongly, or of places no longer there, is left out in silence."""

    words = Line(label=gettext_lazy("Words in the name"), max_length=120, required=False)

    def __init__(
        self, query: Mapping[str, Any], *, standings: Sequence[PlaceStanding], groups: Iterable[PlaceGroup]
    ) -> None:
        super().__init__(query)
        for name, label, choices in (
            ("region", _("Region or nation"), _among(Place.Region.choices, "region", standings, query)),
            ("kind", _("Kind of place"), _among(Place.Kind.choices, "kind", standings, query)),
            ("state", _("State"), [(key, _(words)) for key, words in STATES.items()]),
            ("stage", _("Stage declared"), _stages(standings)),
            ("group", _("Group"), [(str(group.pk), group.name) for group in groups]),
        ):
            if choices:
                self.fields[name] = forms.ChoiceField(label=label, choices=[("", _("All")), *choices], required=False)
        self.fields["sort"] = forms.ChoiceField(label=_("Order"), choices=_orders(), required=False)
        self.helper = form_helper(_("Show these"))
        self.helper.form_method = "get"
        self.helper.form_class = "form filters"

    @property
    def picks(self) -> Picks:
        """What is chosen and can be chosen."""
        self.is_valid()
        return Picks(**{name: value for name, value in self.cleaned_data.items() if value})


def _among(choices: Sequence[tuple[str, Any]], field: str, shown: Sequence[PlaceStanding], query: Any) -> Choices:
    """Those of a list that a place has, or that are asked for."""
    had = {getattr(each, f"{field}_key") for each in shown} | {query.get(field)}
    return [(key, str(words)) for key, words in choices if key in had]


def _stages(standings: Sequence[PlaceStanding]) -> Choices:
    """The stages that are declared, the first on the path first."""
    found = {(each.stage_rank, each.stage_key): each.stage for each in standings if each.stage_key}
    return list(
        {key: found[rank, key] for rank, key in sorted(found, key=lambda pair: (pair[0] or 0, pair[1]))}.items()
    )


def _orders() -> Choices:
    """Every column, either way round."""
    ways = (("", _("{column}, ascending")), ("-", _("{column}, descending")))
    return [(sign + column.key, words.format(column=column.words)) for column in COLUMNS for sign, words in ways]
