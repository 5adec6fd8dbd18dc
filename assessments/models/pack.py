"""Packs: the reports of several places in one file, made by workers, one row for each thing to make."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from assessments.models.place import Place
from assessments.models.report import StoredReport


class Pack(models.Model):
    """What somebody asked for, how far it is, and the file that came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        DELETED = "deleted", _("Deleted after its time")

    class Problem(models.TextChoices):
        """Why a whole pack failed, in the words of whoever reads."""

        ALL = "all", _("None of its files could be made.")
        TOGETHER = "together", _("Its files were made, but could not be put together into one.")

    UNFINISHED = (State.WAITING, State.MAKING)

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="packs")
    options = models.TextField(help_text="Kinds, language and branding, as JSON.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    file = models.FileField(upload_to="packs/%Y/%m/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    problem = models.CharField(max_length=20, choices=Problem.choices, blank=True)
    token = models.UUIDField(default=uuid.uuid4, help_text="Of the form, so that pressing twice asks once.")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            UniqueConstraint(fields=["person", "token"], name="one_pack_per_form"),
            CheckConstraint(
                condition=Q(state__in=["waiting", "making", "ready", "failed", "cancelled", "deleted"]),
                name="pack_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Pack of {self.asked_at:%-d %B %Y}"

    @property
    def is_finished(self) -> bool:
        return self.state not in self.UNFINISHED


class PackItem(models.Model):
    """One step of a pack. A worker claims it, renews the claim while it works, and is believed dead when it stops.

    Steps follow each other by `phase`: first the reports of places, then what tells of all of them, at last the ZIP.
    """

    REPORTS, OVERVIEWS, TOGETHER = range(3)
    ZIP = "zip"

    class Problem(models.TextChoices):
        """Why it failed, in the words of whoever reads."""

        LEFT = "left", _("You are no longer a member of this place.")
        GONE = "gone", _("The place was deleted.")
        NOTHING = "nothing", _("Nothing has been answered yet.")
        MANY = "many", _("A printed comparison holds 60 places at most. The workbook compares all of them.")
        SLOW = "slow", _("It took too long to print and was stopped.")
        FAILED = "failed", _("It could not be made. The people who run this site find out why in their log.")
        DIED = "died", _("Whatever made it was stopped in the middle, three times. Tell the people who run this site.")

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
    phase = models.PositiveSmallIntegerField(default=REPORTS)
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
    name = models.CharField(max_length=200, blank=True, help_text="Of the file in the ZIP, with its suffix.")
    problem = models.CharField(max_length=20, choices=Problem.choices, blank=True)

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
