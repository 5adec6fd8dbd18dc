"""`manage.py remind`: reminds everybody of whom it is time, once a day at most, as workers do by themselves."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import override

from assessments.selectors.reminding import digests_due
from assessments.tasks.reminding import remind_due


class Command(BaseCommand):
    help = "Remind people by e-mail of lessons in their hands and of rounds that close; nobody twice on one day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how many would be reminded, and send nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        today = timezone.localdate()
        if dry_run:
            with override(settings.LANGUAGE_CODE):
                self.stdout.write(f"To be reminded: {len(digests_due(today))}.")
            return
        found = remind_due(today)
        self.stdout.write(f"Reminded: {found.sent}. Reminded today already: {found.already}.")
        if found.refused:
            raise CommandError(f"The mail server did not take {found.refused}; run this again later.")
