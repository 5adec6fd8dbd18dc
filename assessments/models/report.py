"""Reports that are kept: those issued under a code, and those made for a pack, which may be used again.

The files lie in the default storage, never under an address of their own; a row says what its file's bytes must be.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import UniqueConstraint
from django.db.models.signals import post_delete
from django.dispatch import receiver

from assessments.models.assessment import Submission
from assessments.models.place import Place

PERSON = settings.AUTH_USER_MODEL


class IssuedReport(models.Model):
    """A report of one submission as it was issued: its file, and everything that it was made from. Never changed."""

    code = models.CharField(max_length=12, unique=True, help_text="What the report shows and the check page takes.")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="issued_reports")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="issued_reports")
    number = models.PositiveIntegerField(help_text="1 for the first that was issued of this submission.")
    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    options = models.TextField(help_text="What was chosen, and the branding as it was, as JSON.")
    seal = models.TextField(help_text="What the report shows of itself, as JSON.")
    place_name = models.CharField(max_length=200)
    dated = models.DateField("date", help_text="Of the assessment.")
    playbook = models.CharField(max_length=300, help_text="Its key and version.")
    engine = models.CharField(max_length=20)
    edition = models.CharField(max_length=64, help_text="Of the code and the libraries that made the file.")
    answers_hash = models.CharField(max_length=64, help_text="SHA-256 of the frozen answers.")
    file = models.FileField(upload_to="issued/%Y/", max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    issued_by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [UniqueConstraint(fields=["submission", "number"], name="one_issued_report_per_number")]

    def __str__(self) -> str:
        return f"{self.code}: {self.place_name}, {self.kind}"


@receiver(post_delete, sender=IssuedReport)
def _remove_its_file(instance: IssuedReport, **_more: object) -> None:
    """Where a place is deleted, its reports go as well: the files once nobody can bring the rows back."""
    storage, name = instance.file.storage, instance.file.name
    if name:
        transaction.on_commit(lambda: storage.delete(name))


class StoredReport(models.Model):
    """A report made for a pack, known by what it was made from, so that the same is not made twice."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="stored_reports")
    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=20)
    file = models.FileField(upload_to="made/%Y/%m/", max_length=200)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["pk"]
        constraints = [UniqueConstraint(fields=["place", "fingerprint"], name="one_stored_report_per_fingerprint")]

    def __str__(self) -> str:
        return f"{self.place}, {self.kind}"
