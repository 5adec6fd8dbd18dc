"""Rules between levels, targets and gates, checked as they are typed: each fault beside its own row."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.forms.formsets import DELETION_FIELD_NAME

from assessments.admin.drafts import PartFormSet
from assessments.admin.fields import PlaceInOrder
from assessments.models import Criterion, Stage
from assessments.services.drafting import LAST, complete_targets


def kept(formset: Any) -> list[Any]:
    """The rows of a formset that will be there when it is saved."""
    rows = [form for form in formset.forms if form.has_changed() or form.instance.pk]
    return [form for form in rows if not formset._should_delete_form(form)]


class LevelForm(forms.ModelForm):
    position = forms.IntegerField(label="Number", min_value=0, required=False)

    class Meta:
        labels = {"descriptor": "What is true at it"}

    def clean_position(self) -> int:
        number: int | None = self.cleaned_data["position"]
        return LAST if number is None else number


class LevelFormSet(PartFormSet):
    """The levels of a criterion: two or more, no two of which read the same."""

    def clean(self) -> None:
        super().clean()
        rows = sorted(kept(self), key=lambda form: form.cleaned_data.get("position", LAST))
        seen: dict[str, int] = {}
        for number, form in enumerate(rows):
            reading = " ".join(form.cleaned_data.get("descriptor", "").split()).casefold()
            if reading and seen.setdefault(reading, number) != number:
                form.add_error("descriptor", f"Reads the same as level {seen[reading]}.")
        if len(rows) < 2:
            raise ValidationError(f"A criterion needs at least two levels; this one has {len(rows) or 'none'}.")


class HintForm(forms.ModelForm):
    position = PlaceInOrder(required=False)

    def clean_position(self) -> int:
        number: int | None = self.cleaned_data["position"]
        return LAST if number is None else number


class HintFormSet(PartFormSet):
    """Hints of one kind."""

    kind: str

    def get_queryset(self) -> Any:
        if not hasattr(self, "_queryset"):
            self._queryset = super().get_queryset().filter(kind=self.kind)
        return self._queryset

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.kind = self.kind
        return form

    def get_rows(self) -> Any:
        return super().get_rows().filter(kind=self.kind)


class TargetForm(forms.ModelForm):
    level = forms.IntegerField(label="Target level", min_value=0)


class TargetFormSet(PartFormSet):
    """One row for each stage of the version, no more and no fewer, whatever is posted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = {target.stage_id for target in self.get_queryset()}
        stages = Stage.objects.filter(version=self.instance.version_id)
        self.missing = [stage for stage in stages if stage.pk not in there]

    def initial_form_count(self) -> int:
        return len(self.get_queryset())

    def total_form_count(self) -> int:
        return len(self.get_queryset()) + len(self.missing)

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        number = i - self.initial_form_count()
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        if number >= 0:
            form.instance.stage = self.missing[number]
            form.empty_permitted = False
        form.fields["level"].label = f"Target at {form.instance.stage}"
        return form

    def clean(self) -> None:
        super().clean()
        top = posted_top(self.data, self.instance)
        for form in self.forms:
            refuse_above(form, top)

    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit)
        complete_targets(version=self.instance.version)
        return saved


class GateForm(forms.ModelForm):
    """A gate seen from its criterion. Which stage it belongs to is settled when it is made."""

    stage = forms.ModelChoiceField(queryset=Stage.objects.none())
    level = forms.IntegerField(label="Least level", min_value=0)


class GateFormSet(PartFormSet):
    """The gates that a criterion holds shut: one a stage, none at the first, none above its highest level."""

    other = "stage"
    other_model: type[Any] = Stage

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = list(self.get_others())

    def get_others(self) -> Iterable[Any]:
        return Stage.objects.filter(version=self.instance.version_id)

    def get_choices(self) -> list[tuple[Any, Any]]:
        return [(stage.pk, str(stage)) for stage in self.others]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        field = form.fields[self.other]
        field.queryset = self.other_model.objects.filter(version=self.instance.version_id)
        field.choices = [("", "---------"), *self.get_choices()]
        field.disabled = form.instance.pk is not None

    def clean(self) -> None:
        seen = set()
        for form in kept(self):
            found = form.cleaned_data.get(self.other)
            if found is None:
                continue
            if found in seen:
                form.add_error(self.other, f"There is a gate for this {self.other} already.")
            seen.add(found)
            self.check_row(form, found)

    def check_row(self, form: Any, found: Any) -> None:
        if self.others and found == self.others[0]:
            form.add_error("stage", "The first stage has no gates. Choose a later one, or delete this row.")
        refuse_above(form, posted_top(self.data, self.instance))


class StageGateForm(forms.ModelForm):
    """A gate seen from its stage."""

    criterion = forms.ModelChoiceField(queryset=Criterion.objects.none())
    level = forms.IntegerField(label="Least level", min_value=0)


class StageGateFormSet(GateFormSet):
    """The gates of a stage: one a criterion; the first stage has none."""

    other = "criterion"
    other_model = Criterion
    instance: Any

    def get_others(self) -> Iterable[Criterion]:
        criteria = Criterion.objects.filter(version=self.instance.version_id).select_related("lesson")
        return criteria.annotate(level_count=Count("levels"))

    def get_choices(self) -> list[tuple[Any, Any]]:
        groups: dict[str, list[tuple[int, str]]] = {}
        for criterion in self.others:
            groups.setdefault(str(criterion.lesson), []).append((criterion.pk, str(criterion)))
        return list(groups.items())

    def clean(self) -> None:
        super().clean()
        if kept(self) and self._is_first():
            raise ValidationError("The first stage has no gates. Delete them, or put another stage first.")

    def check_row(self, form: Any, found: Any) -> None:
        count = next((each.level_count for each in self.others if each == found), 0)
        refuse_above(form, count - 1)

    def _is_first(self) -> bool:
        first = Stage.objects.filter(version=self.instance.version_id).first()
        return first is None or first.pk == self.instance.pk


def refuse_above(form: Any, top: int) -> None:
    """Note a fault at a row whose level is above the highest level of its criterion."""
    level = getattr(form, "cleaned_data", {}).get("level")
    if level is not None and level > max(top, 0):
        form.add_error("level", f"The highest level of this criterion is {max(top, 0)}.")


def posted_top(data: Mapping[str, Any], criterion: Criterion) -> int:
    """The number of the highest level as the same page posts it, or as it is stored where it posts none."""
    total = str(data.get("levels-TOTAL_FORMS", ""))
    if not total.isdigit():
        return criterion.levels.count() - 1
    rows = [f"levels-{number}" for number in range(min(int(total), 1000))]
    there = [row for row in rows if f"{row}-{DELETION_FIELD_NAME}" not in data]
    return sum(bool(data.get(f"{row}-id") or str(data.get(f"{row}-descriptor", "")).strip()) for row in there) - 1
