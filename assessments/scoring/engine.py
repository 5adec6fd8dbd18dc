"""One call from answers to a result. Nothing else in the project computes a score."""

from assessments.scoring.consensus import collective_results
from assessments.scoring.inputs import Answers, Playbook, check
from assessments.scoring.lessons import criterion_result, lesson_result
from assessments.scoring.overall import overall_result
from assessments.scoring.result import Result
from assessments.scoring.stages import priorities, stage_result

VERSION = "1"
"""Raised when a figure could come out differently from the same input; kept with every submitted result."""


def score(playbook: Playbook, answers: Answers) -> Result:
    """Compute every figure of docs/scoring.md. Raises ScoringError where the answers do not fit the playbook."""
    check(playbook, answers)
    criteria = {criterion.key: criterion_result(criterion, answers) for criterion in playbook.criteria()}
    lessons = {lesson.key: lesson_result(lesson, criteria, playbook.indicative_from) for lesson in playbook.lessons}
    stage = stage_result(playbook, answers.stage, answers.answers)
    return Result(
        overall=overall_result(playbook, lessons),
        stage=stage,
        lessons=lessons,
        criteria=criteria,
        priorities=priorities(playbook, stage, lessons, criteria),
        collective=collective_results(playbook, answers.respondents) if answers.respondents else None,
    )
