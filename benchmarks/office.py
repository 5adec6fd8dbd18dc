"""The report as a Word document and the result as a workbook: time, size, and memory that stays flat."""

import resource
from collections.abc import Callable

from assessments.findings import Findings
from assessments.reports.making import make
from assessments.reports.options import KINDS, Options
from assessments.selectors.results import findings_of
from benchmarks.data import NOTE, person, place_with, scratch_database
from benchmarks.measure import median_ms, table

TIMES, MANY = 5, 30


def main() -> None:
    with scratch_database():
        owner = person("owner")
        plain = findings_of(place_with(owner, "Plain", answered=27, submitted=True, evidence=True))
        full = findings_of(place_with(owner, "Full", answered=27, note=NOTE, submitted=True, evidence=True))
    rows = [measured(kind, *told) for kind in ("word", "workbook") for told in (("plain", plain), ("full", full))]
    table("Word and workbook", ["kind", "kB", "median, ms"], rows)
    for kind in ("word", "workbook"):
        once, many = (grown(lambda kind=kind: make(full, Options(kind)), times) for times in (1, MANY))  # type: ignore[misc]
        print(f"  Most memory of this process after {kind}: {once} MB after 1, {many} MB after {MANY + 1}")


def measured(kind: str, name: str, findings: Findings) -> list[str]:
    size = len(make(findings, Options(kind)))
    median = median_ms(lambda: make(findings, Options(kind)), TIMES, 1)
    notes = {"plain": "27 answers, 27 pieces of evidence", "full": "the same with 2,000-letter notes"}[name]
    return [f"{KINDS[kind].name}, {notes}", f"{size / 1000:.0f}", f"{median:.0f}"]


def grown(call: Callable[[], object], times: int) -> str:
    """The most memory of this process so far, after so many more calls."""
    for _ in range(times):
        call()
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"


if __name__ == "__main__":
    main()
