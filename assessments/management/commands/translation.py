"""`manage.py translation check FILE PLAYBOOK`, `import FILE` and `export KEY VERSION LANGUAGE`: texts in and out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.interchange import DocumentError, completeness, dump_translation, read_playbook
from assessments.interchange.texts import Count
from assessments.management.commands.playbook import read_file, stored_version, told, write_file
from assessments.management.commands.score import contents
from assessments.models import PublishedIsReadOnly
from assessments.selectors.languages import texts_in
from assessments.selectors.playbooks import playbook_document
from assessments.services.translating import check_language, import_translation


class Command(BaseCommand):
    help = "Check, import or export a translation of a playbook (hubplaybook/translation@1; docs/interchange.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="say everything that is wrong with a file; needs no database")
        check.add_argument("file")
        check.add_argument("playbook", help="the hubplaybook/playbook@1 file that it translates")
        bring = actions.add_parser("import", help="store what a file translates in its draft")
        bring.add_argument("file")
        export = actions.add_parser("export", help="write a file for a translator to standard output")
        export.add_argument("key")
        export.add_argument("version_number", metavar="VERSION")
        export.add_argument("language")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['action']}")(options)

    def do_check(self, options: dict[str, Any]) -> None:
        try:
            playbook = read_playbook(contents(options["playbook"]))
        except DocumentError as error:
            raise CommandError(told(options["playbook"], error)) from None
        document = read_file(options["file"], playbook)
        self.stdout.write(f"{document.language}: {in_words(completeness(playbook, document.texts).count)} No faults.")

    def do_import(self, options: dict[str, Any]) -> None:
        file = options["file"]
        named = read_file(file, None)
        version = stored_version(named.key, named.version)
        document = read_file(file, playbook_document(version))
        try:
            written = import_translation(version=version, document=document, by=None)
        except DocumentError as error:
            raise CommandError(told(file, error)) from None
        except PublishedIsReadOnly as error:
            raise CommandError(f"{file}: {error}") from None
        count = completeness(playbook_document(version), texts_in(version, document.language)).count
        changed = len(written.changed)
        self.stdout.write(f"{document.language}: {changed} {_texts(changed)} written. {in_words(count)}")

    def do_export(self, options: dict[str, Any]) -> None:
        version = stored_version(options["key"], options["version_number"])
        try:
            check_language(options["language"])
        except DocumentError as error:
            raise CommandError(str(error)) from None
        given = texts_in(version, options["language"])
        write_file(self, dump_translation(playbook_document(version), options["language"], given))


def in_words(count: Count) -> str:
    """How far a translation is, as a sentence."""
    late = f", {count.out_of_date} out of date" if count.out_of_date else ""
    return f"{count.done} of {count.total} {_texts(count.total)} translated ({count.percent}%){late}."


def _texts(number: int) -> str:
    return "text" if number == 1 else "texts"
