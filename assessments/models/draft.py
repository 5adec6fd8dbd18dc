"""The changes to a draft: who changed what, and the whole draft as it stood after each, so that it can be put back."""

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from assessments.models.playbook import Version


class DraftChange(models.Model):
    """One change to a draft. Rows are only ever added; they stay when the draft is published."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField(help_text="1 for the draft as it was made; one more after each change.")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(max_length=300, help_text="In a few words; what exactly changed is told by the documents.")
    about = models.TextField(
        default="[]", help_text="The parts that it changed, as a JSON list: criteria/shared-vision, stages/forming."
    )
    document = models.BinaryField(help_text="The whole draft after this change, as compressed JSON.")

    class Meta:
        ordering = ["version", "number"]
        constraints = [UniqueConstraint(fields=["version", "number"], name="one_change_per_number")]

    def __str__(self) -> str:
        return self.what
