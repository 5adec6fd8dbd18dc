"""Keep a report that was issued: its file first, then the row that says what its bytes must be. Nothing prints here."""

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Max

from assessments.interchange import thaw_playbook
from assessments.models import IssuedReport, Submission, User
from assessments.selectors.issued import is_last, issued_alike
from assessments.services.storing import discard

TRIES = 5
"""How many others may issue a report of the same submission in the same moment."""


class NotTheLast(Exception):
    """A later submission of the same assessment has taken its place: a report of this one would mislead."""


@dataclass(frozen=True)
class Printed:
    """A report as it was printed, and what it was made from: options and seal as they were frozen."""

    file: bytes
    code: str
    kind: str
    language: str
    options: str
    seal: str
    edition: str
    at: datetime


def issue_report(*, submission: Submission, printed: Printed, by: User) -> IssuedReport:
    """Keep the file and its facts; where the same was issued last already, return that and keep nothing.

    The file is stored before there is a row that names it: whoever dies in between leaves a file that nobody uses.
    Raises NotTheLast.
    """
    name = default_storage.save(f"issued/{printed.at:%Y}/{printed.code}.pdf", ContentFile(printed.file))
    report = None
    try:
        _to_the_disk(name)
        report = _recorded(submission, printed, name, by)
    finally:
        if report is None or report.file.name != name:
            discard(name)
    return report


def _recorded(submission: Submission, printed: Printed, name: str, by: User) -> IssuedReport:
    """Write the row, or find that somebody wrote the same in this very moment: one of both gets the next number."""
    facts = _facts(submission, printed, by)
    for left in range(TRIES, 0, -1):
        try:
            with transaction.atomic():
                _hold(submission)
                if not is_last(submission):
                    raise NotTheLast
                alike = issued_alike(submission, printed.kind, printed.language, printed.options)
                return alike or IssuedReport.objects.create(number=_next(submission), file=name, **facts)
        except IntegrityError:
            if left == 1:
                raise
    raise AssertionError  # the last try returned or raised


def _hold(submission: Submission) -> None:
    """Hold the submission's row until the transaction ends: what is alike and the next number are of one moment then.

    PostgreSQL locks the row; on SQLite an immediate transaction is the only writer anyway.
    """
    Submission.objects.select_for_update(no_key=True).filter(pk=submission.pk).values_list("pk").first()


def _next(submission: Submission) -> int:
    last: int | None = IssuedReport.objects.filter(submission=submission).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _facts(submission: Submission, printed: Printed, by: User) -> dict[str, object]:
    playbook = thaw_playbook(submission.playbook)
    return {
        "code": printed.code,
        "place_id": submission.assessment.place_id,
        "submission": submission,
        "kind": printed.kind,
        "language": printed.language,
        "options": printed.options,
        "seal": printed.seal,
        "place_name": place_name(submission),
        "dated": submission.dated,
        "playbook": f"{playbook.key} {playbook.version}",
        "engine": submission.engine,
        "edition": printed.edition,
        "answers_hash": sha256(submission.answers.encode()),
        "size": len(printed.file),
        "sha256": sha256(printed.file),
        "issued_at": printed.at,
        "issued_by": by,
        "issued_by_name": str(by),
    }


def place_name(submission: Submission) -> str:
    """The name of the place on the day that it submitted."""
    return str(json.loads(submission.place)["name"])


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _to_the_disk(name: str) -> None:
    """Wait until a power cut cannot take the file away any more, where the storage is a disk of this machine."""
    with contextlib.suppress(NotImplementedError, OSError), open(default_storage.path(name), "rb") as file:
        os.fsync(file.fileno())
