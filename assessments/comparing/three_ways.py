"""What a workbook says held against what stood there when it was downloaded, and against what stands there now.

Nothing that somebody said since is put aside in silence: what was changed on both sides is for a person to decide.
"""

from dataclasses import dataclass

from assessments.interchange.filled import ANSWER, NOTE, Entry, Line, fingerprint

SAME = "same"
"""The line would change nothing: nobody changed it, or both to the same."""
ON_SITE = "on_site"
"""It was changed on the site only, which stays."""
IN_FILE = "in_file"
"""It was changed in the file only."""
IN_BOTH = "in_both"
"""It was changed on both sides, to different things."""
UNKNOWN = "unknown"
"""It differs, and the file does not say any more what was downloaded."""


@dataclass(frozen=True)
class Held:
    """A line held against the site. `proposed` is what would stand there if it were taken over."""

    line: Line
    site: Entry
    proposed: Entry
    kind: str

    @property
    def differs(self) -> bool:
        return self.kind in (IN_FILE, IN_BOTH, UNKNOWN)

    @property
    def is_conflict(self) -> bool:
        """Whether somebody has to choose between the two."""
        return self.kind in (IN_BOTH, UNKNOWN)


def hold(line: Line, site: Entry, revision: int = 0) -> Held:
    """Hold a line against what stands on the site, `site` at `revision`."""
    proposed = proposal(line, site)
    return Held(line, site, proposed, _kind(line, site, revision, proposed))


def proposal(line: Line, site: Entry) -> Entry:
    """What would stand there: what the file changed, and beside it what the site says now.

    What the file has no column for, or left as it was downloaded, stays as it is on the site.
    """
    said = changed_in_file(line)
    answer, reason = line.entry.choice if ANSWER in said else site.choice
    return Entry(answer, reason, line.entry.note if NOTE in said else site.note)


def changed_in_file(line: Line) -> frozenset[str]:
    """What the line says otherwise than what was downloaded; all that it says where that is not known."""
    if line.before is None:
        return line.says
    before = line.before.entry
    changed = {ANSWER: line.entry.choice != before.choice, NOTE: line.entry.note != before.note}
    return frozenset(each for each in line.says if changed[each])


def _kind(line: Line, site: Entry, revision: int, proposed: Entry) -> str:
    if line.before is None:
        if proposed == site:
            return SAME
        return IN_FILE if site.is_blank else UNKNOWN
    stays = _stands_as_downloaded(line, site, revision)
    if proposed == site:
        return SAME if stays or changed_in_file(line) else ON_SITE
    return IN_FILE if stays else IN_BOTH


def _stands_as_downloaded(line: Line, site: Entry, revision: int) -> bool:
    before = line.before
    if before is None:
        return False
    if before.fingerprint:
        return before.fingerprint == fingerprint(site)
    return before.entry == site or 0 < before.revision == revision
