"""A change that brings something back says what; the database keeps that from being rewritten, like the rest."""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BEFORE = import_module("assessments.migrations.0010_history_of_answers")
COLUMNS = f"{BEFORE.KEPT}, restored"


def forbid_more(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    BEFORE.allow(apps, editor)
    for statement in BEFORE.FORBID[editor.connection.vendor]:
        editor.execute(statement.replace(BEFORE.KEPT, COLUMNS))


def forbid_less(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    BEFORE.allow(apps, editor)
    BEFORE.forbid(apps, editor)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0010_history_of_answers")]
    operations = [
        migrations.AddField(
            model_name="answerchange",
            name="restored",
            field=models.PositiveIntegerField(null=True, help_text="Of what was brought back: the revision that it was."),
        ),
        migrations.RunPython(forbid_more, forbid_less),
    ]
