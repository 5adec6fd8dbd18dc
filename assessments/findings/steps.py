"""From one assessment of a place to the next: what can be compared, and in words why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assessments.comparing import reasons
from assessments.comparing.comparable import Comparison, Difference, compare
from assessments.interchange.documents import Playbook
from assessments.wording import gettext as _


@dataclass(frozen=True)
class Step:
    """The two versions, the earlier one first; `backwards` where the later assessment is on the earlier version."""

    comparison: Comparison
    backwards: bool

    def source(self, key: str) -> str | None:
        """The criterion of the assessment before that a line goes on from."""
        if not self.backwards:
            return self.comparison.source(key)
        return next((each for each in self.comparison.after.criterion if self.comparison.source(each) == key), None)

    def why_not(self, key: str) -> str:
        """Why a criterion of this assessment cannot be compared with the one before; nothing where it can be."""
        if not self.backwards:
            return reasons.criterion(self.comparison, key)
        source = self.source(key)
        version = self.comparison.after.version
        return reasons.criterion(self.comparison, source) if source else _not_asked(version)

    def gone(self, key: str) -> str:
        """What became of a criterion of the assessment before that this one does not go on with."""
        version = self.comparison.before.version
        return _not_asked(version) if self.backwards else reasons.gone(self.comparison, key)

    def told(self, differences: Sequence[Difference]) -> str:
        return reasons.differs(self.comparison, differences) if differences else ""


def step_along(versions: Sequence[Playbook], before: Playbook, now: Playbook) -> Step:
    """From an assessment on `before` to one on `now`, which say the titles in the language of the reader.

    `versions` stand in the order in which they follow one another, in their own language, by which they are compared.
    """
    backwards = versions[0].version != before.version
    first, last = (now, before) if backwards else (before, now)
    return Step(replace(compare(*versions), before=first, after=last), backwards)


def _not_asked(version: str) -> str:
    return _("Version {version} does not ask it.").format(version=version)
