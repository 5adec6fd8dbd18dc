"""What a group has still to agree on: each criterion with what was said, what stands now, and what was agreed.

Pure. Those to discuss come first, then those on which people agree least, then playbook order; what nobody may see of
a criterion has no part in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments.findings.agreed import Agreed
from assessments.findings.told import answer_words, changed_since
from assessments.findings.voices import Spread
from assessments.findings.voices_words import told
from assessments.interchange.documents import Criterion, Lesson
from assessments.wording import gettext as _


@dataclass(frozen=True)
class Matter:
    """A criterion to agree on. `number` counts through the playbook, from 1; `answer` is what stands now.

    `spread` is None before anything is revealed. `agreed` is the last agreement, which `stands` while it is the answer.
    """

    number: int
    label: str
    text: Criterion
    lesson: Lesson
    answer: int | str | None = None
    spread: Spread | None = None
    was_asked: bool = True
    agreed: Agreed | None = None
    stands: bool = False

    @property
    def discuss(self) -> bool:
        return self.spread is not None and self.spread.discuss

    @property
    def is_shown(self) -> bool:
        return self.spread is not None and self.spread.is_shown

    @property
    def sentence(self) -> str:
        """What was said; empty before it is revealed."""
        if self.spread is None:
            return ""
        return told(self.spread) if self.was_asked else _("Nobody was asked about this in the round.")

    @property
    def answer_words(self) -> str:
        return answer_words(self.answer, self.text.top)

    @property
    def state(self) -> str:
        """What became of it: agreed, agreed and changed since, or neither."""
        if self.agreed is None:
            return _("Not agreed yet")
        if self.stands:
            return _("Agreed {level}").format(level=self.agreed.level)
        return changed_since(self.agreed, self.answer, self.text.top)


def in_order(matters: Sequence[Matter]) -> list[Matter]:
    """Those to discuss first, then by least consensus (none: after them), then in playbook order."""
    return sorted(matters, key=_place)


def _place(matter: Matter) -> tuple[bool, bool, bool, Fraction, int]:
    result = matter.spread.result if matter.spread else None
    consensus = result.consensus if result else None
    return (not matter.discuss, consensus is None, result is None, consensus or Fraction(0), matter.number)
