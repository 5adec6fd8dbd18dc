"""Reads of what became of each criterion of a version, as it has been decided so far."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from assessments.comparing.deciding import fingerprint, gone_keys, used_keys
from assessments.comparing.guessing import is_same
from assessments.interchange.documents import Criterion as Text
from assessments.interchange.documents import Follows, Playbook
from assessments.interchange.documents import Origin as Told
from assessments.models import Criterion, Origin, Version
from assessments.selectors.playbooks import playbook_document


@dataclass(frozen=True)
class Decisions:
    """A version held against the one that it follows. `told` has an entry for each decision, also “the same”."""

    document: Playbook
    before: Playbook
    told: Mapping[str, Told]
    stale: frozenset[str]
    """The keys of criteria whose texts, or those of what they come from, have changed since it was decided."""
    retired: tuple[str, ...]

    @cached_property
    def asked(self) -> dict[str, Text]:
        """The criteria of which something is to be said, or has been: those that do not read the same."""
        return {
            each.key: each
            for each in self.document.criteria()
            if each.key in self.told or not is_same(self.before, each)
        }

    @cached_property
    def decided(self) -> frozenset[str]:
        """Those of them that are decided, on the texts as they are now."""
        return frozenset(self.told) - self.stale

    @cached_property
    def gone(self) -> dict[str, Text]:
        """The criteria of the version before that this one has no longer."""
        return {key: self.before.criterion[key] for key in gone_keys(self.document, self.before)}

    @cached_property
    def settled(self) -> frozenset[str]:
        """Those of them that are confirmed as retired, or that a decided criterion comes from."""
        used = used_keys(self.told[key] for key in self.decided)
        return frozenset(key for key in self.gone if key in used or key in self.retired)

    def with_all_told(self) -> Playbook:
        """The document with the decisions in it that a file leaves out: “the same”."""
        return replace(self.document, follows=Follows(self.before.version, self.told, self.retired))


def reads_as_before(criterion: Criterion) -> bool:
    """Whether a place is asked the same by it as by the one with its key in the version before. Three queries."""
    keyed = {"key": criterion.key, "version__playbook": criterion.version.playbook_id}
    old = Criterion.objects.filter(**keyed, version__number=criterion.version.follows).first()
    return old is not None and _asked(old) == _asked(criterion)


def _asked(row: Criterion) -> tuple[object, ...]:
    return row.title, row.question, row.not_applicable, list(row.levels.values_list("descriptor", flat=True))


def followed_version(version: Version) -> Version | None:
    """The version that this one follows, if it is stored here. One query."""
    if not version.follows:
        return None
    others = Version.objects.filter(playbook=version.playbook_id, number=version.follows).exclude(pk=version.pk)
    return others.select_related("playbook").first()


def decisions_on(version: Version) -> Decisions | None:
    """What has been decided; None where the version follows none that is stored here."""
    followed = followed_version(version)
    if followed is None:
        return None
    return decisions_between(version, playbook_document(version), playbook_document(followed))


def decisions_between(version: Version, document: Playbook, before: Playbook) -> Decisions:
    """The same, for documents that have been read. Three queries."""
    rows = Origin.objects.filter(criterion__version=version).select_related("criterion").prefetch_related("sources")
    told = {
        row.criterion.key: Told(row.kind, tuple(source.key for source in row.sources.all()), row.comparable)
        for row in rows
    }
    on = {row.criterion.key: row.decided_on for row in rows}
    stale = (key for key in told if fingerprint(told[key], document.criterion[key], before) != on[key])
    retired = tuple(version.retired.values_list("key", flat=True))
    return Decisions(document, before, told, frozenset(stale), retired)
