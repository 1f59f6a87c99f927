"""Which facts may be noted how: some things only the customer can say."""

from typing import Final

DECLARED_ONLY: Final = frozenset({"value", "motivation", "nothing_to_improve"})


def may_be_observed(kind: str) -> bool:
    """Can anybody see this from outside, or must the customer say it?"""
    return kind not in DECLARED_ONLY
