"""Every change of an answer, one row each, only ever added: what explains how the answer came to be what it is."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from assessments.models.assessment import Answer, Assessment
from assessments.models.playbook import Criterion

PERSON = settings.AUTH_USER_MODEL


class AnswerChange(models.Model):
    """What an answer was from this revision on. What it was before is the row before.

    The row with the greatest revision holds what `Answer` holds. A database trigger forbids to change a row's content;
    rows go only with their assessment.
    """

    class Kind(models.TextChoices):
        BEFORE = "before", _("Stood there before changes were kept")
        ANSWERED = "answered", _("Answered")
        JOINED = "joined", _("Joined from two versions")
        AGREED = "agreed", _("Agreed by the group")
        RESTORED = "restored", _("Brought back from the history")
        WORKBOOK = "workbook", _("Taken over from a workbook")
        MOVED = "moved", _("Brought over from another version of the playbook")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="changes")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=15, choices=Answer.State.choices)
    level = models.PositiveIntegerField(null=True)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    carried = models.BooleanField(default=False)
    why = models.TextField(blank=True, help_text="The reason that was given for the change, with the dissent.")
    restored = models.PositiveIntegerField(null=True, help_text="Of what was brought back: the revision that it was.")
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["assessment", "criterion", "revision"]
        constraints = [
            UniqueConstraint(fields=["assessment", "criterion", "revision"], name="one_change_per_revision"),
            CheckConstraint(
                condition=Q(state="level", level__isnull=False)
                | Q(state__in=["missing", "dont_know", "not_applicable"], level=None),
                name="a_level_where_the_change_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}, revision {self.revision}"
