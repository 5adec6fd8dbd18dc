"""The history of answers begins: what stands is its first row, and the database itself forbids to rewrite a row."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

KEPT = "assessment_id, criterion_id, revision, kind, state, level, reason, note, carried, why, at, by_name"
FORBID = {
    "sqlite": [
        f"""
        CREATE TRIGGER answer_change_is_kept BEFORE UPDATE OF {KEPT} ON assessments_answerchange
        BEGIN SELECT RAISE(ABORT, 'The history of answers is not rewritten.'); END
        """
    ],
    "postgresql": [
        """
        CREATE FUNCTION assessments_answer_change_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'The history of answers is not rewritten.' USING ERRCODE = 'integrity_constraint_violation'; END $$
        """,
        f"""
        CREATE TRIGGER answer_change_is_kept BEFORE UPDATE OF {KEPT} ON assessments_answerchange
        FOR EACH ROW EXECUTE FUNCTION assessments_answer_change_is_kept()
        """,
    ],
}
ALLOW = {
    "sqlite": ["DROP TRIGGER answer_change_is_kept"],
    "postgresql": [
        "DROP TRIGGER answer_change_is_kept ON assessments_answerchange",
        "DROP FUNCTION assessments_answer_change_is_kept()",
    ],
}


def begin(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    answers = apps.get_model("assessments", "Answer").objects.select_related("saved_by")
    changes = apps.get_model("assessments", "AnswerChange").objects
    changes.bulk_create(
        (
            changes.model(
                assessment_id=answer.assessment_id,
                criterion_id=answer.criterion_id,
                revision=answer.revision,
                kind="before",
                state=answer.state,
                level=answer.level,
                reason=answer.reason,
                note=answer.note,
                carried=answer.carried,
                at=answer.saved_at,
                by_id=answer.saved_by_id,
                by_name=(answer.saved_by.name or answer.saved_by.email) if answer.saved_by else "",
            )
            for answer in answers.iterator()
        ),
        batch_size=500,
    )


def forbid(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in FORBID[editor.connection.vendor]:
        editor.execute(statement)


def allow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in ALLOW[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0009_many_hands")]
    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunPython(forbid, allow),
    ]
