"""Counting tries in the database: the same for all web processes, and there when the cache is not.

A lost cache therefore neither opens the door (nobody is counted) nor closes it (nobody gets in).
"""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from cxcrm.core.clock import now
from tenants.staff.errors import TooManyTries
from tenants.staff.logic.waiting import Pace
from tenants.staff.models import Tries

FORGOTTEN_AFTER = timedelta(days=2)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


@transaction.atomic
def claim_try(*, keys: dict[str, Pace]) -> None:
    """Count one try under every key before it is looked at. Raises TooManyTries, and then counts nothing.

    Counting first is what makes a thousand simultaneous tries as few as a thousand in a row.
    """
    at = now()
    for key in sorted(keys):
        pace = keys[key]
        row, is_new = Tries.objects.select_for_update().get_or_create(
            key=_digest(key), defaults={"last_at": at, "wait_until": at}
        )
        if is_new:
            Tries.objects.filter(last_at__lt=at - FORGOTTEN_AFTER).delete()
        if row.wait_until > at:
            raise TooManyTries((row.wait_until - at).total_seconds())
        row.count = 1 if at - row.last_at > timedelta(seconds=pace.rest) else row.count + 1
        row.last_at, row.wait_until = at, at + timedelta(seconds=pace.wait_after(row.count))
        row.save(update_fields=["count", "last_at", "wait_until"])


@transaction.atomic
def forgive(*, keys: list[str], shared: str = "") -> None:
    """Forget the tries under ``keys``: one of them was right.

    Under ``shared``, a connection many people stand behind, only this one is taken back: whoever has an account of
    their own must not be able to wipe out what they tried on others'.
    """
    Tries.objects.filter(key__in=[_digest(key) for key in keys]).delete()
    Tries.objects.filter(key=_digest(shared), count__gt=0).update(count=F("count") - 1)
