"""A result as the `hubplaybook/score@1` document, ready for JSON: figures to four decimals, none as null."""

from dataclasses import asdict
from typing import Any

from assessments.scoring.result import Collective, Counts, LessonResult, OverallResult, Range, Result
from assessments.scoring.rounding import four_decimals

SCHEMA = "hubplaybook/score@1"


def score_document(result: Result) -> dict[str, Any]:
    """The document of interchange.md, every lesson and criterion in playbook order."""
    document = {
        "schema": SCHEMA,
        "overall": _overall(result.overall),
        "stage": {
            "declared": result.stage.declared,
            "evidenced": result.stage.evidenced,
            "evidenced_high": result.stage.evidenced_high,
            "blocking": [asdict(block) for block in result.stage.blocking],
        },
        "lessons": {key: _lesson(lesson) for key, lesson in result.lessons.items()},
        "criteria": {
            key: {
                "answer": criterion.answer,
                "points": four_decimals(criterion.points),
                "evidenced_level": criterion.evidenced_level,
            }
            for key, criterion in result.criteria.items()
        },
        "priorities": [
            {"criterion": each.criterion, "gap": each.gap, "gain": four_decimals(each.gain)}
            for each in result.priorities
        ],
    }
    if result.collective is not None:
        document["collective"] = {key: _collective(each) for key, each in result.collective.items()}
    return document


def _overall(overall: OverallResult) -> dict[str, Any]:
    return {
        "score": four_decimals(overall.score),
        "low": four_decimals(overall.low),
        "high": four_decimals(overall.high),
        "completeness": four_decimals(overall.completeness),
        "status": overall.status,
        "evidenced": four_decimals(overall.evidenced),
        "balanced": four_decimals(overall.balanced),
        "unbalanced": overall.unbalanced,
        "weakest": overall.weakest,
        "weakest_robust": overall.weakest_robust,
        "weight_range": _range(overall.weight_range),
        "counts": _counts(overall.counts),
    }


def _lesson(lesson: LessonResult) -> dict[str, Any]:
    return {
        "score": four_decimals(lesson.score),
        "low": four_decimals(lesson.low),
        "high": four_decimals(lesson.high),
        "completeness": four_decimals(lesson.completeness),
        "status": lesson.status,
        "comparable": lesson.comparable,
        "evidenced": four_decimals(lesson.evidenced),
        "weight_range": _range(lesson.weight_range),
        "counts": _counts(lesson.counts),
    }


def _collective(collective: Collective) -> dict[str, Any]:
    return {
        "respondents": collective.respondents,
        "mean": four_decimals(collective.mean),
        "consensus": four_decimals(collective.consensus),
        "spread": four_decimals(collective.spread),
        "suggested": collective.suggested,
        "discuss": collective.discuss,
        "role_means": {role: four_decimals(mean) for role, mean in collective.role_means.items()},
    }


def _counts(counts: Counts) -> dict[str, int]:
    return asdict(counts)


def _range(value: Range | None) -> list[float | None] | None:
    return None if value is None else [four_decimals(value.low), four_decimals(value.high)]
