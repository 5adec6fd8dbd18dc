"""Places and who belongs to them."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from assessments.models.playbook import not_blank


class Place(models.Model):
    """A place that wants to become a hub of innovation."""

    class Kind(models.TextChoices):
        DISTRICT = "district", "Innovation district"
        QUARTER = "quarter", "Science or knowledge quarter"
        PARK = "park", "Science or technology park"
        CAMPUS = "campus", "University or hospital campus"
        TOWN = "town", "Town or city centre"
        CORRIDOR = "corridor", "Corridor or cluster of sites"
        NETWORK = "network", "Network without one site"
        OTHER = "other", "Something else"

    class Region(models.TextChoices):
        NORTH_EAST = "north-east", "North East"
        NORTH_WEST = "north-west", "North West"
        YORKSHIRE = "yorkshire", "Yorkshire and the Humber"
        EAST_MIDLANDS = "east-midlands", "East Midlands"
        WEST_MIDLANDS = "west-midlands", "West Midlands"
        EAST = "east", "East of England"
        LONDON = "london", "London"
        SOUTH_EAST = "south-east", "South East"
        SOUTH_WEST = "south-west", "South West"
        WALES = "wales", "Wales"
        SCOTLAND = "scotland", "Scotland"
        NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"
        ELSEWHERE = "elsewhere", "Outside the UK"

    name = models.CharField(max_length=120)
    kind = models.CharField("kind of place", max_length=20, choices=Kind.choices)
    region = models.CharField("region or nation", max_length=20, choices=Region.choices)
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
        OWNER = "owner", "Owner"
        EDITOR = "editor", "Editor"
        VIEWER = "viewer", "Viewer"
        CONSULTANT = "consultant", "Consultant"

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
        return self.role != self.Role.VIEWER

    @property
    def may_submit(self) -> bool:
        return self.role == self.Role.OWNER
