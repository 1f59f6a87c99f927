"""What customers experienced, as of a day, for the forecast: this room's own SQL, and what floors above add.

A source reads ``asked(customer_id)``, the customers in hand, and yields ``customer_id, feature, value`` for what had
happened by ``%(at)s`` and was known then: recorded by then too, unless it came in a file of the past.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from customers.logic.health import FLAGS, PRIORS
from cxcrm.core.db.arrays import uuid_array

_sources: dict[str, str] = {}
# Working days (Monday to Friday) a message may wait, and how long ago one still matters.
WAIT_DAYS, LOOK_BACK_DAYS = 2, 60


def experienced(name: str, *features: str, sql: str) -> None:
    """Register at start-up where ``features`` or flags are found. A second registration of ``name`` replaces the first.

    Raises ValueError for a feature there is not.
    """
    if unknown := set(features) - set(PRIORS) - set(FLAGS):
        raise ValueError(f"no such features: {sorted(unknown)}")
    _sources[name] = sql


def said_of(customer_ids: Sequence[UUID], at: datetime) -> dict[UUID, dict[str, float]]:
    """By customer, the features and flags that hold at ``at``; whoever has none is left out."""
    union = "\nUNION ALL\n".join(_sources.values())
    sql = f"WITH asked AS (SELECT unnest(%(ids)s::uuid[]) AS customer_id)\n{union}"
    found: dict[UUID, dict[str, float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": uuid_array(customer_ids), "at": at})
        for customer_id, feature, value in cursor.fetchall():
            found.setdefault(customer_id, {})[feature] = float(value)
    return found


# Something they wrote or called about themselves that nobody of ours reacted to within two working days.
_UNANSWERED: Final = f"""
SELECT DISTINCT i.customer_id, 'unanswered', 1.0::float8
FROM customers_interaction i JOIN asked a USING (customer_id)
WHERE i.direction = 'in' AND i.actor_kind = 'customer' AND i.kind IN ('mail', 'chat', 'call')
    AND i.occurred_at <= %(at)s AND i.created_at <= %(at)s
    AND i.occurred_at > %(at)s::timestamptz - interval '{LOOK_BACK_DAYS} days'
    AND (
        SELECT count(*) FROM generate_series(i.occurred_at + interval '1 day', %(at)s::timestamptz, interval '1 day') d
        WHERE extract(isodow FROM d) < 6
    ) > {WAIT_DAYS}
    AND NOT EXISTS (
        SELECT FROM customers_interaction o
        WHERE o.customer_id = i.customer_id AND o.occurred_at > i.occurred_at AND o.occurred_at <= %(at)s
            AND (o.direction = 'out' OR o.actor_kind = 'user')
    )
"""  # noqa: S608 - constants

experienced("customers.unanswered", "unanswered", sql=_UNANSWERED)
