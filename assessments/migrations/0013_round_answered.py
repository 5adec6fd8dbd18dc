"""How many people had answered a round when it was revealed: rows of an anonymous one are no people afterwards."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0011_evidence_library")]
    operations = [
        migrations.AddField(
            model_name="round",
            name="answered",
            field=models.PositiveIntegerField(help_text="How many people had answered at the reveal.", null=True),
        ),
    ]
