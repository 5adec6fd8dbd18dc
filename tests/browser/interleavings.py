"""Every order in which things can happen to two people at one criterion, as one walk that is as short as may be."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

A_TYPES, B_TYPES = "A types", "B types"
A_LEAVES, A_IS_BACK, A_OPENS_ANEW = "A goes offline", "A comes back", "A's tab dies offline, and A opens another online"
SUBMITTED, SUBMITTED_UNDER_B, REOPENED = "submitted", "submitted while B types", "reopened"


@dataclass(frozen=True)
class Moment:
    """How things stand, and the last events that led there."""

    is_open: bool = True
    is_offline: bool = False
    past: tuple[str, ...] = ()

    def events(self) -> Iterator[str]:
        yield from (A_TYPES, B_TYPES)
        yield from (A_IS_BACK, A_OPENS_ANEW) if self.is_offline else (A_LEAVES,)
        yield from (SUBMITTED, SUBMITTED_UNDER_B) if self.is_open else (REOPENED,)

    def after(self, event: str) -> "Moment":
        is_open = self.is_open if event not in (SUBMITTED, SUBMITTED_UNDER_B, REOPENED) else event == REOPENED
        is_offline = self.is_offline if event not in (A_LEAVES, A_IS_BACK, A_OPENS_ANEW) else event == A_LEAVES
        return replace(self, is_open=is_open, is_offline=is_offline, past=(*self.past, event)[1:])


Step = tuple[Moment, str]


def walk(length: int) -> list[str]:
    """Events in which each sequence of so many, two or more, occurs in each state in which it can."""
    here = Moment(past=(A_TYPES,) * (length - 1))
    left, path = _all_steps(here), list(here.past)
    while left:
        way = _way_to_any(here, left)
        path += [event for _, event in way]
        left -= set(way)
        here = way[-1][0].after(way[-1][1])
    return path


def _all_steps(start: Moment) -> set[Step]:
    found, waiting = set[Step](), [start]
    while waiting:
        here = waiting.pop()
        for event in here.events():
            if (here, event) not in found:
                found.add((here, event))
                waiting.append(here.after(event))
    return found


def _way_to_any(start: Moment, wanted: set[Step]) -> list[Step]:
    """The shortest way that ends with a step that is wanted."""
    waiting: deque[tuple[Moment, list[Step]]] = deque([(start, [])])
    seen = {start}
    while True:
        here, way = waiting.popleft()
        for event in here.events():
            longer = [*way, (here, event)]
            if (here, event) in wanted:
                return longer
            if (there := here.after(event)) not in seen:
                seen.add(there)
                waiting.append((there, longer))
