"""What a report is known by: the same findings, choices and code have the same name, whenever it is made."""

import hashlib
import importlib.metadata
from functools import cache

from django.conf import settings

from assessments.findings import Findings
from assessments.findings.agreed import freeze_agreed
from assessments.interchange import freeze_answers, freeze_playbook
from assessments.reports.options import Options, Seal

# What a report is made by: a change to any of it may change the file.
SOURCES = (
    "assessments/*/*.py",
    "assessments/reports/*.css",
    "assessments/reports/*.xml",
    "templates/report/*",
    "templates/results/*",
    "templates/partials/*",
    "static/css/*.css",
    "locale/*/LC_MESSAGES/*.mo",
)


def stored_name(findings: Findings, options: Options) -> str:
    """What a file made of these is known by: 64 hexadecimal digits, others where the code that makes it has changed."""
    return hashlib.sha256(f"{fingerprint(findings, options)} {edition()}".encode()).hexdigest()


def fingerprint(findings: Findings, options: Options | None = None, seal: Seal | None = None) -> str:
    """A name for just these texts, answers and choices: 64 hexadecimal digits. It tells nothing else."""
    earlier = findings.earlier
    parts = (
        freeze_playbook(findings.playbook),
        freeze_answers(findings.answers),
        str(findings.place),
        str(findings.submitted),
        earlier and freeze_playbook(earlier.playbook),
        earlier and freeze_answers(earlier.answers),
        (options or Options()).freeze(),
        str(seal),
        *([freeze_agreed(findings.agreed)] if findings.agreed else []),  # without one, as before there were any
    )
    return hashlib.sha256("\0".join(part or "" for part in parts).encode()).hexdigest()


@cache
def edition() -> str:
    """A name for the code, the templates and the libraries that make reports."""
    found = hashlib.sha256()
    for library in ("weasyprint", "openpyxl", "python-docx", "pypdfium2"):
        found.update(f"{library} {importlib.metadata.version(library)}\0".encode())
    for pattern in SOURCES:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()
