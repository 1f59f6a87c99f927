"""Who left after a complaint, beside customers who bought as often at the same time and did not complain."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from customers.logic.shares import Comparison
from customers.logic.worth import compare_like, how_often
from customers.selectors.worth import READ, one_in
from cxcrm.core.clock import now

STRETCH_DAYS: Final = 90
STRETCHES: Final = 4


@dataclass(frozen=True)
class AfterComplaint:
    """``left`` of ``n`` who complained; ``others_left`` in per cent of the like; ``gap`` in points, None of too few.

    Counted over four stretches of 90 days: who bought in one and bought nothing in the 90 days after it has left,
    unless a plan of theirs lasts as long.
    """

    left: int
    n: int
    others_left: float | None
    others: int
    gap: Comparison | None


_FOLLOWED: Final = f"""
WITH asked AS ({READ}), stretches AS (
    SELECT k, %(at)s::timestamptz - (k + 1) * interval '{STRETCH_DAYS} days' AS since,
        %(at)s::timestamptz - k * interval '{STRETCH_DAYS} days' AS until,
        %(at)s::timestamptz - (k - 1) * interval '{STRETCH_DAYS} days' AS ends
    FROM generate_series(1, {STRETCHES}) k
), bought AS (
    SELECT k, p.customer_id, count(DISTINCT p.occurred_at::date) AS days
    FROM stretches s JOIN customers_purchase p ON p.occurred_at > s.since AND p.occurred_at <= s.until
    JOIN asked USING (customer_id)
    WHERE p.state IN ('paid', 'open') GROUP BY 1, 2
)
SELECT least(b.days, 4)::int,
    EXISTS (
        SELECT FROM feedback_complaint c
        WHERE c.customer_id = b.customer_id AND c.received_at > s.since AND c.received_at <= s.until
    ) AS complained,
    NOT EXISTS (
        SELECT FROM customers_purchase p
        WHERE p.customer_id = b.customer_id AND p.state IN ('paid', 'open')
            AND (
                (p.occurred_at > s.until AND p.occurred_at <= s.ends)
                OR (p.occurred_at <= s.until AND p.covers_until >= s.ends::date)
            )
    ) AS has_left,
    count(*)
FROM bought b JOIN stretches s USING (k)
GROUP BY 1, 2, 3
"""  # noqa: S608 - constants


def after_complaint() -> AfterComplaint:
    """The last 15 months; two queries. Suggestions count as complaints: they are cases, too."""
    sides: dict[bool, dict[int, tuple[int, int]]] = {True: {}, False: {}}
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWED, {"at": now(), "one_in": one_in()})
        for days, complained, has_left, number in cursor.fetchall():
            side, often = sides[complained], how_often(days)
            left, n = side.get(often, (0, 0))
            side[often] = (left + (number if has_left else 0), n + number)
    others = sum(n for _left, n in sides[False].values())
    found = compare_like(sides[True], sides[False])
    if found is None:
        left, n = (sum(pair[place] for pair in sides[True].values()) for place in (0, 1))
        return AfterComplaint(left, n, None, others, None)
    (left, n), (good, sure_as), gap = found
    return AfterComplaint(left, n, 100 * good / sure_as, others, gap)
