"""A result as plain JSON values that lose nothing, so that a submitted result is read again and never computed again.

Figures are kept as exact fractions ("245/4"); pages and PDFs round them once, just as they do a result made now.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from assessments.scoring.result import Result


def freeze(result: Result) -> dict[str, Any]:
    """The result as JSON values."""
    frozen: dict[str, Any] = _freeze(result)
    return frozen


def thaw(frozen: Mapping[str, Any]) -> Result:
    """The result that `freeze` was given."""
    result: Result = _thaw(Result, frozen)
    return result


def _freeze(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if is_dataclass(value):
        return {field.name: _freeze(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _freeze(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_freeze(each) for each in value]
    return value


def _thaw(kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):
        kinds = [each for each in get_args(kind) if each is not NoneType]
        return value if value is None or len(kinds) > 1 else _thaw(kinds[0], value)
    if kind is Fraction:
        return Fraction(value)
    if get_origin(kind) is tuple:
        return tuple(_thaw(get_args(kind)[0], each) for each in value)
    if get_origin(kind) is Mapping:
        return {key: _thaw(get_args(kind)[1], each) for key, each in value.items()}
    if is_dataclass(kind):
        hints = _HINTS.get(kind) or _HINTS.setdefault(kind, get_type_hints(kind))
        return kind(**{name: _thaw(hint, value[name]) for name, hint in hints.items()})  # type: ignore[operator]
    return value


_HINTS: dict[Any, dict[str, Any]] = {}
