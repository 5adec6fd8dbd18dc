"""The admin's page of a criterion: its texts, and on the same page its levels, targets, gates and hints."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from assessments.admin import arranging
from assessments.admin.drafts import PartAdmin, PartInline, chosen_version
from assessments.admin.faults import proofs_of_criterion
from assessments.admin.fields import live_share, plain
from assessments.admin.levels import (
    GateForm,
    GateFormSet,
    HintForm,
    HintFormSet,
    LevelForm,
    LevelFormSet,
    TargetForm,
    TargetFormSet,
)
from assessments.admin.part_forms import PartForm
from assessments.models import Criterion, Gate, Hint, Lesson, Level, Target, Version
from assessments.selectors.drafts import answered_before
from assessments.selectors.origins import reads_as_before
from assessments.services.drafting import next_position

FIRST_LEVELS = 5
KEY_MAY_CHANGE = (
    "Change it only if this criterion now asks for something else: with another key it is another criterion."
)


class CriterionForm(PartForm):
    """A criterion stays in its version, whichever lesson it moves to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields and self.instance.pk:
            self.fields["key"].help_text = KEY_MAY_CHANGE
        if "lesson" in self.fields:
            lessons = Lesson.objects.filter(version=self.instance.version)
            self.fields["lesson"].queryset = lessons  # type: ignore[attr-defined]


class LevelInline(PartInline, admin.StackedInline):
    model = Level
    form = LevelForm
    formset = LevelFormSet
    fields = ["position", "descriptor", "next_step"]
    template = "admin/assessments/criterion/levels.html"

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else FIRST_LEVELS


class TargetInline(PartInline, admin.TabularInline):
    model = Target
    form = TargetForm
    formset = TargetFormSet
    fields = ["level"]
    can_delete = False
    template = "admin/assessments/criterion/targets.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("stage").order_by("stage__position", "stage")


class GateInline(PartInline, admin.TabularInline):
    model = Gate
    form = GateForm
    formset = GateFormSet
    fields = ["stage", "level"]
    verbose_name_plural = "gates: stages that cannot be claimed below a level"
    template = "admin/assessments/rows.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("stage").order_by("stage__position", "stage")


class EvidenceFormSet(HintFormSet):
    kind = Hint.Kind.EVIDENCE


class DataFormSet(HintFormSet):
    kind = Hint.Kind.DATA


class EvidenceInline(PartInline, admin.TabularInline):
    model = Hint
    form = HintForm
    formset: type[HintFormSet] = EvidenceFormSet
    fields = ["position", "text"]
    verbose_name = "piece of evidence"
    verbose_name_plural = "evidence to have at hand"
    template = "admin/assessments/rows.html"


class DataInline(EvidenceInline):
    formset = DataFormSet
    verbose_name = "source of open data"
    verbose_name_plural = "open data that supports a level"


