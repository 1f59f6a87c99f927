"""How a place that was walked is scored, and how that moves (domain.md §1, 1.4)."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

Result = Literal["ok", "fail", "na"]
MAX_ITEMS: Final = 20
ITEM_LENGTH: Final = 120
SOON_DAYS: Final = 7


def tally(results: Iterable[str]) -> tuple[int, int]:
    """How many points are in order, and of how many; what does not apply counts for nothing."""
    rated = [result for result in results if result != "na"]
    return sum(result == "ok" for result in rated), len(rated)


def score(passed: int, rated: int) -> float | None:
    """The share in order in percent, 0 to 100; None where nothing applied. Raises ValueError unless 0 ≤ passed ≤ rated.

    Yes or no for each point, as those who inspect places mostly do: two people agree on it more often than on marks.
    """
    if not 0 <= passed <= rated:
        raise ValueError("passed must lie between 0 and rated")
    return 100 * passed / rated if rated else None


def change(scores: Sequence[float | None]) -> float | None:
    """Points from the score before the last to the last; ``scores`` come latest first, None where one is missing."""
    known = [value for value in scores if value is not None]
    return known[0] - known[1] if len(known) > 1 else None


def lines_of(text: str) -> list[str]:
    """The lines of a checklist as typed: spaces made one, empty lines and repetitions left out."""
    found = (" ".join(line.split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in found if line))
