"""The journal of a draft: each change with who made it and the whole draft as it then stood.

A write to a draft begins with `open_journal` and ends with `record_change`, both in its own transaction.
"""

import json

from django.db import transaction
from django.utils import timezone

from assessments.comparing.parts import parts_changed
from assessments.models import DraftChange, User, Version
from assessments.selectors.drafts import DraftState, last_change, packed, state_of, unpacked
from assessments.services.drafting import hold_draft

AS_IT_WAS = "The draft as it was when its journal began"
ELSEWHERE = "A change that was not recorded when it was made"
LONGEST = 300


@transaction.atomic
def open_journal(*, version_id: int) -> None:
    """Hold a draft, and see to it that the journal knows it as it is before it is written to.

    Raises PublishedIsReadOnly. So the first change to an older draft can be undone as well, and a change that went
    past the journal is never put down to the next person who writes.
    """
    hold_draft(version_id=version_id)
    version = Version.objects.get(pk=version_id)
    what = ELSEWHERE if version.changes.exists() else AS_IT_WAS
    record_change(version=version, by=None, what=what)


@transaction.atomic
def record_change(*, version: Version, by: User | None, what: str) -> DraftChange | None:
    """Keep a draft as it is now under the next number. Nothing is kept, and None returned, where nothing changed."""
    hold_draft(version_id=version.pk)
    now = state_of(Version.objects.select_related("playbook").get(pk=version.pk))
    last, document = last_change(version), packed(now)
    if last and bytes(last.document) == document:
        return None
    about = _parts(unpacked(bytes(last.document)), now) if last else []
    return DraftChange.objects.create(
        version=version,
        number=last.number + 1 if last else 1,
        at=timezone.now(),
        by=by,
        what=what if len(what) <= LONGEST else f"{what[: LONGEST - 1]}…",
        about=json.dumps(about),
        document=document,
    )


def _parts(before: DraftState, now: DraftState) -> list[str]:
    decided = [key for key in now.document.criterion if before.decided.get(key) != now.decided.get(key)]
    return list(dict.fromkeys([*parts_changed(before.document, now.document), *(f"criteria/{key}" for key in decided)]))
