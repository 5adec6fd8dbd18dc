"""`manage.py issued CODE`: the facts of an issued report, and whether its file still is what was issued."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.findings.codes import in_groups, read_code
from assessments.models import IssuedReport
from assessments.reports.fingerprints import edition
from assessments.reports.pdf import ReportBusy, ReportFailed, ReportTooSlow
from assessments.services.issuing import sha256
from assessments.views.issuing import kept_file, remake

OTHER_EDITION = "another edition of this software made it, so this need not mean anything: the kept file is what counts"


class Command(BaseCommand):
    help = "Print the facts of an issued report and whether its kept file, and one made anew, have the recorded hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="as it stands on the report, in any case, with or without hyphen")
        parser.add_argument("--remake", action="store_true", help="make the report again and compare the bytes")
        parser.add_argument(
            "--restore", action="store_true", help="the same; where they are the bytes issued, keep them as the file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._found(options["code"])
        for name, value in _facts(report):
            self.stdout.write(f"{name + ':':<16} {value}")
        kept, trouble = kept_file(report)
        self.stdout.write(f"{'kept file:':<16} {trouble or 'as issued'}")
        is_well = not trouble
        if options["remake"] or options["restore"]:
            made = self._made(report)
            is_same = sha256(made) == report.sha256
            self.stdout.write(f"{'made anew:':<16} {_compared(report, is_same)}")
            if options["restore"] and is_same and not kept:
                _restore(report, made)
                is_well = True
                self.stdout.write("restored:        the file made anew is kept now")
        if not is_well:
            raise CommandError(f"The file of {in_groups(report.code)} is {trouble}.")

    def _found(self, typed: str) -> IssuedReport:
        code = read_code(typed)
        rows = IssuedReport.objects.select_related("submission__assessment__version__playbook", "place")
        report = rows.filter(code=code).first() if code else None
        if report is None:
            raise CommandError(f"No report was issued here under the code {typed}.")
        return report

    def _made(self, report: IssuedReport) -> bytes:
        try:
            return remake(report)
        except (ReportBusy, ReportTooSlow, ReportFailed) as error:
            raise CommandError(f"The report could not be made again: {error}") from None


def _facts(report: IssuedReport) -> list[tuple[str, object]]:
    return [
        ("code", in_groups(report.code)),
        ("place", report.place_name),
        ("kind", f"{report.kind}, {report.language}"),
        ("assessment", f"{report.dated}, submission {report.submission.number}"),
        ("issued", f"{report.issued_at:%Y-%m-%d %H:%M} UTC by {report.issued_by_name}"),
        ("playbook", report.playbook),
        ("engine", report.engine),
        ("edition", report.edition),
        ("answers", f"SHA-256 {report.answers_hash}"),
        ("file", f"{report.file.name}, {report.size} bytes, SHA-256 {report.sha256}"),
    ]


def _compared(report: IssuedReport, is_same: bool) -> str:
    if is_same:
        return "the same bytes"
    return "other bytes" if report.edition == edition() else f"other bytes; {OTHER_EDITION}"


def _restore(report: IssuedReport, made: bytes) -> None:
    storage, name = report.file.storage, str(report.file.name)
    storage.delete(name)
    saved = storage.save(name, ContentFile(made))
    if saved != name:  # somebody put another file there in this very moment
        IssuedReport.objects.filter(pk=report.pk).update(file=saved)
