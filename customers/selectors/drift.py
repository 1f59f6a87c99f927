"""Where customers write, call and come, beside where we had expected them, week by week."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from tenants.staff.selectors.firm import firm_today, firm_zone

WEEKS: Final = 8


@dataclass(frozen=True)
class Drift:
    """How often somebody came by ``actual`` for what we keep ``meant`` open for; ``weeks`` from the oldest on."""

    meant: str
    actual: str
    weeks: tuple[int, ...]

    @property
    def n(self) -> int:
        return sum(self.weeks)


_DRIFT: Final = """
SELECT i.meant_for, i.kind, date_trunc('week', i.occurred_at AT TIME ZONE %(zone)s)::date, count(*)
FROM customers_interaction i
WHERE i.meant_for <> '' AND i.occurred_at >= (%(since)s::timestamp AT TIME ZONE %(zone)s)
GROUP BY 1, 2, 3
"""


def weeks_shown() -> list[date]:
    """The Mondays of the last weeks, this one last."""
    today = firm_today()
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=ago) for ago in range(WEEKS - 1, -1, -1)]


def channel_drift() -> list[Drift]:
    """Every pair there was in the last weeks, the most frequent first; one query."""
    weeks = weeks_shown()
    found: dict[tuple[str, str], dict[date, int]] = {}
    for meant, actual, week, n in _rows(weeks[0]):
        found.setdefault((meant, actual), {})[week] = n
    rows = [Drift(*pair, tuple(counts.get(week, 0) for week in weeks)) for pair, counts in found.items()]
    return sorted(rows, key=lambda row: (-row.n, row.meant, row.actual))


def _rows(since: date) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT, {"zone": str(firm_zone()), "since": since})
        return cursor.fetchall()
