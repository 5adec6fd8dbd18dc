"""What became of each criterion, as keys and texts tell where nobody has said it yet."""

from assessments.interchange.documents import Criterion, Follows, Origin, Playbook


def guess(before: Playbook, after: Playbook) -> Follows:
    """What a reader of both versions would say: criteria of one key belong together, whatever else is new."""
    told = {key: _origin(before, now) for key, now in after.criterion.items() if not is_same(before, now)}
    gone = tuple(key for key in before.criterion if key not in after.criterion)
    return Follows(before.version, told, gone)


def is_same(before: Playbook, now: Criterion) -> bool:
    """Whether a criterion asks the same in the same words; its weight, targets and hints may differ."""
    old = before.criterion.get(now.key)
    return old is not None and asked(old) == asked(now)


def asked(text: Criterion) -> tuple[object, ...]:
    """All that a place reads when it decides on a level."""
    return text.title, text.question, text.not_applicable, tuple(level.descriptor for level in text.levels)


def _origin(before: Playbook, now: Criterion) -> Origin:
    old = before.criterion.get(now.key)
    if old is None:
        return Origin("new", (), False)
    levels = [level.descriptor for level in old.levels] == [level.descriptor for level in now.levels]
    return Origin("reworded", (now.key,), levels)
