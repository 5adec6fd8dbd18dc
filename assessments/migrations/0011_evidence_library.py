"""Evidence becomes the library of a place. What stood on several criteria or assessments, word for word, is one item."""

import uuid
from collections.abc import Iterable

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PERSON = settings.AUTH_USER_MODEL


def split(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Each row becomes a backing; of rows of a place that say the same, the first one stays as the item."""
    evidence, backing = apps.get_model("assessments", "Evidence"), apps.get_model("assessments", "Backing")
    items: dict[tuple[object, ...], int] = {}
    backings = {}
    for row in list(evidence.objects.select_related("assessment").order_by("pk")):
        place = row.assessment.place_id
        said = (place, row.grade, row.title, row.link, row.dated)
        item = items.setdefault(said, row.pk)
        if item == row.pk:
            evidence.objects.filter(pk=row.pk).update(place_id=place)
        backings.setdefault(
            (row.assessment_id, row.criterion_id, item),
            backing(
                assessment_id=row.assessment_id,
                criterion_id=row.criterion_id,
                evidence_id=item,
                added_at=row.added_at,
                added_by_id=row.added_by_id,
            ),
        )
    _stored_as_they_are(backing, backings.values())
    evidence.objects.filter(place=None).delete()
    _settle(editor)


def join(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Back: a row for each backing. Items that back nothing, and files, have no place there."""
    evidence, backing = apps.get_model("assessments", "Evidence"), apps.get_model("assessments", "Backing")
    used: set[int] = set()
    for row in list(backing.objects.select_related("evidence").order_by("pk")):
        fields = {"assessment_id": row.assessment_id, "criterion_id": row.criterion_id}
        if row.evidence_id not in used:
            used.add(row.evidence_id)
            told = {"added_at": row.added_at, "added_by_id": row.added_by_id}
            evidence.objects.filter(pk=row.evidence_id).update(**fields, **told)
            continue
        item = row.evidence
        new = evidence.objects.create(
            place_id=item.place_id,
            grade=item.grade,
            title=item.title,
            link=item.link,
            dated=item.dated,
            token=uuid.uuid4(),
            added_by_id=row.added_by_id,
            **fields,
        )
        evidence.objects.filter(pk=new.pk).update(added_at=row.added_at)
    backing.objects.all().delete()
    evidence.objects.filter(assessment=None).delete()
    _settle(editor)


def _stored_as_they_are(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """With the moments that they say, which the field would set to now."""
    rows = list(rows)
    field = model._meta.get_field("added_at")
    field.auto_now_add = False
    try:
        model.objects.bulk_create(rows, batch_size=500)
    finally:
        field.auto_now_add = True


def _settle(editor: BaseDatabaseSchemaEditor) -> None:
    """Have PostgreSQL check the foreign keys now: it alters no table while checks of its rows wait."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0018_phones_of_a_workshop"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="place",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="library",
                to="assessments.place",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="file",
            field=models.CharField(blank=True, default="", editable=False, help_text="Its name in the storage.", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="evidence",
            name="file_name",
            field=models.CharField(blank=True, default="", help_text="The name under which it is downloaded.", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="evidence",
            name="file_type",
            field=models.CharField(blank=True, default="", help_text="What it is by its content, as a suffix.", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="evidence",
            name="file_size",
            field=models.PositiveIntegerField(default=0, help_text="In bytes."),
        ),
        migrations.AddField(
            model_name="evidence",
            name="file_hash",
            field=models.CharField(blank=True, default="", help_text="SHA-256 of its content.", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="evidence",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="evidence",
            name="deleted_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=PERSON
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="assessment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="evidence",
                to="assessments.assessment",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="criterion",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessments.criterion"
            ),
        ),
        migrations.CreateModel(
            name="Backing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=PERSON
                    ),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="backings",
                        to="assessments.assessment",
                    ),
                ),
                (
                    "brought_from",
                    models.ForeignKey(
                        help_text="The earlier assessment that it was brought over from. It counts once the criterion is answered.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="assessments.assessment",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessments.criterion"
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="backings",
                        to="assessments.evidence",
                    ),
                ),
            ],
            options={
                "ordering": ["assessment", "criterion", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("assessment", "criterion", "evidence"), name="one_backing_per_criterion"
                    )
                ],
            },
        ),
        migrations.RunPython(split, join),
        migrations.AlterModelOptions(
            name="evidence",
            options={"ordering": ["place", "title", "pk"], "verbose_name_plural": "evidence"},
        ),
        migrations.RemoveIndex(model_name="evidence", name="assessments_assessm_495730_idx"),
        migrations.RemoveField(model_name="evidence", name="assessment"),
        migrations.RemoveField(model_name="evidence", name="criterion"),
        migrations.AlterField(
            model_name="evidence",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="library", to="assessments.place"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("file", ""),
                    models.Q(("deleted_at", None), ("file_name__gt", ""), ("file_size__gt", 0), ("file_type__gt", "")),
                    _connector="OR",
                ),
                name="evidence_file_is_told",
            ),
        ),
    ]
