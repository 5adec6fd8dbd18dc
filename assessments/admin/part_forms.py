"""The forms of a version's parts: a part on its own page, and one as a row of a list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assessments.admin.fields import PlaceInOrder, above_zero, check_key, key_from
from assessments.models import Version


class PartForm(forms.ModelForm):
    """A part of a draft. Its key is unique in the version and, once a version has been copied, stays."""

    version: Version

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.version = self.version
            if "key" in self.fields:
                self.fields["key"].required = False
                self.fields["key"].help_text = (
                    "A short name that stays the same in all later versions, for example shared-vision. "
                    "Left empty, it is made from the title."
                )
        if "weight" in self.fields:
            self.fields["weight"].validators.append(above_zero)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "key" in self.fields and "key" not in self.errors:
            self._clean_key(cleaned)
        return cleaned

    def _clean_key(self, cleaned: dict[str, Any]) -> None:
        key = cleaned.get("key") or key_from(cleaned.get("title") or cleaned.get("name") or "")
        try:
            cleaned["key"] = key if key == self.initial.get("key") else check_key(key)
        except ValidationError as error:
            return self.add_error("key", error)
        siblings = type(self.instance)._default_manager.filter(version=self.instance.version, key=key)
        if siblings.exclude(pk=self.instance.pk).exists():
            name = self.instance._meta.verbose_name
            self.add_error("key", f"Another {name} of this version has the key “{key}”.")
        return None


class ListForm(forms.ModelForm):
    """A row of a list: its position, and its weight where it has one."""

    position = PlaceInOrder()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "weight" in self.fields:
            self.fields["weight"].validators.append(above_zero)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{(field.label or name).capitalize()} of {self.instance}"
