"""What was said on one version of a playbook, carried over to a later one: a proposal for each of its criteria.

Nothing is decided here for anybody. What the texts let stand is kept; all else is only proposed, and somebody looks at
it again before it counts.

- **Kept**: the same criterion, or one reworded that stays comparable, with as many levels as before. What was said
  stands letter for letter. A *not applicable* stands where its condition reads as it did.
- **Look again**: every other criterion that comes from an earlier one. The *level* proposed is the one that reads as
  the old one did, else the one of the same number, where there is one; of a *split* criterion each part is offered
  the level of the whole; of *merged* ones the lowest. *Don't know* carries, where no level does. *Not applicable*
  carries where it may still be said, and where no level and no don't know does. What itself waits to be looked at
  waits on, wherever it goes.
- **New**: it comes from nothing, and nothing is proposed.

*Notes* and *evidence* travel with whatever comes from their criterion. Notes of several criteria stand one after the
other, each under its title; the same piece of evidence of several is one piece. A *reason* for not applicable that
cannot stand as one is put with the note. No text is cut, so that a note may get longer than a form takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assessments.comparing.origins import MERGED, REWORDED, SAME, SPLIT, Origins
from assessments.comparing.origins import NEW as NEW_KIND
from assessments.interchange.documents import Answer, Criterion, Evidence, Playbook

KEPT, LOOK_AGAIN, NEW = "kept", "look_again", "new"
OTHER_LEVELS, NOT_APPLICABLE, WAITING = "other_levels", "not_applicable", "waiting"
"""Why to look again, besides what became of a criterion (reworded, stricter, split, merged)."""


@dataclass(frozen=True)
class Said:
    """What stands at a criterion. `waits`: it was itself brought over, and nobody has looked at it since."""

    answer: Answer | None = None
    reason: str = ""
    note: str = ""
    evidence: tuple[Evidence, ...] = ()
    waits: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nobody said anything; a piece of evidence is no saying."""
        return self.answer is None and not self.note.strip() and not self.reason.strip()


@dataclass(frozen=True)
class Way:
    """How a criterion takes over what was said, as the texts alone tell: kept, look again (and why), or new."""

    fate: str
    why: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Carried:
    """What one criterion of the later version takes over. Where `sources` said nothing, `said` is blank."""

    fate: str
    why: str
    sources: tuple[str, ...]
    said: Said


@dataclass(frozen=True)
class Carrying:
    """An entry for every criterion of the later version, in its order, and the keys that nothing comes from."""

    criteria: Mapping[str, Carried]
    dropped: tuple[str, ...]


def carry(before: Playbook, after: Playbook, origins: Origins, given: Mapping[str, Said]) -> Carrying:
    """What was given to the criteria of `before`, as it is proposed to those of `after`."""
    return carry_along(before, after, ways(before, after, origins), origins.retired, given)


def ways(before: Playbook, after: Playbook, origins: Origins) -> dict[str, Way]:
    """How each criterion of the later version takes over what was said: the same for every assessment."""
    found = {}
    for key, became in origins.criteria.items():
        sources = became.sources
        if not sources:
            found[key] = Way(NEW, NEW_KIND, ())
        elif len(sources) > 1:
            found[key] = Way(LOOK_AGAIN, became.kind if became.kind in (SPLIT, MERGED) else MERGED, sources)
        elif became.kind != SAME and not (became.kind == REWORDED and became.comparable):
            found[key] = Way(LOOK_AGAIN, became.kind, sources)
        elif before.criterion[sources[0]].top != after.criterion[key].top:
            found[key] = Way(LOOK_AGAIN, OTHER_LEVELS, sources)
        else:
            found[key] = Way(KEPT, became.kind, sources)
    return found


def carry_along(
    before: Playbook, after: Playbook, along: Mapping[str, Way], dropped: Sequence[str], given: Mapping[str, Said]
) -> Carrying:
    """The same, along ways that were worked out before, for many assessments of one version."""
    criteria = {
        key: _carried(
            before, after.criterion[key], along[key], [given.get(each, Said()) for each in along[key].sources]
        )
        for key in after.criterion
    }
    return Carrying(criteria, tuple(dropped))


def _carried(before: Playbook, now: Criterion, way: Way, said: Sequence[Said]) -> Carried:
    old = [before.criterion[key] for key in way.sources]
    fate, why = way.fate, way.why
    if fate == KEPT and said[0].answer == NOT_APPLICABLE and old[0].not_applicable != now.not_applicable:
        fate, why = LOOK_AGAIN, NOT_APPLICABLE
    elif fate == KEPT and said[0].waits:
        fate, why = LOOK_AGAIN, WAITING
    proposed = said[0] if fate == KEPT else _proposed(old, now, said)
    return Carried(fate, why, way.sources, proposed)


def _proposed(old: Sequence[Criterion], now: Criterion, said: Sequence[Said]) -> Said:
    answer = _answer(old, now, said)
    is_reason = answer == NOT_APPLICABLE
    reasons = list(dict.fromkeys(each.reason for each in said if each.reason.strip()))
    texts = []
    for text, each in zip(old, said, strict=True):
        parts = [each.note, "" if is_reason else each.reason]
        texts.append((text.title, "\n\n".join(part for part in parts if part.strip())))
    return Said(
        answer=answer,
        reason="\n\n".join(reasons) if is_reason else "",
        note=_joined(texts),
        evidence=tuple(_united(said)),
    )


def _answer(old: Sequence[Criterion], now: Criterion, said: Sequence[Said]) -> Answer | None:
    """The lowest level that can be proposed; else don't know; else not applicable, if it may be said; else nothing."""
    levels = [
        level
        for text, each in zip(old, said, strict=True)
        if isinstance(each.answer, int) and (level := _level(text, now, each.answer)) is not None
    ]
    if levels:
        return min(levels)
    others = {each.answer for each in said if isinstance(each.answer, str)}
    if NOT_APPLICABLE in others and others == {NOT_APPLICABLE}:
        return NOT_APPLICABLE if now.not_applicable else None
    return next(iter(others - {NOT_APPLICABLE}), None)


def _level(old: Criterion, now: Criterion, level: int) -> int | None:
    words = old.levels[level].descriptor
    for number, each in enumerate(now.levels):
        if each.descriptor == words:
            return number
    return level if level <= now.top else None


def _joined(texts: Sequence[tuple[str, str]]) -> str:
    if len(texts) == 1:
        return texts[0][1]
    return "\n\n".join(f"{title}:\n{text}" for title, text in texts if text)


def _united(said: Sequence[Said]) -> Iterator[Evidence]:
    """Every piece once, or as often as the one criterion held it that held it most often."""
    taken: list[Evidence] = []
    for each in said:
        left = list(taken)
        for piece in each.evidence:
            if piece in left:
                left.remove(piece)
            else:
                taken.append(piece)
                yield piece
