"""Gates, targets, conditions and weights: the numbers that contradict one another though each is allowed by itself."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from assessments.interchange.documents import Criterion, Lesson, Playbook, Stage
from assessments.interchange.faults import Path, shortened
from assessments.proofreading.remark import Remark, fault, warning, words_of

WHOLE_WEIGHT = Decimal(100)
ROUNDING = Decimal("0.1")
"""How far three thirds may be from the whole, as people write them: 33.3."""

_EMPTY = (
    "a all always an and any applicable applies apply applying appropriate are as be by can case cases condition "
    "conditions criterion depends do does doesn for here if in is isn it maybe may n na necessary needed never no none "
    "not of only optional or other otherwise place places possible possibly relevant required said say so some "
    "sometimes t tba tbc tbd that the then there this to unless when where whether yes you"
)
EMPTY_WORDS = frozenset(_EMPTY.split())
"""What a condition may consist of without having said anything."""


def gates(document: Playbook) -> Iterator[Remark]:
    """Gates above a target, and gates that an earlier one makes idle. Those at the first stage the form refuses."""
    highest: dict[str, tuple[int, Stage]] = {}
    for number, stage in enumerate(document.stages[1:], 1):
        for key, gate in stage.gates.items():
            criterion = document.criterion.get(key)
            if criterion is not None and _is_level(gate, criterion):
                path: Path = ("stages", number, "gates", key)
                yield from _above_targets(document.stages[number:], criterion, gate, path)
                if key in highest and gate < highest[key][0]:
                    yield _idle(gate, *highest[key], path)
                else:
                    highest[key] = gate, stage


def _above_targets(stages: Sequence[Stage], criterion: Criterion, gate: int, path: Path) -> Iterator[Remark]:
    """The gate of a stage stays shut at all later ones too, so none of their targets may lie below it."""
    targets = [(stage.name, criterion.targets.get(stage.key, gate)) for stage in stages]
    below = [f"{target} at “{shortened(name)}”" for name, target in targets if 0 <= target < gate]
    if below:
        yield fault(
            path,
            f"is {gate}, above the target of “{shortened(criterion.title)}”: {', '.join(below)}. A place that has "
            "reached its target would still be kept out. Lower the gate, or raise the target.",
        )


def _idle(gate: int, level: int, earlier: Stage, path: Path) -> Remark:
    return warning(
        path,
        f"is {gate}, lower than the {level} asked at the earlier stage “{shortened(earlier.name)}”, which every place "
        f"that comes this far has reached. Delete it, or raise it above that.",
    )


def targets(document: Playbook, criterion: Criterion, path: Path) -> Iterator[Remark]:
    """Targets that fall from one stage to a later one."""
    highest, earlier = -1, ""
    for stage in document.stages:
        target = criterion.targets.get(stage.key, -1)
        if not _is_level(target, criterion):
            continue
        if target < highest:
            yield fault(
                (*path, "targets", stage.key),
                f"is {target}, below the {highest} of the earlier stage “{shortened(earlier)}”. A place that moves on "
                "should not be asked for less: raise this target, or lower the earlier one.",
            )
        else:
            highest, earlier = target, stage.name


def _is_level(value: int, criterion: Criterion) -> bool:
    """Whether it is a level of the criterion at all; where it is none, the form says so."""
    return 0 <= value <= criterion.top


def condition(document: Playbook, criterion: Criterion, path: Path) -> Iterator[Remark]:
    """A gate that a place passes by saying that the criterion is not applicable, on a condition that says nothing."""
    said = criterion.not_applicable
    gated = [stage.name for stage in document.stages[1:] if criterion.key in stage.gates]
    if gated and said is not None and set(words_of(said)) <= EMPTY_WORDS:
        yield warning(
            (*path, "not_applicable"),
            f"says “{shortened(said)}”, which any place could say, and with it pass the gate of "
            f"“{shortened(gated[0])}”. Write what must be true, so that somebody else can check it, for example: Only "
            "if no public building stands in the hub.",
        )


def weights(document: Playbook) -> Iterator[Remark]:
    """Weights that do not add up to 100, those of the lessons and those of each lesson's criteria."""
    yield from _weights(("lessons",), "lessons", document.lessons)
    for number, lesson in enumerate(document.lessons):
        yield from _weights(("lessons", number, "criteria"), "criteria", lesson.criteria)


def _weights(path: Path, kind: str, parts: Sequence[Lesson | Criterion]) -> Iterator[Remark]:
    total = sum((part.weight for part in parts), Decimal(0))
    if parts and abs(total - WHOLE_WEIGHT) > ROUNDING:
        yield warning(
            path,
            f"the weights of the {kind} add up to {shortened(f'{total.normalize():f}', 20)}, not 100. Only their "
            "shares count, so no score is wrong; weights that add up to 100 can be read as per cent.",
        )
