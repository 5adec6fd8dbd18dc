"""The parts that findings are told in: places, evidence, criteria, lessons, priorities, gates, stages, changes."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from urllib.parse import urlsplit

from assessments import scoring
from assessments.findings import sentences
from assessments.findings.agreed import Agreed
from assessments.findings.workings import Working
from assessments.interchange import Answers, Playbook, documents
from assessments.scoring.result import Block, CriterionResult, LessonResult, OverallResult, Priority, Result
from assessments.wording import gettext as _
from assessments.wording import gettext_noop, ngettext

GRADES = {
    0: gettext_noop("Nothing to show"),
    1: gettext_noop("Opinion"),
    2: gettext_noop("Own document"),
    3: gettext_noop("Dated public document or statistic"),
    4: gettext_noop("Independent check"),
}
LONGEST_SHOWN_LINK = 100
STATUS_WORDS = {
    "final": gettext_noop("Complete"),
    "indicative": gettext_noop("Provisional"),
    "insufficient": gettext_noop("Withheld"),
    "not_applicable": gettext_noop("Not applicable"),
}
"""In English; `status_words` says them in the reader's language."""


def status_words(status: str) -> str:
    """How sure a figure is, in the reader's language."""
    return _(STATUS_WORDS[status])


def level_words(level: int) -> str:
    """A level in the reader's language: "Level 3"."""
    return _("Level {level}").format(level=level)


def answer_words(value: int | str | None, top: int) -> str:
    """An answer in the reader's language; `top` is the highest level."""
    if isinstance(value, int):
        return _("Level {level} of {top}").format(level=value, top=top)
    words = {scoring.DONT_KNOW: _("Don’t know"), scoring.NOT_APPLICABLE: _("Not applicable")}
    return words.get(value or "", _("No answer"))


def changed_since(agreed: Agreed, answer: int | str | None, top: int) -> str:
    """An agreement that no longer stands: “Agreed 3, changed since to 2”."""
    if isinstance(answer, int):
        return _("Agreed {level}, changed since to {now}").format(level=agreed.level, now=answer)
    return _("Agreed {level}, changed since to “{now}”").format(level=agreed.level, now=answer_words(answer, top))


@dataclass(frozen=True)
class PlaceFacts:
    name: str
    kind: str
    region: str
    boundary: str


@dataclass(frozen=True)
class Submitted:
    """Who froze the result, when, and for the how-many-eth time."""

    at: date
    by: str
    number: int
    engine: str


@dataclass(frozen=True)
class Earlier:
    """An assessment of the same place that was submitted before.

    `versions`: from its own to that of the assessment after it, in the order in which they follow one another.
    """

    playbook: Playbook
    answers: Answers
    result: Result
    versions: tuple[Playbook, ...] = ()


@dataclass(frozen=True)
class EvidenceTold:
    """A piece with the grade that it counts with; `stale` where it is more than 24 months old."""

    piece: documents.Evidence
    counted: int
    stale: bool

    @property
    def grade_words(self) -> str:
        return _(GRADES[self.piece.grade])

    @property
    def counted_words(self) -> str:
        return _(GRADES[self.counted])

    @property
    def title(self) -> str:
        return self.piece.title or _("Untitled")

    @property
    def href(self) -> str:
        """The link where it can be followed on the web, or nothing; the text of the link is `piece.link`."""
        return web_address(self.piece.link or "")

    @property
    def shown_link(self) -> str:
        """The link as it is printed: in full up to a line's length, else its beginning."""
        link = self.piece.link or ""
        return link if len(link) <= LONGEST_SHOWN_LINK else f"{link[: LONGEST_SHOWN_LINK - 1]}…"


def web_address(link: str) -> str:
    """The link if it leads to a host by http or https, else nothing."""
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    plain = link.isprintable() and not set(link) & set(' <>"')
    return link if plain and host and parts.scheme in ("http", "https") else ""


