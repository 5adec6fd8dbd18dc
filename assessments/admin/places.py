"""The admin's page of a place: its facts and its members. A place is never left without an owner."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from assessments.admin.fields import PlainText
from assessments.admin.levels import kept
from assessments.admin.reading import LookInline, count_of
from assessments.models import Assessment, Membership, Place


class PlaceForm(forms.ModelForm):
    boundary_note = PlainText(
        label="Boundary", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4, "class": "wide"})
    )


class MembershipForm(forms.ModelForm):
    """A member's role may change; another person is another row."""

    class Meta:
        labels = {"user": "Person"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "user" in self.fields:
            person = self.instance.user
            self.fields["user"].disabled = True
            self.fields["user"].widget = forms.Select(choices=[(person.pk, f"{person} <{person.email}>")])


class MembershipFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        roles = [form.cleaned_data.get("role") for form in kept(self)]
        if Membership.Role.OWNER not in roles:
            raise ValidationError("A place needs an owner. Make somebody the owner before the last one goes.")


class MembershipInline(admin.TabularInline):
    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    fields = ["user", "role"]
    autocomplete_fields = ["user"]
    extra = 0
    verbose_name = "member"
    template = "admin/assessments/rows.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("user", "place")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "user":
            field.widget = field.widget.widget
        return field


class AssessmentsInline(LookInline):
    model = Assessment
    fields = ["started", "version", "stage", "state"]
    verbose_name_plural = "assessments"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("place", "version", "stage")

    @admin.display(description="Started")
    def started(self, obj: Assessment) -> str:
        return self.link(obj, f"{obj.started_at:%-d %B %Y}")


@admin.register(Place)
class PlaceAdmin(admin.ModelAdmin):
    """A place may be removed while it has no assessment: nobody deletes answers here."""

    form = PlaceForm
    actions = None
    fields = ["name", "kind", "region", "boundary_note", "declared_stage", "created_at"]
    readonly_fields = ["declared_stage", "created_at"]
    list_display = ["name", "kind", "region", "how_many_members", "how_many_assessments", "created_at"]
    list_filter = ["kind", "region"]
    search_fields = ["name", "memberships__user__email", "memberships__user__name"]
    search_help_text = "The name of a place, or a member's name or e-mail address"
    inlines = [MembershipInline, AssessmentsInline]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request)
        return rows.annotate(member_count=count_of(Membership, "place"), assessment_count=count_of(Assessment, "place"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.assessments.exists())

    @admin.display(description="Members", ordering="member_count")
    def how_many_members(self, obj: Any) -> int:
        return obj.member_count or 0

    @admin.display(description="Assessments", ordering="assessment_count")
    def how_many_assessments(self, obj: Any) -> int:
        return obj.assessment_count or 0
