"""Under whose name and colours a report goes out: a place's own, or a consultancy's."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from assessments.models.place import Place
from assessments.models.playbook import not_blank


class Branding(models.Model):
    """One for a place, or one for a person who reports for several places. Written by compare-and-set on `revision`."""

    place = models.OneToOneField(Place, null=True, on_delete=models.CASCADE, related_name="branding")
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="branding"
    )
    name = models.CharField(max_length=120)
    main = models.CharField(max_length=7, help_text="The colour of the cover: #rrggbb.")
    accent = models.CharField(max_length=7, help_text="The colour of heads and rules on white: #rrggbb.")
    contact = models.TextField(blank=True, max_length=500)
    disclaimer = models.TextField(blank=True, max_length=1000)
    logo = models.BinaryField(blank=True, default=bytes, help_text="A PNG that we drew from what was sent, or nothing.")
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name_plural = "brandings"
        ordering = ["pk"]
        constraints = [
            *not_blank("name"),
            CheckConstraint(
                condition=Q(place__isnull=False, person=None) | Q(place=None, person__isnull=False),
                name="branding_of_a_place_or_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name
