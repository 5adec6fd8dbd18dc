"""The fields of each kind of part, and which of them differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from assessments.comparing.aligning import aligned, moved
from assessments.comparing.changes import Change
from assessments.interchange.documents import Criterion, Follows, Lesson, Level, Origin, Playbook, Role, Stage
from assessments.wording import gettext_noop

KEY, VERSION, TITLE = gettext_noop("key"), gettext_noop("version"), gettext_noop("title")
NAME, SUMMARY, WEIGHT = gettext_noop("name"), gettext_noop("summary"), gettext_noop("weight")
INDICATIVE_FROM = gettext_noop("score shown from an answered share of")
COMES_AFTER, RETIRED = gettext_noop("comes after version"), gettext_noop("retired criteria")
FACTS, TARGETS, GATES = gettext_noop("facts"), gettext_noop("its targets"), gettext_noop("its gates")
QUESTION, WHY, ASK = gettext_noop("question"), gettext_noop("why it matters"), gettext_noop("whom to ask")
NOT_APPLICABLE = gettext_noop("may be not applicable")
LEVEL, NEXT_STEP = gettext_noop("level"), gettext_noop("next step from level")
EVIDENCE, DATA = gettext_noop("evidence"), gettext_noop("open data")
TARGET, GATE = gettext_noop("target at"), gettext_noop("gate at")
BECAME = gettext_noop("what became of it")

TEXTS = frozenset({TITLE, NAME, SUMMARY, FACTS, QUESTION, WHY, ASK, NOT_APPLICABLE, LEVEL, NEXT_STEP, EVIDENCE, DATA})
"""The fields in words; the others are figures, keys and what was decided."""

Shares = Mapping[str, Fraction]


class Fields:
    """Compares part with part, knowing the whole of both versions."""

    def __init__(self, before: Playbook, after: Playbook, with_map: bool) -> None:
        self.before, self.after = before, after
        self.lesson_shares = shares(before.lessons), shares(after.lessons)
        self.criterion_shares = tuple(
            {key: share for lesson in version.lessons for key, share in shares(lesson.criteria).items()}
            for version in (before, after)
        )
        self.kept_stages = [stage for stage in after.stages if stage.key in before.stage]
        self.follows = _told(before, after) if with_map else (None, None)

    def playbook(self) -> Iterator[Change]:
        old, new = self.before, self.after
        yield from _text(KEY, old.key, new.key, figure=True)
        yield from _text(VERSION, old.version, new.version, figure=True)
        yield from _text(TITLE, old.title, new.title)
        yield from _text(SUMMARY, old.summary, new.summary)
        yield from _number(INDICATIVE_FROM, old.indicative_from or None, new.indicative_from or None)
        was, now = self.follows
        yield from _text(COMES_AFTER, was.version if was else "", now.version if now else "", figure=True)
        gone, going = (told.retired if told else () for told in self.follows)
        if gone != going:
            yield Change(RETIRED, self._titles(gone) or None, self._titles(going) or None, figure=True)

    def role(self, old: Role | None, new: Role | None) -> Iterator[Change]:
        yield from _texts(old, new, name=NAME, summary=SUMMARY)

    def stage(self, old: Stage | None, new: Stage | None) -> Iterator[Change]:
        """The targets and gates of a stage that is in both versions are told with their criteria."""
        yield from _texts(old, new, name=NAME, facts=FACTS)
        if old is None or new is None:
            yield from _text(TARGETS, _targets(self.before, old), _targets(self.after, new))
            yield from _text(GATES, _gates(self.before, old), _gates(self.after, new))

    def lesson(self, old: Lesson | None, new: Lesson | None) -> Iterator[Change]:
        yield from _texts(old, new, title=TITLE, summary=SUMMARY)
        yield from _weight(old, new, *self.lesson_shares)

    def criterion(self, old: Criterion | None, new: Criterion | None) -> Iterator[Change]:
        texts = {"title": TITLE, "question": QUESTION, "why": WHY, "ask": ASK, "not_applicable": NOT_APPLICABLE}
        yield from _texts(old, new, **texts)
        yield from _weight(old, new, *self.criterion_shares)
        yield from _levels(old.levels if old else (), new.levels if new else ())
        yield from self._stages(old, new)
        yield from _list(EVIDENCE, old.evidence if old else (), new.evidence if new else ())
        yield from _list(DATA, old.data if old else (), new.data if new else ())
        was, now = (told.criteria.get(new.key) if told and new else None for told in self.follows)
        if was != now:
            yield Change(BECAME, self._became(was), self._became(now), figure=True)

    def _stages(self, old: Criterion | None, new: Criterion | None) -> Iterator[Change]:
        key = (new or old).key  # type: ignore[union-attr]
        for stage in self.kept_stages:
            was, now = (each.targets.get(stage.key) if each else None for each in (old, new))
            yield from _number(TARGET, was, now, name=stage.name)
            was, now = self.before.stage[stage.key].gates.get(key), stage.gates.get(key)
            yield from _number(GATE, was, now, name=stage.name)

    def _became(self, origin: Origin | None) -> str | None:
        if origin is None:
            return None
        sources = f" from {self._titles(origin.sources)}" if origin.sources else ""
        return f"{origin.kind}{sources}; {'comparable' if origin.comparable else 'not comparable'}"

    def _titles(self, keys: Sequence[str]) -> str:
        known = {**self.after.criterion, **self.before.criterion}
        return ", ".join(f"“{known[key].title}”" if key in known else key for key in keys)


def shares(parts: Sequence[Lesson] | Sequence[Criterion]) -> dict[str, Fraction]:
    """Each part's share of the weight of all of them."""
    whole = sum((Fraction(part.weight) for part in parts), Fraction(0))
    return {part.key: Fraction(part.weight) / whole for part in parts} if whole else {}


