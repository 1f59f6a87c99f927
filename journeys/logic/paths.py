"""The ways customers really take: who came on from one stage to another, and in what order stages were visited.

``journeys.selectors.paths`` asks the database for the same; a test holds both equal.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from customers.logic.shares import SHOWN_FROM, wilson

# A customer who was not heard of for so long begins anew.
GAP: Final = timedelta(days=30)
# Within so many days somebody came on; else it was for another reason.
WITHIN: Final = timedelta(days=30)
TOP: Final = 10

# Of those who left a stage, less than one in twenty is nobody's way.
SELDOM: Final = 0.05

DESIGNED: Final = "designed"
UNTAKEN: Final = "untaken"
UNDESIGNED: Final = "undesigned"


@dataclass(frozen=True)
class Visit:
    """A customer was at a stage; ``stage`` is its place in the journey, from 0."""

    customer: Hashable
    stage: int
    at: datetime


@dataclass(frozen=True)
class Step:
    """From one stage to the next other one: how often, and the median of the seconds between the two arrivals."""

    start: int
    end: int
    count: int
    seconds: float


@dataclass(frozen=True)
class Conversion:
    """Of ``n`` customers who were at one stage, ``came`` were at another afterwards, in time."""

    n: int
    came: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.came / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval (domain page §2.2)."""
        return wilson(self.came, self.n)

    @property
    def is_few(self) -> bool:
        """Too few to say anything."""
        return self.n < SHOWN_FROM


@dataclass(frozen=True)
class Flows:
    """What a period's visits come to. ``begins`` and ``ends`` count paths by the stage they begin or end at."""

    visits: int = 0
    customers: int = 0
    steps: dict[tuple[int, int], Step] = field(default_factory=dict)
    begins: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    # Stages in order, and how many paths were exactly so; the most frequent first, the shortest of equals.
    top: list[tuple[tuple[int, ...], int]] = field(default_factory=list)
    # Every pair of different stages the first of which somebody visited.
    conversions: dict[tuple[int, int], Conversion] = field(default_factory=dict)

    @property
    def paths(self) -> int:
        """How many there were."""
        return sum(self.begins.values())

    def left(self, stage: int) -> int:
        """How often customers went on from a stage to another, or their path ended there."""
        return sum(step.count for (start, _end), step in self.steps.items() if start == stage) + self.ends.get(stage, 0)

    def share(self, start: int, end: int) -> float:
        """Of all who left ``start``, the share that went to ``end`` next; from 0 to 1."""
        step = self.steps.get((start, end))
        return step.count / self.left(start) if step else 0.0


def conversion(visits: Iterable[Visit], start: int, end: int, since: datetime, until: datetime) -> Conversion:
    """Of the customers at ``start`` from ``since`` up to, not including, ``until``: who was at ``end`` after such a
    visit, at most WITHIN later. At the same moment is not after.
    """
    starts: dict[Hashable, list[datetime]] = {}
    ends: dict[Hashable, list[datetime]] = {}
    for visit in visits:
        if visit.stage == start and since <= visit.at < until:
            starts.setdefault(visit.customer, []).append(visit.at)
        if visit.stage == end:
            ends.setdefault(visit.customer, []).append(visit.at)
    came = sum(
        any(left < came_at <= left + WITHIN for left in moments for came_at in ends.get(customer, ()))
        for customer, moments in starts.items()
    )
    return Conversion(len(starts), came)


def walks(visits: Iterable[Visit]) -> list[list[Visit]]:
    """The arrivals of every path: visits in order without those that stay where they are, a new path after GAP.

    Visits of one moment stand in the order of the stages.
    """
    found: list[list[Visit]] = []
    last: Visit | None = None
    for visit in sorted(visits, key=lambda one: (str(one.customer), one.at, one.stage)):
        if last is None or last.customer != visit.customer or visit.at - last.at > GAP:
            found.append([visit])
        elif last.stage != visit.stage:
            found[-1].append(visit)
        last = visit
    return found


def flows(visits: Collection[Visit], stages: int, since: datetime, until: datetime) -> Flows:
    """What the visits from ``since`` up to, not including, ``until`` come to, in a journey of so many stages.

    Later visits in ``visits`` count only as somewhere somebody came to afterwards.
    """
    inside = [visit for visit in visits if since <= visit.at < until]
    paths = walks(inside)
    taken: dict[tuple[int, int], list[float]] = {}
    for path in paths:
        for one, other in pairwise(path):
            taken.setdefault((one.stage, other.stage), []).append((other.at - one.at).total_seconds())
    visited = {visit.stage for visit in inside}
    return Flows(
        visits=len(inside),
        customers=len({visit.customer for visit in inside}),
        steps={pair: Step(*pair, len(seconds), median(seconds)) for pair, seconds in taken.items()},
        begins=dict(Counter(path[0].stage for path in paths)),
        ends=dict(Counter(path[-1].stage for path in paths)),
        top=top_of(Counter(tuple(visit.stage for visit in path) for path in paths).items()),
        conversions={
            (start, end): conversion(visits, start, end, since, until)
            for start in range(stages)
            for end in range(stages)
            if start != end and start in visited
        },
    )


def top_of(paths: Iterable[tuple[tuple[int, ...], int]]) -> list[tuple[tuple[int, ...], int]]:
    """The most frequent paths of more than one stage."""
    return sorted((one for one in paths if len(one[0]) > 1), key=lambda one: (-one[1], len(one[0]), one[0]))[:TOP]


def kinds(
    found: Flows, designed: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], str]:  # fmt: skip
    """Every way drawn or taken: DESIGNED, UNTAKEN (drawn, but nobody went so) or UNDESIGNED (taken, but not drawn).

    What fewer than one in twenty of those who left did is not called a way.
    """
    drawn = set(designed)
    ways = {pair: DESIGNED if pair in found.steps else UNTAKEN for pair in drawn}
    for pair in found.steps:
        if pair not in drawn and found.share(*pair) >= SELDOM:
            ways[pair] = UNDESIGNED
    return ways


def designed_pairs(order: Sequence[Hashable], ways: dict[Hashable, list[Hashable]]) -> list[tuple[int, int]]:
    """The ways of ``logic.graph.ways`` as places in ``order``."""
    place = {stage: number for number, stage in enumerate(order)}
    return [(place[start], place[end]) for start in order for end in ways[start]]
