"""A result told with its texts, in the order in which pages and reports tell it.

Pure: documents and a result in, plain values out. It computes no score; it finds the words and neighbours of figures
that the engine returned, so that the page, the PDF and the exports cannot disagree.
"""

from assessments.findings.findings import Findings, assess
from assessments.findings.told import (
    GRADES,
    STATUS_WORDS,
    BlockTold,
    ChangeTold,
    CriterionTold,
    Earlier,
    EvidenceTold,
    LessonTold,
    MoveTold,
    PlaceFacts,
    PriorityTold,
    StageTold,
    Submitted,
    answer_words,
    level_words,
    status_words,
)
from assessments.findings.workings import Part, Working

__all__ = [
    "GRADES",
    "STATUS_WORDS",
    "BlockTold",
    "ChangeTold",
    "CriterionTold",
    "Earlier",
    "EvidenceTold",
    "Findings",
    "LessonTold",
    "MoveTold",
    "Part",
    "PlaceFacts",
    "PriorityTold",
    "StageTold",
    "Submitted",
    "Working",
    "answer_words",
    "assess",
    "level_words",
    "status_words",
]
