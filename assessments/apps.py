"""The one app of the project, and the admin as this project sets it up."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils import translation

from assessments import wording


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Playbooks and places"

    def ready(self) -> None:
        """Let the pure rooms, which know no Django, speak the language of whoever reads."""
        wording.speak_through(translation)


class AdminAppConfig(admin_apps.AdminConfig):
    """Django's admin with our own site; settings.INSTALLED_APPS names it in place of `django.contrib.admin`."""

    default = False
    default_site = "assessments.admin_site.HubAdminSite"
