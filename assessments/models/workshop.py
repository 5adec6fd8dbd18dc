"""A workshop: one criterion at a time on the wall, votes on the phones of those in the room.

A vote belongs to a phone, which holds a random secret; the hash of it is all that is kept. No row of it has a name, an
account, an address or a time, and keys are drawn at random. At the reveal a vote loses a role that would point at
somebody (findings.voices.merged), and when the workshop ends the phones are thrown away: nothing then says which votes
came from the same one.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from assessments.models.assessment import Assessment
from assessments.models.playbook import Criterion, Version

PERSON = settings.AUTH_USER_MODEL
LASTS = timedelta(hours=18)
"""After so long a workshop that nobody ended is over."""


class Workshop(models.Model):
    """A meeting that goes through an assessment's criteria. `criterion` is what the wall shows; none at first."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="workshops")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=10, unique=True, help_text="What phones join by; nobody joins after the end.")
    criterion = models.ForeignKey(Criterion, null=True, on_delete=models.PROTECT, related_name="+")
    criteria = models.ManyToManyField(Criterion, related_name="+", help_text="Which ones the wall goes through.")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            UniqueConstraint(
                fields=["assessment"], condition=Q(ended_at=None), name="one_workshop_at_a_time_per_assessment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: workshop of {self.opened_at:%-d %B %Y}"

    def is_over(self, now: datetime) -> bool:
        """Whether somebody ended it, or nobody did in time."""
        return self.ended_at is not None or self.opened_at <= now - LASTS


class Voter(models.Model):
    """A phone in the room, for as long as the workshop lasts, and the role that its holder speaks for, if they said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="voters")
    role = models.CharField(max_length=200, blank=True)
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - many have none

    def __str__(self) -> str:
        return str(self.id)


class Ballot(models.Model):
    """One vote on one criterion; a revote is the next ballot. Hidden until it is revealed, and closed by that."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="ballots")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1 for the first; one more for each revote.")
    opened_at = models.DateTimeField()
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["workshop", "criterion", "number"]
        constraints = [UniqueConstraint(fields=["workshop", "criterion", "number"], name="one_ballot_per_number")]

    def __str__(self) -> str:
        return f"{self.criterion}: ballot {self.number}"


class Vote(models.Model):
    """What one phone said in one ballot: a level, or don't know (none)."""

    class State(models.TextChoices):
        LEVEL = "level", "Level"
        DONT_KNOW = "dont_know", "Don't know"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(Voter, null=True, on_delete=models.SET_NULL, related_name="votes")
    role = models.CharField(max_length=200, blank=True, help_text="As the phone had it; emptied where it would point.")
    state = models.CharField(max_length=15, choices=State.choices)
    level = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["ballot", "voter"], name="one_vote_per_ballot"),
            CheckConstraint(
                condition=Q(state="level", level__isnull=False) | Q(state="dont_know", level=None),
                name="a_level_where_the_vote_says_so",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
