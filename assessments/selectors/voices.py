"""Reads of what several people gave: to a round, once it is revealed, or to a ballot; and what was agreed on them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assessments import guide
from assessments.findings.agreed import Agreed
from assessments.findings.agreeing import Matter, in_order
from assessments.findings.told import changed_since
from assessments.findings.voices import Comment, Spread, Voice, comments, spread
from assessments.findings.voices_words import told
from assessments.interchange.documents import Playbook
from assessments.models import Agreement, Answer, Assessment, Ballot, Response, ResponseAnswer, Round, RoundRole, Vote


def revealed_round(assessment: Assessment) -> Round | None:
    """The round that was revealed last on the version that the assessment is on. One query."""
    rows = Round.objects.filter(assessment=assessment, version_id=assessment.version_id).exclude(revealed_at=None)
    return rows.order_by("-revealed_at", "-pk").first()


def hidden_round(assessment: Assessment) -> Round | None:
    """The round whose answers nobody may see yet, of which there is one at most. One query."""
    return Round.objects.filter(assessment=assessment, revealed_at=None).first()


def voices_of(revealed: Round, key: str | None = None) -> dict[str, list[Voice]]:
    """What respondents gave, by criterion key; to the one named `key` alone, where it is. One query.

    What was written without a level is left out, and leaves an empty list where there is nothing else. Raises
    ValueError before the reveal: nobody is to see it.
    """
    if not revealed.is_revealed:
        raise ValueError("The answers of this round are not revealed.")
    found: dict[str, list[Voice]] = defaultdict(list)
    rows = ResponseAnswer.objects.filter(response__round=revealed)
    rows = rows.filter(criterion__key=key) if key else rows
    named = ("criterion__key", "state", "response__role", "level", "comment", "response__name")
    for key, state, role, level, comment, name in rows.order_by("pk").values_list(*named):
        found[key] += [Voice(role, level, comment, name)] if state != ResponseAnswer.State.MISSING else []
    return found


def is_told_as_anonymous(revealed: Round) -> bool:
    """Whether its answers are shown as anonymous ones are: also where somebody used their right to give no name.

    One query where names could be given.
    """
    return revealed.is_anonymous or Response.objects.filter(round=revealed, name="").exists()


@dataclass(frozen=True)
class Said:
    """What was said in a revealed round, with its playbook as it is read."""

    round: Round
    playbook: Playbook
    voices: Mapping[str, Sequence[Voice]]
    asked: frozenset[str]
    """The criteria that somebody was asked about."""
    anonymous: bool

    def on(self, key: str) -> Spread:
        found = spread(self.playbook, key, self.voices.get(key, ()), anonymous=self.anonymous)
        return replace(found, is_gone=self.round.is_anonymous and key not in self.voices)

    def comments_on(self, key: str) -> tuple[Comment, ...]:
        return comments(self.playbook, self.on(key), self.voices.get(key, ()), anonymous=self.anonymous)


def said_in(revealed: Round, playbook: Playbook) -> Said:
    """What was said in a revealed round. Three queries at most."""
    voices = voices_of(revealed)
    asked = {key for key in RoundRole.objects.filter(round=revealed).values_list("criteria__key", flat=True) if key}
    return Said(revealed, playbook, voices, frozenset(asked | voices.keys()), is_told_as_anonymous(revealed))


def votes_in(ballot: Ballot) -> list[Voice]:
    """What the phones in the room said. One query. Raises ValueError before the reveal."""
    if ballot.revealed_at is None:
        raise ValueError("The votes of this ballot are not revealed.")
    rows = Vote.objects.filter(ballot=ballot).order_by("pk")
    return [Voice(role, level) for role, level in rows.values_list("role", "level")]


def agreed_on(assessment: Assessment) -> dict[str, Agreed]:
    """What the group agreed, by criterion key, as far as the answers still are what was agreed. Two queries."""
    levels = dict(
        Answer.objects.current()
        .filter(assessment=assessment, state=Answer.State.LEVEL, carried=False)
        .values_list("criterion_id", "level")
    )
    rows = Agreement.objects.filter(assessment=assessment, criterion_id__in=levels).select_related("criterion")
    last = {row.criterion_id: row for row in rows.order_by("pk")}.values()
    return {row.criterion.key: agreed(row) for row in last if levels[row.criterion_id] == row.level}


def last_agreed(assessment: Assessment) -> dict[str, Agreed]:
    """What was agreed last on each criterion, by its key, whether it still stands or not. One query."""
    rows = Agreement.objects.filter(assessment=assessment, criterion__version_id=assessment.version_id)
    return {row.criterion.key: agreed(row) for row in rows.select_related("criterion").order_by("pk")}


def agreements_to(assessment: Assessment, criterion_id: int) -> list[Agreement]:
    """Everything that was ever agreed on a criterion, the last first. One query."""
    rows = Agreement.objects.filter(assessment=assessment, criterion_id=criterion_id)
    return list(rows.select_related("agreed_by").order_by("-pk"))


def departed_from(answer: Answer | None) -> int | None:
    """The level that the group agreed last where this answer is another; none where it is none. One query."""
    if answer is None:
        return None
    rows = Agreement.objects.filter(assessment_id=answer.assessment_id, criterion_id=answer.criterion_id)
    level = rows.order_by("-pk").values_list("level", flat=True).first()
    return None if level == answer.value else level


def agreed(row: Agreement) -> Agreed:
    """An agreement as it is told."""
    return Agreed(row.level, row.reason, row.dissent, row.answered, row.lowest, row.highest)


def stands(last: Agreed, given: guide.Given | None) -> bool:
    """Whether what was agreed is still the answer."""
    return given is not None and not given.waits and given.answer == last.level


def matters(
    assessment: Assessment, playbook: Playbook, given: Mapping[str, guide.Given], said: Said | None
) -> list[Matter]:
    """Every criterion with what was said and agreed, in the order in which a group takes them. One query."""
    last = last_agreed(assessment)
    found: list[Matter] = []
    for lesson in playbook.lessons:
        for text in lesson.criteria:
            stood, before = given.get(text.key), last.get(text.key)
            found.append(
                Matter(
                    number=len(found) + 1,
                    label=playbook.label[text.key],
                    text=text,
                    lesson=lesson,
                    answer=stood.answer if stood and not stood.waits else None,
                    spread=said.on(text.key) if said else None,
                    was_asked=said is None or text.key in said.asked,
                    agreed=before,
                    stands=before is not None and stands(before, stood),
                )
            )
    return in_order(found)


@dataclass(frozen=True)
class Agreeing:
    """How far a group has come: everything there is to agree on, in order; `said` is None before a reveal."""

    said: Said | None
    matters: Sequence[Matter]

    @property
    def has_begun(self) -> bool:
        """Whether there is something to go through, or something was agreed."""
        return self.said is not None or any(each.agreed for each in self.matters)

    @property
    def progress(self) -> guide.Progress:
        """How many are agreed."""
        return guide.Progress(sum(each.stands for each in self.matters), len(self.matters))

    @property
    def apart(self) -> list[Matter]:
        """Those to discuss on which nothing is agreed that stands."""
        return [each for each in self.matters if each.discuss and not each.stands]


def agreeing_on(assessment: Assessment, playbook: Playbook, given: Mapping[str, guide.Given]) -> Agreeing:
    """How far the group of an assessment has come. Five queries at most, two where no round is revealed."""
    revealed = revealed_round(assessment)
    said = said_in(revealed, playbook) if revealed else None
    return Agreeing(said, matters(assessment, playbook, given, said))


@dataclass(frozen=True)
class GroupSaid:
    """What a criterion's own page tells of the group: what was said, empty where nothing was; what was agreed."""

    said: str = ""
    agreed: str = ""
    stands: bool = False


def heard_on(assessment: Assessment, playbook: Playbook, key: str, answer: int | str | None) -> GroupSaid:
    """What is told of one criterion, on which `answer` stands. Four queries at most, two where no round is revealed."""
    revealed = revealed_round(assessment)
    voices = voices_of(revealed, key).get(key, []) if revealed else []
    text = playbook.criterion[key]
    said = told(spread(playbook, key, voices, anonymous=is_told_as_anonymous(revealed))) if revealed and voices else ""
    rows = Agreement.objects.filter(assessment=assessment, criterion__key=key, criterion__version=assessment.version_id)
    last = rows.order_by("-pk").first()
    if last is None:
        return GroupSaid(said)
    before = agreed(last)
    if before.level == answer:
        return GroupSaid(said, before.sentence, stands=True)
    return GroupSaid(said, changed_since(before, answer, text.top))
