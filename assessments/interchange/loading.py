"""Text → a tree of plain values: YAML by a safe loader, or JSON. It knows nothing of playbooks or answers.

Numbers keep the decimals that they were written with. Hostile text (too large, too deep, aliases that multiply, tags
that name code, a second document, another encoding than UTF-8) is refused before it can cost time or memory.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from assessments.interchange import diagnosing
from assessments.interchange.faults import DocumentError, Fault, Path, shortened

MOST_BYTES = 1_048_576
MOST_VALUES = 100_000
DEEPEST = 12
LETTERS_A_VALUE = 200
"""A text counts as one value for each so many of its letters, so that aliases of long texts cannot multiply."""

_STANDARD = "tag:yaml.org,2002:"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = Resolver()
_CONSTRUCTOR: Any = SafeConstructor()


@dataclass(slots=True)
class Node:
    """A value and where it stands. `value` is a list of nodes, a list of (key, node) pairs, or a plain scalar."""

    kind: str
    value: Any
    line: int | None = None
    size: int = 1
    named: "dict[Any, Node] | None" = None

    def child(self, step: str | int) -> "Node | None":
        """The node below this one at a key or a number."""
        if self.kind == "sequence":
            return self.value[step] if isinstance(step, int) and step < len(self.value) else None
        if self.kind != "mapping":
            return None
        if self.named is None:
            self.named = dict(self.value)
        return self.named.get(step)


@dataclass(slots=True)
class Loaded:
    """The value of a document, the faults that its form alone has, and its tree, which knows the lines."""

    value: Any
    faults: list[Fault]
    root: Node

    def line(self, path: Path) -> int | None:
        """The line of the value at `path`, or of the nearest value round it."""
        node = self.root
        for step in path:
            found = node.child(step)
            if found is None:
                break
            node = found
        return node.line


def load(data: bytes) -> Loaded:
    """Read one document of anybody's. Raises DocumentError where it cannot be read at all, or is hostile."""
    text = _decoded(data)
    root = _json_tree(text) if text.lstrip().startswith(("{", "[")) else None
    if root is None:
        root = _Composer(text).document()
    if root.kind == "scalar" and (said := diagnosing.table(text)):
        raise _refuse(said)
    faults: list[Fault] = []
    return Loaded(_plain(root, (), faults), faults, root)


def load_own(text: str) -> Loaded:
    """Read JSON text that this project wrote and kept itself: however large it is, it was checked before."""
    root = _own_node(json.loads(text, object_pairs_hook=_Pairs, parse_float=Decimal))
    return Loaded(_plain(root, (), []), [], root)


def _own_node(value: Any) -> Node:
    if isinstance(value, _Pairs):
        return Node("mapping", [(key, _own_node(each)) for key, each in value])
    if isinstance(value, list):
        return Node("sequence", [_own_node(each) for each in value])
    return Node("scalar", value)


def _refuse(reason: str, line: int | None = None) -> DocumentError:
    return DocumentError([Fault((), reason, line)])


