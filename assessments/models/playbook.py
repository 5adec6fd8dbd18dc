"""A playbook as rows: versions with roles, stages, gates, lessons, criteria, levels, targets and hints.

A draft may change freely; a published version never does, whoever asks: `save` and `delete` refuse. Rows stand in the
order of their `position` (then of their making); the number of a level is its place in that order, from 0.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import BaseConstraint, CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Length, Trim

models.TextField.register_lookup(Length)
models.CharField.register_lookup(Length)
models.TextField.register_lookup(Trim)
models.CharField.register_lookup(Trim)

KEY_LENGTH = 200
WEIGHT_DIGITS, WEIGHT_DECIMALS = 15, 6


class PublishedIsReadOnly(Exception):
    """A published version, or a part of one, was about to be changed or deleted."""


def weight(**options: Any) -> "models.DecimalField[Any, Any]":
    """A weight of up to nine digits before the point and six after it: both databases hold it exactly."""
    return models.DecimalField(max_digits=WEIGHT_DIGITS, decimal_places=WEIGHT_DECIMALS, **options)


def not_blank(*names: str) -> list[BaseConstraint]:
    """Constraints that texts are not empty and not only spaces."""
    return [
        CheckConstraint(condition=Q(**{f"{name}__trim__length__gt": 0}), name=f"%(class)s_{name}_not_blank")
        for name in names
    ]


class Playbook(models.Model):
    """What stays the same from version to version: a key."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True, help_text="Stable across versions.")

    class Meta:
        constraints = not_blank("key")

    def __str__(self) -> str:
        return self.key


class VersionManager(models.Manager["Version"]):
    def published(self) -> "models.QuerySet[Version]":
        """Published versions, the latest first."""
        return self.filter(state=Version.State.PUBLISHED).order_by("-published_at", "-pk")

    def current_of_each(self) -> "list[Version]":
        """The version of each playbook that new assessments start on: the one published last. One query."""
        latest: dict[int, Version] = {}
        for version in self.published().select_related("playbook"):
            latest.setdefault(version.playbook_id, version)
        return [latest[playbook] for playbook in sorted(latest)]

    def current(self) -> "Version | None":
        """The current version of the playbook that was here first, so that a second one does not take its place."""
        return next(iter(self.current_of_each()), None)


