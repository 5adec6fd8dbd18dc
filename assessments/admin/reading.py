"""What is only looked at: pages and tables on which nothing can be added, changed or deleted, by anybody."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html


class LookOnly:
    """Nothing may be written, whatever the account's permissions."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LookInline(LookOnly, admin.TabularInline):
    """A table of rows; whoever may see the page that it is on may see it."""

    extra = 0
    can_delete = False
    template = "admin/assessments/rows.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        opts = self.parent_model._meta
        codenames = [get_permission_codename(action, opts) for action in ("view", "change")]
        return any(request.user.has_perm(f"{opts.app_label}.{codename}") for codename in codenames)

    def link(self, row: Any, text: str) -> str:
        """A link to the admin's page of a row."""
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
        return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), text)


def count_of(model: Any, parent: str) -> Subquery:
    """How many rows of a model hang on each row, as an annotation; None where there is none."""
    rows = model._default_manager.order_by().filter(**{parent: OuterRef("pk")}).values(parent)
    return Subquery(rows.annotate(count=Count("pk")).values("count"))
