"""What a group agreed on a criterion, as it is told on pages and in reports and frozen by a submission."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from assessments.wording import gettext as _
from assessments.wording import ngettext


@dataclass(frozen=True)
class Agreed:
    """The agreed level, why, what those said who saw it otherwise, how many had answered, from which level to which."""

    level: int
    reason: str
    dissent: str = ""
    answered: int = 0
    lowest: int | None = None
    highest: int | None = None

    @property
    def sentence(self) -> str:
        """“Agreed 3; 9 answered, from 1 to 4; dissent: …”, without the parts that there are none of."""
        return self.told(_("Agreed {level}").format(level=self.level))

    def told(self, first: str) -> str:
        """The same sentence, beginning with other words."""
        parts = [first]
        if self.answered:
            parts.append(self._answered)
        if self.dissent.strip():
            parts.append(_("dissent: {words}").format(words=self.dissent.strip()))
        return "; ".join(parts)

    def row(self) -> tuple[int, str, int | None, int | None, int | None, str]:
        """Level, reason, how many answered (none where nobody was asked), lowest, highest and dissent, for tables."""
        return self.level, self.reason, self.answered or None, self.lowest, self.highest, self.dissent

    @property
    def _answered(self) -> str:
        many = ngettext("{number} answered", "{number} answered", self.answered).format(number=self.answered)
        if self.lowest is None or self.highest is None:
            return many
        if self.lowest == self.highest:
            return _("{many}, all {level}").format(many=many, level=self.lowest)
        return _("{many}, from {lowest} to {highest}").format(many=many, lowest=self.lowest, highest=self.highest)


def agreement_sentence(standing: Collection[Agreed], departed: int, criteria: int) -> str:
    """How many of so many answers were agreed, for how many of them somebody saw it otherwise, and how many agreements
    the answers have departed from since; nothing where none was agreed.
    """
    if not standing and not departed:
        return ""
    parts = [
        ngettext(
            "Of {total} criteria the group agreed on {number} together.",
            "Of {total} criteria the group agreed on {number} together.",
            len(standing),
        ).format(total=criteria, number=len(standing))
    ]
    if dissents := sum(bool(each.dissent.strip()) for each in standing):
        text = ngettext(
            "On {number} of them somebody saw it otherwise, which is kept beside the answer.",
            "On {number} of them somebody saw it otherwise, which is kept beside the answers.",
            dissents,
        )
        parts.append(text.format(number=dissents))
    if departed:
        text = ngettext(
            "{number} answer has been changed since it was agreed.",
            "{number} answers have been changed since they were agreed.",
            departed,
        )
        parts.append(text.format(number=departed))
    return " ".join(parts)


def freeze_agreed(agreed: Mapping[str, Agreed]) -> str:
    """As JSON text, by criterion key, that `thaw_agreed` takes."""
    return json.dumps({key: asdict(each) for key, each in agreed.items()}, ensure_ascii=False)


def thaw_agreed(text: str) -> dict[str, Agreed]:
    """What `freeze_agreed` wrote."""
    return {key: Agreed(**each) for key, each in json.loads(text).items()}