class Version(models.Model):
    """One version of a playbook, a draft or published."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="versions")
    number = models.CharField("version", max_length=100, help_text="For example 1.1. Text, not a number.")
    title = models.TextField()
    summary = models.TextField(blank=True)
    indicative_from = models.DecimalField(
        max_digits=15,
        decimal_places=14,
        default="0.7",
        help_text="The share of a lesson's weight that must be answered before its score is shown: above 0, at most 1.",
    )
    follows = models.CharField(
        max_length=100, blank=True, help_text="The version that this one comes after, if it comes after one."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = VersionManager()

    class Meta:
        verbose_name = "playbook version"
        ordering = ["playbook__key", "-created_at"]
        constraints = [
            UniqueConstraint(fields=["playbook", "number"], name="one_row_per_version"),
            CheckConstraint(
                condition=Q(indicative_from__gt=0, indicative_from__lte=1), name="indicative_from_is_a_share"
            ),
            CheckConstraint(
                condition=Q(state="draft", published_at=None) | Q(state="published", published_at__isnull=False),
                name="published_has_a_date",
            ),
            CheckConstraint(condition=~Q(follows=F("number")), name="version_follows_another"),
            *not_blank("number", "title"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}" + ("" if self.is_published else " (draft)")

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    def save(self, *args: Any, **kwargs: Any) -> None:
        _refuse_if_published(self.pk)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_if_published(self.pk)
        return super().delete(*args, **kwargs)


def _refuse_if_published(version_id: int | None) -> None:
    if version_id is None:
        return
    if Version.objects.filter(pk=version_id, state=Version.State.PUBLISHED).exists():
        raise PublishedIsReadOnly("A published version is read-only. Copy it into a new draft to change it.")


class VersionPart(models.Model):
    """A row that belongs to a version and is as read-only as it."""

    class Meta:
        abstract = True

    def belongs_to(self) -> int | None:
        """The primary key of the version that this row is part of."""
        raise NotImplementedError

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_if_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_published()
        return super().delete(*args, **kwargs)

    def _refuse_if_published(self) -> None:
        """Look at the version that the row would be part of, and at the one that it is stored in."""
        _refuse_if_published(self.belongs_to())
        if self.pk is not None and (stored := type(self)._base_manager.filter(pk=self.pk).first()):
            _refuse_if_published(stored.belongs_to())


class TopPart(VersionPart):
    """A part that hangs on the version itself, in an order, with a key unique in its kind."""

    key = models.CharField(max_length=KEY_LENGTH, help_text="Stable across versions, for example shared-vision.")
    position = models.PositiveIntegerField(default=0, help_text="Its place in the order: lower comes first.")

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def belongs_to(self) -> int | None:
        pk: int | None = self.version_id  # type: ignore[attr-defined]
        return pk


class Role(TopPart):
    """Who may answer: one of the kinds of partner that the playbook speaks of."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="roles")
    name = models.TextField()
    summary = models.TextField(blank=True)

    class Meta(TopPart.Meta):
        constraints = [
            UniqueConstraint(fields=["version", "key"], name="one_role_per_key"),
            *not_blank("key", "name"),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(TopPart):
    """A stage of the path, first to last by position."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="stages")
    name = models.TextField()
    facts = models.TextField(help_text="The facts that place somebody here, in words.")

    class Meta(TopPart.Meta):
        constraints = [
            UniqueConstraint(fields=["version", "key"], name="one_stage_per_key"),
            *not_blank("key", "name", "facts"),
        ]

    def __str__(self) -> str:
        return self.name


class Lesson(TopPart):
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="lessons")
    title = models.TextField()
    summary = models.TextField(blank=True)
    weight = weight(help_text="A number above 0; what counts is its share of all lessons' weights.")

    class Meta(TopPart.Meta):
        constraints = [
            UniqueConstraint(fields=["version", "key"], name="one_lesson_per_key"),
            CheckConstraint(condition=Q(weight__gt=0), name="lesson_weight_above_0"),
            *not_blank("key", "title"),
        ]

    def __str__(self) -> str:
        return self.title


class Criterion(TopPart):
    """One thing to judge. It keeps its version beside its lesson, so that its key is unique in the playbook."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="criteria", editable=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="criteria")
    title = models.TextField()
    question = models.TextField()
    why = models.TextField("why it matters", blank=True)
    weight = weight(help_text="A number above 0; what counts is its share of the lesson's weights.")
    not_applicable = models.TextField(
        "not applicable",
        blank=True,
        help_text="The condition under which it may be said, in words. Leave empty where it may never be said.",
    )
    ask = models.TextField("whom to ask")

    class Meta(TopPart.Meta):
        verbose_name_plural = "criteria"
        ordering = ["lesson__position", "lesson", "position", "pk"]
        constraints = [
            UniqueConstraint(fields=["version", "key"], name="one_criterion_per_key"),
            CheckConstraint(condition=Q(weight__gt=0), name="criterion_weight_above_0"),
            *not_blank("key", "title", "question", "ask"),
            CheckConstraint(
                condition=Q(not_applicable="") | Q(not_applicable__trim__length__gt=0),
                name="criterion_condition_not_blank",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.version_id = self.lesson.version_id
        super().save(*args, **kwargs)


class CriterionPart(VersionPart):
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE)

    class Meta:
        abstract = True

    def belongs_to(self) -> int | None:
        return self.criterion.version_id


class Level(CriterionPart):
    """One level: what is true at it, and the step to the next. The lowest position is level 0."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="levels")
    position = models.PositiveIntegerField(default=0, help_text="Lowest first.")
    descriptor = models.TextField()
    next_step = models.TextField(help_text="How to reach the next level; on the highest, how to hold it.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            *not_blank("descriptor", "next_step"),
        ]

    def __str__(self) -> str:
        return self.descriptor


class Hint(CriterionPart):
    """Something to have at hand: a piece of evidence, or open data that supports a level."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", "Evidence to have at hand"
        DATA = "data", "Open data"

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="hints")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    position = models.PositiveIntegerField(default=0)
    text = models.TextField()

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [
            CheckConstraint(condition=Q(kind__in=["evidence", "data"]), name="hint_kind_is_known"),
            *not_blank("text"),
        ]

    def __str__(self) -> str:
        return self.text


class Target(CriterionPart):
    """The level that a place at a stage should have reached."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="targets")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="targets")
    level = models.PositiveIntegerField()

    class Meta:
        ordering = ["stage__position"]
        constraints = [UniqueConstraint(fields=["criterion", "stage"], name="one_target_per_stage")]

    def __str__(self) -> str:
        return f"{self.stage}: {self.level}"


class Gate(CriterionPart):
    """The least level of a criterion without which a stage cannot be claimed."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="gates")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="gates")
    level = models.PositiveIntegerField()

    class Meta:
        ordering = ["stage__position"]
        constraints = [UniqueConstraint(fields=["stage", "criterion"], name="one_gate_per_criterion")]

    def __str__(self) -> str:
        return f"{self.stage}: {self.level}"
