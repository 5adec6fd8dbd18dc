"""The admin site: its name, the order of its index, and the one way to sign in.

It stands outside the package `admin`, whose modules register themselves with it while they are imported.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from assessments.models import User, Version

GROUPS = {
    "Playbook": ["Version", "Lesson", "Criterion", "Stage", "Role", "Playbook"],
    "Places": ["Place", "Assessment"],
    "People": ["User", "Group", "EmailAddress"],
    "Queue": ["DBTaskResult"],
}


class FoundPerson(AutocompleteJsonView):
    """What a search for a person in a form finds: the name with the e-mail address, for names are not unique."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        text = f"{obj} <{obj.email}>" if isinstance(obj, User) else str(obj)
        return {**super().serialize_result(obj, to_field_name), "text": text}


class HubAdminSite(admin.AdminSite):
    """Django's admin site, grouped by what an admin comes for instead of by app."""

    site_header = "Hub Playbook admin"
    site_title = "Hub Playbook admin"
    index_title = "Hub Playbook admin"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in where everybody signs in, which counts wrong passwords; one sign-in serves site and admin."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            wanted = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(wanted, resolve_url(settings.LOGIN_URL))
        if not self.has_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(wanted)

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return FoundPerson.as_view(admin_site=self)(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        drafts = Version.objects.filter(state=Version.State.DRAFT).order_by("-created_at")
        versions = {"current_versions": Version.objects.current_of_each(), "drafts": list(drafts)}
        return super().index(request, {**versions, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The models that this person may see, in groups; each group leads to its first list."""
        apps = super().get_app_list(request, app_label)
        found = {model["object_name"]: (app, model) for app in apps for model in app["models"]}
        groups = {name: [found.pop(each) for each in names if each in found] for name, names in GROUPS.items()}
        groups["Other"] = list(found.values())
        return [
            {**pairs[0][0], "name": name, "app_url": pairs[0][1]["admin_url"], "models": [model for _, model in pairs]}
            for name, pairs in groups.items()
            if pairs
        ]
