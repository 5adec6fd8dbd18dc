"""The scoring contract, computed: plain values in, plain values out. No database, no clock, no request.

This is the only room of the project that computes a score. docs/scoring.md explains it with a worked example.
"""

from assessments.scoring.change import Change, Move, change
from assessments.scoring.document import score_document
from assessments.scoring.engine import VERSION, score
from assessments.scoring.inputs import (
    DONT_KNOW,
    NOT_APPLICABLE,
    Answers,
    Criterion,
    Evidence,
    Lesson,
    Playbook,
    Respondent,
    ScoringError,
    Stage,
)
from assessments.scoring.result import Result
from assessments.scoring.rounding import whole
from assessments.scoring.standing import Standing, Standings, standing

__all__ = [
    "DONT_KNOW",
    "NOT_APPLICABLE",
    "VERSION",
    "Answers",
    "Change",
    "Criterion",
    "Evidence",
    "Lesson",
    "Move",
    "Playbook",
    "Respondent",
    "Result",
    "ScoringError",
    "Stage",
    "Standing",
    "Standings",
    "change",
    "score",
    "score_document",
    "standing",
    "whole",
]
