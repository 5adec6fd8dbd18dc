"""The admin's page of a playbook: its key, which all its versions share."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from assessments.admin.fields import check_key
from assessments.models import Playbook


class PlaybookForm(forms.ModelForm):
    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        return key if key == self.initial.get("key") else check_key(key)


@admin.register(Playbook)
class PlaybookAdmin(admin.ModelAdmin):
    """A key may be changed while the playbook has no version yet."""

    form = PlaybookForm
    actions = None
    fields = ["key"]
    list_display = ["key", "how_many_versions"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).annotate(version_count=Count("versions"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.versions.exists())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.versions.exists())

    @admin.display(description="Versions")
    def how_many_versions(self, obj: Playbook) -> int:
        return int(getattr(obj, "version_count", 0))
