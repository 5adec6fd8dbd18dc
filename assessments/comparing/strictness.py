"""Signs that a criterion asks for more than it did, at levels that are otherwise recognised.

They are few and plain, and each can be told in words: a number raised, a demanding word added or a softening one left
out, a level made longer, a level on top. One sign to the contrary, and nothing is said.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from assessments.comparing.texts import is_slip
from assessments.interchange.documents import Criterion
from assessments.proofreading.remark import words_of

DEMANDING = frozenset(
    words_of(
        "all always annually audited binding both each entire every everybody everyone full fully independent "
        "independently least must only publicly published signed tested verified whole written yearly"
    )
)
SOFTENING = frozenset(words_of("few informal informally may might most often partly planned some sometimes usually"))
COUNTED = words_of("one two three four five six seven eight nine ten eleven twelve")
NUMBERS: dict[str, float] = {word: float(number) for number, word in enumerate(COUNTED, 1)}
NUMBERS |= {"quarter": 0.25, "third": 1 / 3, "half": 0.5}
BETTER_LOW = frozenset({"within", "every", "under", "below", "most"})
"""After these words a lower number asks for more: within 6 months, every 2 years."""
LONGER = 4
"""A level that only gained words asks for more when it gained so many."""
RECOGNISED = 0.5
YEARS = range(1900, 2101)

Sign = tuple[int, str]
"""How much more (1) or less (-1) is asked for, and what shows it."""


def stricter(old: Criterion, now: Criterion) -> list[str]:
    """What shows that more is asked for, in words; nothing where it is not so, or where the signs differ."""
    if len(old.levels) != len(now.levels):
        return _higher(old, now)
    signs: list[Sign] = []
    longer: list[tuple[int, Sign]] = []
    for number, (one, other) in enumerate(zip(old.levels, now.levels, strict=True)):
        found, gained = _signs(number, words_of(one.descriptor), words_of(other.descriptor))
        signs += found
        longer += [(number, each) for each in gained]
    if _counts([number for number, (way, _) in longer if way > 0], now.top):
        signs += [each for _, each in longer]
    elif any(way < 0 for _, (way, _) in longer):
        return []
    return [] if any(way < 0 for way, _ in signs) else [words for _, words in signs]


def _higher(old: Criterion, now: Criterion) -> list[str]:
    """Levels on top of all the old ones."""
    more = len(now.levels) - len(old.levels)
    kept = all(is_slip(a.descriptor, b.descriptor) for a, b in zip(old.levels, now.levels, strict=False))
    return ["there is a level above the highest"] if more > 0 and kept else []


def _counts(longer: Sequence[int], top: int) -> bool:
    """Longer levels count where the highest is one of them, or half of all."""
    return top in longer or 2 * len(longer) > top


def _signs(number: int, old: list[str], now: list[str]) -> tuple[list[Sign], list[Sign]]:
    """The signs of one level; those of its length alone apart."""
    matcher = SequenceMatcher(None, old, now, autojunk=False)
    if old == now or matcher.ratio() < RECOGNISED:
        return [], []
    steps = [step for step in matcher.get_opcodes() if step[0] != "equal"]
    left = [word for _, a, b, _, _ in steps for word in old[a:b]]
    came = [word for _, _, _, a, b in steps for word in now[a:b]]
    found = [sign for _, a, b, c, d in steps for sign in _raised(number, old[a:b], now[c:d], now[c - 1] if c else "")]
    found += _words(number, left, came)
    return found, [] if found else list(_length(number, left, came))


def _raised(number: int, old: list[str], now: list[str], before: str) -> Iterator[Sign]:
    """A number exchanged for another one."""
    a, b = _numbers(old), _numbers(now)
    if len(a) != 1 or len(b) != 1 or a[0][1] == b[0][1]:
        return
    (was, low), (is_now, high) = a[0], b[0]
    leading = {y: x for x, y in pairwise([before, *now])}.get(is_now, "")
    way = 1 if (high > low) != (leading in BETTER_LOW) else -1
    yield way, f"level {number} says {is_now} where it said {was}"


def _numbers(words: list[str]) -> list[tuple[str, float]]:
    return [(word, value) for word in words if (value := _value(word)) is not None]


def _value(word: str) -> float | None:
    if word.isascii() and word.isdigit() and len(word) < 10:
        return None if int(word) in YEARS else float(word)
    return NUMBERS.get(word)


def _words(number: int, left: list[str], came: list[str]) -> Iterator[Sign]:
    """Demanding and softening words that came or went."""
    for words, away, sign in ((came, left, 1), (left, came, -1)):
        for word in dict.fromkeys(words):
            if word in DEMANDING and word not in away:
                yield sign, f"level {number} adds “{word}”"
            elif word in SOFTENING and word not in away:
                yield -sign, f"level {number} leaves out “{word}”"


def _length(number: int, left: list[str], came: list[str]) -> Iterator[Sign]:
    if not left and len(came) >= LONGER and "or" not in came:
        yield 1, f"level {number} adds “{' '.join(came[:8])}{'…' if len(came) > 8 else ''}”"
    elif not came and len(left) >= LONGER and "or" not in left:
        yield -1, f"level {number} is shorter"
