"""What customers are worth: who buys, what they are likely to spend, what stands at risk, and who buys again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import F, FloatField, Min, Q, Sum
from django.db.models.functions import Cast

from customers.logic.shares import SHOWN_FROM, TRUSTED_FROM, wilson
from customers.logic.worth import expected_value, kept_share, stretch_for
from customers.models import Customer, CustomerHealth, Purchase
from customers.selectors.customers import Reader
from customers.selectors.health import Bands, bands, standing_health
from cxcrm.core.clock import now
from tenants.staff.selectors.firm import currency, firm_today, firm_zone

YEAR: Final = timedelta(days=365)
# More customers than these are not read one by one: so many are drawn by lot, and sums are scaled up.
MOST_READ: Final = 50_000
COHORTS: Final = 12
# Who bought again within this many days of their first day; younger months have not had the time.
AGAIN_DAYS: Final = 90


@dataclass(frozen=True)
class Cohort:
    """Who first bought in the month that ``begins``: ``again`` of ``n`` on another day within 90 days."""

    begins: date
    again: int
    n: int

    @property
    def share(self) -> float | None:
        """Per cent; None under five."""
        return 100 * self.again / self.n if self.n >= SHOWN_FROM else None

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson(self.again, self.n)
        return 100 * low, 100 * high

    @property
    def is_small(self) -> bool:
        return self.n < TRUSTED_FROM


@dataclass(frozen=True)
class Worth:
    """``active`` bought within a year or have a plan in force. Amounts are revenue in the firm's ``currency``.

    ``expected`` over the next 12 months, None where purchases are known for too short; ``kept`` is the share (0 to 1)
    kept from one stretch of ``stretch_days`` to the next. ``lost`` = Σ spent · risk of those at risk, None without a
    trained forecast. ``one_in`` customers was read, 1 for everybody. ``is_mixed``: other currencies are left out.
    """

    active: int
    spent: Decimal
    expected: Decimal | None
    kept: Decimal | None
    stretch_days: int | None
    bands: Bands
    lost: Decimal | None
    cohorts: list[Cohort]
    currency: str
    one_in: int
    is_mixed: bool


# The customers read: all, or one in so many by their id; ``%(one_in)s`` and nothing else.
READ: Final = """
    SELECT id AS customer_id FROM customers_customer
    WHERE merged_into_id IS NULL AND erased_at IS NULL
        AND (%(one_in)s = 1 OR abs(hashtext(id::text)::bigint) %% %(one_in)s = 0)
"""

_SPENT: Final = f"""
WITH asked AS ({READ}), each AS (
    SELECT p.customer_id,
        bool_or(p.occurred_at > %(year)s OR p.covers_until >= %(today)s) AS is_active,
        coalesce(sum(amount) FILTER (WHERE p.occurred_at > %(year)s AND p.currency = %(currency)s), 0) AS spent,
        coalesce(sum(amount) FILTER (WHERE p.occurred_at > %(since)s AND p.currency = %(currency)s), 0) AS lately,
        coalesce(sum(amount) FILTER (
            WHERE p.occurred_at > %(before)s AND p.occurred_at <= %(since)s AND p.currency = %(currency)s
        ), 0) AS earlier,
        bool_or(p.occurred_at > %(year)s AND p.currency <> %(currency)s) AS is_mixed
    FROM customers_purchase p JOIN asked USING (customer_id)
    WHERE p.state IN ('paid', 'open') AND p.occurred_at <= %(at)s
    GROUP BY 1
)
SELECT count(*) FILTER (WHERE is_active), sum(spent), sum(lately), sum(earlier),
    sum(lately) FILTER (WHERE earlier > 0), coalesce(bool_or(is_mixed), false)
FROM each
"""  # noqa: S608 - constants

_COHORTS: Final = f"""
WITH asked AS ({READ}), days AS (
    SELECT DISTINCT p.customer_id, (p.occurred_at AT TIME ZONE %(zone)s)::date AS day
    FROM customers_purchase p JOIN asked USING (customer_id)
    WHERE p.state IN ('paid', 'open') AND p.occurred_at <= %(at)s
), each AS (
    SELECT customer_id, day, lead(day) OVER mine AS again, row_number() OVER mine AS place
    FROM days WINDOW mine AS (PARTITION BY customer_id ORDER BY day)
)
SELECT date_trunc('month', day)::date, count(*) FILTER (WHERE again <= day + {AGAIN_DAYS}), count(*)
FROM each WHERE place = 1 AND day >= %(since)s AND day < %(until)s
GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - constants


def one_in() -> int:
    """One customer in so many is read; 1 in a firm of up to 50,000."""
    return max(1, -(-Customer.objects.filter(erased_at=None).count() // MOST_READ))


def worth(reader: Reader) -> Worth:
    """Six queries; no customer is read twice, and at most about 50,000 are."""
    at, unit, every = now(), currency(), one_in()
    first: datetime | None = Purchase.objects.filter(state__in=Purchase.COUNTED).aggregate(at=Min("occurred_at"))["at"]
    stretch = stretch_for((at - first).days) if first else None
    span = timedelta(days=stretch[0] if stretch else YEAR.days)
    active, spent, lately, earlier, again, is_mixed = _row(
        _SPENT,
        {
            "at": at, "year": at - YEAR, "today": firm_today(), "since": at - span, "before": at - 2 * span,
            "currency": unit, "one_in": every,
        },
    )  # fmt: skip
    kept = kept_share(earlier or Decimal(0), again or Decimal(0)) if stretch else None
    expected = expected_value(lately or Decimal(0), kept, stretch[1]) if stretch and kept is not None else None
    return Worth(
        active=active * every,
        spent=(spent or Decimal(0)) * every,
        expected=None if expected is None else expected * every,
        kept=kept,
        stretch_days=stretch[0] if stretch else None,
        bands=bands(reader),
        lost=_lost(reader),
        cohorts=_cohorts(at, every, first),
        currency=unit,
        one_in=every,
        is_mixed=is_mixed,
    )


def _row(sql: str, values: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def _lost(reader: Reader) -> Decimal | None:
    risky = Q(band=CustomerHealth.Band.AT_RISK, risk__isnull=False)
    lost = standing_health(reader).filter(risky).aggregate(lost=Sum(Cast("spent", FloatField()) * F("risk")))["lost"]
    return None if lost is None else Decimal(round(lost))


def _cohorts(at: datetime, every: int, first: datetime | None) -> list[Cohort]:
    """The last twelve months whose every customer had 90 days, the oldest first; the month records begin is left out.

    Who first stands in the books in that month was mostly a customer before.
    """
    if first is None:
        return []
    until = (firm_today() - timedelta(days=AGAIN_DAYS)).replace(day=1)
    since = _months_before(until, COHORTS)
    begins = _months_before(first.astimezone(firm_zone()).date().replace(day=1), -1)
    values: dict[str, Any] = {
        "at": at, "zone": str(firm_zone()), "since": max(since, begins), "until": until, "one_in": every,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COHORTS, values)
        return [Cohort(*row) for row in cursor.fetchall()]


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
