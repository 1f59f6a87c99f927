"""How fast a useful answer came: the middle, the slow end, and the share within 30 seconds (domain.md §1, 4.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

AT_ONCE: Final = 30


@dataclass(frozen=True, slots=True)
class Times:
    """Of ``n`` useful answers: seconds until half of them and 90 % of them had come, and how many within 30 seconds.

    ``p50`` and ``p90`` are None of none.
    """

    n: int
    p50: int | None
    p90: int | None
    at_once: int

    @property
    def share(self) -> float | None:
        """Percent within 30 seconds."""
        return 100 * self.at_once / self.n if self.n else None


def times(seconds: Sequence[int]) -> Times:
    """Count ``seconds``, one per useful answer, from the question or the first letter of a search."""
    ranked = sorted(seconds)
    return Times(
        n=len(ranked),
        p50=_nearest_rank(ranked, 50),
        p90=_nearest_rank(ranked, 90),
        at_once=sum(one <= AT_ONCE for one in ranked),
    )


def _nearest_rank(ranked: Sequence[int], percent: int) -> int | None:
    """The smallest value that at least ``percent`` of all do not exceed."""
    return ranked[ceil(len(ranked) * percent / 100) - 1] if ranked else None


def share_of(part: int, whole: int) -> float | None:
    """Percent, None of nothing."""
    return 100 * part / whole if whole else None
