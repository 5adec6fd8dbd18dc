"""`manage.py playbook check FILE`, `import FILE` and `export KEY VERSION`: playbooks in and out of the database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.interchange import (
    DocumentError,
    Playbook,
    Translation,
    dump_playbook,
    read_playbook,
    read_translation,
)
from assessments.management.commands.score import contents
from assessments.models import Version
from assessments.proofreading import Severity, remarks
from assessments.selectors.playbooks import playbook_document
from assessments.services.playbooks import VersionExists, import_playbook


class Command(BaseCommand):
    help = "Check, import or export a playbook (hubplaybook/playbook@1; docs/interchange.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="say everything that is wrong with a file; needs no database")
        check.add_argument("file")
        bring = actions.add_parser("import", help="store a file as a new version")
        bring.add_argument("file")
        bring.add_argument("--publish", action="store_true", help="publish it as well; it is a draft otherwise")
        bring.add_argument(
            "--translation", action="append", default=[], metavar="FILE", help="its texts in one more language"
        )
        export = actions.add_parser("export", help="write a version to standard output")
        export.add_argument("key")
        export.add_argument("version_number", metavar="VERSION")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['action']}")(options)

    def do_check(self, options: dict[str, Any]) -> None:
        playbook = self.read(options["file"])
        self.stdout.write(
            f"{playbook.key} {playbook.version}: {len(playbook.lessons)} lessons, "
            f"{len(playbook.criterion)} criteria, {len(playbook.stages)} stages, "
            f"{len(playbook.roles)} roles. No faults."
        )
        self.stdout.flush()  # so that where both streams are one, this line is the first
        said = {Severity.FAULT: "fault before publication", Severity.WARNING: "warning"}
        for remark in remarks(playbook):
            self.stderr.write(f"{said[remark.severity]}: {remark}")

    def do_import(self, options: dict[str, Any]) -> None:
        playbook = self.read(options["file"])
        translations = [read_file(file, playbook) for file in options["translation"]]
        try:
            version = import_playbook(document=playbook, by=None, publish=options["publish"], translations=translations)
        except DocumentError as error:
            raise CommandError(told(options["file"], error)) from None
        except VersionExists as error:
            raise CommandError(f"{options['file']}: {error} Give the file another version.") from None
        state = "published" if version.is_published else "stored as a draft; publish it in the admin"
        self.stdout.write(f"{playbook.key} {playbook.version}: {state}.")

    def do_export(self, options: dict[str, Any]) -> None:
        write_file(self, dump_playbook(playbook_document(stored_version(options["key"], options["version_number"]))))

    def read(self, file: str) -> Playbook:
        try:
            return read_playbook(contents(file))
        except DocumentError as error:
            raise CommandError(told(file, error)) from None


def told(file: str, error: DocumentError) -> str:
    return "\n".join(f"{file}: {fault}" for fault in error.faults)


def read_file(file: str, playbook: Playbook | None) -> Translation:
    """The translation in a file. Raises CommandError with all that is wrong with it."""
    try:
        return read_translation(contents(file), playbook)
    except DocumentError as error:
        raise CommandError(told(file, error)) from None


def stored_version(key: str, number: str) -> Version:
    """A version by its key and number. Raises CommandError, which says what there is."""
    version = Version.objects.select_related("playbook").filter(playbook__key=key, number=number).first()
    if version is None:
        here = [f"{each.playbook.key} {each.number}" for each in Version.objects.select_related("playbook")]
        raise CommandError(f"There is no {key} {number}. Here are: {', '.join(here) or 'none'}.")
    return version


def write_file(command: BaseCommand, text: str) -> None:
    """A file on standard output: bytes, whatever the terminal's encoding."""
    sys.stdout.flush()
    out = getattr(command.stdout._out, "buffer", None)
    if out is None:
        command.stdout.write(text, ending="")
    else:
        out.write(text.encode())
