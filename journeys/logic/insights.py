"""When an insight is borne out, how common it is, and when it is looked at again (domain.md §1, 1.10 and 1.15)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from unicodedata import normalize

from customers.logic.shares import SHOWN_FROM, wilson
from journeys.logic.months import same_day_after

QUOTES_TO_VALIDATE: Final = 3
PEOPLE_TO_VALIDATE: Final = 3
_VIETNAMESE: Final = re.compile("[ăđơưạảầấậẩẫằắặẳẵẹẻẽềếệểễỉịọỏồốộổỗờớợởỡụủừứựửữỳỵỷỹ]", re.IGNORECASE)
_MONTHS: Final = {"strategy": 12, "execution": 3}


@dataclass(frozen=True, slots=True)
class Prevalence:
    """How many of all show it, in percent, with the 95 % Wilson interval and of how many that is known."""

    value: float
    low: float
    high: float
    n: int


def prevalence(shown_by: int | None, out_of: int | None) -> Prevalence | None:
    """None where nobody was asked. Raises ValueError unless 0 <= shown_by <= out_of."""
    if not out_of or shown_by is None:
        return None
    low, high = wilson(shown_by, out_of)
    return Prevalence(100 * shown_by / out_of, 100 * low, 100 * high, out_of)


def language_of(words: str) -> str:
    """Say "vi" for words with letters only Vietnamese has, else "en"; the three parts of a sentence have some."""
    return "vi" if _VIETNAMESE.search(normalize("NFC", words)) else "en"


@dataclass(frozen=True, slots=True)
class Need:
    """How common a need is and how far it is unmet, and both at once: of all asked, who has it and is not served.

    ``unmet`` and ``together`` are None where nobody asked who is served. Prevalence × unmet is (shown ÷ asked) ×
    (unserved ÷ shown), which is the share ``together`` with an interval of its own (domain.md §1, 1.10).
    """

    common: Prevalence
    unmet: Prevalence | None
    together: Prevalence | None

    @property
    def is_few(self) -> bool:
        """Whether too few were asked to tell."""
        return self.common.n < SHOWN_FROM


def need(shown_by: int | None, out_of: int | None, unserved: int | None) -> Need | None:
    """None where nobody was asked. Raises ValueError unless 0 <= unserved <= shown_by <= out_of."""
    common = prevalence(shown_by, out_of)
    if common is None:
        return None
    return Need(common, prevalence(unserved, shown_by), prevalence(unserved, out_of))


def may_be_validated(quotes: int, people: int) -> bool:
    """Three quotes of three people: one loud voice is no insight."""
    return quotes >= QUOTES_TO_VALIDATE and people >= PEOPLE_TO_VALIDATE


def next_review(level: str, today: date) -> date:
    """A strategic insight is looked at every year, one of execution every quarter."""
    return same_day_after(today, _MONTHS[level])


def decided_by_customers(grounded: int, decisions: int) -> float | None:
    """The customer-based decision rate in percent (domain.md §1, 2.5); None without decisions."""
    return 100 * grounded / decisions if decisions else None
