"""Doing a call of the API once, however often it is sent: its first answer is kept and given again."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from cxcrm.core.api.idempotency import Answer
from cxcrm.core.clock import db_now
from tenants.services.nights import nightly
from tenants.staff.errors import KeyUsedOtherwise
from tenants.staff.models import RepeatableCall

KEEP: Final = timedelta(days=2)


def claim(*, caller: UUID, key: str, fingerprint: str) -> Answer | None:
    """Take the key for this call, or return what the same call was answered before.

    Part of the transaction of the call itself: while another one with the key is being carried out, this one waits for
    it, and takes over when that one failed. Raises KeyUsedOtherwise for another call under the same key.
    """
    call = RepeatableCall(caller=caller, key=key, fingerprint=fingerprint)
    RepeatableCall.objects.bulk_create([call], ignore_conflicts=True)
    kept = RepeatableCall.objects.get(caller=caller, key=key)
    if kept.fingerprint != fingerprint:
        raise KeyUsedOtherwise
    return Answer(kept.status, kept.body) if kept.status is not None else None


def keep(*, caller: UUID, key: str, answer: Answer) -> None:
    """Remember what the call was answered, in its own transaction."""
    RepeatableCall.objects.filter(caller=caller, key=key).update(status=answer.status, body=answer.body)


@nightly
@transaction.atomic
def forget_old_calls() -> int:
    """Nobody repeats a call after two days."""
    return RepeatableCall.objects.filter(created_at__lt=db_now() - KEEP).delete()[0]