def _decoded(data: bytes) -> str:
    if other := diagnosing.other_file(data):
        raise _refuse(other)
    if len(data) > MOST_BYTES:
        raise _refuse(f"the file is too large: at most {MOST_BYTES // 1024} KiB are read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refuse(diagnosing.not_utf_8(data, error.start), line) from None
    if not text.strip():
        raise _refuse("the file is empty")
    return text


# --- JSON -----------------------------------------------------------------------------------------------------


class _Pairs(list[tuple[str, Any]]):
    """The pairs of a JSON object, double keys and all."""


def _json_tree(text: str) -> Node | None:
    """The tree of a JSON document, or None where the text is not JSON (it may be YAML in braces)."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_Pairs,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=lambda name: Decimal(name.replace("Infinity", "Inf")),
        )
        return _json_node(value, 0, [0])
    except json.JSONDecodeError:
        return None
    except RecursionError:
        raise _refuse(f"nested too deeply: at most {DEEPEST} levels are read") from None


def _json_node(value: Any, depth: int, count: list[int]) -> Node:
    count[0] += 1
    if count[0] > MOST_VALUES:
        raise _refuse(f"too many values: at most {MOST_VALUES:,} are read")
    if depth > DEEPEST:
        raise _refuse(f"nested too deeply: at most {DEEPEST} levels are read")
    if isinstance(value, _Pairs):
        return Node("mapping", [(key, _json_node(each, depth + 1, count)) for key, each in value])
    if isinstance(value, list):
        return Node("sequence", [_json_node(each, depth + 1, count) for each in value])
    return Node("scalar", value)


# --- YAML -----------------------------------------------------------------------------------------------------


@dataclass
class _Composer:
    """Builds the tree from the events of the safe loader, and stops as soon as the text is hostile."""

    text: str
    anchors: dict[str, Node | None] = field(default_factory=dict)
    total: int = 0

    def document(self) -> Node:
        try:
            return self._document(yaml.parse(self.text, Loader=_LOADER))
        except yaml.YAMLError as error:
            raise _unreadable(error, self.text) from None
        except RecursionError:
            raise _refuse(f"nested too deeply: at most {DEEPEST} levels are read") from None

    def _document(self, events: Iterator[Any]) -> Node:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise _refuse("a second document begins; a file holds one", _line(event))
                root = self._node(next(events), events, 0)
        if root is None:
            raise _refuse("the file is empty")
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if depth > DEEPEST:
            raise _refuse(f"nested too deeply: at most {DEEPEST} levels are read", _line(event))
        if isinstance(event, yaml.AliasEvent):
            return self._counted(self._alias(event), event)
        if event.anchor:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = _scalar(event)
            self._counted(node, event)
        elif isinstance(event, yaml.SequenceStartEvent):
            _check_tag(event, "seq")
            node = self._sequence(event, events, depth)
        else:
            _check_tag(event, "map")
            node = self._mapping(event, events, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _sequence(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        node = self._counted(Node("sequence", [], _line(event)), event)
        while not isinstance(following := next(events), yaml.SequenceEndEvent):
            node.value.append(self._node(following, events, depth + 1))
            node.size += node.value[-1].size
        return node

    def _mapping(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        node = self._counted(Node("mapping", [], _line(event)), event)
        while not isinstance(following := next(events), yaml.MappingEndEvent):
            key = self._node(following, events, depth + 1)
            each = self._node(next(events), events, depth + 1)
            each.line = each.line or key.line
            node.value.append((key.value if key.kind == "scalar" else None, each))
            node.size += key.size + each.size
        return node

    def _alias(self, event: Any) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            said = (
                f"*{shortened(event.anchor)} refers to itself or to nothing; a text that begins with * stands in quotes"
            )
            raise _refuse(said, _line(event))
        return node

    def _counted(self, node: Node, event: Any) -> Node:
        self.total += node.size
        if self.total > MOST_VALUES:
            raise _refuse(f"too many values: at most {MOST_VALUES:,} are read, aliases counted in full", _line(event))
        return node


def _scalar(event: Any) -> Node:
    line, text = _line(event), event.value
    tag = event.tag
    if tag in (None, "!"):
        plain = tag is None and event.implicit[0]
        tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) if plain else _STANDARD + "str"
    kind = tag.removeprefix(_STANDARD)
    size = 1 + len(text) // LETTERS_A_VALUE
    if kind in ("str", "value", "merge"):
        return Node("scalar", text, line, size)
    if kind == "null":
        return Node("scalar", None, line)
    node = yaml.ScalarNode(tag, text)
    try:
        if kind == "bool":
            return Node("scalar", _CONSTRUCTOR.construct_yaml_bool(node), line)
        if kind == "int":
            return Node("scalar", _whole_yaml(node), line)
        if kind == "float":
            return Node("scalar", _float_yaml(node), line)
        if kind == "timestamp":
            return Node("scalar", _CONSTRUCTOR.construct_yaml_timestamp(node), line)
    except (ValueError, LookupError, ArithmeticError, AttributeError):
        return Node("broken", f"“{shortened(text)}” is not a {'date' if kind == 'timestamp' else 'number'}", line)
    raise _refuse(f"the tag {shortened(tag)} is not allowed: plain text, numbers, lists and mappings only", line)


def _check_tag(event: Any, kind: str) -> None:
    if event.tag not in (None, "!", _STANDARD + kind):
        raise _refuse(
            f"the tag {shortened(event.tag)} is not allowed: plain text, numbers, lists and mappings only", _line(event)
        )


def _whole_yaml(node: Any) -> int:
    if len(node.value) > _LONGEST_NUMBER:
        raise ValueError("too long")
    value: int = _CONSTRUCTOR.construct_yaml_int(node)
    return value


def _float_yaml(node: Any) -> Decimal:
    text = node.value.replace("_", "").lower()
    if "inf" in text or "nan" in text:
        return Decimal(text.replace(".", ""))
    if ":" in text:  # YAML 1.1 counts in sixties
        return Decimal(str(_CONSTRUCTOR.construct_yaml_float(node)))
    return _decimal(text)


_LONGEST_NUMBER = 400


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text[: _LONGEST_NUMBER + 1]) if len(text) <= _LONGEST_NUMBER else Decimal("NaN")
    except InvalidOperation:
        return Decimal("NaN")


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_NUMBER else Decimal("NaN")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _unreadable(error: yaml.YAMLError, text: str) -> DocumentError:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is neither YAML nor JSON"
    context = getattr(error, "context", None)
    began = problem.startswith(diagnosing.OF_WHERE_IT_BEGAN)
    mark = (began and getattr(error, "context_mark", None)) or getattr(error, "problem_mark", None)
    if said := diagnosing.table(text):
        return _refuse(said)
    lines = text.splitlines()
    if mark and mark.line < len(lines) and (said := diagnosing.bad_line(problem, lines, mark.line)):
        return _refuse(f"the file cannot be read: {said}", mark.line + 1)
    reason = f"the file cannot be read: {shortened(problem, 160)}"
    if context:
        reason += f" ({shortened(context, 80)})"
    return _refuse(reason, mark.line + 1 if mark else None)


# --- Plain values -----------------------------------------------------------------------------------------------


def _plain(node: Node, path: Path, faults: list[Fault]) -> Any:
    """Dicts, lists, texts, whole numbers, decimals, dates, True, False and None; double or odd keys become faults."""
    if node.kind == "sequence":
        return [_plain(each, (*path, number), faults) for number, each in enumerate(node.value)]
    if node.kind == "broken":
        faults.append(Fault(path, node.value, node.line))
        return Broken
    if node.kind == "scalar":
        return node.value
    values: dict[str, Any] = {}
    first: dict[str, int | None] = {}
    for key, each in node.value:
        if not isinstance(key, str):
            faults.append(Fault(path, _odd_key(key), each.line))
        elif key in values:
            at = f", first at line {first[key]}" if first[key] else ""
            faults.append(Fault((*path, key), f"stands here twice{at}; keep one of the two", each.line))
        else:
            first[key] = each.line
            values[key] = _plain(each, (*path, key), faults)
    return values


class Broken:
    """Stands for a value whose fault has been told already."""


def _odd_key(key: object) -> str:
    if isinstance(key, bool):
        return f"the key {str(key).lower()} is not text; write it in quotes (yes, no, on and off are true and false)"
    if isinstance(key, date | datetime | int | Decimal):
        return f"the key {key} is not text; write it in quotes"
    return "a key is not text; write it in quotes"
