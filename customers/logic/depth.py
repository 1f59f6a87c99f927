"""How deep a relationship goes, from 0 to 4 (domain.md §1, 0.19): who is understood comes back, speaks, brings others.

0 one-off; 1 bought again, or a plan is in force; 2 gives feedback: answered, complained, asked or told us something of
themselves; 3 recommends us: their latest NPS answer is 9 or 10, somebody came by their word, or they help other
customers in the community; 4 creates with us: something was done on their word. The highest step that shows counts,
whatever lies below it: who complained of their only visit gives feedback.
"""

from collections.abc import Iterable
from enum import IntEnum


class Depth(IntEnum):
    ONE_OFF = 0
    RETURNS = 1
    SPEAKS = 2
    RECOMMENDS = 3
    CREATES = 4


def deepest(shown: Iterable[Depth]) -> Depth:
    """The highest of the steps that show."""
    return max(shown, default=Depth.ONE_OFF)