@dataclass(frozen=True)
class CriterionTold:
    """One criterion with its answer; `number` as people say it (1.2), shares from 0 to 1, None where not applicable.

    `place` counts through the playbook, from 1, as the addresses of its pages do.
    """

    number: str
    place: int
    text: documents.Criterion
    result: CriterionResult
    target: int
    note: str
    reason: str
    evidence: tuple[EvidenceTold, ...]
    agreed: Agreed | None
    lesson_share: Fraction | None
    overall_share: Fraction | None
    block: Block | None
    priority: Priority | None

    @property
    def key(self) -> str:
        return self.text.key

    @property
    def title(self) -> str:
        return self.text.title

    @property
    def level(self) -> int | None:
        """The level answered, or None."""
        return self.result.answer if isinstance(self.result.answer, int) else None

    @property
    def answer_words(self) -> str:
        return answer_words(self.result.answer, self.text.top)

    @property
    def agreement_stands(self) -> bool:
        """Whether the answer is what the group agreed last."""
        return self.agreed is not None and self.agreed.level == self.level

    @property
    def agreed_sentence(self) -> str:
        """What the group agreed, and that the answer is another by now where it is; nothing where there is none."""
        if self.agreed is None or self.agreement_stands:
            return self.agreed.sentence if self.agreed else ""
        return self.agreed.told(changed_since(self.agreed, self.result.answer, self.text.top))

    @property
    def descriptor(self) -> str:
        return "" if self.level is None else self.text.levels[self.level].descriptor

    @property
    def target_descriptor(self) -> str:
        return self.text.levels[self.target].descriptor

    @property
    def is_below_target(self) -> bool:
        return self.level is not None and self.level < self.target

    @property
    def next_step(self) -> str:
        """What to do next: from the level answered, or from the lowest where it is not known."""
        return self.text.levels[self.level or 0].next_step

    @property
    def is_unknown(self) -> bool:
        return self.result.answer in (None, scoring.DONT_KNOW)

    @property
    def is_left_out(self) -> bool:
        return self.result.answer == scoring.NOT_APPLICABLE

    @property
    def beyond_evidence(self) -> bool:
        """Whether more is claimed than the evidence supports."""
        return self.level is not None and self.level > (self.result.evidenced_level or 0)


@dataclass(frozen=True)
class LessonTold:
    number: int
    text: documents.Lesson
    result: LessonResult
    criteria: tuple[CriterionTold, ...]
    is_weakest: bool
    working: Working
    share: Fraction | None

    @property
    def key(self) -> str:
        return self.text.key

    @property
    def title(self) -> str:
        return self.text.title

    @property
    def status_words(self) -> str:
        return status_words(self.result.status)

    @property
    def sentence(self) -> str:
        """The lesson's figure in one sentence."""
        return sentences.lesson(self.result)

    @property
    def caveat(self) -> str:
        """Why the lesson should not be compared with other places, where it should not."""
        return sentences.caveat(self.result)


@dataclass(frozen=True)
class PriorityTold:
    rank: int
    criterion: CriterionTold
    gap: int
    gain: Fraction
    blocks: bool

    @property
    def next_step(self) -> str:
        return self.criterion.next_step

    @property
    def gain_words(self) -> str:
        """Whole points; what rounds to none is said in words."""
        return sentences.gain(self.gain)


@dataclass(frozen=True)
class BlockTold:
    """A gate: what it needs, and what was answered."""

    criterion: CriterionTold
    needed: int
    answered: int | None

    @property
    def needed_words(self) -> str:
        """What has to be true to pass the gate."""
        return self.criterion.text.levels[self.needed].descriptor


@dataclass(frozen=True)
class StageTold:
    """A stage on the path with what its gates need: `reached` where the answers support it or a later one."""

    text: documents.Stage
    number: int
    gates: tuple[BlockTold, ...]
    reached: bool
    supported: bool
    declared: bool


@dataclass(frozen=True)
class MoveTold:
    """A level that moved; `caution` where the playbook's map says that the two cannot be compared."""

    criterion: CriterionTold
    before: int
    now: int
    was: str
    caution: str = ""

    @property
    def by(self) -> int:
        return self.now - self.before

    @property
    def words(self) -> str:
        """How far and which way: 1 level up."""
        number = abs(self.by)
        if self.by > 0:
            return ngettext("{number} level up", "{number} levels up", number).format(number=number)
        return ngettext("{number} level down", "{number} levels down", number).format(number=number)

    @property
    def words_with_caution(self) -> str:
        return f"{self.words}. {self.caution}" if self.caution else self.words


@dataclass(frozen=True)
class ChangeTold:
    """What moved since the earlier assessment; `left_out` counts criteria that cannot be compared.

    `compared` goes by levels and weight alone (the scoring contract). `cautions` are those among them of which the
    playbook's map says that they ask for something else now, each with why; `why_not` says what keeps the overall
    scores apart, where they cannot be compared.
    """

    since: date
    before: OverallResult
    now: OverallResult
    moves: tuple[MoveTold, ...]
    compared: int
    left_out: int
    clear: bool
    why_not: str = ""
    cautions: tuple[tuple[CriterionTold, str], ...] = ()

    @property
    def up(self) -> int:
        return sum(move.by > 0 for move in self.moves)

    @property
    def down(self) -> int:
        return sum(move.by < 0 for move in self.moves)

    @property
    def sentence(self) -> str:
        """How many moved, and whether the overall change is clear."""
        return sentences.change(self.compared, self.up, self.down, self.before, self.now, self.clear, self.why_not)

    @property
    def left_out_sentence(self) -> str:
        return sentences.left_out(self.left_out)
