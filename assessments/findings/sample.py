"""Answers that a place might give to a playbook, for looking at the report of a draft. Nobody gave them.

The same playbook and day give the same answers: most near the target of a stage in the middle of the path, some above
and below, here and there a don't know, one not applicable, and evidence of every kind.
"""

from datetime import date, timedelta

from assessments import scoring
from assessments.findings.findings import Findings, assess
from assessments.findings.told import PlaceFacts, Submitted
from assessments.interchange import Answers, Playbook
from assessments.interchange.documents import Criterion, Evidence

OFFSETS = (0, -1, 0, 1, -1, 0, -2, 0, -1, 1, 0)
"""How far each answer in turn is from the target."""
EVERY_UNKNOWN = 9
GRADES = ((3,), (), (2, 1), (4,), (1,), (2,), ())
TITLES = {
    1: "What three partners say",
    2: "Minute of the board",
    3: "Published statistics",
    4: "Independent review",
}
NOTE = "Sample note. Here stands what made the place choose this answer."
REASON = "Sample reason. Here stands why the criterion does not apply to the place."
PLACE = PlaceFacts("Sample Quarter", "Innovation quarter", "North West", "Between the station and the old dock.")


def sample_findings(playbook: Playbook, today: date) -> Findings:
    """The findings of a sample place that has submitted its sample answers. Takes complete playbooks only."""
    found = assess(playbook, sample_answers(playbook, today), PLACE)
    submitted = Submitted(today, "Sample Owner", 1, scoring.VERSION)
    return Findings(playbook, found.answers, found.result, PLACE, submitted=submitted)


def sample_answers(playbook: Playbook, today: date) -> Answers:
    """The answers, dated today, of a place that declares the stage in the middle."""
    stage = playbook.stages[(len(playbook.stages) - 1) // 2].key
    criteria = list(playbook.criteria())
    answers = {each.key: _answer(number, each, each.targets[stage]) for number, each in enumerate(criteria)}
    skipped = (
        next((each.key for each in reversed(criteria) if each.not_applicable), None) if len(criteria) > 1 else None
    )
    if skipped:
        answers[skipped] = scoring.NOT_APPLICABLE
    levels = [key for key, answer in answers.items() if isinstance(answer, int)]
    return Answers(
        place=PLACE.name,
        dated=today,
        stage=stage,
        answers=answers,
        playbook=(playbook.key, playbook.version),
        reasons={skipped: REASON} if skipped else {},
        notes=dict.fromkeys(levels[::3], NOTE),
        evidence={key: pieces for number, key in enumerate(levels) if (pieces := _evidence(number, today))},
    )


def _answer(number: int, criterion: Criterion, target: int) -> int | str:
    if number % EVERY_UNKNOWN == EVERY_UNKNOWN - 1:
        return scoring.DONT_KNOW
    return min(max(target + OFFSETS[number % len(OFFSETS)], 0), criterion.top)


def _evidence(number: int, today: date) -> tuple[Evidence, ...]:
    """Pieces of some grade, most of them recent, some more than two years old."""
    aged = today - timedelta(days=60 + 97 * (number % 10))
    return tuple(Evidence(grade, aged, TITLES[grade]) for grade in GRADES[number % len(GRADES)])
