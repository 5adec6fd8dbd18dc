"""`manage.py playbook check FILE`, `import FILE` and `export KEY VERSION`: playbooks in and out of the database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.interchange import DocumentError, Playbook, dump_playbook, read_playbook
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
        try:
            version = import_playbook(document=playbook, by=None, publish=options["publish"])
        except DocumentError as error:
            raise CommandError(told(options["file"], error)) from None
        except VersionExists as error:
            raise CommandError(f"{options['file']}: {error} Give the file another version.") from None
        state = "published" if version.is_published else "stored as a draft; publish it in the admin"
        self.stdout.write(f"{playbook.key} {playbook.version}: {state}.")

    def do_export(self, options: dict[str, Any]) -> None:
        number = options["version_number"]
        version = Version.objects.select_related("playbook").filter(playbook__key=options["key"], number=number).first()
        if version is None:
            here = [f"{each.playbook.key} {each.number}" for each in Version.objects.select_related("playbook")]
            raise CommandError(f"There is no {options['key']} {number}. Here are: {', '.join(here) or 'none'}.")
        sys.stdout.flush()
        out = getattr(self.stdout._out, "buffer", None)  # bytes, whatever the terminal's encoding
        text = dump_playbook(playbook_document(version))
        if out is None:
            self.stdout.write(text, ending="")
        else:
            out.write(text.encode())

    def read(self, file: str) -> Playbook:
        try:
            return read_playbook(contents(file))
        except DocumentError as error:
            raise CommandError(told(file, error)) from None


def told(file: str, error: DocumentError) -> str:
    return "\n".join(f"{file}: {fault}" for fault in error.faults)
