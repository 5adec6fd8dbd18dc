"""Places held against one version of a playbook: which of their figures mean the same, and which were asked otherwise.

The rule, never wrong though sometimes too careful. A place on that very version is asked the same. Where the version
says that it follows the place's own, its map of the criteria is taken at its word (comparing/comparable.py). Of any
other two versions a criterion means the same only where key, question and every level read the same; a lesson, and the
whole, where all their criteria do and hold the same share of the weight.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from assessments.comparing.comparable import Comparison, compare
from assessments.comparing.origins import NEW, REWORDED, SAME, Became, Origins, gone
from assessments.findings.findings import Findings
from assessments.findings.told import CriterionTold, LessonTold
from assessments.interchange.documents import Criterion, Playbook
from assessments.scoring.result import OverallResult


@dataclass(frozen=True)
class Held:
    """The findings of one place, held against `newest`: nothing is given where it was asked otherwise.

    Keys are those of `newest`.
    """

    findings: Findings
    newest: Playbook

    @property
    def is_on_it(self) -> bool:
        return source(self.findings).version == self.newest.version

    def criterion(self, key: str) -> CriterionTold | None:
        """The answer to a criterion of the newest version."""
        if self.is_on_it:
            return self.findings.criterion[key]
        if self._comparison.why_not(key):
            return None
        return self.findings.criterion[self._comparison.became.criteria[key].sources[0]]

    def lesson(self, key: str) -> LessonTold | None:
        """The figures of a lesson of the newest version."""
        if not self.is_on_it and self._comparison.lesson(key):
            return None
        return self._lessons[key]

    @property
    def overall(self) -> OverallResult | None:
        """The overall figures."""
        return self.findings.overall if self.is_on_it or not self._comparison.overall else None

    @cached_property
    def _lessons(self) -> Mapping[str, LessonTold]:
        return {lesson.key: lesson for lesson in self.findings.lessons}

    @cached_property
    def _comparison(self) -> Comparison:
        before, after = source(self.findings), self.newest
        if after.follows and after.follows.version == before.version:
            return compare(before, after)
        return Comparison(before, after, _by_their_words(before, after))


def source(findings: Findings) -> Playbook:
    """The playbook of a place in its own language, in which versions are compared."""
    return findings.source or findings.playbook


def newest(playbooks: Iterable[Playbook]) -> Playbook:
    """Of versions of one playbook that none follows, the one with the highest number; 1.10 comes after 1.9."""
    versions = {each.version: each for each in playbooks}
    followed = {each.follows.version for each in versions.values() if each.follows}
    last = [each for version, each in versions.items() if version not in followed]
    return max(last or versions.values(), key=lambda each: _by_number(each.version))


def _by_number(version: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.findall(r"\d+|\D+", version)
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts)


def _by_their_words(before: Playbook, after: Playbook) -> Origins:
    """What became of the criteria, as far as their texts alone can tell for sure."""
    criteria = {each.key: _became(before.criterion.get(each.key), each) for each in after.criteria()}
    return Origins(criteria, gone(before, criteria))


def _became(before: Criterion | None, now: Criterion) -> Became:
    if before is None:
        return Became(NEW, (), False)
    same = _asked(before) == _asked(now)
    return Became(SAME if same else REWORDED, (now.key,), same)


def _asked(criterion: Criterion) -> tuple[str, ...]:
    return criterion.question, *(level.descriptor for level in criterion.levels)
