"""`manage.py score PLAYBOOK ANSWERS`: two files in, the result as JSON out. Needs no database."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments import scoring
from assessments.interchange import (
    MOST_BYTES,
    Answers,
    DocumentError,
    Fault,
    Playbook,
    read_answers,
    read_playbook,
    scorable_answers,
    scorable_playbook,
)


class Command(BaseCommand):
    help = "Score the answers of one assessment against a playbook; print hubplaybook/score@1 as JSON."
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        if parser.called_from_command_line:

            def refuse(message: str) -> NoReturn:
                parser.print_usage(sys.stderr)
                sys.exit(f"{parser.prog}: {message}")  # on standard error, with exit code 1

            parser.error = refuse  # type: ignore[method-assign]  # wrong arguments exit 1, as all else that is wrong
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("playbook", help="a hubplaybook/playbook@1 file, YAML or JSON")
        parser.add_argument("answers", help="a hubplaybook/answers@1 file, YAML or JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        faults: list[str] = []
        playbook = answers = None
        try:
            playbook = read_playbook(contents(options["playbook"]))
        except DocumentError as error:
            faults += [f"{options['playbook']}: {fault}" for fault in error.faults]
        try:
            answers = read_answers(contents(options["answers"]), playbook)
        except DocumentError as error:
            faults += [f"{options['answers']}: {fault}" for fault in error.faults]
        if faults or playbook is None or answers is None:
            raise CommandError("\n".join(faults))
        self.stdout.write(json.dumps(self.document(playbook, answers), indent=2))

    def document(self, playbook: Playbook, answers: Answers) -> dict[str, Any]:
        return scoring.score_document(scoring.score(scorable_playbook(playbook), scorable_answers(answers)))


def contents(path: str) -> bytes:
    """The bytes of a file, at most a little more than is read. Raises DocumentError where it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DocumentError([Fault((), f"the file cannot be read: {error.strerror}")]) from None
