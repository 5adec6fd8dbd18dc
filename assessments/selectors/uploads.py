"""Reads for an upload: where a document would go, and what it is held against."""

import hashlib
from dataclasses import dataclass

from assessments.interchange import Playbook, freeze_playbook
from assessments.models import Version
from assessments.selectors.playbooks import playbook_document


@dataclass(frozen=True)
class Landing:
    """`here` is the version that has the document's number already; `before` the one that the document comes after.

    `compared` is what a reader is shown the difference to: the draft that would be written over, or `before`.
    `keys` are those of all playbooks, where the document would begin a new one.
    """

    here: Version | None
    before: Version | None
    compared: Playbook | None
    keys: tuple[str, ...] = ()

    @property
    def against(self) -> Version | None:
        return self.here or self.before

    @property
    def seen(self) -> str:
        """Stands for all that the reader is shown of what is here: another one means that it changed meanwhile."""
        state = f"{self.here.pk} {self.here.state}" if self.here else ""
        text = freeze_playbook(self.compared) if self.compared else ""
        return hashlib.sha256(f"{state}\n{text}".encode()).hexdigest()


def landing_of(document: Playbook) -> Landing:
    """Where a document would go. Thirteen queries at most."""
    rows = Version.objects.select_related("playbook", "published_by").filter(playbook__key=document.key)
    versions = {version.number: version for version in rows.order_by("published_at", "pk")}
    here = versions.pop(document.version, None)
    followed = versions.get(document.follows.version) if document.follows else None
    published = [version for version in versions.values() if version.is_published]
    before = followed or (published[-1] if published else None)
    against = here or before
    keys = (
        () if here or versions else tuple(Version.objects.order_by().values_list("playbook__key", flat=True).distinct())
    )
    return Landing(here, before, playbook_document(against) if against else None, keys)
