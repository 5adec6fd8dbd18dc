"""Values → checked values: every fault is noted with its path, and reading goes on, so that all are told at once."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from itertools import islice
from math import isinf
from typing import Any

from assessments.interchange.diagnosing import as_number
from assessments.interchange.faults import DocumentError, Fault, Path, shortened
from assessments.interchange.loading import Broken, Loaded, load, load_own

OTHERS = ("hubplaybook/playbook@1", "hubplaybook/answers@1", "hubplaybook/score@1", "hubplaybook/translation@1")
MOST_FAULTS = 1000
MOST_DIGITS = 30
MOST_COMPARED = 100
"""Keys longer than this are no slip of the pen, and more keys than this take long to compare."""
_NO_TEXT = re.compile("[\\0\\ud800-\\udfff]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

_NAMES = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", int: "a number", Decimal: "a number"}


class Reader:
    """Reads one document. Each method returns the value, or a harmless one and a fault."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.faults = list(loaded.faults)

    @classmethod
    def of(cls, data: bytes | str) -> "Reader":
        """A reader of a file's bytes. Raises DocumentError where they cannot be read at all."""
        return cls(load(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data))

    @classmethod
    def of_own(cls, text: str) -> "Reader":
        """A reader of JSON text that this project kept itself."""
        return cls(load_own(text))

    def fault(self, path: Path, reason: str) -> None:
        """Note a fault. Raises DocumentError at the thousandth: nobody reads on, and a hostile file has millions."""
        self.faults.append(Fault(path, reason, self.loaded.line(path)))
        if len(self.faults) >= MOST_FAULTS:
            raise DocumentError([*self.faults, Fault((), f"more than {MOST_FAULTS} faults; the rest is not told")])

    def finish(self) -> None:
        """Raise DocumentError if anything was wrong."""
        if self.faults:
            raise DocumentError(sorted(self.faults, key=lambda fault: fault.line or 0))

    def document(self, schema: str, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
        """The whole document as a mapping of its form. Raises at once for another kind of document of ours."""
        value = self.loaded.value
        if not isinstance(value, dict):
            raise DocumentError([Fault((), f"this is {named(value)}, not a {schema} document", 1)])
        said = value.get("schema", schema)
        if said != schema:
            fault = Fault(("schema",), f"is “{shortened(said)}”; it must be {schema}", self.loaded.line(("schema",)))
            if said in OTHERS:
                raise DocumentError([fault])  # another kind of document: its other faults would only confuse
            self.faults.append(fault)
        return self.mapping(value, (), ["schema", *required], optional)

    def mapping(self, value: Any, path: Path, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
        """A mapping with just these keys. What is missing or unknown is a fault at its own path."""
        if not isinstance(value, dict):
            self._expected(value, path, "a mapping of keys and values")
            return {}
        required, optional = dict.fromkeys(required), dict.fromkeys(optional)
        missing = [key for key in required if key not in value]
        for key in value:
            if key not in required and key not in optional:
                self.fault((*path, key), f"is not a key of this form{near(key, [*missing, *optional])}")
        for key in missing:
            self.fault((*path, key), "is missing")
        for key in optional:
            if key in value and value[key] is None:
                self.fault((*path, key), "is empty; leave the key out instead")
        return {key: value[key] for key in value if key in required or (key in optional and value[key] is not None)}

    def table(self, value: Any, path: Path) -> dict[str, Any]:
        """A mapping whose keys are names of things, not of the form."""
        if isinstance(value, dict):
            return value
        self._expected(value, path, "a mapping of keys and values")
        return {}

    def items(self, value: Any, path: Path, least: int = 0) -> list[Any]:
        """A list of at least `least` entries."""
        if not isinstance(value, list):
            hint = "; begin each entry on a line of its own with “- ”" if isinstance(value, str) else ""
            self._expected(value, path, "a list", hint=hint or ("; write [] for none" if value is None else ""))
            return []
        if len(value) < least:
            self.fault(path, f"needs {least} or more entries, it has {len(value)}")
        return value

    def text(self, value: Any, path: Path, *, may_be_empty: bool = False, hint: str = "") -> str:
        """Text, kept letter for letter; blank text counts as empty. `hint` says what to write for a yes or no."""
        if not isinstance(value, str):
            meant = hint if isinstance(value, bool) else ""
            self._expected(value, path, "text", hint=meant or _quoted(value, may_be_empty))
            return ""
        if not may_be_empty and not value.strip():
            self.fault(path, "is empty")
        if _NO_TEXT.search(value):
            self.fault(path, "holds a letter that is no text (a null or half a surrogate pair)")
        return value

    def whole(self, value: Any, path: Path, low: int, high: int, because: str = "") -> int:
        """A whole number from `low` to `high`, written as one (not 3.0, "3" or true)."""
        if not isinstance(value, int) or isinstance(value, bool):
            self._expected(value, path, f"a whole number from {low} to {high}", hint=_as_number(value, whole=True))
        elif not low <= value <= high:
            self.fault(path, f"is {shortened(value, 20)}; it must be a whole number from {low} to {high}{because}")
        else:
            return value
        return low

    def number(self, value: Any, path: Path, *, most: int | None = None) -> Decimal:
        """A finite number above 0, and at most `most` where that is given."""
        wanted = "a number above 0" + (f" and at most {most}" if most is not None else "")
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            self._expected(value, path, wanted, hint=_as_number(value))
            return Decimal(1)
        number = Decimal(value)
        if not number.is_finite() or isinf(float(number)) or (number and not float(number)):
            self.fault(path, f"is not {wanted} that can be counted with")
        elif len(number.as_tuple().digits) > MOST_DIGITS:
            self.fault(path, f"has more than {MOST_DIGITS} digits")
        elif number <= 0 or (most is not None and number > most):
            self.fault(path, f"is {shortened(value, 20)}; it must be {wanted}")
        else:
            return number
        return Decimal(1)

    def flag(self, value: Any, path: Path) -> bool:
        if not isinstance(value, bool):
            self._expected(value, path, "true or false")
            return False
        return value

    def day(self, value: Any, path: Path) -> date:
        """A date, as YAML reads it or as text in the form 2026-11-22."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self._expected(value, path, "a date in the form 2026-11-22")
        return date.max

    def _expected(self, value: Any, path: Path, wanted: str, hint: str = "") -> None:
        if value is Broken:
            return
        shown = isinstance(value, str | int | Decimal | date) and not isinstance(value, bool)
        said = f" (“{shortened(value)}”)" if shown else ""
        self.fault(path, f"is {named(value)}{said}; it must be {wanted}{hint}")


def named(value: Any) -> str:
    """What kind of value this is, in words."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, date):
        return "a date"
    return next((name for kind, name in _NAMES.items() if isinstance(value, kind)), "something else")


def _quoted(value: Any, may_be_empty: bool) -> str:
    """How to write as text what YAML takes for something else."""
    if isinstance(value, bool):
        return "; write it in quotes, since YAML takes yes, no, on and off for true and false"
    if value is None:
        return '; write "" where there is none' if may_be_empty else ""
    return f'; write it in quotes: "{shortened(value)}"' if isinstance(value, int | Decimal | date) else ""


def _as_number(value: Any, *, whole: bool = False) -> str:
    """How to write as a number what is written as something else."""
    if isinstance(value, Decimal):
        return f"; write {value:.0f}" if value == value.to_integral_value() and abs(value) < MOST_FAULTS else ""
    found = as_number(value) if isinstance(value, str) else ""
    return "" if whole and "." in found else found


def near(key: str, known: Iterable[str]) -> str:
    """The key that was probably meant, as the end of a sentence."""
    candidates = list(islice(known, MOST_COMPARED))
    found = get_close_matches(key, candidates, n=1) if len(key) <= MOST_COMPARED else []
    return f"; did you mean {shortened(found[0])}?" if found else ""
