"""What is done to a part from the tree: up or down, into another lesson. And the page that copies a criterion.

Each is one change of the journal, and leads back to the row that was moved, with the keyboard's focus on it.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from assessments.admin.drafts import politely, version_page
from assessments.admin.fields import PlainText, check_key
from assessments.admin.journal import begin, record
from assessments.models import Criterion, Lesson, Role, Stage, Version
from assessments.services.arranging import copy_criterion, move, move_to_lesson, next_key

if TYPE_CHECKING:
    from assessments.admin.criteria import CriterionAdmin
    from assessments.admin.versions import VersionAdmin

PARTS: dict[str, Any] = {"criterion": Criterion, "lesson": Lesson, "role": Role, "stage": Stage}


@politely
def arrange(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """Move what the pressed button names, then back to it in the tree."""
    if request.method != "POST":
        return HttpResponseRedirect(version_page(version.pk))
    if not admin.has_change_permission(request, version):
        raise PermissionDenied
    with transaction.atomic():
        begin(request, version.pk)
        anchor = _move(admin, request, version)
    return HttpResponseRedirect(f"{version_page(version.pk)}#{anchor}")


def _move(admin: "VersionAdmin", request: HttpRequest, version: Version) -> str:
    way = next((each for each in ("up", "down", "lesson") if each in request.POST), "")
    part = _part(version, request.POST.get(way, ""))
    name = f"{part._meta.model_name}-{part.pk}"
    if way == "lesson" and not isinstance(part, Criterion):
        raise Http404("Only a criterion is in a lesson.")
    if way != "lesson":
        if move(part=part, by=-1 if way == "up" else 1):
            record(admin, request, version, f"Moved {part._meta.verbose_name} “{part}” {way}")
        return f"{name}-{way}"
    lesson = get_object_or_404(Lesson, version=version, pk=_number(request.POST.get(f"lesson-of-{part.pk}", "")))
    if move_to_lesson(criterion=part, lesson=lesson):
        record(admin, request, version, f"Moved criterion “{part}” to lesson “{lesson}”")
    return name


def _part(version: Version, name: str) -> Any:
    kind, _, number = name.partition("-")
    if kind not in PARTS:
        raise Http404("There is no such part.")
    return get_object_or_404(PARTS[kind], version=version, pk=_number(number))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


class CopyForm(forms.Form):
    """Where a criterion's copy goes and what it is called; its key is one that the playbook never had."""

    lesson = forms.ModelChoiceField(Lesson.objects.none(), empty_label=None)
    title = PlainText()
    key = PlainText(
        max_length=200,
        help_text="A new criterion needs a key of its own, which stays the same in all later versions.",
    )

    def __init__(self, data: Any, *, criterion: Criterion) -> None:
        initial = {"lesson": criterion.lesson_id, "title": f"{criterion.title} (copy)", "key": next_key(criterion)}
        super().__init__(data, initial=initial)
        self.criterion = criterion
        self.fields["lesson"].queryset = Lesson.objects.filter(version=criterion.version)  # type: ignore[attr-defined]
        for name in ("title", "key"):
            self.fields[name].widget.attrs["class"] = "vTextField wide"

    def clean_key(self) -> str:
        key = check_key(self.cleaned_data["key"])
        if Criterion.objects.filter(version=self.criterion.version_id, key=key).exists():
            raise forms.ValidationError(f"Another criterion of this version has the key “{key}”.")
        return key


@politely
def copy(admin: "CriterionAdmin", request: HttpRequest, criterion: Criterion) -> HttpResponse:
    """Ask where the copy goes and what it is called, then copy and open the copy's page."""
    form = CopyForm(request.POST or None, criterion=criterion)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            begin(request, criterion.version_id)
            made = copy_criterion(criterion=criterion, **form.cleaned_data)
            record(admin, request, criterion.version, f"Copied criterion “{criterion}” as “{made}”")
        return HttpResponseRedirect(admin.address("change", made))
    return admin.own_page(request, criterion, "copy", f"Copy “{criterion}”", form=form)
