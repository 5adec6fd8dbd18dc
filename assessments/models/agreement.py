"""What a group agreed on one criterion, why, and who saw it otherwise."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q

from assessments.models.assessment import Assessment
from assessments.models.playbook import Criterion
from assessments.models.round import Round
from assessments.models.workshop import Ballot

PERSON = settings.AUTH_USER_MODEL


class Agreement(models.Model):
    """The agreed level of a criterion with its reason and its dissent, after a round or a vote on the wall.

    Rows are only ever added: the last of a criterion counts, for as long as the assessment's answer is its level.
    `answered`, `lowest` and `highest` are of the round or the ballot that it came from, as they were then.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="agreements")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveIntegerField()
    reason = models.TextField()
    dissent = models.TextField(blank=True, help_text="What those said who saw it otherwise.")
    answered = models.PositiveIntegerField(default=0, help_text="How many gave a level.")
    lowest = models.PositiveIntegerField(null=True)
    highest = models.PositiveIntegerField(null=True)
    round = models.ForeignKey(Round, null=True, on_delete=models.SET_NULL, related_name="+")
    ballot = models.ForeignKey(Ballot, null=True, on_delete=models.SET_NULL, related_name="+")
    agreed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["assessment", "criterion", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(lowest=None, highest=None) | Q(lowest__lte=F("highest")), name="agreement_lowest_to_highest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: agreed {self.level}"