def _told(before: Playbook, after: Playbook) -> tuple[Follows | None, Follows | None]:
    """What both say of the version before them; of an older one nothing is left to be told."""
    was, now = before.follows, after.follows
    if was and now and was.version != now.version:
        was = Follows(was.version, {}, ())
    return was, now


def _texts(old: object, new: object, **names: str) -> Iterator[Change]:
    """The texts of these attributes, each with what it is called."""
    for attribute, field in names.items():
        yield from _text(field, getattr(old, attribute, None), getattr(new, attribute, None))


def _text(
    field: str, old: str | None, new: str | None, *, name: str = "", was: str = "", figure: bool = False
) -> Iterator[Change]:
    if (old or None) != (new or None) or was:
        yield Change(field, old or None, new or None, name, was, figure=figure)


def _number(field: str, old: Decimal | int | None, new: Decimal | int | None, name: str = "") -> Iterator[Change]:
    if old != new:
        yield Change(field, _figure(old), _figure(new), name, figure=True)


def _figure(value: Decimal | int | None) -> str | None:
    return None if value is None else f"{Decimal(value).normalize():f}"


def _weight(
    old: Lesson | Criterion | None, new: Lesson | Criterion | None, before: Shares, after: Shares
) -> Iterator[Change]:
    was, now = (part.weight if part else None for part in (old, new))
    if was != now:
        told = before.get(old.key) if old else None, after.get(new.key) if new else None
        yield Change(WEIGHT, _figure(was), _figure(now), shares=told, figure=True)


def _levels(old: Sequence[Level], new: Sequence[Level]) -> Iterator[Change]:
    """Levels have no keys: they are the same where they say the same, or much the same."""
    before, after = ([level.descriptor for level in levels] for levels in (old, new))
    for a, b, out_of_order in _entries(before, after):
        number = str(a if b is None else b)
        was, now = (None if a is None else old[a]), (None if b is None else new[b])
        texts = [_texts(was, now, descriptor=LEVEL), _texts(was, now, next_step=NEXT_STEP)]
        if out_of_order and was and now:
            texts[0] = iter([Change(LEVEL, was.descriptor, now.descriptor, was=str(a))])
        yield from (replace(change, name=number) for each in texts for change in each)


def _list(field: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    for a, b, out_of_order in _entries(old, new):
        was, now = (None if a is None else old[a]), (None if b is None else new[b])
        place = str(a + 1) if a is not None and out_of_order else ""
        yield from _text(field, was, now, name=str((a if b is None else b) + 1), was=place)  # type: ignore[operator]


def _entries(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None, bool]]:
    """The places of each entry before and after, and whether it is out of the order that it had."""
    pairs = aligned(old, new)
    order = [a for a, b in pairs if a is not None and b is not None]
    out_of_order = moved(sorted(order), order)
    return ((a, b, a in out_of_order and b is not None) for a, b in pairs)


def _targets(version: Playbook, stage: Stage | None) -> str:
    """The targets of a whole stage in one line."""
    if stage is None:
        return ""
    criteria = [each for each in version.criteria() if stage.key in each.targets]
    return "; ".join(f"{each.title} {each.targets[stage.key]}" for each in criteria)


def _gates(version: Playbook, stage: Stage | None) -> str:
    """The gates of a whole stage in one line."""
    if stage is None:
        return ""
    criteria = [each for each in version.criteria() if each.key in stage.gates]
    return ", ".join(f"{each.title} {stage.gates[each.key]}" for each in criteria)
