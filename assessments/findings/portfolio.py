"""A place as a portfolio shows it, beside others: for the table, the charts, the PDF and the workbook alike."""

from dataclasses import dataclass
from datetime import date

from assessments.findings.findings import MOST_PRIORITIES_FIRST, Findings
from assessments.guide import Progress

NOTHING, OPEN, SUBMITTED = "nothing", "open", "submitted"


@dataclass(frozen=True)
class PlaceStanding:
    """Where a place stands: what it submitted last, or, where nothing is submitted yet, what is open as it stands.

    `kind`, `region` and `role` are words in the reader's language, the same with `_key` are as they are stored.
    `findings`, told in the reader's language, is None where nobody has answered anything; `assessment_id` is what they
    tell of, or the open assessment without answers; None where none was ever started. `progress` is that of the open
    assessment `open_id`; both are None where none is open. `submitted_on` is the day on which it last submitted,
    `changed_on` the day on which anything was last answered, evidenced, submitted or reopened. `plan` is (met, of how
    many): how many of the first priorities of the assessment submitted before are at their target now; None where
    there is no earlier one. `stage` is the name of the stage declared, `stage_key` its key, `stage_rank` its place on
    the path, from 0; they are empty where no assessment was ever started.
    """

    place_id: int
    name: str
    kind: str
    region: str
    role: str
    findings: Findings | None
    assessment_id: int | None
    progress: Progress | None
    submitted_on: date | None
    changed_on: date | None
    plan: tuple[int, int] | None
    kind_key: str = ""
    region_key: str = ""
    role_key: str = ""
    open_id: int | None = None
    stage: str = ""
    stage_key: str = ""
    stage_rank: int | None = None

    @property
    def supported_rank(self) -> int | None:
        """The place on the path, from 0, of the stage that the answers support."""
        if self.findings is None:
            return None
        return list(self.findings.playbook.stage).index(self.findings.supported.key)

    @property
    def state(self) -> str:
        """NOTHING where no assessment was ever started, SUBMITTED where one stands submitted, else OPEN."""
        if self.submitted_on is not None:
            return SUBMITTED
        return NOTHING if self.open_id is None else OPEN

    @property
    def states(self) -> frozenset[str]:
        """All that is true of the place: it may have one assessment submitted and the next one open."""
        opened = frozenset({OPEN} if self.open_id is not None else ())
        return opened | {self.state}


def plan_progress(findings: Findings) -> tuple[int, int] | None:
    """How many of the first priorities of the assessment submitted before this one are at their target now, of how
    many.

    Of the five, or fewer, that came first then: only those that the playbook's map says can be compared, and that still
    apply to the place. The target is that of the stage which this assessment declares. What nobody knows or has
    answered is not at its target. None where there is no earlier assessment, or none of its priorities can be compared.
    """
    if findings.earlier is None:
        return None
    first = findings.earlier.result.priorities[:MOST_PRIORITIES_FIRST]
    goes_on = _goes_on(findings)
    told = [findings.criterion[goes_on[each.criterion]] for each in first if each.criterion in goes_on]
    counted = [each for each in told if not each.is_left_out]
    met = [each for each in counted if each.level is not None and not each.is_below_target]
    return (len(met), len(counted)) if counted else None


def _goes_on(findings: Findings) -> dict[str, str]:
    """The criterion that each one of the earlier assessment goes on as, where the two can be compared."""
    step = findings.step
    if step is None:
        return {key: key for key in findings.criterion}
    return {source: key for key in findings.criterion if not step.why_not(key) and (source := step.source(key))}
