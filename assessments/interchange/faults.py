"""What is wrong with a document: each fault with the path of the value, the line where it stands, and the reason."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]

LONGEST_SHOWN = 60
_PLAIN = re.compile(r"[^\s.\[\]\"']+")


@dataclass(frozen=True)
class Fault:
    """`path` is empty where the fault is the whole document's; `line` counts from 1, None where it is not known."""

    path: Path
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        where = written(self.path)
        line = f" (line {self.line})" if self.line else ""
        return f"{where}: {self.reason}{line}" if where else f"{self.reason}{line}"


class DocumentError(ValueError):
    """A document was refused. `faults` holds everything that is wrong with it, in the order of the document."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def written(path: Path) -> str:
    """A path as people write it: `lessons[2].criteria[0].levels`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step) and step.isprintable() and len(step) <= LONGEST_SHOWN:
            text += f".{step}" if text else step
        else:
            text += f'["{shortened(step)}"]'
    return text


def shortened(value: object, most: int = LONGEST_SHOWN) -> str:
    """A value in a message: one line, printable, never long."""
    text = " ".join(str(value).split())
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    return text if len(text) <= most else text[: most - 1] + "…"
