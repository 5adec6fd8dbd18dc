"""Places and who belongs to them."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from assessments.models.playbook import not_blank


class Place(models.Model):
    """A place that wants to become a hub of innovation."""

    class Kind(models.TextChoices):
        DISTRICT = "district", _("Innovation district")
        QUARTER = "quarter", _("Science or knowledge quarter")
        PARK = "park", _("Science or technology park")
        CAMPUS = "campus", _("University or hospital campus")
        TOWN = "town", _("Town or city centre")
        CORRIDOR = "corridor", _("Corridor or cluster of sites")
        NETWORK = "network", _("Network without one site")
        OTHER = "other", _("Something else")

    class Region(models.TextChoices):
        NORTH_EAST = "north-east", _("North East")
        NORTH_WEST = "north-west", _("North West")
        YORKSHIRE = "yorkshire", _("Yorkshire and the Humber")
        EAST_MIDLANDS = "east-midlands", _("East Midlands")
        WEST_MIDLANDS = "west-midlands", _("West Midlands")
        EAST = "east", _("East of England")
        LONDON = "london", _("London")
        SOUTH_EAST = "south-east", _("South East")
        SOUTH_WEST = "south-west", _("South West")
        WALES = "wales", _("Wales")
        SCOTLAND = "scotland", _("Scotland")
        NORTHERN_IRELAND = "northern-ireland", _("Northern Ireland")
        ELSEWHERE = "elsewhere", _("Outside the UK")

    name = models.CharField(max_length=120)
    kind = models.CharField(_("kind of place"), max_length=20, choices=Kind.choices)
    region = models.CharField(_("region or nation"), max_length=20, choices=Region.choices)
    boundary_note = models.TextField("boundary", blank=True, max_length=1000)
    declared_stage = models.CharField(
        max_length=200,
        blank=True,
        help_text="The key of the stage named when the place was described; its first assessment begins with it.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="places")

    class Meta:
        ordering = ["name", "pk"]
        constraints = not_blank("name")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What a person may do in a place: viewers read, the others answer, and an owner also submits and reopens."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")
        VIEWER = "viewer", _("Viewer")
        CONSULTANT = "consultant", _("Consultant")

    ANSWERING = (Role.OWNER, Role.EDITOR, Role.CONSULTANT)

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["place", "user__name", "pk"]
        constraints = [
            UniqueConstraint(fields=["place", "user"], name="one_membership_per_person"),
            CheckConstraint(
                condition=Q(role__in=["owner", "editor", "viewer", "consultant"]), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display().lower()} of {self.place}"

    @property
    def may_answer(self) -> bool:
        return self.role in self.ANSWERING

    @property
    def may_submit(self) -> bool:
        return self.role == self.Role.OWNER

    @property
    def may_issue(self) -> bool:
        """Issue a report under a code: the owner, who answers for the place, and the consultant, who reports on it."""
        return self.role in (self.Role.OWNER, self.Role.CONSULTANT)