@admin.register(Criterion)
class CriterionAdmin(PartAdmin):
    form = CriterionForm
    list_display = ["title", "lesson", "position", "weight", "share", "how_many_levels", "key"]
    list_editable = ["position", "weight"]
    published_list = ("title", "lesson", "number", "plain_weight", "share", "how_many_levels", "key")
    list_select_related = ["version", "lesson"]
    search_fields = ["title", "key", "question", "levels__descriptor"]
    fieldsets = [
        (None, {"fields": ["lesson", "title", "key", "question", "why", "ask"]}),
        ("Weight and use", {"fields": ["weight", "share", "not_applicable"]}),
    ]
    readonly_fields = ["share"]
    change_form_template = "admin/assessments/criterion/change_form.html"
    delete_confirmation_template = "admin/assessments/criterion/delete_confirmation.html"
    inlines = [LevelInline, TargetInline, GateInline, EvidenceInline, DataInline]

    class Media:
        js = ("admin-extra/shares.js", "admin-extra/check.js")

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Gates need a criterion that is there already."""
        return [inline for inline in self.inlines if obj or inline is not GateInline]

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, LevelInline) and obj.pk is None:
            kwargs["initial"] = [{"position": number} for number in range(FIRST_LEVELS)]
        return kwargs

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        weights = Criterion.objects.order_by().filter(lesson=OuterRef("lesson")).values("lesson")
        total = Subquery(weights.annotate(total=Sum("weight")).values("total"), output_field=DecimalField())
        levels = Level.objects.order_by().filter(criterion=OuterRef("pk")).values("criterion")
        level_count = Subquery(levels.annotate(count=Count("pk")).values("count"))
        rows = super().get_queryset(request).select_related("lesson")
        return rows.annotate(total=total, level_count=level_count)

    def keeps_its_key(self, obj: Any) -> bool:
        """A criterion that reads otherwise than before may have become another one, or one half of it."""
        return super().keeps_its_key(obj) and reads_as_before(obj)

    def siblings(self, obj: Any) -> "QuerySet[Any]":
        return Criterion.objects.filter(lesson=obj.lesson_id)

    def in_order(self, version: Version) -> "list[QuerySet[Any]]":
        return [Criterion.objects.filter(lesson=lesson) for lesson in version.lessons.all()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and "lesson" in form.changed_data:
            obj.position = next_position(self.siblings(obj))
        super().save_model(request, obj, form, change)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if criterion := kwargs.get("obj"):
            context["proofs"] = proofs_of_criterion(criterion.pk)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- copying and taking out ---------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = {"copy": self.copy_view, "check": self.check_view}
        return [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"assessments_criterion_{name}")
            for name, view in own.items()
        ] + super().get_urls()

    def check_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What would be said of the criterion as it is typed, for static/admin-extra/check.js. Nothing is saved."""
        criterion = self.get_object(request, unquote(object_id))
        if criterion is None or not self.has_change_permission(request, criterion):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        context = {"proofs": proofs_of_criterion(criterion.pk, request.POST), "typed": True}
        return TemplateResponse(request, "admin/assessments/criterion/proofs.html", context)

    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        criterion: Criterion | None = self.get_object(request, unquote(object_id))
        if criterion is None:
            raise Http404("There is no such criterion.")
        if not self.has_change_permission(request, criterion) or not request.user.has_perm("assessments.add_criterion"):
            raise PermissionDenied
        return arranging.copy(self, request, criterion)

    def own_page(
        self, request: HttpRequest, criterion: Criterion, name: str, title: str, **context: Any
    ) -> HttpResponse:
        """A page about a criterion in the admin's frame: `templates/admin/assessments/criterion/<name>.html`."""
        own = {"title": title, "opts": self.opts, "original": criterion, "version": criterion.version}
        whole = {**self.admin_site.each_context(request), "media": self.media, **own, **context}
        return TemplateResponse(request, f"admin/assessments/criterion/{name}.html", whole)

    def address(self, name: str, criterion: Criterion) -> str:
        return reverse(f"admin:assessments_criterion_{name}", args=[criterion.pk])

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Say what it means for answers before a criterion is taken out of the draft."""
        criterion = self.get_object(request, unquote(object_id))
        own: dict[str, Any] = {}
        if criterion:
            own = {"title": f"Take “{criterion}” out of this draft", "answered": answered_before(criterion)}
        return super().delete_view(request, object_id, {**own, **(extra_context or {})})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        version = chosen_version(request)
        first = version.lessons.first() if version else None
        return {"lesson": first.pk if first else None, **super().get_changeform_initial_data(request)}

    @admin.display(description="Share")
    def share(self, obj: Criterion) -> str:
        return live_share(obj.weight, getattr(obj, "total", None), obj.lesson_id) if obj.weight else "–"

    @admin.display(description="Weight", ordering="weight")
    def plain_weight(self, obj: Criterion) -> str:
        return plain(obj.weight)

    @admin.display(description="Levels", ordering="level_count")
    def how_many_levels(self, obj: Criterion) -> int:
        return int(getattr(obj, "level_count", 0) or 0)
