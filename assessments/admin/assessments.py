"""The admin's page of an assessment: everything that was said, to be looked at. Answers are never changed here."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from assessments.admin.reading import LookInline, LookOnly
from assessments.models import Answer, Assessment, Event, Evidence, Submission

PLAYBOOK_ORDER = ["criterion__lesson__position", "criterion__lesson", "criterion__position", "criterion"]


class AnswersInline(LookInline):
    model = Answer
    fields = ["criterion", "said", "reason", "note", "saved_at", "saved_by"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request).select_related("assessment", "criterion", "saved_by")
        return rows.order_by(*PLAYBOOK_ORDER)

    @admin.display(description="Answer")
    def said(self, obj: Answer) -> str:
        return f"Level {obj.level}" if obj.state == Answer.State.LEVEL else obj.get_state_display()


class EvidenceInline(LookInline):
    model = Evidence
    fields = ["criterion", "grade", "title", "link", "dated", "added_by"]
    verbose_name_plural = "evidence"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request).select_related("assessment", "criterion", "added_by")
        return rows.order_by(*PLAYBOOK_ORDER, "pk")


class SubmissionsInline(LookInline):
    """Submissions without the texts that they froze, which are long."""

    model = Submission
    fields = ["number", "dated", "submitted_at", "submitted_by_name", "engine"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request).select_related("assessment")
        return rows.defer("playbook", "answers", "result", "place")


class EventsInline(LookInline):
    model = Event
    fields = ["kind", "at", "by", "reason"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("assessment", "by")


@admin.register(Assessment)
class AssessmentAdmin(LookOnly, admin.ModelAdmin):
    actions = None
    fields = ["place", "version", "stage", "stage_confirmed", "state", "started_at", "started_by"]
    list_display = ["place", "started_at", "state", "version", "stage", "how_many_answers", "started_by"]
    list_filter = ["state", ("version", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["place", "version", "stage", "started_by"]
    search_fields = ["place__name", "place__memberships__user__email", "started_by__email"]
    search_help_text = "The name of a place, or the e-mail address of a member or of who started it"
    date_hierarchy = "started_at"
    inlines = [AnswersInline, EvidenceInline, SubmissionsInline, EventsInline]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        given = Answer.objects.order_by().filter(~Q(state=Answer.State.MISSING), assessment=OuterRef("pk"))
        counts = given.values("assessment").annotate(count=Count("pk")).values("count")
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        return rows.annotate(answer_count=Subquery(counts))

    @admin.display(description="Answers", ordering="answer_count")
    def how_many_answers(self, obj: Any) -> int:
        return obj.answer_count or 0
