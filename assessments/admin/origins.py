"""The criterion map of a version as its page shows it: what is decided, what is guessed, and the texts side by side."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assessments.admin.origin_forms import RETIRED, GoneForm, OriginForm
from assessments.comparing import changes, fields
from assessments.comparing.changes import Part
from assessments.comparing.guessing import Guess, guesses
from assessments.interchange import Fault
from assessments.interchange.documents import Criterion as Text
from assessments.interchange.documents import Origin as Told
from assessments.models import Criterion, Origin, Version
from assessments.selectors.origins import decisions_between
from assessments.selectors.playbooks import criterion_ids, playbook_document
from assessments.services.origins import remarks_on_origins, state_of

ASKED = {fields.TITLE, fields.QUESTION, fields.NOT_APPLICABLE, fields.LEVEL}
"""The fields that a place reads when it decides on a level; the others do not change what became of a criterion."""
SEVERAL = 2


@dataclass
class Row:
    """A criterion on the map: its texts against the old ones, what is decided or guessed, and what is wrong with it."""

    pk: int
    now: Text
    told: Told
    state: str
    reason: str
    parts: Sequence[Part]
    olds: Sequence[Text]
    form: OriginForm | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"criterion-{self.pk}"

    @property
    def title(self) -> str:
        return self.now.title

    @property
    def old_title(self) -> str:
        """The title of the single criterion that it comes from, where that is another one."""
        return self.olds[0].title if len(self.olds) == 1 and self.olds[0].key != self.now.key else ""

    @property
    def kind(self) -> str:
        return str(Origin.Kind(self.told.kind).label)


@dataclass
class GoneRow:
    """A criterion that is in the version no longer."""

    pk: int
    old: Text
    part: Part
    retired: bool
    takers: Sequence[Row]
    """Those that come from it, decided or so guessed."""
    form: GoneForm | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"gone-{self.pk}"

    @property
    def title(self) -> str:
        return self.old.title

    @property
    def state(self) -> str:
        return "decided" if self.retired or self.went else "open"

    @property
    def went(self) -> Sequence[Row]:
        return [row for row in self.takers if row.state == "decided"]


class Map:
    """All that the page of a version shows; `data` is what somebody sent."""

    def __init__(self, version: Version, followed: Version, data: Any = None) -> None:
        self.version = version
        document, before = playbook_document(version), playbook_document(followed)
        self.standing = decisions_between(version, document, before)
        self.fields = fields.Fields(before, document, False)
        self.pks, self.old_pks = criterion_ids(version), criterion_ids(followed)
        found = guesses(before, document)
        self.rows = [self._row(now, found.get(key)) for key, now in self.standing.asked.items()]
        self.gone = [self._gone(old) for old in self.standing.gone.values()]
        self.same = [each for key, each in document.criterion.items() if key not in self.standing.asked]
        if not version.is_published:
            self._give_forms(data)

    @property
    def decided(self) -> int:
        return len(self.standing.decided & set(self.standing.asked)) + len(self.standing.settled)

    @property
    def to_decide(self) -> int:
        return len(self.rows) + len(self.gone)

    def _row(self, now: Text, guess: Guess | None) -> Row:
        standing, key = self.standing, now.key
        told = standing.told.get(key) or (guess.origin if guess else Told("same", (key,), True))
        state = "decided" if key in standing.decided else "stale" if key in standing.stale else "open"
        olds = [standing.before.criterion[each] for each in told.sources if each in standing.before.criterion]
        return Row(self.pks[key], now, told, state, guess.reason if guess else "", self._parts(now, olds), olds)

    def _parts(self, now: Text, olds: Sequence[Text]) -> list[Part]:
        """The difference from the old criterion of the same key, or from the single one; all that the others say."""
        same = [old for old in olds if old.key == now.key] or (olds if len(olds) == 1 else [])
        first = self._part(changes.CHANGED, same[0], now) if same else self._part(changes.ADDED, None, now)
        return [first, *(self._part(changes.REMOVED, old, None) for old in olds if old not in same)]

    def _part(self, became: str, old: Text | None, now: Text | None) -> Part:
        known: Any = now or old
        found = tuple(each for each in self.fields.criterion(old, now) if each.field in ASKED)
        return Part(changes.CRITERIA, became, known.key, known.title, changes=found)

    def _gone(self, old: Text) -> GoneRow:
        takers = [row for row in self.rows if old.key in row.told.sources]
        part = self._part(changes.REMOVED, old, None)
        return GoneRow(self.old_pks[old.key], old, part, old.key in self.standing.retired, takers)

    # --- deciding -----------------------------------------------------------------------------------------------

    def _give_forms(self, data: Any) -> None:
        for row in self.rows:
            row.form = self.form_of(row, data)
        for gone in self.gone:
            gone.form = None if gone.went else self.form_of_gone(gone, data)

    def form_of(self, row: Row, data: Any = None) -> OriginForm:
        return OriginForm(
            data,
            prefix=f"c{row.pk}",
            old=list(self.standing.before.criteria()),
            suggested=row.told,
            decided=row.state == "decided",
            initial={"seen": state_of(self.standing, row.now.key)},
        )

    def form_of_gone(self, gone: GoneRow, data: Any = None) -> GoneForm:
        initial = {"fate": RETIRED if gone.retired else "", "seen": state_of(self.standing, gone.old.key)}
        takers = [(str(row.pk), row.now.title) for row in self.rows]
        return GoneForm(data, prefix=f"g{gone.pk}", takers=takers, initial=initial)

    def say(self, faults: Iterable[Fault]) -> None:
        """Put faults beside the rows that they are about."""
        rows: dict[str, Any] = {gone.old.key: gone for gone in self.gone} | {row.now.key: row for row in self.rows}
        for fault in faults:
            key = str(fault.path[2]) if len(fault.path) > SEVERAL else ""
            if key in rows:
                rows[key].errors.append(fault.reason)

    @property
    def all_rows(self) -> list[Row | GoneRow]:
        return [*self.rows, *self.gone]

    @property
    def wrong(self) -> list[Row | GoneRow]:
        return [row for row in self.all_rows if row.errors]

    def say_what_is_wrong(self) -> None:
        """What is the matter with what has been decided, beside its row; what is undecided says so itself."""
        found = remarks_on_origins(self.version, self.standing.document, self.standing.before)
        self.say(Fault(each.path, each.sentence) for each in found if each.path[2] in self.standing.decided)


def counts(version: Version) -> tuple[list[tuple[str, int]], int]:
    """How many criteria became what, as it is decided, none for nothing; and how many scores break. Three queries."""
    rows = list(Origin.objects.filter(criterion__version=version).values_list("kind", "comparable"))
    found = Counter(kind for kind, _ in rows)
    found[Origin.Kind.SAME] += Criterion.objects.filter(version=version).count() - len(rows)
    told = [(kind.label.lower(), found[kind]) for kind in Origin.Kind]
    told.append(("retired", version.retired.count()))
    broken = sum(not comparable for kind, comparable in rows if kind != Origin.Kind.NEW)
    return [each for each in told if each[1]], broken
