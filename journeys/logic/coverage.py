"""Who takes part where: how much of the firm stands behind each stage of a journey (domain.md §1, 2.7 and 2.14)."""

from collections.abc import Collection, Hashable
from typing import Final

EMPTY: Final = "empty"
NOBODY: Final = "nobody"
CARE_ALONE: Final = "care_alone"
ONE_ALONE: Final = "one_alone"
SHARED: Final = "shared"


def standing(touchpoints: int, unowned: int, departments: Collection[Hashable], care: Collection[Hashable]) -> str:
    """How a stage stands: EMPTY without touchpoints, NOBODY where anything there is unowned or no department works,
    CARE_ALONE where only customer care does, ONE_ALONE where one other department does, else SHARED.
    """
    if touchpoints == 0:
        return EMPTY
    if unowned or not departments:
        return NOBODY
    if set(departments) <= set(care):
        return CARE_ALONE
    return SHARED if len(set(departments)) > 1 else ONE_ALONE
