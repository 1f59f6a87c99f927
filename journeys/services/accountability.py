"""Handing a part of the journey over from one executive to the next."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from journeys.errors import NotOneTarget, PersonUnfit
from journeys.events import AccountabilityHandedOver
from journeys.models import Accountability, Stage, Touchpoint
from journeys.services.naming import line
from tenants.staff.selectors.people import working_user

NOTE_LENGTH = 300


@transaction.atomic
def hand_over(
    *,
    executive_id: UUID,
    touchpoint_id: UUID | None = None,
    stage_id: UUID | None = None,
    deputy_id: UUID | None = None,
    from_day: date,
    note: str = "",
) -> Accountability:
    """Make ``executive_id`` accountable for one touchpoint or stage from ``from_day`` (firm's calendar day) on.

    Whoever answered for it until then stops the same day; a hand-over already planned for later stays and ends this
    one. A second hand-over for the same day corrects the first. Raises NotOneTarget, PersonUnfit (not working here, or
    their own deputy), NotFound, or InvalidInput for a note over 300 characters.
    """
    target = _lock_target(touchpoint_id, stage_id)
    _check_people(executive_id, deputy_id)
    rows = Accountability.objects.filter(**target)
    rows.filter(Q(valid_to=None) | Q(valid_to__gt=from_day), valid_from__lt=from_day).update(valid_to=from_day)
    planned = rows.filter(valid_from__gt=from_day).order_by("valid_from").first()
    accountability, _created = Accountability.objects.update_or_create(
        **target,
        valid_from=from_day,
        defaults={
            "executive_id": executive_id,
            "deputy_id": deputy_id,
            "valid_to": planned.valid_from if planned else None,
            "note": line(note, "note", NOTE_LENGTH),
        },
    )
    publish(AccountabilityHandedOver(accountability_id=accountability.pk))
    return accountability


def _lock_target(touchpoint_id: UUID | None, stage_id: UUID | None) -> dict[str, Any]:
    """Let one hand-over at a time happen for an object; readers and its complaints are not held up."""
    model: type[Touchpoint | Stage]
    if touchpoint_id is not None and stage_id is None:
        model, target = Touchpoint, {"touchpoint_id": touchpoint_id}
    elif stage_id is not None and touchpoint_id is None:
        model, target = Stage, {"stage_id": stage_id}
    else:
        raise NotOneTarget
    if model.objects.select_for_update(no_key=True).filter(pk__in=target.values()).first() is None:
        raise NotFound
    return target


def _check_people(executive_id: UUID, deputy_id: UUID | None) -> None:
    if working_user(executive_id) is None:
        raise PersonUnfit(field="executive_id")
    if deputy_id is not None and (deputy_id == executive_id or working_user(deputy_id) is None):
        raise PersonUnfit(field="deputy_id")
