"""When a root cause has come back often enough for somebody to decide what to change."""

from typing import Final

# domain.md §3: three of the same root cause in 30 days, or five percent of the period's cases.
WINDOW_DAYS: Final = 30
CASES: Final = 3
SHARE: Final = 0.05
# One case alone is no pattern, however few there were in all.
FEWEST: Final = 2


def comes_back(fresh: int, everything: int, *, asked_before: bool) -> str:
    """Which rule says that a cause must be decided on: "cases", "share", or "" for none.

    ``fresh`` cases of the cause within the window belong to no earlier proposal, ``everything`` is all of its cases.
    Who was asked before is not asked again by a mere share: only by another three cases.
    """
    if fresh >= CASES:
        return "cases"
    if not asked_before and fresh >= FEWEST and fresh >= SHARE * everything:
        return "share"
    return ""
