"""What became of each criterion since the version that a version follows: the rows of `follows`."""

from django.db import models
from django.db.models import UniqueConstraint

from assessments.models.playbook import KEY_LENGTH, Criterion, CriterionPart, Version, VersionPart


class Origin(CriterionPart):
    """What became of a criterion since the version that this one follows, as somebody decided it or a file says.

    `decided_on` holds a fingerprint of the texts that were decided on, so that an edit afterwards asks again.
    """

    class Kind(models.TextChoices):
        SAME = "same", "The same"
        REWORDED = "reworded", "Reworded"
        STRICTER = "stricter", "Stricter"
        SPLIT = "split", "Split"
        MERGED = "merged", "Merged"
        NEW = "new", "New"

    criterion = models.OneToOneField(Criterion, on_delete=models.CASCADE, related_name="origin")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    comparable = models.BooleanField(help_text="Whether its scores can be compared with those of the version before.")
    decided_on = models.CharField(max_length=64, blank=True, editable=False)

    def __str__(self) -> str:
        return self.get_kind_display()


class OriginSource(VersionPart):
    """The key of a criterion of the version before that this one comes from."""

    origin = models.ForeignKey(Origin, on_delete=models.CASCADE, related_name="sources")
    position = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [UniqueConstraint(fields=["origin", "key"], name="one_source_per_key")]

    def __str__(self) -> str:
        return self.key

    def belongs_to(self) -> int | None:
        return self.origin.criterion.version_id


class Retired(VersionPart):
    """The key of a criterion of the version before that is in this one no longer."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="retired")
    position = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        verbose_name = "retired criterion"
        verbose_name_plural = "retired criteria"
        ordering = ["position", "pk"]
        constraints = [UniqueConstraint(fields=["version", "key"], name="retired_once")]

    def __str__(self) -> str:
        return self.key

    def belongs_to(self) -> int | None:
        return self.version_id
