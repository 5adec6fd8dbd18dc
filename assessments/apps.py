"""The one app of the project, and the admin as this project sets it up."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Playbooks and places"


class AdminAppConfig(admin_apps.AdminConfig):
    """Django's admin with our own site; settings.INSTALLED_APPS names it in place of `django.contrib.admin`."""

    default = False
    default_site = "assessments.admin_site.HubAdminSite"
