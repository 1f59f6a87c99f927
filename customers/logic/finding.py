"""Earned against bought: of those who came, how many by what others said and how many by what was paid for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from customers.logic.shares import SHOWN_FROM, wilson


@dataclass(frozen=True)
class Came:
    """New customers by way; ``ways`` are those that are known, ``unknown`` the others."""

    ways: Mapping[str, int]
    unknown: int
    earned: int
    bought: int

    @property
    def total(self) -> int:
        return sum(self.ways.values()) + self.unknown

    @property
    def n(self) -> int:
        """What the share is a share of: who came neither by our own channels nor by we do not know what."""
        return self.earned + self.bought

    @property
    def share(self) -> float | None:
        """Per cent earned; None for fewer than five."""
        return 100 * self.earned / self.n if self.n >= SHOWN_FROM else None

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson(self.earned, self.n)
        return 100 * low, 100 * high


def came(counts: Mapping[str, int], *, earned: Collection[str], bought: Collection[str]) -> Came:
    """Sort ``counts`` (way → customers, "" for unknown)."""
    known = {way: n for way, n in counts.items() if way}
    return Came(
        ways=known,
        unknown=counts.get("", 0),
        earned=sum(known.get(way, 0) for way in earned),
        bought=sum(known.get(way, 0) for way in bought),
    )
