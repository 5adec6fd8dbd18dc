"""Portfolios: the groups that somebody sorts their places into, and the invitations that let a member in."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from assessments.models.place import Membership, Place
from assessments.models.playbook import not_blank

PERSON = settings.AUTH_USER_MODEL


class PlaceGroup(models.Model):
    """Some of a person's places under a name, theirs alone."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="place_groups")
    name = models.CharField(max_length=80)
    places = models.ManyToManyField(Place, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [*not_blank("name"), UniqueConstraint(fields=["person", "name"], name="one_group_per_name")]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A link that lets one person into a place, once, until it expires. Only a hash of the link is kept."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Membership.Role.choices)
    note = models.CharField(max_length=120, blank=True, help_text="For whom it is, for the owners' eyes.")
    email = models.EmailField(blank=True, help_text="Where the link was sent; empty where an owner hands it over.")
    is_sent = models.BooleanField(default=False, help_text="Whether the e-mail with the link went out.")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(role__in=["owner", "editor", "viewer", "consultant"]), name="invitation_role_is_known"
            ),
            CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_accepted_or_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.place}"
