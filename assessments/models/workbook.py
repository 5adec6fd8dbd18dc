"""Workbooks that came back: what was read from one, until somebody has chosen what to take over."""

import uuid

from django.conf import settings
from django.db import models

from assessments.models.assessment import Assessment
from assessments.models.playbook import Version


class WorkbookUpload(models.Model):
    """What a workbook said, as it was read; the file itself is not kept."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="workbook_uploads")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+", help_text="That it answers.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200, help_text="Of the file, as it was sent.")
    content = models.TextField(help_text="The lines that were read, as JSON.")
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name
