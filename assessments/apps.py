"""The one app of the project, and the admin as this project sets it up."""

from datetime import date

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils import dateformat, formats, translation

from assessments import wording


class ReadersSpeaker:
    """Says the texts of the pure rooms in the language of whoever reads, which Django knows."""

    def gettext(self, message: str) -> str:
        return translation.gettext(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return translation.ngettext(singular, plural, number)

    def pgettext(self, context: str, message: str) -> str:
        return translation.pgettext(context, message)

    def day(self, value: date) -> str:
        return formats.date_format(value, "DATE_FORMAT")

    def short_day(self, value: date) -> str:
        return dateformat.format(value, "j M")


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Playbooks and places"

    def ready(self) -> None:
        wording.speak_through(ReadersSpeaker())


class AdminAppConfig(admin_apps.AdminConfig):
    """Django's admin with our own site; settings.INSTALLED_APPS names it in place of `django.contrib.admin`."""

    default = False
    default_site = "assessments.admin_site.HubAdminSite"
