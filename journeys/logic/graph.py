"""A journey as a directed graph: where customers go from each stage, and what a map lacks before it is published.

Stages stand in an order, and without anything drawn each leads to the next. A stage with links of its own leads only
where these say, so loops and skips are drawn where they are, and nothing else need be.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

# A stage is published on what customers said, not on what the firm supposes (domain.md §1, 0.6).
QUOTES_NEEDED: Final = 3

NO_STAGES: Final = "no_stages"
UNREACHABLE: Final = "unreachable"
FEW_QUOTES: Final = "few_quotes"
NOBODY: Final = "nobody"

TO_ITSELF: Final = "to_itself"
TWICE: Final = "twice"
ELSEWHERE: Final = "elsewhere"


@dataclass(frozen=True)
class Step:
    """A stage as the rules see it; ``quotes`` counts customers' words cited there."""

    id: Hashable
    quotes: int = 0


@dataclass(frozen=True)
class Meeting:
    """A touchpoint in use; ``answered_for`` when somebody is accountable, directly or by its stage."""

    id: Hashable
    stage_id: Hashable
    answered_for: bool = False


@dataclass(frozen=True)
class Lack:
    """One thing that is missing before publishing: ``code`` of this module, and where."""

    code: str
    stage_id: Hashable | None = None
    touchpoint_id: Hashable | None = None
    have: int = 0
    need: int = 0


def ways(order: Sequence[Hashable], links: Iterable[tuple[Hashable, Hashable]]) -> dict[Any, list[Any]]:
    """Where each stage leads: to what is drawn from it, else to the one after it; in the order of the stages."""
    drawn: dict[Hashable, set[Hashable]] = {stage: set() for stage in order}
    for start, end in links:
        if start in drawn and end in drawn:
            drawn[start].add(end)
    following: Mapping[Hashable, Hashable] = dict(pairwise(order))
    return {
        stage: [one for one in order if one in drawn[stage]]
        or ([following[stage]] if stage in following else [])
        for stage in order
    }  # fmt: skip


def unreachable(order: Sequence[Hashable], links: Iterable[tuple[Hashable, Hashable]]) -> list[Hashable]:
    """Stages nobody ever gets to who begins at the first one, in their order."""
    leads = ways(order, links)
    seen: set[Hashable] = set()
    ahead = list(order[:1])
    while ahead:
        stage = ahead.pop()
        if stage not in seen:
            seen.add(stage)
            ahead.extend(leads[stage])
    return [stage for stage in order if stage not in seen]


def fault_of_links(stage: Hashable, ends: Sequence[Hashable], known: Collection[Hashable]) -> str:
    """Why a stage cannot lead to ``ends``: TO_ITSELF, TWICE, ELSEWHERE (not of this journey); "" when it can."""
    if stage in ends:
        return TO_ITSELF
    if len(set(ends)) != len(ends):
        return TWICE
    return "" if set(ends) <= set(known) else ELSEWHERE


def lacks(steps: Sequence[Step], meetings: Iterable[Meeting], links: Iterable[tuple[Hashable, Hashable]]) -> list[Lack]:
    """Everything that is missing before publishing, stage by stage; an empty list when nothing is."""
    if not steps:
        return [Lack(NO_STAGES)]
    lost = set(unreachable([step.id for step in steps], links))
    orphans: dict[Hashable, list[Hashable]] = {}
    for meeting in meetings:
        if not meeting.answered_for:
            orphans.setdefault(meeting.stage_id, []).append(meeting.id)
    found: list[Lack] = []
    for step in steps:
        if step.id in lost:
            found.append(Lack(UNREACHABLE, step.id))
        if step.quotes < QUOTES_NEEDED:
            found.append(Lack(FEW_QUOTES, step.id, have=step.quotes, need=QUOTES_NEEDED))
        found += [Lack(NOBODY, step.id, touchpoint) for touchpoint in orphans.get(step.id, ())]
    return found
