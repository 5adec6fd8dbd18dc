"""A small playbook in two versions, between which everything happens that can happen to a criterion."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assessments.interchange import Playbook
from assessments.interchange.documents import Criterion, Follows, Lesson, Level, Origin, Stage
from assessments.models import Assessment, User, Version
from assessments.services.assessing import start_assessment
from assessments.services.playbooks import import_playbook
from tests.factories import make_place

CONDITION = "Say so where no council has a say."


def criterion(key: str, levels: int = 3, *, skip: str | None = None, words: str = "") -> Criterion:
    """A criterion called by its key; `words` tell one wording from another."""
    said = f"{words} " if words else ""
    return Criterion(
        key=key,
        title=key.capitalize(),
        question=f"How {said}far is {key}?",
        why="",
        weight=Decimal(1),
        not_applicable=skip,
        evidence=(),
        data=(),
        ask="Ask the council.",
        levels=tuple(
            Level(f"The {key} is {said}at step {number}.", f"Take step {number}.") for number in range(levels)
        ),
        targets={"early": 1, "late": 1},
    )


def book(version: str, criteria: Sequence[Criterion], follows: Follows | None = None, *, facts: str = "") -> Playbook:
    """A playbook of one lesson and two stages."""
    stages = (Stage("early", "Early", "Nothing is there."), Stage("late", "Late", f"Something is there{facts}."))
    lesson = Lesson("lesson", "The lesson", "What it says.", Decimal(1), tuple(criteria))
    return Playbook("small", version, "The small one", "", Decimal("0.5"), (), stages, (lesson,), follows)


FIRST = book(
    "1.0",
    [
        criterion("same", skip=CONDITION),
        criterion("reworded"),
        criterion("harder"),
        criterion("whole"),
        criterion("left"),
        criterion("right"),
        criterion("gone"),
        criterion("long", 5),
    ],
)
SECOND = book(
    "1.1",
    [
        criterion("same", skip=CONDITION),
        replace(criterion("reworded"), question="How far has it been reworded?"),
        criterion("harder", words="truly"),
        criterion("part-one"),
        criterion("part-two"),
        criterion("both"),
        criterion("long", 3, words="shortly"),
        criterion("fresh"),
    ],
    Follows(
        "1.0",
        {
            "reworded": Origin("reworded", ("reworded",), True),
            "harder": Origin("stricter", ("harder",), False),
            "part-one": Origin("split", ("whole",), False),
            "part-two": Origin("split", ("whole",), False),
            "both": Origin("merged", ("left", "right"), False),
            "long": Origin("reworded", ("long",), False),
            "fresh": Origin("new", (), False),
        },
        ("gone",),
    ),
    facts=" at last",
)


def publish(document: Playbook) -> Version:
    return import_playbook(document=document, by=None, publish=True)


def start(owner: User, version: Version, name: str = "Harbour Quarter") -> Assessment:
    """An open assessment on a version, of a place of its own."""
    return start_assessment(place=make_place(name, stage="late", owner=owner), version=version, by=owner)
