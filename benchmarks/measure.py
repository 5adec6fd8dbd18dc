"""Timing and tables: how every benchmark measures and prints."""

import statistics
import time
from collections.abc import Callable, Sequence

Row = Sequence[str]


def median_ms(call: Callable[[], object], times: int = 20, warm: int = 2) -> float:
    """The median of `times` runs in milliseconds, after `warm` runs that do not count."""
    for _ in range(warm):
        call()
    return statistics.median(_once(call) for _ in range(times))


def _once(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def table(title: str, heads: Row, rows: Sequence[Row]) -> None:
    """Print a table: the first column to the left, figures to the right."""
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    print(f"\n{title}")
    for row in [heads, ["-" * width for width in widths], *rows]:
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        print("  " + "  ".join(cells))
    print(flush=True)
