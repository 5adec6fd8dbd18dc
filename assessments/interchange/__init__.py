"""The files that go in and out: playbook and answers documents, read with every fault at once, and written.

docs/interchange.md describes the forms. No database here; the safe YAML loader is the one library.
"""

from assessments.interchange.answers import read_answers, thaw_answers
from assessments.interchange.documents import Answers, Playbook
from assessments.interchange.dumping import dump_answers, dump_playbook
from assessments.interchange.faults import DocumentError, Fault
from assessments.interchange.frozen import freeze_answers, freeze_playbook, thaw_draft
from assessments.interchange.loading import MOST_BYTES
from assessments.interchange.playbooks import read_playbook, thaw_playbook
from assessments.interchange.scorable import scorable_answers, scorable_playbook

__all__ = [
    "MOST_BYTES",
    "Answers",
    "DocumentError",
    "Fault",
    "Playbook",
    "dump_answers",
    "dump_playbook",
    "freeze_answers",
    "freeze_playbook",
    "read_answers",
    "read_playbook",
    "scorable_answers",
    "scorable_playbook",
    "thaw_answers",
    "thaw_draft",
    "thaw_playbook",
]
