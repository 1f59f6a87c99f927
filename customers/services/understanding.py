"""How well customers are understood is kept here: counted from the sources after a change, confirmed from above."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from customers.errors import CustomerNotFound
from customers.logic.personas import KNOWN_FROM
from customers.logic.understanding import BY_CODE
from customers.models import Customer, ImportJob, ImportRow, UnderstandingItem
from customers.services.understanding_levels import set_levels
from customers.services.understanding_sources import HEARD, derived_items, told
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import among, uuid_array

# Of a file with more rows everybody is counted in the background, piece by piece.
AT_ONCE: Final = 2_000


@transaction.atomic
def recount_customers(*, customer_ids: Iterable[UUID]) -> None:
    """Find out from the sources what is known of these customers now, and where that leaves them.

    Harmless when repeated. Whoever changes a source calls it in the same transaction. Their rows are locked, so that of
    two changes at one moment the second sees the first. Erased and merged customers end without anything.
    """
    ids = _locked(set(customer_ids))
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_recount(), {"ids": uuid_array(ids), "derived": derived_items()})
    set_levels(ids, now())


@transaction.atomic
def confirm_item(
    *,
    customer_id: UUID,
    item: str,
    confirmed_at: datetime | None = None,
    share: float = 1.0,
    expires_at: datetime | None = None,
) -> None:
    """Note that a floor above knows ``item`` of a customer, ``share`` of it (above 0, at most 1); a later word stands.

    For items no source is registered for; a floor whose rows are the source registers it instead
    (services.understanding_sources). Raises CustomerNotFound, ValueError for an item or share there is not.
    """
    if item not in BY_CODE or not 0 < share <= 1:
        raise ValueError(f"no such item or share: {item} {share}")
    _standing(customer_id)
    at = confirmed_at or now()
    row, is_new = UnderstandingItem.objects.get_or_create(
        customer_id=customer_id,
        item=item,
        defaults={"confirmed_at": at, "share": share, "expires_at": expires_at},
    )
    if not is_new:
        row.confirmed_at, row.share, row.expires_at = max(at, row.confirmed_at), share, expires_at
        row.save(update_fields=["confirmed_at", "share", "expires_at"])
    set_levels([customer_id], now())


@transaction.atomic
def withdraw_item(*, customer_id: UUID, item: str) -> None:
    """Forget what ``confirm_item`` said; nothing happens where it said nothing. Raises CustomerNotFound."""
    _standing(customer_id)
    UnderstandingItem.objects.filter(customer_id=customer_id, item=item).delete()
    set_levels([customer_id], now())


@transaction.atomic
def recount_import(*, job_id: UUID) -> bool:
    """Count whom the rows of a short import concern; False for a long one, which takes counting everybody."""
    if ImportJob.objects.filter(pk=job_id, row_count__gt=AT_ONCE).exists():
        return False
    rows = ImportRow.objects.filter(job_id=job_id, customer__isnull=False)
    recount_customers(customer_ids=set(rows.values_list("customer_id", flat=True)))
    return True


# Whose persona changed since they were counted.
_PERSONAS: Final = f"""
SELECT coalesce(p.customer_id, i.customer_id)
FROM (SELECT customer_id, assigned_at FROM customers_customerpersona WHERE confidence >= {KNOWN_FROM}) p
FULL JOIN (SELECT customer_id, confirmed_at FROM customers_understandingitem WHERE item = 'persona') i
    ON i.customer_id = p.customer_id
WHERE p.assigned_at IS DISTINCT FROM i.confirmed_at
LIMIT %s
"""  # noqa: S608 - a constant


@transaction.atomic
def recount_personas() -> bool:
    """Count whose persona changed by a rule; False where these are so many that everybody is counted rather."""
    with connection.cursor() as cursor:
        cursor.execute(_PERSONAS, [AT_ONCE + 1])
        found = [row[0] for row in cursor.fetchall()]
    if len(found) > AT_ONCE:
        return False
    recount_customers(customer_ids=found)
    return True


def _locked(customer_ids: set[UUID]) -> list[UUID]:
    if not customer_ids:
        return []
    wanted = Customer.everyone.filter(pk__in=among(customer_ids))
    return list(wanted.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _standing(customer_id: UUID) -> None:
    if not Customer.objects.select_for_update(no_key=True).filter(pk=customer_id, erased_at=None).exists():
        raise CustomerNotFound


def _recount() -> str:
    return f"""
WITH asked AS (
    SELECT c.id AS customer_id FROM customers_customer c
    WHERE c.id = ANY(%(ids)s::uuid[]) AND c.merged_into_id IS NULL AND c.erased_at IS NULL
),
heard AS ({HEARD}),
told(customer_id, item, confirmed_at, share) AS ({told()}),
found AS (
    SELECT customer_id, item, max(confirmed_at) AS confirmed_at, max(share) AS share
    FROM told GROUP BY customer_id, item
),
gone AS (
    DELETE FROM customers_understandingitem i
    WHERE i.customer_id = ANY(%(ids)s::uuid[]) AND (
        NOT EXISTS (SELECT FROM asked a WHERE a.customer_id = i.customer_id)
        OR i.item = ANY(%(derived)s)
            AND NOT EXISTS (SELECT FROM found f WHERE f.customer_id = i.customer_id AND f.item = i.item)
    )
),
kept AS (
    INSERT INTO customers_understandingitem AS i (id, created_at, customer_id, item, confirmed_at, share)
    SELECT uuidv7(), statement_timestamp(), customer_id, item, confirmed_at, share FROM found
    ON CONFLICT (customer_id, item) DO UPDATE
    SET confirmed_at = EXCLUDED.confirmed_at, share = EXCLUDED.share, expires_at = NULL
    WHERE (i.confirmed_at, i.share, i.expires_at) IS DISTINCT FROM (EXCLUDED.confirmed_at, EXCLUDED.share, NULL)
)
DELETE FROM customers_understanding u
WHERE u.customer_id = ANY(%(ids)s::uuid[]) AND NOT EXISTS (SELECT FROM asked a WHERE a.customer_id = u.customer_id)
"""  # noqa: S608 - sources registered at start-up
