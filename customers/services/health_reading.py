"""Customers' pasts as the forecast reads them: the days they bought on, when that became known, what they spent, and
until when it covers them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from customers.logic.health import Coming
from customers.models import Purchase
from customers.selectors.matching import FILE_SOURCE
from cxcrm.core.db.arrays import uuid_array
from tenants.staff.selectors.firm import firm_midnight, firm_zone, the_firm

# Days of the firm's calendar as numbers, as date.toordinal has them. What came in a file of the past was known then.
_DAY: Final = "((p.{column} AT TIME ZONE %(zone)s)::date - DATE '0001-01-01' + 1)"
_PASTS: Final = f"""
SELECT p.customer_id, {_DAY.format(column="occurred_at")},
    CASE WHEN p.source = %(file)s THEN 0 ELSE {_DAY.format(column="created_at")} END,
    CASE WHEN p.currency = %(currency)s THEN p.amount::float8 ELSE 0 END, p.covers_until - DATE '0001-01-01' + 1
FROM customers_purchase p
WHERE p.customer_id = ANY(%(ids)s::uuid[]) AND p.state = ANY(%(counted)s)
"""  # noqa: S608 - constants
_SAMPLE: Final = """
SELECT c.id FROM customers_customer c
JOIN (
    SELECT customer_id FROM customers_purchase WHERE state = ANY(%(counted)s)
    GROUP BY customer_id HAVING count(*) > 1 OR max(covers_until) IS NOT NULL
) p ON p.customer_id = c.id
WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL
ORDER BY md5(c.id::text) LIMIT %(most)s
"""


def day_of(moment: datetime) -> int:
    """The number of ``moment``'s day on the firm's calendar."""
    return moment.astimezone(firm_zone()).date().toordinal()


def end_of(day: int) -> datetime:
    """When that day is over at the firm."""
    return firm_midnight(date.fromordinal(day + 1))


def pasts_of(customer_ids: Sequence[UUID]) -> dict[Any, list[Coming]]:
    """By customer, every purchase that counts; amounts only in the firm's own currency."""
    found: dict[Any, list[Coming]] = {}
    values: dict[str, Any] = {
        "ids": uuid_array(customer_ids),
        "zone": firm_zone().key,
        "file": FILE_SOURCE,
        "currency": the_firm().currency,
        "counted": list(Purchase.COUNTED),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PASTS, values)
        for customer_id, *told in cursor:
            found.setdefault(customer_id, []).append(Coming(*told))
    return found


def some_repeating(most: int) -> list[UUID]:
    """Customers with more than one purchase or a plan, at most ``most`` of them, by chance but always the same."""
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, {"counted": list(Purchase.COUNTED), "most": most})
        return [row[0] for row in cursor.fetchall()]
