"""The texts of a playbook that can be translated, each at a path of keys, and the playbook in another language.

A path names a text by what it belongs to, not by its place: `criteria/shared-vision/levels/2/descriptor`. So moving a
criterion or a lesson loses no translation. Nothing here knows a file or a database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from html import escape
from typing import Any

from assessments.interchange.documents import Criterion, Lesson, Level, Playbook, Role, Stage

SOURCE = "en"
"""The language that playbooks are written in."""

Take = Callable[[str, str], str]
"""What stands for a text: given its path and the text."""


class Untranslated(str):
    """A text that stands in the source language on a page in another one.

    It says so itself wherever a template shows it, so that a screen reader speaks it as what it is, and no page can
    forget it.
    """

    def __html__(self) -> str:
        return f'<span lang="{SOURCE}">{escape(self)}</span>'


@dataclass(frozen=True)
class Translated:
    """A text in another language, and the text that it was made from."""

    source: str
    text: str


Texts = Mapping[str, Translated]


def texts(playbook: Playbook) -> dict[str, str]:
    """Every text that can be translated, by its path, in playbook order. What is empty needs no translation."""
    return {path: text for part in parts(playbook) for path, text in part.texts.items()}


@dataclass(frozen=True)
class Part:
    """The texts that are translated together; `lesson` is the key of the lesson that they are in, if in one."""

    key: str
    title: str
    texts: Mapping[str, str]
    lesson: str = ""


def parts(playbook: Playbook) -> tuple[Part, ...]:
    """A playbook's texts in parts of a page each: its own, roles, stages, each lesson's own, each criterion."""
    found = [
        _part("playbook", "Title and summary", lambda take: _own(playbook, take)),
        _part("roles", "Roles", lambda take: [_role(role, take) for role in playbook.roles]),
        _part("stages", "Stages", lambda take: [_stage(stage, take) for stage in playbook.stages]),
    ]
    for lesson in playbook.lessons:
        alone = replace(lesson, criteria=())
        found.append(_part(f"lessons/{lesson.key}", lesson.title, partial(_lesson, alone), lesson.key))
        for each in lesson.criteria:
            found.append(_part(f"criteria/{each.key}", each.title, partial(_criterion, each), lesson.key))
    return tuple(part for part in found if part.texts)


def _part(key: str, title: str, walk: Callable[["_Taking"], object], lesson: str = "") -> Part:
    noted: dict[str, str] = {}

    def note(path: str, text: str) -> str:
        noted[path] = text
        return text

    walk(_Taking(note))
    return Part(key, title, noted, lesson)


def translated(playbook: Playbook, given: Texts) -> tuple[Playbook, frozenset[str]]:
    """The playbook in another language, and the paths of the texts that fell back to the source language.

    A text is taken only where it was made from what the playbook says now; else the source stands, marked.
    """
    fell_back = set()

    def take(path: str, text: str) -> str:
        found = given.get(path)
        if found is not None and found.source == text:
            return found.text
        fell_back.add(path)
        return Untranslated(text)

    return _walk(playbook, take), frozenset(fell_back)


def falls_back(value: Any) -> bool:
    """Whether a text, or any text of a document or a list of them, stands in the source language for another one."""
    if isinstance(value, str):
        return isinstance(value, Untranslated)
    if isinstance(value, Mapping):
        return any(map(falls_back, value.values()))
    if isinstance(value, list | tuple):
        return any(map(falls_back, value))
    return is_dataclass(value) and any(falls_back(getattr(value, each.name)) for each in fields(value))


def _walk(playbook: Playbook, take: Take) -> Playbook:
    """The playbook with every text replaced by what `take` gives for it."""
    taking = _Taking(take)
    return replace(
        _own(playbook, taking),
        roles=tuple(_role(role, taking) for role in playbook.roles),
        stages=tuple(_stage(stage, taking) for stage in playbook.stages),
        lessons=tuple(_lesson(lesson, taking) for lesson in playbook.lessons),
    )


@dataclass(frozen=True)
class _Taking:
    take: Take

    def __call__(self, path: str, text: str) -> str:
        return self.take(path, text) if text.strip() else text

    def all(self, path: str, several: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self(f"{path}/{number}", text) for number, text in enumerate(several))


def _own(playbook: Playbook, take: _Taking) -> Playbook:
    return replace(playbook, title=take("title", playbook.title), summary=take("summary", playbook.summary))


def _role(role: Role, take: _Taking) -> Role:
    path = f"roles/{role.key}"
    return replace(role, name=take(f"{path}/name", role.name), summary=take(f"{path}/summary", role.summary))


def _stage(stage: Stage, take: _Taking) -> Stage:
    path = f"stages/{stage.key}"
    return replace(stage, name=take(f"{path}/name", stage.name), facts=take(f"{path}/facts", stage.facts))


def _lesson(lesson: Lesson, take: _Taking) -> Lesson:
    path = f"lessons/{lesson.key}"
    return replace(
        lesson,
        title=take(f"{path}/title", lesson.title),
        summary=take(f"{path}/summary", lesson.summary),
        criteria=tuple(_criterion(criterion, take) for criterion in lesson.criteria),
    )


def _criterion(criterion: Criterion, take: _Taking) -> Criterion:
    path, condition = f"criteria/{criterion.key}", criterion.not_applicable
    return replace(
        criterion,
        title=take(f"{path}/title", criterion.title),
        question=take(f"{path}/question", criterion.question),
        why=take(f"{path}/why", criterion.why),
        not_applicable=condition and take(f"{path}/not_applicable", condition),
        levels=tuple(_level(level, f"{path}/levels/{n}", take) for n, level in enumerate(criterion.levels)),
        ask=take(f"{path}/ask", criterion.ask),
        evidence=take.all(f"{path}/evidence", criterion.evidence),
        data=take.all(f"{path}/data", criterion.data),
    )


def _level(level: Level, path: str, take: _Taking) -> Level:
    return Level(take(f"{path}/descriptor", level.descriptor), take(f"{path}/next_step", level.next_step))


# --- how far --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """Of `total` texts, how many are translated from what the playbook says now, and how many from what it said."""

    total: int
    done: int
    out_of_date: int

    @property
    def missing(self) -> int:
        """How many have no translation at all."""
        return self.total - self.done - self.out_of_date

    @property
    def percent(self) -> int:
        """Whole per cent, 100 only when all is done."""
        return 100 * self.done // self.total if self.total else 100

    @property
    def is_complete(self) -> bool:
        return self.done == self.total


@dataclass(frozen=True)
class PartDone:
    """How far one part is."""

    part: Part
    count: Count


@dataclass(frozen=True)
class Completeness:
    """How far a translation is, over all and part by part; `orphans` are paths that the playbook has no text at."""

    count: Count
    parts: tuple[PartDone, ...]
    orphans: tuple[str, ...]

    def of(self, lesson: str) -> Count:
        """How far a lesson is with its criteria; of no lesson, how far what stands beside the lessons is."""
        return _sum([each.count for each in self.parts if each.part.lesson == lesson])


def completeness(playbook: Playbook, given: Texts) -> Completeness:
    """How far a translation is."""
    done = tuple(PartDone(part, _count(part.texts, given)) for part in parts(playbook))
    return Completeness(_sum([each.count for each in done]), done, tuple(sorted(given.keys() - texts(playbook).keys())))


def _count(wanted: Mapping[str, str], given: Texts) -> Count:
    states = [given[path].source == text for path, text in wanted.items() if path in given]
    return Count(len(wanted), sum(states), len(states) - sum(states))


def _sum(counts: list[Count]) -> Count:
    return Count(
        sum(each.total for each in counts), sum(each.done for each in counts), sum(each.out_of_date for each in counts)
    )
