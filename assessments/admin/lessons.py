"""The admin's pages of lessons."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest

from assessments.admin.drafts import PartAdmin
from assessments.admin.fields import live_share, plain
from assessments.models import Lesson


@admin.register(Lesson)
class LessonAdmin(PartAdmin):
    list_display = ["title", "position", "weight", "share", "how_many_criteria", "key"]
    list_editable = ["position", "weight"]
    published_list = ("title", "number", "plain_weight", "share", "how_many_criteria", "key")
    search_fields = ["title", "key", "summary"]
    fieldsets = [(None, {"fields": ["title", "key", "summary", "weight", "share"]})]
    readonly_fields = ["share"]

    class Media:
        js = ("admin-extra/shares.js",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        weights = Lesson.objects.order_by().filter(version=OuterRef("version")).values("version")
        total = Subquery(weights.annotate(total=Sum("weight")).values("total"), output_field=DecimalField())
        return super().get_queryset(request).annotate(total=total, criteria_count=Count("criteria"))

    @admin.display(description="Share")
    def share(self, obj: Lesson) -> str:
        total: Decimal | None = getattr(obj, "total", None)
        return live_share(obj.weight, total, obj.version_id) if obj.weight else "–"

    @admin.display(description="Weight", ordering="weight")
    def plain_weight(self, obj: Lesson) -> str:
        return plain(obj.weight)

    @admin.display(description="Criteria", ordering="criteria_count")
    def how_many_criteria(self, obj: Lesson) -> int:
        return int(getattr(obj, "criteria_count", 0))
