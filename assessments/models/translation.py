"""Texts of a version in other languages than its own, each at the path of the text that it translates."""

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from assessments.models.playbook import Version, VersionPart, not_blank


class Translation(VersionPart):
    """One text of a version in one more language, as read-only as the version.

    `path` names the text by keys, not by places, so that it survives reordering:
    `criteria/shared-vision/levels/2/descriptor`. `source` is the text that was translated; where the version reads
    otherwise by now, the translation is out of date.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10, help_text="A language code, for example cy.")
    path = models.CharField(max_length=500)
    source = models.TextField()
    text = models.TextField()
    at = models.DateTimeField(auto_now=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["version", "language", "path"]
        constraints = [
            UniqueConstraint(fields=["version", "language", "path"], name="one_translation_per_text"),
            *not_blank("text"),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.path}"

    def belongs_to(self) -> int | None:
        return self.version_id
