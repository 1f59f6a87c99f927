"""What can be said of the time before and after a decision; the floors above say what they know of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from journeys.models import Decision
from tenants.staff.selectors.firm import firm_midnight, firm_today, firm_zone

# As long as saved cost has until somebody looks back (domain.md §1, 0.13); never longer on either side.
LONGEST: Final = 60

Verdict = Literal["few", "same", "better", "worse"]


@dataclass(frozen=True)
class Stretches:
    """As many days before ``turn`` as from it to ``end``."""

    days: int
    turn: datetime
    end: datetime

    @property
    def start(self) -> datetime:
        return self.turn - timedelta(days=self.days)


@dataclass(frozen=True)
class TimeFigure:
    """One figure on both sides, in words, with what each is made of.

    ``verdict`` is "few" where there is too little to tell, "same" where chance alone may explain the difference.
    """

    code: str
    label: str
    before: str
    before_of: str
    after: str
    after_of: str
    verdict: Verdict


# Who answers "how was it before and after?" for a reader.
Provider = Callable[[Any, Stretches], Iterable[TimeFigure]]
_providers: Final[list[Provider]] = []


def tells_of_times(provider: Provider) -> Provider:
    """Register what a floor above knows, once at start-up."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def stretches_of(decision: Decision) -> Stretches | None:
    """From the decision to the day it was looked back at, else to today; None while no whole day has passed."""
    until = decision.checked_at.astimezone(firm_zone()).date() if decision.checked_at else firm_today()
    days = min((until - decision.decided_on).days, LONGEST)
    if days < 1:
        return None
    return Stretches(
        days, firm_midnight(decision.decided_on), firm_midnight(decision.decided_on + timedelta(days=days))
    )


def figures_around(reader: Any, decision: Decision) -> list[TimeFigure]:
    """Everything known of the time before and after ``decision``, as ``reader`` may see it."""
    stretches = stretches_of(decision)
    return [] if stretches is None else [one for provider in _providers for one in provider(reader, stretches)]
