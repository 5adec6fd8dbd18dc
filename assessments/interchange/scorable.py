"""Documents → what the scoring engine is given. The one bridge between the two pure rooms."""

from dataclasses import replace
from fractions import Fraction

from assessments import scoring
from assessments.interchange.documents import Answers, Playbook


def scorable_playbook(playbook: Playbook) -> scoring.Playbook:
    """The weights, levels, gates and targets of a playbook, as exact fractions."""
    return scoring.Playbook(
        lessons=tuple(
            scoring.Lesson(
                lesson.key,
                Fraction(lesson.weight),
                tuple(
                    scoring.Criterion(
                        key=criterion.key,
                        weight=Fraction(criterion.weight),
                        levels=tuple(level.descriptor for level in criterion.levels),
                        may_be_not_applicable=criterion.not_applicable is not None,
                        targets=criterion.targets,
                    )
                    for criterion in lesson.criteria
                ),
            )
            for lesson in playbook.lessons
        ),
        stages=tuple(scoring.Stage(stage.key, stage.gates) for stage in playbook.stages),
        roles=tuple(role.key for role in playbook.roles),
        indicative_from=Fraction(playbook.indicative_from),
    )


def scorable_answers(answers: Answers) -> scoring.Answers:
    """The answers and the grades and dates of their evidence."""
    return scoring.Answers(
        dated=answers.dated,
        stage=answers.stage,
        answers=answers.answers,
        evidence={
            key: tuple(scoring.Evidence(piece.grade, piece.dated) for piece in pieces)
            for key, pieces in answers.evidence.items()
        },
        respondents=tuple(scoring.Respondent(each.role, each.answers) for each in answers.respondents),
    )


def scorable_part(playbook: Playbook) -> tuple[Playbook, tuple[str, ...]]:
    """What of an unfinished playbook can be scored, and the parts that had to be left out, in words.

    Where no lesson or no stage is left, nothing can be.
    """
    left_out: list[str] = []
    lessons = []
    for lesson in playbook.lessons:
        criteria = tuple(each for each in lesson.criteria if len(each.levels) > 1)
        short = [each.title for each in lesson.criteria if len(each.levels) < 2]
        left_out += [f"criterion “{title}”, which has fewer than two levels" for title in short]
        if criteria:
            lessons.append(replace(lesson, criteria=criteria))
        else:
            left_out.append(f"lesson “{lesson.title}”, in which there is nothing to score")
    known = {each.key for lesson in lessons for each in lesson.criteria}
    stages = tuple(
        replace(stage, gates={key: level for key, level in stage.gates.items() if key in known})
        for stage in playbook.stages
    )
    return replace(playbook, lessons=tuple(lessons), stages=stages), tuple(left_out)
