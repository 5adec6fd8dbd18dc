"""What became of each criterion, told by the texts: written when a draft is published, unless its file said so itself.

A criterion whose texts are the same has no entry. One that is worded otherwise comes from its own key, and stays
comparable as long as its levels read the same; a new key is new; a key that is gone is retired.
"""

from assessments.interchange.documents import Criterion as Text
from assessments.interchange.documents import Playbook
from assessments.models import Criterion, Origin, OriginSource, Retired, Version
from assessments.selectors.playbooks import playbook_document


def tell_origins(version: Version) -> None:
    """Fill in what became of the criteria of a draft that follows a version stored here; leave what is told already."""
    before = Version.objects.filter(playbook=version.playbook_id, number=version.follows).select_related("playbook")
    followed = before.first()
    told = Origin.objects.filter(criterion__version=version).exists() or version.retired.exists()
    if followed is None or told:
        return
    old, new = playbook_document(followed), playbook_document(version)
    rows = {row.key: row for row in Criterion.objects.filter(version=version)}
    changed = [each for each in new.criteria() if not is_same(old.criterion.get(each.key), each)]
    origins = Origin.objects.bulk_create(
        Origin(criterion=rows[each.key], kind=_kind(old, each), comparable=_is_comparable(old, each))
        for each in changed
    )
    OriginSource.objects.bulk_create(
        OriginSource(origin=origin, key=each.key)
        for origin, each in zip(origins, changed, strict=True)
        if each.key in old.criterion
    )
    gone = [key for key in old.criterion if key not in new.criterion]
    Retired.objects.bulk_create(Retired(version=version, position=n, key=key) for n, key in enumerate(gone))


def is_same(before: Text | None, now: Text) -> bool:
    """Whether a criterion asks the same in the same words; its weight, targets and hints may differ."""
    return before is not None and _asked(before) == _asked(now)


def _asked(text: Text) -> tuple[object, ...]:
    return text.title, text.question, text.not_applicable, tuple(level.descriptor for level in text.levels)


def _kind(old: Playbook, now: Text) -> str:
    return Origin.Kind.REWORDED if now.key in old.criterion else Origin.Kind.NEW


def _is_comparable(old: Playbook, now: Text) -> bool:
    before = old.criterion.get(now.key)
    return before is not None and [level.descriptor for level in before.levels] == [
        level.descriptor for level in now.levels
    ]
