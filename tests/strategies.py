"""Random playbooks and answers for property tests, as the scoring engine takes them and as documents."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from assessments import scoring
from assessments.interchange import Answers, Playbook, documents, scorable_playbook

WEIGHTS = st.one_of(
    st.integers(1, 100).map(Decimal),
    st.decimals(Decimal("0.001"), Decimal("999"), places=3, allow_nan=False, allow_infinity=False),
)
KEYS = st.text(alphabet="abcdefghij-", min_size=1, max_size=8)
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
WORDS = st.text(LETTERS, min_size=1, max_size=40).filter(lambda text: text.strip() != "")
DATES = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def levels(draw: st.DrawFn) -> tuple[documents.Level, ...]:
    count = draw(st.integers(2, 6))
    return tuple(documents.Level(f"{number}: {draw(WORDS)}", draw(WORDS)) for number in range(count))


@st.composite
def playbooks(draw: st.DrawFn, may_skip: bool = True) -> Playbook:
    """A valid playbook document of one to four lessons, one to five criteria each, one to four stages."""
    stage_keys = draw(st.lists(KEYS, min_size=1, max_size=4, unique=True))
    keys = draw(st.lists(KEYS, min_size=1, max_size=12, unique=True))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(keys) - 1)), max_size=3)) | {0, len(keys)})
    lessons, tops = [], {}
    for number, (start, end) in enumerate(pairwise(cuts)):
        criteria = []
        for key in keys[start:end]:
            each = draw(levels())
            tops[key] = len(each) - 1
            criteria.append(
                documents.Criterion(
                    key=key,
                    title=draw(WORDS),
                    question=draw(WORDS),
                    why=draw(st.one_of(st.just(""), WORDS)),
                    weight=draw(WEIGHTS),
                    not_applicable=draw(st.one_of(st.none(), WORDS)) if may_skip else None,
                    evidence=tuple(draw(st.lists(WORDS, max_size=2))),
                    data=tuple(draw(st.lists(WORDS, max_size=2))),
                    ask=draw(WORDS),
                    levels=each,
                    targets={stage: draw(st.integers(0, tops[key])) for stage in stage_keys},
                )
            )
        if criteria:
            lessons.append(
                documents.Lesson(
                    f"lesson-{number}", draw(WORDS), draw(st.one_of(st.just(""), WORDS)), draw(WEIGHTS), tuple(criteria)
                )
            )
    order = [criterion.key for lesson in lessons for criterion in lesson.criteria]
    stages = []
    for number, key in enumerate(stage_keys):
        gated = draw(st.sets(st.sampled_from(order), max_size=3)) if number else set()
        gates = {each: draw(st.integers(0, tops[each])) for each in order if each in gated}
        stages.append(documents.Stage(key, draw(WORDS), draw(WORDS), gates))
    roles = draw(st.lists(KEYS, max_size=3, unique=True))
    return Playbook(
        key=draw(KEYS),
        version=draw(WORDS),
        title=draw(WORDS),
        summary=draw(st.one_of(st.just(""), WORDS)),
        indicative_from=draw(st.sampled_from([Decimal("0.7"), Decimal("0.5"), Decimal(1), Decimal("0.001")])),
        roles=tuple(documents.Role(key, draw(WORDS), "") for key in roles),
        stages=tuple(stages),
        lessons=tuple(lessons),
    )


def answer_to(criterion: documents.Criterion) -> st.SearchStrategy[int | str | None]:
    """Any answer that the criterion allows, or None for no answer."""
    other: list[str | None] = [None, scoring.DONT_KNOW]
    if criterion.not_applicable is not None:
        other.append(scoring.NOT_APPLICABLE)
    return st.one_of(st.integers(0, criterion.top), st.sampled_from(other))


@st.composite
def answers_to(draw: st.DrawFn, playbook: Playbook) -> Answers:
    """Valid answers to a playbook, with evidence, notes, reasons and respondents."""
    given = {criterion.key: draw(answer_to(criterion)) for criterion in playbook.criteria()}
    answers = {key: answer for key, answer in given.items() if answer is not None}
    keys = st.sampled_from(list(playbook.criterion))
    pieces = st.builds(documents.Evidence, st.integers(0, 4), st.none() | DATES, st.none() | WORDS, st.none() | WORDS)
    respondents = []
    if playbook.roles:
        for role in draw(st.lists(st.sampled_from([role.key for role in playbook.roles]), max_size=5)):
            said = {criterion.key: draw(answer_to(criterion)) for criterion in playbook.criteria()}
            respondents.append(
                documents.Respondent(role, {key: each for key, each in said.items() if each is not None})
            )
    return Answers(
        place=draw(WORDS),
        dated=draw(DATES),
        stage=draw(st.sampled_from(list(playbook.stage))),
        answers=answers,
        playbook=(playbook.key, playbook.version),
        reasons={
            key: draw(WORDS) for key, each in answers.items() if each == scoring.NOT_APPLICABLE and draw(st.booleans())
        },
        notes=draw(st.dictionaries(keys, WORDS, max_size=3)),
        evidence={
            key: tuple(each)
            for key, each in draw(st.dictionaries(keys, st.lists(pieces, min_size=1, max_size=3), max_size=4)).items()
        },
        respondents=tuple(respondents),
    )


@st.composite
def assessed(draw: st.DrawFn) -> tuple[Playbook, Answers]:
    """A playbook and answers to it."""
    playbook = draw(playbooks())
    return playbook, draw(answers_to(playbook))


def reweighed(
    playbook: scoring.Playbook, factor: dict[str, Fraction], lessons: dict[str, Fraction]
) -> scoring.Playbook:
    """The same playbook with each criterion's and lesson's weight multiplied."""
    return scoring.Playbook(
        lessons=tuple(
            scoring.Lesson(
                lesson.key,
                lesson.weight * lessons.get(lesson.key, Fraction(1)),
                tuple(
                    scoring.Criterion(
                        each.key,
                        each.weight * factor.get(each.key, Fraction(1)),
                        each.levels,
                        each.may_be_not_applicable,
                        each.targets,
                    )
                    for each in lesson.criteria
                ),
            )
            for lesson in playbook.lessons
        ),
        stages=playbook.stages,
        roles=playbook.roles,
        indicative_from=playbook.indicative_from,
    )


def scorable(playbook: Playbook) -> scoring.Playbook:
    return scorable_playbook(playbook)
