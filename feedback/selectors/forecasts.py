"""Sealed forecasts, opened beside what was measured once their month is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from feedback.logic.metrics import Score
from feedback.models import Forecast
from feedback.selectors import metrics
from journeys.logic.months import months_after
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_midnight, firm_today

# Who foretells, and who reads how well others did.
FORECASTERS: Final[frozenset[str]] = frozenset({Role.OWNER, Role.EXECUTIVE})
MONTHS_SHOWN: Final = 6


@dataclass(frozen=True)
class Opened:
    """One forecast as somebody may see it: ``value`` is None while it is sealed to them, ``actual`` until it opens.

    ``gap`` is what was foretold less what was measured, None where fewer than five answered.
    """

    forecast: Forecast
    is_open: bool
    value: int | None
    actual: Score | None

    @property
    def gap(self) -> float | None:
        if self.actual is None or self.actual.value is None or self.actual.enough == "hidden":
            return None
        return self.forecast.value - self.actual.value

    @property
    def below(self) -> float | None:
        """By how many points it was foretold too low."""
        return None if self.gap is None else -self.gap

    @property
    def is_within(self) -> bool:
        """Does what was foretold lie within the interval of what was measured, so that the gap tells nothing?"""
        return self.actual is not None and self.actual.low <= self.forecast.value <= self.actual.high


@dataclass(frozen=True)
class History:
    """The forecasts of one executive, the latest first, and how far off they are on average, in points."""

    executive: User
    forecasts: list[Opened]

    @property
    def off_by(self) -> float | None:
        gaps = [abs(one.gap) for one in self.forecasts if one.gap is not None]
        return sum(gaps) / len(gaps) if gaps else None


def is_over(month: date, today: date) -> bool:
    """Is the month beginning at ``month`` over on ``today``?"""
    return today >= months_after(month, 1)


def forecasts_shown() -> QuerySet[Forecast]:
    """Those of the last six months and of months to come."""
    since = months_after(firm_today(), -MONTHS_SHOWN)
    return Forecast.objects.filter(month__gte=since).select_related("user")


def opened(rows: Iterable[Forecast], reader_id: UUID | None) -> list[Opened]:
    """``rows`` as ``reader_id`` may see them; what was measured is asked once for each month and measure."""
    today = firm_today()
    known: dict[tuple[str, date], Score] = {}
    found = []
    for row in rows:
        is_open = is_over(row.month, today)
        key = (row.metric, row.month)
        if is_open and key not in known:
            since, until = firm_midnight(row.month), firm_midnight(months_after(row.month, 1))
            known[key] = metrics.score(row.metric, since=since, until=until)
        value = row.value if is_open or row.user_id == reader_id else None
        found.append(Opened(row, is_open, value, known.get(key) if is_open else None))
    return found


def histories_for(reader_id: UUID) -> list[History]:
    """Every executive's forecasts as one of them may see them, in the order of names."""
    by_person: dict[User, list[Opened]] = {}
    for one in opened(forecasts_shown(), reader_id):
        by_person.setdefault(one.forecast.user, []).append(one)
    return [History(person, rows) for person, rows in sorted(by_person.items(), key=lambda item: str(item[0]))]
