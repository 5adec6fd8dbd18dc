"""What an admin sends from the criterion map: a small form for each criterion to decide on, and for each that is gone.

Each form carries what it showed and what was decided then, so that only what somebody touched is written, and never
over what somebody else decided meanwhile.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from assessments.interchange.documents import Criterion as Text
from assessments.interchange.documents import Origin as Told
from assessments.models import Origin

RETIRED = "retired"


class MapForm(forms.Form):
    """`seen` is the state of what is decided on, `shown` the values that the form came with."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    values: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        self.initial["shown"] = self._digest(self.initial)

    def is_touched(self) -> bool:
        return bool(self.cleaned_data["shown"] != self._digest(self.cleaned_data))

    def _digest(self, data: Mapping[str, Any]) -> str:
        told = [sorted(value) if isinstance(value, list) else value for value in map(data.get, self.values)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class OriginForm(MapForm):
    """What became of one criterion; nothing counts as decided until its box is ticked."""

    values = ("kind", "sources", "comparable", "decided")
    kind = forms.ChoiceField(label="It is", choices=Origin.Kind.choices)
    sources = forms.MultipleChoiceField(label="It comes from", widget=forms.CheckboxSelectMultiple, required=False)
    comparable = forms.BooleanField(label="Its scores can be compared with those before", required=False)
    decided = forms.BooleanField(label="Decided", required=False)

    def __init__(self, *args: Any, old: Iterable[Text], suggested: Told, decided: bool, **kwargs: Any) -> None:
        initial = {
            "kind": suggested.kind,
            "sources": list(suggested.sources),
            "comparable": suggested.comparable,
            "decided": decided,
            **kwargs.pop("initial", {}),
        }
        super().__init__(*args, initial=initial, **kwargs)
        first = set(suggested.sources)
        choices = sorted(((each.key, each.title) for each in old), key=lambda each: each[0] not in first)
        self.fields["sources"].choices = choices  # type: ignore[attr-defined]

    def decision(self) -> Told:
        data = self.cleaned_data
        return Told(data["kind"], tuple(data["sources"]), data["comparable"])

    def ticked(self) -> list[Any]:
        """The boxes of what it comes from; the others are many and stand apart."""
        return [box for box in self["sources"] if self._is_ticked(box)]

    def not_ticked(self) -> list[Any]:
        return [box for box in self["sources"] if not self._is_ticked(box)]

    def _is_ticked(self, box: Any) -> bool:
        return str(box.data["value"]) in {str(each) for each in self["sources"].value() or []}


class GoneForm(MapForm):
    """What became of a criterion of the version before that is in this one no longer."""

    values = ("fate",)
    fate = forms.ChoiceField(label="What became of it", required=False)

    def __init__(self, *args: Any, takers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Not decided yet"), (RETIRED, "Retired: nothing in this version comes from it")]
        choices += [(value, f"Went into “{title}”") for value, title in takers]
        self.fields["fate"].choices = choices  # type: ignore[attr-defined]
