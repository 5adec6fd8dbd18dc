"""Evidence: the library of a place, and what of it backs which criterion of which assessment.

An item may back several criteria, and goes on into the next assessment; changing it changes it wherever it backs
something that is still open. What was submitted keeps its own text. Rows are changed by compare-and-set on `revision`.
"""

import uuid
from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from assessments.models.assessment import Assessment, CurrentQuerySet
from assessments.models.place import Place
from assessments.models.playbook import Criterion
from assessments.scoring.evidence import stale_before

PERSON = settings.AUTH_USER_MODEL


class Evidence(models.Model):
    """An item of a place's library: a title with its grade, a link, a file. `token` is made by the form, so that
    sending it twice adds it once.

    `file` is where the file is stored, under a name of ours; empty where there is none, or where it was deleted:
    then `deleted_at` stands, and the row stays because it is part of what was submitted.
    """

    class Grade(models.IntegerChoices):
        NONE = 0, _("Nothing to show")
        OPINION = 1, _("Opinion: somebody says so")
        OWN = 2, _("Own document: plan, minute, internal figure")
        PUBLIC = 3, _("Dated public document or statistic")
        CHECKED = 4, _("Independent check: audit, review, evaluation")

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="library")
    grade = models.PositiveIntegerField(choices=Grade.choices, validators=[MaxValueValidator(4)])
    title = models.CharField(max_length=300)
    link = models.URLField(max_length=2000, blank=True)
    dated = models.DateField("date", null=True, blank=True)
    file = models.CharField(max_length=200, blank=True, editable=False, help_text="Its name in the storage.")
    file_name = models.CharField(max_length=200, blank=True, help_text="The name under which it is downloaded.")
    file_type = models.CharField(max_length=10, blank=True, help_text="What it is by its content, as a suffix.")
    file_size = models.PositiveIntegerField(default=0, help_text="In bytes.")
    file_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of its content.")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    revision = models.PositiveIntegerField(default=1)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["place", "title", "pk"]
        constraints = [
            CheckConstraint(condition=Q(grade__lte=4), name="evidence_grade_0_to_4"),
            CheckConstraint(
                condition=Q(file="") | Q(file_size__gt=0, file_name__gt="", file_type__gt="", deleted_at=None),
                name="evidence_file_is_told",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_old(self, on: date) -> bool:
        """Whether it is dated more than 24 months before that day, so that it counts one grade lower."""
        return self.dated is not None and self.dated < stale_before(on)


class Backing(models.Model):
    """An item of the library backs a criterion of an assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="backings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(Evidence, on_delete=models.RESTRICT, related_name="backings")
    brought_from = models.ForeignKey(
        Assessment,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The earlier assessment that it was brought over from. It counts once the criterion is answered.",
    )
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = CurrentQuerySet.as_manager()

    class Meta:
        ordering = ["assessment", "criterion", "pk"]
        constraints = [
            UniqueConstraint(fields=["assessment", "criterion", "evidence"], name="one_backing_per_criterion")
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.evidence}"
