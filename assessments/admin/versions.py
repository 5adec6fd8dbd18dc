"""The admin's list and page of playbook versions, with what can be done to one: copy, publish, download."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header

from assessments.admin.drafts import DraftAdmin, version_page
from assessments.admin.faults import proofs_of, told
from assessments.admin.fields import PlainText, plain
from assessments.admin.journal import begin
from assessments.admin.languages import begun_languages
from assessments.admin.origins import counts
from assessments.admin.reading import count_of
from assessments.admin.tree import tree_of
from assessments.admin.version_pages import NEW_PAGES, PAGES, Page
from assessments.interchange import DocumentError, dump_playbook
from assessments.models import Assessment, Criterion, Lesson, Version
from assessments.selectors.drafts import changes_of
from assessments.selectors.playbooks import playbook_document
from assessments.services.drafting import hold_draft
from assessments.services.playbooks import VersionExists, copy_to_draft, next_number, publish_version
from assessments.templatetags.words import moment as in_words


class VersionForm(forms.ModelForm):
    """A draft's own fields: its number is new, and it follows another version of the same playbook or none."""

    follows = forms.ChoiceField(
        label="Comes after",
        required=False,
        help_text="The version that this one is compared with when a place has answered both.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "follows" in self.fields and self.instance.pk:
            others = Version.objects.filter(playbook=self.instance.playbook).exclude(pk=self.instance.pk)
            numbers = {*others.values_list("number", flat=True), self.instance.follows} - {""}
            choices = [("", "No other version"), *((number, number) for number in sorted(numbers))]
            self.fields["follows"].choices = choices  # type: ignore[attr-defined]

    def clean_indicative_from(self) -> Any:
        value = self.cleaned_data["indicative_from"]
        if not 0 < value <= 1:
            raise ValidationError("Must be above 0 and at most 1; 0.7 means seven tenths of a lesson's weight.")
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        playbook, number = cleaned.get("playbook", self.instance.playbook_id), cleaned.get("number")
        same = Version.objects.filter(playbook=playbook, number=number).exclude(pk=self.instance.pk)
        if number and playbook and same.exists():
            self.add_error("number", f"There is a version {number} of this playbook already.")
        elif number and number == cleaned.get("follows"):
            self.add_error("follows", "A version cannot come after itself.")
        return cleaned


class CopyForm(forms.Form):
    number = PlainText(
        label="Number of the new draft",
        max_length=100,
        help_text="For example 1.1 for small changes, 2.0 for a new method. It can be changed until publication.",
    )


@admin.register(Version)
class VersionAdmin(DraftAdmin):
    form = VersionForm
    list_display = [
        "number",
        "title",
        "playbook",
        "state",
        "how_many_lessons",
        "how_many_criteria",
        "how_many_assessments",
        "published",
    ]
    list_filter = [("playbook", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["playbook", "published_by"]
    search_fields = ["number", "title", "playbook__key"]
    ordering = ["state", "-created_at"]
    change_form_template = "admin/assessments/version/change_form.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request).select_related("playbook", "published_by", "created_by")
        return rows.annotate(
            lesson_count=count_of(Lesson, "version"),
            criterion_count=count_of(Criterion, "version"),
            assessment_count=count_of(Assessment, "version"),
        )

    def is_open(self, obj: Any) -> bool:
        return obj is None or not obj.is_published

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Playbook versions", **(extra_context or {})})

    def version_of(self, obj: Version) -> Version:
        return obj

    # --- the fields ---------------------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ["title", "number", "summary", "indicative_from"]
        if obj and not self.has_change_permission(request, obj):
            own[-1] = "least_answered"  # without the noughts of the database
        return [*own, "follows", "status", "made"] if obj else ["playbook", *own]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["status", "made"] if obj else []

    @admin.display(description="State")
    def status(self, obj: Version) -> str:
        return f"Published {self.published(obj)}" if obj.is_published else "Draft: nobody else sees it yet"

    @admin.display(description="Indicative from")
    def least_answered(self, obj: Version) -> str:
        return plain(obj.indicative_from)

    @admin.display(description="Made")
    def made(self, obj: Version) -> str:
        return _when(obj.created_at, obj.created_by)

    @admin.display(description="Published", ordering=F("published_at").desc(nulls_last=True))
    def published(self, obj: Version) -> str:
        return _when(obj.published_at, obj.published_by)

    @admin.display(description="Lessons")
    def how_many_lessons(self, obj: Any) -> int:
        return obj.lesson_count or 0

    @admin.display(description="Criteria")
    def how_many_criteria(self, obj: Any) -> int:
        return obj.criterion_count or 0

    @admin.display(description="Assessments")
    def how_many_assessments(self, obj: Any) -> int:
        return obj.assessment_count or 0

    # --- saving -------------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            begin(request, obj.pk)
        else:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        hold_draft(version_id=obj.pk)
        super().delete_model(request, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(version_page(obj.pk))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(version_page(obj.pk))

    # --- pages of its own ---------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own: dict[str, Any] = {"copy": self.copy_view, "publish": self.publish_view, "download": self.download_view}
        own |= {name: partial(self._page_about, page) for name, page in PAGES.items()}
        new = {name: partial(page, self) for name, page in NEW_PAGES.items()}
        return (
            [
                path(f"{name}/", self.admin_site.admin_view(view), name=f"assessments_version_{name}")
                for name, view in new.items()
            ]
            + [
                path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"assessments_version_{name}")
                for name, view in own.items()
            ]
            + super().get_urls()
        )

    def _page_about(self, page: Page, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return page(self, request, self._version(request, object_id))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["show_save_and_add_another"] = context["show_save_and_continue"] = False
        if version := kwargs.get("obj"):
            proofs = proofs_of(version)
            context["tree"] = tree_of(version, proofs)
            context["faults"], context["warnings"] = proofs.faults, proofs.warnings
            context["last_change"] = changes_of(version).first()
            context["may_copy"] = self.has_add_permission(request)
            context["may_publish"] = self.has_change_permission(request, version)
        return super().render_change_form(request, context, *args, **kwargs)

    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the number of the new draft, then copy."""
        version = self._version(request, object_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CopyForm(request.POST or None, initial={"number": next_number(version)})
        if request.method == "POST" and form.is_valid():
            try:
                return self._copy(request, version, form.cleaned_data["number"])
            except VersionExists:
                form.add_error("number", "There is a version with this number already.")
        return self.own_page(request, version, "copy", f"Copy {version} into a new draft", form=form)

    def _copy(self, request: HttpRequest, version: Version, number: str) -> HttpResponse:
        with transaction.atomic():
            draft = copy_to_draft(version=version, number=number, by=request.user)  # type: ignore[arg-type]
            self.log_addition(request, draft, f"Copied from version {version.number}.")
        self.message_user(request, f"Draft {number} is a copy of {version.number}. Edit it below.", messages.SUCCESS)
        return HttpResponseRedirect(version_page(draft.pk))

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what publishing means, or what is in its way; then publish."""
        version = self._version(request, object_id)
        if version.is_published:
            self.message_user(request, f"{version} is published already.", messages.INFO)
            return HttpResponseRedirect(version_page(version.pk))
        if not self.has_change_permission(request, version):
            raise PermissionDenied
        proofs = proofs_of(version)
        faults = proofs.faults
        if request.method == "POST" and not faults:
            try:
                return self._publish(request, version)
            except DocumentError as error:
                faults = told(version, error.faults)
        context = {
            "faults": faults,
            "warnings": proofs.warnings,
            "tree": tree_of(version),
            "became": counts(version) if version.follows else None,
            "languages": begun_languages(version),
            "open_assessments": Assessment.objects.filter(state=Assessment.State.OPEN).count(),
        }
        status = 409 if request.method == "POST" else 200
        return self.own_page(request, version, "publish", f"Publish {version}", status=status, **context)

    def _publish(self, request: HttpRequest, version: Version) -> HttpResponse:
        with transaction.atomic():
            published = publish_version(version=version, by=request.user)  # type: ignore[arg-type]
            self.log_change(request, published, "Published.")
        text = f"{published} is published. New assessments start on it, and nobody can change it any more."
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(version_page(version.pk))

    def download_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The version as its interchange file."""
        version = self._version(request, object_id)
        response = HttpResponse(dump_playbook(playbook_document(version)), content_type="application/yaml")
        name = f"{version.playbook.key}-{version.number}.yaml"
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response

    def _version(self, request: HttpRequest, object_id: str) -> Version:
        version: Version | None = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, version):
            raise PermissionDenied
        if version is None:
            raise Http404("There is no such version.")
        return version

    def own_page(
        self, request: HttpRequest, version: Version, name: str, title: str, *, status: int = 200, **context: Any
    ) -> TemplateResponse:
        """A page about a version in the admin's frame: `templates/admin/assessments/version/<name>.html`."""
        own = {"title": title, "opts": self.opts, "original": version, "media": self.media}
        whole = {**self.admin_site.each_context(request), **own, **context}
        return TemplateResponse(request, f"admin/assessments/version/{name}.html", whole, status=status)


def _when(moment: Any, by: Any) -> str:
    return "–" if moment is None else in_words(moment) + (f" by {by}" if by else "")
