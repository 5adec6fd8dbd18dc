"""A second and a third version of the first playbook: all that can become of a criterion, for tests of histories."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from assessments.interchange import Playbook
from assessments.interchange.documents import Criterion, Follows, Lesson, Origin
from assessments.models import Assessment, Place, User, Version
from assessments.services.assessing import start_assessment
from assessments.services.playbooks import import_playbook
from tests.factories import answer, complete_answers, playbook, published_version, submit

MAP = Follows(
    "1.0",
    {
        "shared-vision": Origin("reworded", ("shared-vision",), True),
        "vision-kept-alive": Origin("stricter", ("vision-kept-alive",), False),
        "collective-leadership": Origin("merged", ("concentrated-commitment", "collective-leadership"), False),
        "night-life": Origin("new", (), False),
        "citizens": Origin("split", ("citizens",), False),
        "citizens-decide": Origin("split", ("citizens",), False),
    },
    ("global-links",),
)
GONE = ("concentrated-commitment", "global-links")


@cache
def second() -> Playbook:
    """Version 2.0: reworded, stricter, merged, new, split and retired criteria; The fundamentals as they were."""
    one = playbook()
    path, local, fundamentals, roles = one.lessons
    night = _renamed(one.criterion["affordability"], "night-life", "Night life")
    decide = _renamed(one.criterion["citizens"], "citizens-decide", "Citizens decide")
    lessons = (_with(path, _asked_anew), _with(local, _kept, night), fundamentals, _with(roles, _kept, decide))
    stages = tuple(
        replace(stage, gates={key: level for key, level in stage.gates.items() if key not in GONE})
        for stage in one.stages
    )
    return replace(one, version="2.0", lessons=lessons, stages=stages, follows=MAP)


@cache
def third() -> Playbook:
    """Version 3.0: only the weights within The fundamentals are new."""
    first = second().lessons[2].criteria[0]
    return reweighed(second(), "3.0", {first.key: first.weight + 5})


def reweighed(book: Playbook, version: str, weights: Mapping[str, Decimal]) -> Playbook:
    """The next version of a playbook, with other weights for these criteria or lessons."""
    lessons = tuple(
        replace(
            lesson,
            weight=weights.get(lesson.key, lesson.weight),
            criteria=tuple(replace(each, weight=weights.get(each.key, each.weight)) for each in lesson.criteria),
        )
        for lesson in book.lessons
    )
    return replace(book, version=version, lessons=lessons, follows=Follows(book.version, {}, ()))


def _with(lesson: Lesson, how: Callable[[Criterion], Criterion | None], *more: Criterion) -> Lesson:
    kept = (how(each) for each in lesson.criteria)
    return replace(lesson, criteria=(*(each for each in kept if each is not None), *more))


def _kept(criterion: Criterion) -> Criterion | None:
    return None if criterion.key in GONE else criterion


def _asked_anew(criterion: Criterion) -> Criterion | None:
    if criterion.key in {"shared-vision", "vision-kept-alive", "collective-leadership"}:
        criterion = replace(criterion, question=f"{criterion.question} And who says so?")
    return _kept(criterion)


def _renamed(criterion: Criterion, key: str, title: str) -> Criterion:
    return replace(criterion, key=key, title=title, question=f"{title}: is it so?")


def published(document: Playbook) -> Version:
    """This version, published as a file says it."""
    return import_playbook(document=document, by=None, publish=True)


def assessed(place: Place, version: Version, by: User, levels: Mapping[str, int | str | None]) -> Assessment:
    """An open assessment of the place on this version, with these answers."""
    assessment = start_assessment(place=place, version=version, by=by)
    for key, value in levels.items():
        answer(assessment, key, value, by=by)
    return assessment


def years(place: Place, by: User) -> list[Assessment]:
    """Two submitted on 1.0, two on 2.0 and one on 3.0, a year apart, each a level higher than the one before."""
    found: list[Assessment] = []
    for level, version in enumerate((published_version(), None, published(second()), None, published(third()))):
        on = version or found[-1].version
        assessment = assessed(place, on, by, complete_answers(level, on.criteria.values_list("key", flat=True)))
        submit(assessment, by, dated=date(2022 + level, 6, 1))
        found.append(assessment)
    return found
