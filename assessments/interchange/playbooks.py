"""Read the document `hubplaybook/playbook@1`, with every fault of the file at once."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, cast

from assessments.interchange.documents import Criterion, Follows, Lesson, Level, Origin, Playbook, Role, Stage
from assessments.interchange.faults import Path, shortened, written
from assessments.interchange.reading import Reader, near

SCHEMA = "hubplaybook/playbook@1"
INDICATIVE_FROM = Decimal("0.7")
KINDS = ("reworded", "stricter", "split", "merged", "new")


def read_playbook(data: bytes | str) -> Playbook:
    """The playbook that a file holds. Raises DocumentError with all that is wrong with it."""
    reader = Reader.of(data)
    playbook = _PlaybookReader(reader).playbook()
    reader.finish()
    return playbook


def thaw_playbook(text: str) -> Playbook:
    """The playbook that `freeze_playbook` wrote."""
    reader = Reader.of_own(text)
    playbook = _PlaybookReader(reader).playbook()
    reader.finish()
    return playbook


class _PlaybookReader:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def playbook(self) -> Playbook:
        read = self.reader
        value = read.document(
            SCHEMA,
            ["key", "version", "title", "summary", "roles", "stages", "lessons"],
            ["indicative_from", "follows"],
        )
        given = value.get("indicative_from", INDICATIVE_FROM)
        playbook = Playbook(
            key=self._text(value, (), "key"),
            version=self._text(value, (), "version"),
            title=self._text(value, (), "title"),
            summary=self._text(value, (), "summary", may_be_empty=True),
            indicative_from=read.number(given, ("indicative_from",), most=1),
            roles=tuple(self._each(value, (), "roles", self._role)),
            stages=tuple(self._each(value, (), "stages", self._stage, least=1)),
            lessons=tuple(self._each(value, (), "lessons", self._lesson, least=1)),
            follows=self._follows(value["follows"]) if "follows" in value else None,
        )
        self._check_keys(playbook)
        self._check_references(playbook)
        if playbook.follows:
            self._check_follows(playbook, playbook.follows)
        return playbook

    # --- parts ------------------------------------------------------------------------------------------------

    def _role(self, value: Any, path: Path) -> Role:
        value = self.reader.mapping(value, path, ["key", "name", "summary"])
        return Role(
            self._text(value, path, "key"),
            self._text(value, path, "name"),
            self._text(value, path, "summary", may_be_empty=True),
        )

    def _stage(self, value: Any, path: Path) -> Stage:
        value = self.reader.mapping(value, path, ["key", "name", "facts"], ["gates"])
        return Stage(
            self._text(value, path, "key"),
            self._text(value, path, "name"),
            self._text(value, path, "facts"),
            self.reader.table(value.get("gates", {}), (*path, "gates")),
        )

    def _lesson(self, value: Any, path: Path) -> Lesson:
        value = self.reader.mapping(value, path, ["key", "title", "summary", "weight", "criteria"])
        return Lesson(
            key=self._text(value, path, "key"),
            title=self._text(value, path, "title"),
            summary=self._text(value, path, "summary", may_be_empty=True),
            weight=self._number(value, path, "weight"),
            criteria=tuple(self._each(value, path, "criteria", self._criterion, least=1)),
        )

    def _criterion(self, value: Any, path: Path) -> Criterion:
        texts = ["key", "title", "question", "why", "weight", "not_applicable", "evidence", "data", "ask"]
        value = self.reader.mapping(value, path, [*texts, "levels", "targets"])
        condition = value.get("not_applicable")
        levels = tuple(self._each(value, path, "levels", self._level, least=2))
        self._check_levels(levels, (*path, "levels"))
        return Criterion(
            key=self._text(value, path, "key"),
            title=self._text(value, path, "title"),
            question=self._text(value, path, "question"),
            why=self._text(value, path, "why", may_be_empty=True),
            weight=self._number(value, path, "weight"),
            not_applicable=None if condition is None else self._condition(condition, (*path, "not_applicable")),
            evidence=tuple(self._each(value, path, "evidence", self.reader.text)),
            data=tuple(self._each(value, path, "data", self.reader.text)),
            ask=self._text(value, path, "ask"),
            levels=levels,
            targets=self._table(value, path, "targets"),
        )

    def _condition(self, value: Any, path: Path) -> str:
        return self.reader.text(value, path, hint="; write the condition in words, or null where it may never be said")

    def _level(self, value: Any, path: Path) -> Level:
        value = self.reader.mapping(value, path, ["descriptor", "next_step"])
        return Level(self._text(value, path, "descriptor"), self._text(value, path, "next_step"))

    def _follows(self, value: Any) -> Follows:
        path: Path = ("follows",)
        value = self.reader.mapping(value, path, ["version", "criteria", "retired"])
        criteria = self.reader.table(value.get("criteria", {}), (*path, "criteria"))
        return Follows(
            version=self._text(value, path, "version"),
            criteria={key: self._origin(each, (*path, "criteria", key)) for key, each in criteria.items()},
            retired=tuple(self._each(value, path, "retired", self.reader.text)),
        )

    def _origin(self, value: Any, path: Path) -> Origin:
        value = self.reader.mapping(value, path, ["kind", "from", "comparable"])
        kind = self._text(value, path, "kind")
        if kind and kind not in KINDS:
            self.reader.fault((*path, "kind"), f"is “{shortened(kind)}”; it must be one of {', '.join(KINDS)}")
        sources = tuple(self._each(value, path, "from", self.reader.text))
        if value.get("from") == [] and kind != "new":
            self.reader.fault((*path, "from"), "names no criterion; only a new criterion comes from none")
        comparable = self.reader.flag(value["comparable"], (*path, "comparable")) if "comparable" in value else False
        return Origin(kind, sources, comparable)

    # --- rules between parts ----------------------------------------------------------------------------------

    def _check_levels(self, levels: Sequence[Level], path: Path) -> None:
        seen: dict[str, int] = {}
        for number, level in enumerate(levels):
            reading = " ".join(level.descriptor.split()).casefold()
            if reading and seen.setdefault(reading, number) != number:
                self.reader.fault((*path, number, "descriptor"), f"reads the same as level {seen[reading]}")

    def _check_keys(self, playbook: Playbook) -> None:
        self._unique([(("roles", n, "key"), role.key) for n, role in enumerate(playbook.roles)], "role")
        self._unique([(("stages", n, "key"), stage.key) for n, stage in enumerate(playbook.stages)], "stage")
        self._unique([(("lessons", n, "key"), lesson.key) for n, lesson in enumerate(playbook.lessons)], "lesson")
        self._unique([((*path, "key"), criterion.key) for path, criterion in _criteria(playbook)], "criterion")
        if playbook.follows:
            retired = enumerate(playbook.follows.retired)
            self._unique([(("follows", "retired", n), key) for n, key in retired], "retired criterion")

    def _unique(self, keys: Iterable[tuple[Path, str]], kind: str) -> None:
        first: dict[str, Path] = {}
        for path, key in keys:
            if key and first.setdefault(key, path) != path:
                self.reader.fault(
                    path,
                    f"“{shortened(key)}” is the key of another {kind}, at {written(first[key])}; "
                    "give this one a key of its own",
                )

    def _check_references(self, playbook: Playbook) -> None:
        for number, stage in enumerate(playbook.stages):
            path: Path = ("stages", number, "gates")
            if number == 0 and stage.gates:
                self.reader.fault(path, "the first stage has no gates")
            for key, level in stage.gates.items():
                if self._is_criterion(playbook, key, (*path, key)):
                    self._level_of(playbook.criterion[key], level, (*path, key))
        for path, criterion in _criteria(playbook):
            for key, level in self._targets(playbook, criterion, (*path, "targets")).items():
                self._level_of(criterion, level, (*path, "targets", key))

    def _targets(self, playbook: Playbook, criterion: Criterion, path: Path) -> Mapping[str, Any]:
        """The targets, one for every stage. Where a stage's key cannot be read, an unknown one may be meant for it."""
        keys = {stage.key: None for stage in playbook.stages}
        if not isinstance(criterion.targets, dict) or not keys:
            return criterion.targets
        unreadable = "" in keys
        keys.pop("", None)
        missing = [key for key in keys if key not in criterion.targets]
        for key in criterion.targets:
            if key not in keys and not unreadable:
                self.reader.fault((*path, key), f"no stage has the key “{shortened(key)}”{near(key, missing or keys)}")
        for key in missing:
            self.reader.fault((*path, key), "is missing; every stage has a target")
        return {key: level for key, level in criterion.targets.items() if key in keys or unreadable}

    def _is_criterion(self, playbook: Playbook, key: str, path: Path) -> bool:
        """Whether a key names a criterion; where there are none at all, that is the fault, told already."""
        if key not in playbook.criterion and playbook.criterion:
            self.reader.fault(path, f"no criterion has the key “{shortened(key)}”{near(key, playbook.criterion)}")
        return key in playbook.criterion

    def _level_of(self, criterion: Criterion, level: Any, path: Path) -> None:
        highest = criterion.top if criterion.top > 0 else sys.maxsize  # too few levels is a fault told already
        self.reader.whole(level, path, 0, highest, because=self._counted(criterion))

    def _counted(self, criterion: Criterion) -> str:
        return f", since the criterion has {len(criterion.levels)} levels, counted from 0"

    def _check_follows(self, playbook: Playbook, follows: Follows) -> None:
        if follows.version and follows.version == playbook.version:
            self.reader.fault(("follows", "version"), "is this version itself; it must be another one")
        for key in follows.criteria:
            self._is_criterion(playbook, key, ("follows", "criteria", key))
        for number, key in enumerate(follows.retired):
            if key in playbook.criterion:
                self.reader.fault(("follows", "retired", number), f"“{shortened(key)}” is still in this version")

    # --- values -----------------------------------------------------------------------------------------------

    def _each(self, value: dict[str, Any], path: Path, key: str, read: Any, least: int = 0) -> Iterable[Any]:
        if key not in value:
            return []
        items = self.reader.items(value[key], (*path, key), least)
        return [read(each, (*path, key, number)) for number, each in enumerate(items)]

    def _table(self, value: dict[str, Any], path: Path, key: str) -> Mapping[str, Any]:
        """A mapping of its own keys; where it is missing or something else, one that nothing more is said of."""
        if isinstance(value.get(key), dict):
            return cast(dict[str, Any], value[key])
        if key in value:
            self.reader.table(value[key], (*path, key))
        return MappingProxyType({})

    def _text(self, value: dict[str, Any], path: Path, key: str, *, may_be_empty: bool = False) -> str:
        return self.reader.text(value[key], (*path, key), may_be_empty=may_be_empty) if key in value else ""

    def _number(self, value: dict[str, Any], path: Path, key: str) -> Decimal:
        return self.reader.number(value[key], (*path, key)) if key in value else Decimal(1)


def _criteria(playbook: Playbook) -> Iterable[tuple[Path, Criterion]]:
    for number, lesson in enumerate(playbook.lessons):
        for place, criterion in enumerate(lesson.criteria):
            yield ("lessons", number, "criteria", place), criterion
