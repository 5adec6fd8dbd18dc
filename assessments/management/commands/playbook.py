"""`manage.py playbook`: check FILE, import FILE, export KEY VERSION, diff OLD NEW. Playbooks in, out and compared."""

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.comparing.deciding import followed
from assessments.comparing.differences import differences
from assessments.comparing.telling import lines, summary
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
    help = "Check, import, export or compare playbooks (hubplaybook/playbook@1; docs/interchange.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="say everything that is wrong with a file; needs no database")
        check.add_argument("file")
        check.add_argument(
            "--after", metavar="FILE", help="the version that it follows: check what it says became of each criterion"
        )
        bring = actions.add_parser("import", help="store a file as a new version")
        bring.add_argument("file")
        bring.add_argument("--publish", action="store_true", help="publish it as well; it is a draft otherwise")
        bring.add_argument(
            "--translation", action="append", default=[], metavar="FILE", help="its texts in one more language"
        )
        export = actions.add_parser("export", help="write a version to standard output")
        export.add_argument("key")
        export.add_argument("version_number", metavar="VERSION")
        diff = actions.add_parser(
            "diff", help="say in words what differs; exits 0 if nothing does, 1 if something does"
        )
        diff.add_argument("old", help="a file, or a version that is stored, as KEY@VERSION")
        diff.add_argument("new", help="the same")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['action']}")(options)

    def do_check(self, options: dict[str, Any]) -> None:
        playbook = self.read(options["file"])
        before = self.read(options["after"]) if options["after"] else None
        if before and (playbook.key, playbook.follows and playbook.follows.version) != (before.key, before.version):
            raise CommandError(f"{options['file']}: follows: does not name {before.key} {before.version}.")
        self.stdout.write(
            f"{playbook.key} {playbook.version}: {len(playbook.lessons)} lessons, "
            f"{len(playbook.criterion)} criteria, {len(playbook.stages)} stages, "
            f"{len(playbook.roles)} roles. No faults."
        )
        self.stdout.flush()  # so that where both streams are one, this line is the first
        said = {Severity.FAULT: "fault before publication", Severity.WARNING: "warning"}
        for remark in [*remarks(playbook, before), *followed(playbook, before)]:
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

    def do_diff(self, options: dict[str, Any]) -> None:
        """As diff(1): 0 where nothing differs, 1 where something does, 2 where a version cannot be read."""
        before, after = self.both(options["old"], options["new"])
        found = differences(before, after)
        names = [f"{each.key} {each.version}" if each else "nothing" for each in (before, after)]
        try:
            self.stdout.write("\n".join([f"{' → '.join(names)}: {summary(found)}", *lines(found)]))
            self.stdout.flush()
        except BrokenPipeError:  # whoever reads, such as a pager, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if found:
            sys.exit(1)

    def both(self, *names: str) -> list[Playbook | None]:
        """The playbooks of these names; what is wrong with either is told together."""
        found, wrong = [], []
        for name in names:
            try:
                found.append(self.either(name))
            except CommandError as error:
                wrong.append(str(error))
        if wrong:
            raise CommandError("\n".join(wrong), returncode=2)
        return found

    def either(self, name: str) -> Playbook | None:
        """A file, or a stored version where there is no such file; none for the empty device, as git passes it."""
        if name == os.devnull:
            return None
        key, _, number = name.rpartition("@")
        return self.read(name) if not key or Path(name).exists() else playbook_document(stored_version(key, number))

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
