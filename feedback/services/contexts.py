"""Declaring a context, changing it, ending it early, and holding invitations back while it is on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from customers.logic.addresses import provinces as known_provinces
from customers.selectors.segments import active_segments
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.db.arrays import among, uuid_array
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback.errors import (
    AccountableUnfit,
    ContextChangedMeanwhile,
    ContextOver,
    ContextTimesInvalid,
    ContextTooLong,
    ProvinceUnknown,
)
from feedback.events import ContextChanged, ContextDeclared, ContextEnded
from feedback.models import ContextEvent, HeldInvitation
from feedback.selectors.contexts import HERE, IN_FORCE
from journeys.services.naming import choice, line, row
from tenants.staff.models import User

NAME_LENGTH, CARE_LENGTH = 80, 300
LONGEST: Final = timedelta(days=92)


@transaction.atomic
def declare_context(
    *,
    name: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    provinces: Sequence[str] = (),
    pauses: str = ContextEvent.Pauses.ALL,
    care_vi: str = "",
    care_en: str = "",
    segment_id: UUID | None = None,
    accountable_id: UUID | None = None,
) -> ContextEvent:
    """Declare a context; whoever declares it answers for it unless somebody else is named. No province is everywhere.

    It may have begun before. Raises InvalidInput, ContextTimesInvalid, ContextTooLong, ProvinceUnknown,
    AccountableUnfit.
    """
    who = current_actor().user_id
    context = ContextEvent(declared_by_id=who)
    told = {
        "name": name, "kind": kind, "starts_at": starts_at, "ends_at": ends_at, "provinces": provinces,
        "pauses": pauses, "care_vi": care_vi, "care_en": care_en, "segment_id": segment_id,
        "accountable_id": accountable_id or who,
    }  # fmt: skip
    _write(context, told)
    context.save(force_insert=True)
    publish(ContextDeclared(context_id=context.pk))
    return context


@transaction.atomic
def change_context(*, context_id: UUID, version: int | None = None, **told: Any) -> ContextEvent:
    """Change what is told of a context, by the names of ``declare_context``; with ``version`` only the one read.

    What it holds back is looked at again at once. Raises as ``declare_context``, NotFound, ContextOver,
    ContextChangedMeanwhile.
    """
    context = _locked(context_id)
    if version is not None and version != context.version:
        raise ContextChangedMeanwhile(version=context.version)
    _write(context, told)
    _save(context)
    publish(ContextChanged(context_id=context.pk))
    return context


@transaction.atomic
def end_context(*, context_id: UUID) -> ContextEvent:
    """End a context now, or call it off before it began; what waits for it leaves. Raises NotFound, ContextOver."""
    at = now()
    context = _locked(context_id)
    context.ended_at = at  # before the lock was waited for, so before its own end for certain
    _save(context)
    publish(ContextEnded(context_id=context.pk))
    return context


def _locked(context_id: UUID) -> ContextEvent:
    """The row, locked, as long as it is not over. Whoever holds invitations back meanwhile has to wait."""
    context = ContextEvent.objects.select_for_update(no_key=True).filter(pk=context_id).first()
    if context is None:
        raise NotFound
    if context.ended_at is not None or context.ends_at <= now():
        raise ContextOver
    return context


def _save(context: ContextEvent) -> None:
    context.updated_at, context.version = now(), context.version + 1
    context.save()


def _write(context: ContextEvent, told: dict[str, Any]) -> None:
    """Put what was told on the row, checked."""
    checked: dict[str, Callable[[Any], Any]] = {
        "name": lambda value: line(value, "name", NAME_LENGTH, required=True),
        "kind": lambda value: choice(value, ContextEvent.Kind, "kind"),
        "pauses": lambda value: choice(value, ContextEvent.Pauses, "pauses"),
        "provinces": _provinces,
        "care_vi": lambda value: line(value, "care_vi", CARE_LENGTH),
        "care_en": lambda value: line(value, "care_en", CARE_LENGTH),
        "segment_id": _segment,
        "accountable_id": _accountable,
        "starts_at": lambda value: value,
        "ends_at": lambda value: value,
    }
    for name, value in told.items():
        setattr(context, name, checked[name](value))
    if context.ends_at <= max(context.starts_at, now()):
        raise ContextTimesInvalid(field="ends_at")
    if context.ends_at - context.starts_at > LONGEST:
        raise ContextTooLong(field="ends_at")


def _provinces(codes: Iterable[str]) -> list[str]:
    """Each once, in the order of their codes."""
    chosen = sorted(set(codes))
    for code in chosen:
        if code not in known_provinces():
            raise ProvinceUnknown(field="provinces", value=code[:80])
    return chosen


def _segment(ident: UUID | None) -> UUID | None:
    found = row(active_segments(), ident, "segment")
    return found.pk if found else None


def _accountable(ident: UUID | None) -> UUID:
    found = User.objects.working().filter(pk=ident).first() if ident else None
    if found is None:
        raise AccountableUnfit(field="accountable")
    return found.pk


@dataclass(frozen=True, slots=True)
class HeldUntil:
    """Until when an invitation is held back, and when it is out of date."""

    over_at: datetime
    expires_at: datetime


_HOLDING: Final = f"""
SELECT e.id, e.version, i.id, e.ends_at, i.expires_at
FROM feedback_contextevent e
JOIN feedback_invitation i ON i.id = ANY(%s::uuid[])
JOIN feedback_survey s ON s.id = i.survey_id
JOIN customers_customer c ON c.id = i.customer_id
LEFT JOIN customers_customer o ON o.id = c.organization_id
WHERE {IN_FORCE} AND e.pauses IN ('all', s.cadence) AND {HERE}
ORDER BY e.id, i.id
FOR SHARE OF e
"""  # noqa: S608 - constants


@transaction.atomic
def hold_invitations(*, invitation_ids: Sequence[UUID]) -> dict[UUID, HeldUntil]:
    """Note which of these are held back, and by what; invitation → until when. Others are missing: they may leave.

    The contexts are locked for sharing, so that one changed or ended meanwhile is seen as it is then, and whoever
    changes it afterwards finds every invitation it held. Two statements, however many invitations.
    """
    found: dict[UUID, HeldUntil] = {}
    at, rows = now(), []
    with connection.cursor() as cursor:
        cursor.execute(_HOLDING, [uuid_array(invitation_ids), at, at])
        for context_id, version, invitation_id, ends_at, expires_at in cursor.fetchall():
            rows.append(HeldInvitation(context_id=context_id, invitation_id=invitation_id, version=version))
            before = found.get(invitation_id)
            if before is None or before.over_at < ends_at:
                found[invitation_id] = HeldUntil(ends_at, expires_at)
    HeldInvitation.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["version"], unique_fields=["context", "invitation"]
    )
    return found


@transaction.atomic
def mark_looked_at(*, context_id: UUID, invitation_ids: Sequence[UUID]) -> None:
    """These were let go, to be held back again or not by whatever is in force."""
    context = ContextEvent.objects.get(pk=context_id)
    rows = HeldInvitation.objects.filter(context=context, invitation_id__in=among(invitation_ids))
    rows.update(version=context.version)
