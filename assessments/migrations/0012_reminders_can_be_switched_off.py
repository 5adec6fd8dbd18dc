"""Who has an account can switch reminders off; they are on for everybody who has one now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0017_what_was_brought_back")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="wants_reminders",
            field=models.BooleanField(
                default=True,
                help_text="Whether we write when a lesson in their hands is due.",
                verbose_name="reminders by e-mail",
            ),
        ),
    ]
