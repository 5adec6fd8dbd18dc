"""What all pages of a version's parts share: one version at a time, read-only once it is published, order by number.

A page of a part knows its version from the row itself or, for lists and new rows, from `?version=`.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import NestedObjects
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget, RelatedFieldWidgetWrapper
from django.contrib.auth import get_permission_codename
from django.db import models, router, transaction
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from assessments.admin.fields import PlainNumber, PlainText
from assessments.admin.journal import begin, part_changes, record, what_was_done
from assessments.admin.part_forms import ListForm, PartForm
from assessments.models import PublishedIsReadOnly, Version
from assessments.services.drafting import next_position, reorder

LINES = {"title", "name"}
"""Texts that are one line long, whatever the database allows."""


def all_versions() -> "models.QuerySet[Version]":
    """Drafts first, then published versions, the newest first."""
    return Version.objects.order_by("state", "-created_at", "-pk")


def chosen_version(request: HttpRequest) -> Version | None:
    """The version that a list or a new row is about: the one asked for, else the first draft, else the latest."""
    if not hasattr(request, "chosen_version"):
        versions = list(all_versions())
        wanted = _asked_for(request)
        found = next((version for version in versions if str(version.pk) == wanted), None)
        request.chosen_version = found or (versions[0] if versions else None)  # type: ignore[attr-defined]
    version: Version | None = request.chosen_version  # type: ignore[attr-defined]
    return version


def _asked_for(request: HttpRequest) -> str:
    kept = parse_qs(request.GET.get("_changelist_filters", ""))
    return request.GET.get("version") or next(iter(kept.get("version", [])), "")


def version_page(version_id: int | None) -> str:
    return reverse("admin:assessments_version_change", args=[version_id])


def politely(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer a write to a version that has been published meanwhile with a message, not with an error page."""

    @wraps(view)
    def wrapper(page: admin.ModelAdmin, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(page, request, *args, **kwargs)
        except PublishedIsReadOnly as error:
            page.message_user(request, f"Nothing was saved. {error}", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:assessments_version_changelist"))

    return wrapper


class VersionFilter(admin.SimpleListFilter):
    """One version at a time: there is no “all”, and without a choice it is the first draft."""

    title = "version"
    parameter_name = "version"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.version = chosen_version(request)
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(version.pk), str(version)) for version in all_versions()]

    def queryset(self, request: HttpRequest, queryset: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
        return queryset.filter(version=self.version) if self.version else queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        for pk, label in self.lookup_choices:
            yield {
                "selected": self.version is not None and str(self.version.pk) == pk,
                "query_string": changelist.get_query_string({self.parameter_name: pk}),
                "display": label,
            }


class DraftAdmin(admin.ModelAdmin):
    """A page of something that a draft may change and a published version may not."""

    actions = None
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = {
        models.TextField: {"form_class": PlainText, "widget": AdminTextareaWidget(attrs={"rows": 3})},
        models.CharField: {"form_class": PlainText},
        models.DecimalField: {"form_class": PlainNumber},
    }

    def is_open(self, obj: Any) -> bool:
        """Whether the version that this row is part of is a draft."""
        return obj is None or not obj.version.is_published

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self.is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.is_open(obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in LINES:
            kwargs["widget"] = AdminTextInputWidget(attrs={"class": "vTextField wide"})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.Field) and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # no pop-ups: parts are made on their own pages
        return field

    def version_of(self, obj: Any) -> Version:
        """The version that this row is part of."""
        version: Version = obj.version
        return version

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        record(self, request, self.version_of(obj), what_was_done("Added", obj))
        return response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        record(self, request, self.version_of(obj), what_was_done("Changed", obj))
        return response

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with a row, as numbers by kind: with a lesson go hundreds of rows."""
        collector = NestedObjects(using=router.db_for_write(self.model))
        collector.collect(objs)
        found: dict[Any, Any] = dict(collector.model_objs)
        counts = {model._meta.verbose_name_plural: len(rows) for model, rows in found.items()}
        lacking = {self.opts.verbose_name for each in objs if not self.has_delete_permission(request, each)}
        return [str(each) for each in objs], counts, lacking, [str(each) for each in collector.protected]

    @politely
    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(*args, **kwargs)

    @politely
    def delete_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().delete_view(*args, **kwargs)


class PartAdmin(DraftAdmin):
    """A part that hangs on the version itself: a lesson, criterion, stage or role."""

    form = PartForm
    list_filter = [VersionFilter]
    list_per_page = 200
    show_full_result_count = False
    list_select_related = ["version"]
    change_form_template = "admin/assessments/part_change_form.html"
    prepopulated_from = "title"
    published_list: tuple[str, ...] = ()
    """The columns where nothing may be edited; `list_display` holds those of a draft."""

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        return super().get_queryset(request).select_related("version")

    def has_add_permission(self, request: HttpRequest) -> bool:
        if not super().has_add_permission(request):
            return False
        version = chosen_version(request)
        return version is not None and not version.is_published

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"key": (self.prepopulated_from,)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "key"] if obj and self.keeps_its_key(obj) else fields

    def keeps_its_key(self, obj: Any) -> bool:
        """Whether the version before has this part, so that its key has to stay."""
        if not obj.version.follows:
            return False
        before = {"version__playbook": obj.version.playbook_id, "version__number": obj.version.follows}
        return self.model._default_manager.filter(key=obj.key, **before).exists()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields; where nothing may be edited, a weight without the noughts of the database."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = {"weight": "plain_weight"}
        return [
            (name, {**options, "fields": [shown.get(str(field), field) for field in options["fields"]]})
            for name, options in fieldsets
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.version = obj.version if obj else chosen_version(request)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        begin(request, obj.version_id)
        if not change:
            obj.position = next_position(self.siblings(obj))
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        begin(request, obj.version_id)
        request.chosen_version = obj.version  # type: ignore[attr-defined]  # where response_delete leads
        what = what_was_done("Deleted", obj)
        super().delete_model(request, obj)
        record(self, request, obj.version, what)

    def siblings(self, obj: Any) -> "models.QuerySet[Any]":
        """The rows that this one stands in order with."""
        return self.model._default_manager.filter(version=obj.version_id)

    # --- the list -----------------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> Any:
        version = chosen_version(request)
        return self.published_list if version and version.is_published else self.list_display

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        if not changelist.query:
            changelist.full_result_count = changelist.result_count  # the other versions' rows do not count
        version = chosen_version(request)
        if (version and version.is_published) or not self.has_change_permission(request):
            changelist.list_editable = ()
        return changelist

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{"form": ListForm, **kwargs})

    @politely
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        version = chosen_version(request)
        told = {"title": self.model._meta.verbose_name_plural.capitalize(), "subtitle": version, "version": version}
        if request.method != "POST" or version is None:
            return super().changelist_view(request, {**told, **(extra_context or {})})
        with transaction.atomic():
            before = dict(self.model._default_manager.filter(version=version).values_list("pk", "position"))
            response = super().changelist_view(request, {**told, **(extra_context or {})})
            if isinstance(response, HttpResponseRedirect) and not version.is_published:
                for rows in self.in_order(version):
                    reorder(rows=rows, before=before)
                record(self, request, version, f"Changed the list of {self.opts.verbose_name_plural}")
        return response

    def in_order(self, version: Version) -> "list[models.QuerySet[Any]]":
        """The rows of a version, those together that stand in order with one another."""
        return [self.model._default_manager.filter(version=version)]

    @admin.display(description="Position", ordering="position")
    def number(self, obj: Any) -> int:
        return int(obj.position) + 1

    # --- ways between pages ---------------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A page that names its version in its address, so that a newer draft cannot come between."""
        version = chosen_version(request)
        if version and request.GET.get("version") != str(version.pk):
            query = request.GET.copy()
            query["version"] = str(version.pk)
            return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
        return super().add_view(request, form_url, {"version": version, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        context["version"] = version = obj.version if obj else chosen_version(request)
        context["version_page"] = version_page(version.pk) if version else ""
        if obj is None:
            context["subtitle"] = version
        else:
            context["changes_page"] = part_changes(obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        return response

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return self._back(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return self._back(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        response = super().response_delete(request, obj_display, obj_id)
        version = chosen_version(request)
        return HttpResponseRedirect(version_page(version.pk)) if version else response

    def _back(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """To the list where one came from it, else to the version's page."""
        if "_changelist_filters" in request.GET:
            return super().response_post_save_change(request, obj)
        return HttpResponseRedirect(version_page(obj.version_id))


class PartFormSet(BaseInlineFormSet):
    """Rows of a part, in the order of their positions where they have one."""

    model: Any

    def save(self, commit: bool = True) -> Any:
        before = {form.instance.pk: form.initial.get("position", 0) for form in self.initial_forms}
        saved = super().save(commit)
        if any(field.name == "position" for field in self.model._meta.fields):
            reorder(rows=self.get_rows(), before=before)
        return saved

    def get_rows(self) -> "models.QuerySet[Any]":
        return self.model._default_manager.filter(**{self.fk.name: self.instance})


class PartInline(admin.options.InlineModelAdmin):
    """Rows on the page of a lesson, criterion or stage; who may change that page may change them."""

    formset = PartFormSet
    extra = 0
    formfield_overrides = DraftAdmin.formfield_overrides

    def _may(self, request: HttpRequest, obj: Any) -> bool:
        codename = get_permission_codename("change" if obj and obj.pk else "add", self.parent_model._meta)
        is_open = not (obj and obj.pk) or not obj.version.is_published
        return is_open and request.user.has_perm(f"{self.parent_model._meta.app_label}.{codename}")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields; where nothing may be edited, the order of the rows says their positions."""
        fields = super().get_fields(request, obj)
        return fields if self._may(request, obj) else [field for field in fields if field != "position"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever sees the page sees its rows
