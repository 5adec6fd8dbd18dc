"""Which parts of a playbook are not as they were: by name, for a journal; what is different is told elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from assessments.interchange.documents import Lesson, Playbook

OWN = "version"
"""The name of what belongs to no part: title, number, summary, the order of lessons, stages and roles."""


def parts_changed(before: Playbook, after: Playbook) -> list[str]:
    """The names of the parts that were added, changed, moved or taken out: `criteria/shared-vision`, in order.

    A gate belongs to its stage and to its criterion; what became of a criterion belongs to the criterion.
    """
    old, new = dict(_parts(before)), dict(_parts(after))
    return [name for name in {**new, **old} if old.get(name) != new.get(name)]


def _parts(playbook: Playbook) -> Iterator[tuple[str, object]]:
    orders = [[each.key for each in parts] for parts in (playbook.lessons, playbook.stages, playbook.roles)]
    follows = playbook.follows and (playbook.follows.version, playbook.follows.retired)
    own = replace(playbook, lessons=(), stages=(), roles=(), follows=None)
    yield OWN, (own, orders, follows)
    for lesson in playbook.lessons:
        yield f"lessons/{lesson.key}", (_alone(lesson), [each.key for each in lesson.criteria])
        for criterion in lesson.criteria:
            origin = playbook.follows and playbook.follows.criteria.get(criterion.key)
            yield f"criteria/{criterion.key}", (criterion, lesson.key, _gates(playbook, criterion.key), origin)
    yield from ((f"stages/{stage.key}", stage) for stage in playbook.stages)
    yield from ((f"roles/{role.key}", role) for role in playbook.roles)


def _alone(lesson: Lesson) -> Lesson:
    return replace(lesson, criteria=())


def _gates(playbook: Playbook, key: str) -> Mapping[str, int]:
    return {stage.key: stage.gates[key] for stage in playbook.stages if key in stage.gates}
