"""Who is to see to which lesson, by when; and the days on which somebody was reminded."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, UniqueConstraint
from django.db.models.functions import Lower

from assessments.models.assessment import Assessment
from assessments.models.place import Membership

PERSON = settings.AUTH_USER_MODEL


class DelegationQuerySet(models.QuerySet[Any]):
    def in_force(self) -> "DelegationQuerySet":
        """Those of people whose account is open and who may answer in the place."""
        return self.filter(
            person__is_active=True,
            person__memberships__place=F("assessment__place"),
            person__memberships__role__in=Membership.ANSWERING,
        )


class Delegation(models.Model):
    """A lesson of an assessment in the hands of a member. By its key, so that it stays when the version changes."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="delegations")
    lesson_key = models.CharField(max_length=200)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="delegations")
    due = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["assessment", "lesson_key", "due", "pk"]
        constraints = [
            UniqueConstraint(fields=["assessment", "lesson_key", "person"], name="one_delegation_per_lesson_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.lesson_key}"


class Reminder(models.Model):
    """An address was reminded on a day. One row at most for both, so that nobody hears from us twice a day."""

    email = models.EmailField()
    day = models.DateField()

    class Meta:
        constraints = [UniqueConstraint(Lower("email"), "day", name="one_reminder_a_day")]

    def __str__(self) -> str:
        return f"{self.email}, {self.day:%-d %B %Y}"
