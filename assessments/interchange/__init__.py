"""The files that go in and out: playbooks, answers and translations, read with every fault at once, and written.

docs/interchange.md describes the forms. No database here; the safe YAML loader is the one library.
"""

from assessments.interchange.answers import read_answers, thaw_answers
from assessments.interchange.documents import Answers, Playbook
from assessments.interchange.dumping import dump_answers, dump_playbook
from assessments.interchange.faults import DocumentError, Fault
from assessments.interchange.frozen import freeze_answers, freeze_playbook, thaw_draft
from assessments.interchange.loading import MOST_BYTES
from assessments.interchange.playbooks import read_playbook, thaw_playbook
from assessments.interchange.scorable import scorable_answers, scorable_part, scorable_playbook
from assessments.interchange.texts import (
    SOURCE,
    Texts,
    Translated,
    Untranslated,
    completeness,
    falls_back,
    texts,
    translated,
)
from assessments.interchange.translations import Translation, dump_translation, read_translation

__all__ = [
    "MOST_BYTES",
    "SOURCE",
    "Answers",
    "DocumentError",
    "Fault",
    "Playbook",
    "Texts",
    "Translated",
    "Translation",
    "Untranslated",
    "completeness",
    "dump_answers",
    "dump_playbook",
    "dump_translation",
    "falls_back",
    "freeze_answers",
    "freeze_playbook",
    "read_answers",
    "read_playbook",
    "read_translation",
    "scorable_answers",
    "scorable_part",
    "scorable_playbook",
    "texts",
    "thaw_answers",
    "thaw_draft",
    "thaw_playbook",
    "translated",
]
