"""What is wrong with a workbook that came back: each fault with its sheet and cell, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass

MOST_TOLD = 200
"""More than this nobody reads."""


@dataclass(frozen=True)
class SheetFault:
    """`sheet` and `cell` are empty where the fault is the whole file's."""

    message: str
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.sheet, self.cell, self.message) if part)


class WorkbookError(ValueError):
    """A workbook was refused, whole. `faults` holds everything that is wrong with it, in the order of its sheets."""

    def __init__(self, faults: Iterable[SheetFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def refused(message: str) -> WorkbookError:
    """For a file that cannot be read at all."""
    return WorkbookError([SheetFault(message)])
