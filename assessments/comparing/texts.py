"""How two texts, or the texts of two criteria, are held against each other."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assessments.interchange.documents import Criterion
from assessments.proofreading.remark import words_of

SLIPS = 2
"""So many words of a text may be spelt otherwise and it still reads the same."""
_SPELLING = 0.85
_SHORTEST_MISSPELT = 5
_FOUND = 0.5
"""A text counts as found in another one when so much of its words is there; below, likeness is chance."""
FEW = 4
_LITTLE = frozenset(
    words_of(
        "a about all an and any are as at be been being by can do does each every for from has have here how if in "
        "into is it its more most no not of on one or other own so some such than that the their them then there these "
        "they this those to was were what when which who will with you your"
    )
)
"""Words that say nothing of what a text is about."""


def is_slip(one: str, other: str) -> bool:
    """Whether two texts differ at most in spaces, capitals, punctuation and the spelling of a word or two."""
    a, b = words_of(one), words_of(other)
    differ = [(x, y) for x, y in zip(a, b, strict=False) if x != y]
    return len(a) == len(b) and len(differ) <= SLIPS and all(_is_spelling(x, y) for x, y in differ)


def asks_the_same(old: Criterion, now: Criterion) -> bool:
    """Whether a place would read the same in both: at most spelling and punctuation differ."""
    return len(old.levels) == len(now.levels) and all(
        is_slip(one, other) for one, other in zip(_texts(old), _texts(now), strict=True)
    )


def levels_read_the_same(old: Criterion, now: Criterion) -> bool:
    """The same number of levels, in the same words but for their spelling."""
    return len(old.levels) == len(now.levels) and all(
        is_slip(one.descriptor, other.descriptor) for one, other in zip(old.levels, now.levels, strict=True)
    )


def _texts(criterion: Criterion) -> list[str]:
    descriptors = [level.descriptor for level in criterion.levels]
    return [criterion.title, criterion.question, criterion.not_applicable or "", *descriptors]


def _is_spelling(one: str, other: str) -> bool:
    """Whether two words are one, spelt in two ways; formal and informal are not."""
    if min(len(one), len(other)) < _SHORTEST_MISSPELT or one[0] != other[0]:
        return False
    has_number = any(letter.isdigit() for letter in one + other)
    return not has_number and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SPELLING


@dataclass(frozen=True)
class Bag:
    """What the texts of a criterion are about, as words without order: the head, and each level."""

    heads: tuple[frozenset[str], ...]
    levels: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, criterion: Criterion, without: frozenset[str] = frozenset()) -> "Bag":
        heads = (_gist(criterion.title) - without, _gist(criterion.question) - without)
        return cls(heads, tuple(_gist(level.descriptor) - without for level in criterion.levels))

    @property
    def words(self) -> frozenset[str]:
        return frozenset[str]().union(*self.heads, *self.levels)

    def found_in(self, other: "Bag") -> float:
        """The share of these words that stands in texts of the other, from 0 to 1: levels in levels, head in head."""
        whole = sum(map(len, (*self.heads, *self.levels)))
        found = _found(self.heads, other.heads) + _found(self.levels, other.levels)
        return found / whole if whole else 0.0


def in_common(criteria: Iterable[Criterion]) -> frozenset[str]:
    """The words that more than half of these criteria use, which therefore tell none from another; of four or more."""
    bags = [Bag.of(each).words for each in criteria]
    counts = Counter(word for words in bags for word in words)
    return frozenset(word for word, count in counts.items() if 2 * count > len(bags) >= FEW)


def _found(texts: Iterable[frozenset[str]], others: Sequence[frozenset[str]]) -> int:
    best = ((len(text), max((len(text & other) for other in others), default=0)) for text in texts)
    return sum(found for size, found in best if found >= _FOUND * size)


def _gist(text: str) -> frozenset[str]:
    words = {word for word in words_of(text) if word not in _LITTLE}
    return frozenset(word[:-1] if word.endswith("s") and len(word) > 3 else word for word in words)
