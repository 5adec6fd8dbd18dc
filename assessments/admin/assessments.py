"""The admin's page of an assessment: everything that was said, to be looked at. Answers are never changed here."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest

from assessments.admin.reading import LookInline, LookOnly
from assessments.models import Answer, Assessment, Backing, Event, Move, Submission

PLAYBOOK_ORDER = ["criterion__lesson__position", "criterion__lesson", "criterion__position", "criterion"]


class OnVersionInline(LookInline):
    """Rows of every version that the assessment has been on: those of the one that it is on now first."""

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request).select_related("assessment", "criterion__version")
        left = Case(When(criterion__version=F("assessment__version"), then=0), default=1)
        return rows.order_by(left, "-criterion__version", *PLAYBOOK_ORDER, "pk")

    @admin.display(description="Stands")
    def stands(self, obj: Any) -> str:
        if obj.criterion.version_id != obj.assessment.version_id:
            return f"No: left behind on version {obj.criterion.version.number}"
        return "Not yet: brought over, to be looked at again" if getattr(obj, "carried", False) else "Yes"


class AnswersInline(OnVersionInline):
    model = Answer
    fields = ["criterion", "said", "reason", "note", "stands", "saved_at", "saved_by"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("saved_by", "assessment", "criterion__version")

    @admin.display(description="Answer")
    def said(self, obj: Answer) -> str:
        return f"Level {obj.level}" if obj.state == Answer.State.LEVEL else obj.get_state_display()


class EvidenceInline(OnVersionInline):
    model = Backing
    fk_name = "assessment"
    fields = ["criterion", "grade", "title", "address", "dated", "file", "stands", "added_by"]
    verbose_name = "piece of evidence"
    verbose_name_plural = "evidence"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request)
        return rows.select_related("evidence", "added_by", "assessment", "criterion__version")

    @admin.display(description="Grade")
    def grade(self, obj: Backing) -> str:
        return obj.evidence.get_grade_display()

    @admin.display(description="Title")
    def title(self, obj: Backing) -> str:
        return obj.evidence.title

    @admin.display(description="Link")
    def address(self, obj: Backing) -> str:
        return obj.evidence.link

    @admin.display(description="Date")
    def dated(self, obj: Backing) -> date | None:
        return obj.evidence.dated

    @admin.display(description="File")
    def file(self, obj: Backing) -> str:
        return obj.evidence.file_name


class SubmissionsInline(LookInline):
    """Submissions without the texts that they froze, which are long."""

    model = Submission
    fields = ["number", "dated", "submitted_at", "submitted_by_name", "engine"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request).select_related("assessment")
        return rows.defer("playbook", "answers", "result", "place")


class MovesInline(LookInline):
    """Moves without the answers that they kept, which are long."""

    model = Move
    fields = ["left", "reached", "is_back", "at", "by"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request).select_related("assessment", "left", "reached", "by")
        return rows.defer("answers")


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
    inlines = [AnswersInline, EvidenceInline, SubmissionsInline, MovesInline, EventsInline]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        given = Answer.objects.current().order_by().filter(~Q(state=Answer.State.MISSING), carried=False)
        given = given.filter(assessment=OuterRef("pk"))
        counts = given.values("assessment").annotate(count=Count("pk")).values("count")
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        return rows.annotate(answer_count=Subquery(counts))

    @admin.display(description="Answers", ordering="answer_count")
    def how_many_answers(self, obj: Any) -> int:
        return obj.answer_count or 0
