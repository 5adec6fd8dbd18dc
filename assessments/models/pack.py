"""Packs: the reports of several places in one file, made by workers, one row for each thing to make."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from assessments.models.place import Place
from assessments.models.report import StoredReport


class Pack(models.Model):
    """What somebody asked for, how far it is, and the file that came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MAKING = "making", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        DELETED = "deleted", "Deleted after its time"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="packs")
    options = models.TextField(help_text="Kinds, language and branding, as JSON.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    file = models.FileField(upload_to="packs/%Y/%m/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    problem = models.TextField(blank=True, help_text="Why the whole pack failed, in plain words.")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(state__in=["waiting", "making", "ready", "failed", "cancelled", "deleted"]),
                name="pack_state_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"Pack of {self.asked_at:%-d %B %Y}"


class PackItem(models.Model):
    """One file of a pack. A worker claims it, renews the claim while it works, and is believed dead when it stops."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MAKING = "making", "Being made"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    place = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="+")
    place_name = models.CharField(max_length=200, blank=True, help_text="Nothing for what tells of all places.")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    claim = models.UUIDField(null=True, help_text="Of the try that works on it, or did last.")
    claimed_at = models.DateTimeField(null=True, help_text="When the claim was made or renewed.")
    attempts = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(null=True)
    reused = models.BooleanField(default=False)
    report = models.ForeignKey(StoredReport, null=True, on_delete=models.SET_NULL, related_name="+")
    file = models.FileField(
        upload_to="packs/%Y/%m/", max_length=200, blank=True, help_text="Of what tells of all places."
    )
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["pack", "position"]
        constraints = [
            UniqueConstraint(fields=["pack", "position"], name="one_pack_item_per_position"),
            CheckConstraint(
                condition=Q(state__in=["waiting", "making", "done", "failed"]), name="pack_item_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_name or 'All places'}, {self.kind}"
