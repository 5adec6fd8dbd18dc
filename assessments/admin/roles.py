"""The admin's pages of roles: who may answer."""

from django.contrib import admin

from assessments.admin.drafts import PartAdmin
from assessments.models import Role


@admin.register(Role)
class RoleAdmin(PartAdmin):
    list_display = ["name", "position", "summary", "key"]
    list_editable = ["position"]
    published_list = ("name", "number", "summary", "key")
    search_fields = ["name", "key", "summary"]
    fieldsets = [(None, {"fields": ["name", "key", "summary"]})]
    prepopulated_from = "name"
