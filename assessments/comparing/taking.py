"""How a criterion takes over the answers to those that it comes from, where nobody is asked again.

What is reckoned with before a draft is published: what moving would propose (`carrying`), as if every place agreed.
With one difference: where the number of levels has changed, a level whose text is there no longer becomes unknown,
since its number no longer says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.scoring.inputs import DONT_KNOW, NOT_APPLICABLE, Answer, Criterion, is_level


@dataclass(frozen=True)
class Taking:
    """`levels` holds, for each source, which level each of its levels becomes, or None where that is unknown."""

    sources: tuple[str, ...]
    levels: tuple[tuple[int | None, ...], ...]
    may_be_not_applicable: bool

    @property
    def shifts(self) -> bool:
        """Whether some level becomes another one or none."""
        return any(levels != tuple(range(len(levels))) for levels in self.levels)

    def of(self, answers: Mapping[str, Answer]) -> Answer | None:
        """The lowest of the levels; where there is none, don't know, else not applicable where it may be said."""
        if len(self.sources) == 1:
            return self._of_one(answers.get(self.sources[0]))
        given = [answers.get(key) for key in self.sources]
        levels = [
            now
            for old, becomes in zip(given, self.levels, strict=True)
            if is_level(old) and (now := becomes[old]) is not None
        ]
        if levels:
            return min(levels)
        if DONT_KNOW in given or any(is_level(each) for each in given):
            return DONT_KNOW if DONT_KNOW in given else None
        return NOT_APPLICABLE if NOT_APPLICABLE in given and self.may_be_not_applicable else None

    def _of_one(self, answer: Answer | None) -> Answer | None:
        """The same for the one source that most criteria have, quickly."""
        if is_level(answer):
            return self.levels[0][answer]
        return None if answer == NOT_APPLICABLE and not self.may_be_not_applicable else answer


def taking(sources: Sequence[Criterion], criterion: Criterion) -> Taking:
    """How `criterion` takes over the answers to `sources`."""
    levels = tuple(tuple(_becomes(source, criterion, level) for level in range(source.top + 1)) for source in sources)
    return Taking(tuple(source.key for source in sources), levels, criterion.may_be_not_applicable)


def _becomes(source: Criterion, criterion: Criterion, level: int) -> int | None:
    """The level that reads the same; else the one of the same number, if there are as many levels."""
    if source.levels[level] in criterion.levels:
        return criterion.levels.index(source.levels[level])
    return level if source.top == criterion.top else None
