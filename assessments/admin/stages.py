"""The admin's page of a stage: its facts and its gates."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from assessments.admin.drafts import PartAdmin, PartInline
from assessments.admin.levels import StageGateForm, StageGateFormSet
from assessments.models import Gate, Stage
from assessments.services.drafting import complete_targets


class StageGateInline(PartInline, admin.TabularInline):
    model = Gate
    form = StageGateForm
    formset = StageGateFormSet
    fields = ["criterion", "level"]
    verbose_name_plural = "gates: criteria without which this stage cannot be claimed"
    template = "admin/assessments/rows.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request).select_related("criterion")
        return rows.order_by("criterion__lesson__position", "criterion__lesson", "criterion__position", "criterion")


@admin.register(Stage)
class StageAdmin(PartAdmin):
    list_display = ["name", "position", "facts", "how_many_gates", "key"]
    list_editable = ["position"]
    published_list = ("name", "number", "facts", "how_many_gates", "key")
    search_fields = ["name", "key", "facts"]
    fieldsets = [(None, {"fields": ["name", "key", "facts"]})]
    prepopulated_from = "name"
    inlines = [StageGateInline]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).annotate(gate_count=Count("gates"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change and (made := complete_targets(version=form.instance.version)):
            text = (
                f"{made} targets were made, as high as at the stage before. Look through them, criterion by criterion."
            )
            self.message_user(request, text, messages.WARNING)

    @admin.display(description="Gates", ordering="gate_count")
    def how_many_gates(self, obj: Stage) -> int:
        return int(getattr(obj, "gate_count", 0))
