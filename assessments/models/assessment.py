"""Assessments: one row an answer, and what a submission froze.

Answers are written by compare-and-set on `revision` (see services.answering), never by `save` on a row
that was read before. They belong to a criterion of one version and stay with it: an assessment that has moved on
(services.moving) shows those of the version that it is on now, `objects.current()`, and keeps the others.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from assessments.models.place import Place
from assessments.models.playbook import Criterion, Stage, Version

PERSON = settings.AUTH_USER_MODEL


class Assessment(models.Model):
    """A place's answers on one version of a playbook; open, or submitted and then frozen."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SUBMITTED = "submitted", "Submitted"

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="assessments")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="assessments")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    stage_confirmed = models.BooleanField(default=False, help_text="Whether somebody chose the stage for this one.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    declined = models.ForeignKey(
        Version,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        help_text="The newer version beside which an owner chose to finish on this one.",
    )
    started_at = models.DateTimeField(auto_now_add=True)
    started_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            UniqueConstraint(fields=["place"], condition=Q(state="open"), name="one_open_assessment_per_place"),
            CheckConstraint(condition=Q(state__in=["open", "submitted"]), name="assessment_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.place}, started {self.started_at:%-d %B %Y}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class CurrentQuerySet(models.QuerySet[Any]):
    def current(self) -> "CurrentQuerySet":
        """Those of the version that their assessment is on now."""
        return self.filter(criterion__version=F("assessment__version"))


class Answer(models.Model):
    """What was said of one criterion. A note may stand before there is an answer (state missing)."""

    class State(models.TextChoices):
        MISSING = "missing", "No answer yet"
        LEVEL = "level", "Level"
        DONT_KNOW = "dont_know", "Don't know"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=15, choices=State.choices)
    level = models.PositiveIntegerField(null=True)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    carried = models.BooleanField(
        default=False,
        help_text="Brought over from another version and not looked at since: until it is, it does not count.",
    )
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = CurrentQuerySet.as_manager()

    class Meta:
        ordering = ["assessment", "criterion"]
        constraints = [
            UniqueConstraint(fields=["assessment", "criterion"], name="one_answer_per_criterion"),
            CheckConstraint(
                condition=Q(state="level", level__isnull=False)
                | Q(state__in=["missing", "dont_know", "not_applicable"], level=None),
                name="a_level_where_the_state_says_so",
            ),
            CheckConstraint(condition=Q(state="not_applicable") | Q(reason=""), name="reason_only_if_not_applicable"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level if self.level is not None else self.get_state_display()}"

    @property
    def value(self) -> int | str | None:
        """The answer as the engine takes it: a level, a word, or None where it is missing."""
        if self.state == self.State.LEVEL:
            return self.level
        return None if self.state == self.State.MISSING else self.state


class Submission(models.Model):
    """What a submission froze: the texts, the answers and the result, each as JSON text, never computed again."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="submissions")
    number = models.PositiveIntegerField(help_text="1 for the first; one more after each reopening.")
    previous = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="What the place had submitted before, which this one is compared with.",
    )
    dated = models.DateField("date")
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    submitted_by_name = models.CharField(max_length=200)
    place = models.TextField(help_text="Name, kind, region and boundary of the place on that day.")
    playbook = models.TextField(help_text="hubplaybook/playbook@1")
    answers = models.TextField(help_text="hubplaybook/answers@1")
    result = models.TextField(help_text="The engine's result, figures as exact fractions.")
    agreed = models.TextField(default="{}", help_text="What the group had agreed, by criterion (findings.agreed).")
    engine = models.CharField(max_length=20, help_text="The version of the engine that computed it.")

    class Meta:
        ordering = ["assessment", "-number"]
        constraints = [UniqueConstraint(fields=["assessment", "number"], name="one_submission_per_number")]

    def __str__(self) -> str:
        return f"{self.assessment}: submission {self.number}"


class Move(models.Model):
    """An assessment went from one version to another, or back: what was said on the one that it left, as it stood."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="moves")
    left = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    reached = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    is_back = models.BooleanField(default=False, help_text="Whether it undid the move before it.")
    answers = models.TextField(help_text="hubplaybook/answers@1, to the version that was left.")
    stage_confirmed = models.BooleanField(default=False, help_text="Whether the stage left had been confirmed.")
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["assessment", "pk"]
        constraints = [CheckConstraint(condition=~Q(left=F("reached")), name="move_leads_elsewhere")]

    def __str__(self) -> str:
        return f"{self.left.number} to {self.reached.number}"


class Event(models.Model):
    """What happened to an assessment as a whole. Rows are only ever added."""

    class Kind(models.TextChoices):
        STARTED = "started", _("Started")
        SUBMITTED = "submitted", _("Submitted")
        REOPENED = "reopened", _("Reopened")
        MOVED = "moved", _("Moved to another version")
        MOVED_BACK = "moved_back", _("Moved back")
        ROUND_OPENED = "round_opened", _("Round of respondents opened")
        ROUND_CLOSED = "round_closed", _("Round of respondents closed")
        REVEALED = "revealed", _("Answers of the respondents revealed")
        WORKSHOP_HELD = "workshop_held", _("Workshop held")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%-d %B %Y}"
