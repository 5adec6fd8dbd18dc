"""A round of respondents: partners answer an assessment's criteria from their own role, without an account.

What a respondent answered stands apart from who was asked. `Respondent` is a person whom the owner invited by name;
`Response` is a set of answers. Nothing here leads from one to the other: both keep a hash, each its own, of the secret
in the respondent's link, and the secret itself is kept nowhere (selectors.responding). No row of a response has a date,
an account or an address, its key is drawn at random, and when the round is revealed the hashes are thrown away too.
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.assessment import Assessment
from assessments.models.playbook import Criterion, Version

PERSON = settings.AUTH_USER_MODEL


class Round(models.Model):
    """One round on an assessment, on the version that this was on: open, then closed, then revealed for good."""

    class Naming(models.TextChoices):
        ANONYMOUS = "anonymous", _("Anonymous: nobody is asked for a name")
        OPTIONAL = "optional", _("Who wishes may give a name")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="rounds")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    naming = models.CharField(max_length=10, choices=Naming.choices)
    welcome = models.TextField(blank=True, help_text="What respondents read first, in the owner's words.")
    closes_on = models.DateField(help_text="The last day on which answers are taken.")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True, help_text="When an owner closed it, whatever the closing date.")
    revealed_at = models.DateTimeField(null=True)
    revealed_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    answered = models.PositiveIntegerField(null=True, help_text="How many people had answered at the reveal.")

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            UniqueConstraint(
                fields=["assessment"], condition=Q(revealed_at=None), name="one_unrevealed_round_per_assessment"
            ),
            CheckConstraint(condition=Q(naming__in=["anonymous", "optional"]), name="round_naming_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: round opened {self.opened_at:%-d %B %Y}"

    @property
    def is_anonymous(self) -> bool:
        return self.naming == self.Naming.ANONYMOUS

    @property
    def is_revealed(self) -> bool:
        return self.revealed_at is not None

    @property
    def closed_early_at(self) -> datetime | None:
        """When an owner closed it before its last day was over; none where the reveal alone closed it."""
        at = self.closed_at
        is_early = at and at != self.revealed_at and timezone.localdate(at) <= self.closes_on
        return at if is_early else None

    @property
    def takes_answers(self) -> bool:
        """Whether respondents may answer today."""
        return self.revealed_at is None and self.closed_at is None and self.closes_on >= timezone.localdate()


class RoundRole(models.Model):
    """A role that is asked in a round: which criteria, and a shared link if there is one.

    The link's code is no secret of a person: whoever has it may begin a response of their own, until `limit`.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=200, help_text="The key of a role of the playbook.")
    criteria = models.ManyToManyField(Criterion, related_name="+")
    link_code = models.CharField(max_length=20, null=True, unique=True)  # noqa: DJ001 - many have none
    limit = models.PositiveIntegerField(default=0, help_text="How many may begin by the shared link; 0 without one.")
    begun = models.PositiveIntegerField(default=0, help_text="How many have begun by the shared link.")

    class Meta:
        ordering = ["round", "pk"]
        constraints = [
            UniqueConstraint(fields=["round", "role"], name="one_entry_per_role_of_a_round"),
            CheckConstraint(condition=Q(begun__lte=models.F("limit")), name="no_more_begin_than_the_limit"),
        ]

    def __str__(self) -> str:
        return self.role


class Respondent(models.Model):
    """Somebody whom the owner asked by name, and whether they have answered; never what, and never when."""

    class State(models.TextChoices):
        ASKED = "asked", _("Not yet answered")
        BEGUN = "begun", _("Begun")
        DONE = "done", _("Answered")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="respondents")
    role = models.CharField(max_length=200)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - many have none
    is_sent = models.BooleanField(default=False, help_text="Whether the e-mail with the link went out.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)

    class Meta:
        ordering = ["round", "name", "pk"]
        constraints = [
            UniqueConstraint(fields=["round", "email"], name="one_respondent_per_email"),
            CheckConstraint(condition=Q(state__in=["asked", "begun", "done"]), name="respondent_state_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Response(models.Model):
    """What one respondent answered. Which one is known to the holder of the link alone.

    After the reveal of an anonymous round a row is no person any more: answers are dealt out to rows by chance, with a
    role only where that points at nobody (findings.unlinking). How many people there were says `Round.answered`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="responses")
    role = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=120, blank=True, help_text="Only where the round allows it and they gave one.")
    is_done = models.BooleanField(default=False, help_text="Whether they said that they had finished.")
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - many have none

    class Meta:
        ordering = ["round", "id"]

    def __str__(self) -> str:
        return self.name or str(_("Somebody"))


class ResponseAnswer(models.Model):
    """One respondent's answer to one criterion, or only a comment (state missing)."""

    class State(models.TextChoices):
        MISSING = "missing", "No answer yet"
        LEVEL = "level", "Level"
        DONT_KNOW = "dont_know", "Don't know"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=15, choices=State.choices)
    level = models.PositiveIntegerField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ["response", "criterion"]
        constraints = [
            UniqueConstraint(fields=["response", "criterion"], name="one_answer_per_response"),
            CheckConstraint(
                condition=Q(state="level", level__isnull=False) | Q(state__in=["missing", "dont_know"], level=None),
                name="a_level_where_the_response_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level if self.level is not None else self.get_state_display()}"
