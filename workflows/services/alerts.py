"""Raising what the firm must see, and settling it once its cause is mended."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from workflows.errors import AlertUnknown
from workflows.models import Alert


@transaction.atomic
def raise_alert(*, kind: str, ref: UUID, complaint_id: UUID | None = None, detail: str = "") -> Alert:
    """Show a warning about ``ref``; while one of this kind is open for it, that one is returned."""
    alert, _created = Alert.objects.get_or_create(
        kind=kind, ref=ref, settled_at=None, defaults={"complaint_id": complaint_id, "detail": detail[:300]}
    )
    return alert


@transaction.atomic
def clear_alerts(*, refs: Iterable[UUID], kinds: Iterable[str]) -> None:
    """What was warned of did not come to pass: its open alerts are settled by nobody in particular."""
    Alert.objects.filter(ref__in=list(refs), kind__in=list(kinds), settled_at=None).update(settled_at=now())


@transaction.atomic
def settle_alert(*, alert_id: UUID) -> Alert:
    """Mark an alert as mended by whoever acts; repeating it is harmless. Raises AlertUnknown."""
    alert = Alert.objects.select_for_update(no_key=True).filter(pk=alert_id).first()
    if alert is None:
        raise AlertUnknown
    if alert.settled_at is None:
        actor = current_actor()
        alert.settled_at = now()
        alert.settled_by_id = actor.user_id
        alert.save(update_fields=["settled_at", "settled_by"])
    return alert
