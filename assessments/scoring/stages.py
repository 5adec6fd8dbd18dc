"""Which stage the answers support, what blocks the next, and what to work on first."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from assessments.scoring.inputs import NOT_APPLICABLE, Answer, Playbook, Stage, is_level
from assessments.scoring.result import Block, CriterionResult, LessonResult, Priority, StageResult


def stage_result(playbook: Playbook, declared: str, answers: Mapping[str, Answer]) -> StageResult:
    """The declared stage beside the last stage whose gates, and all before, the claimed levels meet."""
    evidenced = last_reached(playbook, answers)
    following = playbook.stages[evidenced + 1 : evidenced + 2]
    return StageResult(
        declared=declared,
        evidenced=playbook.stages[evidenced].key,
        evidenced_high=playbook.stages[last_reached(playbook, answers, unknown_meets=True)].key,
        blocking=tuple(block for stage in following for block in _blocking(playbook, stage, answers)),
    )


def priorities(
    playbook: Playbook,
    stage: StageResult,
    lessons: Mapping[str, LessonResult],
    criteria: Mapping[str, CriterionResult],
) -> tuple[Priority, ...]:
    """Criteria below the declared stage's target: those that block first, then by the points to be won."""
    blocking = {block.criterion for block in stage.blocking}
    found = list(_below_target(playbook, stage.declared, lessons, criteria))
    found.sort(key=lambda priority: (priority.criterion not in blocking, -priority.gain))
    return tuple(found)


def _below_target(
    playbook: Playbook,
    declared: str,
    lessons: Mapping[str, LessonResult],
    criteria: Mapping[str, CriterionResult],
) -> Iterable[Priority]:
    taken = [lesson for lesson in playbook.lessons if lessons[lesson.key].applicable]
    whole = sum((lesson.weight for lesson in taken), Fraction(0))
    for lesson in taken:
        applicable = [c for c in lesson.criteria if criteria[c.key].answer != NOT_APPLICABLE]
        weight = sum((criterion.weight for criterion in applicable), Fraction(0))
        for criterion in applicable:
            answer = criteria[criterion.key].answer
            target = criterion.targets[declared]
            if is_level(answer) and answer < target:
                gap = target - answer
                share = (lesson.weight / whole) * (criterion.weight / weight)
                yield Priority(criterion.key, gap, 100 * share * gap / criterion.top)


def last_reached(playbook: Playbook, answers: Mapping[str, Answer], *, unknown_meets: bool = False) -> int:
    """The number, from 0, of the last stage whose gates, and all before, the claimed levels meet."""
    reached = 0
    for number, stage in enumerate(playbook.stages):
        if not all(_meets(answers.get(key), least, unknown_meets) for key, least in stage.gates.items()):
            break
        reached = number
    return reached


def _meets(answer: Answer | None, least: int, unknown_meets: bool) -> bool:
    if is_level(answer):
        return answer >= least
    return answer == NOT_APPLICABLE or unknown_meets


def _blocking(playbook: Playbook, stage: Stage, answers: Mapping[str, Answer]) -> Iterable[Block]:
    for key in sorted(stage.gates, key=playbook.order.__getitem__):
        answer = answers.get(key)
        if not _meets(answer, stage.gates[key], unknown_meets=False):
            yield Block(key, stage.gates[key], answer if is_level(answer) else None)
