"""What staff are asked once a period: the items with their scales, when a period begins, and the drawing of the box.

Domain page §1 rows 0.1, 0.3, 0.4, 0.12 and §3.1 (eNPS, EX support), §3.4 (nothing joins who answered to what was said).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from customers.logic.shares import SHOWN_FROM
from feedback.logic.gaps import Side
from journeys.logic.months import months_after, quarter_of

Trouble = Literal["unknown", "missing", "off_scale"]

PILLARS: Final = ("people", "process", "strategy", "leadership", "technology")
STATEMENTS: Final = 4
ORIENTATIONS: Final = ("product", "employee", "competitor", "boss", "customer")
MOMENTS: Final = ("day_start", "day_rush", "day_complaint", "day_boss", "day_end")
# What the flywheel turns on (domain.md §1, 0.15), each by the pillars that show it.
INPUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "values": ("strategy",),
    "culture": ("people", "process"),
    "leadership": ("leadership",),
    "technology": ("technology",),
}
MOST_WORDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked, answered by a whole number from ``low`` to ``high``."""

    code: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """``months`` is how long a period lasts: 3 or 12; ``of_leaders`` whether owners and executives alone are asked.

    Of what leaders say of themselves the mean is shown however few they are, and the form says so.
    """

    code: str
    months: int
    items: tuple[Item, ...]
    of_leaders: bool = False
    has_words: bool = False

    def period_of(self, day: date) -> date:
        """The first day of the period ``day`` lies in."""
        return quarter_of(day) if self.months == 3 else date(day.year, 1, 1)

    def over_on(self, day: date) -> date:
        """The day on which the period ``day`` lies in is over: the first of the next."""
        return months_after(self.period_of(day), self.months)

    def latest_over(self, day: date) -> date:
        """The first day of the latest period that was over on ``day``."""
        return months_after(self.period_of(day), -self.months)

    @property
    def shown_from(self) -> int:
        return 1 if self.of_leaders else SHOWN_FROM

    def trouble_with(self, values: Mapping[str, int]) -> tuple[str, Trouble] | None:
        """The first item that cannot be taken as it is, and why; None where everything is answered on its scale."""
        asked = {item.code: item for item in self.items}
        for code in values:
            if code not in asked:
                return code, "unknown"
        for item in self.items:
            if item.code not in values:
                return item.code, "missing"
            if not item.low <= values[item.code] <= item.high:
                return item.code, "off_scale"
        return None


def _agreed(names: tuple[str, ...], each: int) -> tuple[Item, ...]:
    return tuple(Item(f"{name}_{number}", 1, 5) for name in names for number in range(1, each + 1))


_DAY: Final = tuple(Item(code, -2, 2) for code in MOMENTS)
QUESTIONNAIRES: Final[Mapping[str, Questionnaire]] = {
    one.code: one
    for one in (
        Questionnaire("pulse", 3, (Item("enps", 0, 10), Item("support", 1, 5), *_DAY), has_words=True),
        Questionnaire("assumed", 3, _DAY, of_leaders=True),
        Questionnaire("pillars", 12, _agreed(PILLARS, STATEMENTS)),
        Questionnaire("orientation", 12, _agreed(ORIENTATIONS, 2), of_leaders=True),
    )
}


def group_of(code: str) -> str:
    """The pillar or orientation an item belongs to: "people_3" → "people"."""
    return code.rpartition("_")[0]


def pillar_side(agreeing: int, answers: int) -> Side:
    """The share of staff agreeing with a pillar's four statements, as of so many people and not of four times as many.

    One person's four answers hang together: counted apart they would make the interval half as wide as it is.
    """
    return Side(agreeing / STATEMENTS, answers // STATEMENTS)


def unit_kept(branch_size: int | None, department_size: int | None) -> Literal["branch", "department", ""]:
    """What is kept of where somebody works: the branch, for who has none the department, never both; sizes in people.

    Two ways of cutting one whole would give a small group away (a department less one of its branches). A unit with
    fewer than five people is not kept at all.
    """
    if branch_size is not None:
        return "branch" if branch_size >= SHOWN_FROM else ""
    return "department" if (department_size or 0) >= SHOWN_FROM else ""
