"""Who answers for a part of the journey on a given day, and which parts nobody answers for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from journeys.models import Accountability, Touchpoint
from tenants.staff.models import User


@dataclass(frozen=True)
class HandedOver:
    """From ``valid_from`` on ``executive`` answers for ``places``, for which ``former`` did the day before."""

    valid_from: date
    executive: User
    former: frozenset[UUID]
    places: QuerySet[Touchpoint]


def in_force(on: date) -> QuerySet[Accountability]:
    """The accountabilities valid on ``on``, with the people in them."""
    return Accountability.objects.filter(_valid(on)).select_related("executive", "deputy")


def accountable_for(touchpoint: Touchpoint | None, on: date) -> Accountability | None:
    """The one accountability for ``touchpoint`` on ``on``: its own, else that of its stage, else None."""
    if touchpoint is None:
        return None
    found = list(in_force(on).filter(Q(touchpoint_id=touchpoint.pk) | Q(stage_id=touchpoint.stage_id)))
    return min(found, key=lambda row: row.touchpoint_id is None, default=None)


def handed_over(accountability_id: UUID) -> HandedOver | None:
    """Who took what over from whom; None where it is gone. A stage's touchpoints with their own person stay theirs."""
    row = Accountability.objects.select_related("executive", "touchpoint").filter(pk=accountability_id).first()
    if row is None:
        return None
    before = row.valid_from - timedelta(days=1)
    if row.touchpoint is not None:
        places = Touchpoint.objects.filter(pk=row.touchpoint.pk)
        standing = accountable_for(row.touchpoint, before)
        former = {standing.executive_id} if standing else set()
    else:
        own = in_force(row.valid_from).filter(touchpoint=OuterRef("pk"))
        places = Touchpoint.objects.filter(~Exists(own), stage=row.stage_id)
        former = set(in_force(before).filter(stage=row.stage_id).values_list("executive_id", flat=True))
    return HandedOver(row.valid_from, row.executive, frozenset(former - {row.executive_id}), places)


def unowned(on: date) -> list[Touchpoint]:
    """The touchpoints in use for which nobody is accountable on ``on``, neither directly nor by their stage."""
    return list(unowned_touchpoints(on).select_related("stage", "department"))


def unowned_touchpoints(on: date) -> QuerySet[Touchpoint]:
    """The same, for a room above to ask whether there are any."""
    return Touchpoint.objects.filter(~answered_for(on), is_active=True)


def answered_for(on: date) -> Q:
    """Is somebody accountable for a touchpoint on ``on``, directly or by its stage? For use in a query of these."""
    rows = Accountability.objects.filter(_valid(on))
    own, by_stage = rows.filter(touchpoint_id=OuterRef("pk")), rows.filter(stage_id=OuterRef("stage_id"))
    return Q(Exists(own)) | Q(Exists(by_stage))


def answered_for_by(people: QuerySet[User], on: Any) -> QuerySet[Touchpoint]:
    """The touchpoints somebody of ``people`` answers for on ``on``, or is named as deputy: directly, or by their stage
    where the touchpoint has nobody of its own. ``on`` may be an expression; nothing is asked by itself.
    """
    valid = Accountability.objects.filter(_valid(on))
    theirs = valid.filter(Q(executive__in=people) | Q(deputy__in=people))
    own = Exists(valid.filter(touchpoint=OuterRef("pk")))
    by_stage = Q(stage__in=theirs.filter(stage__isnull=False).values("stage")) & ~Q(own)
    return Touchpoint.objects.filter(Q(pk__in=theirs.filter(touchpoint__isnull=False).values("touchpoint")) | by_stage)


def _valid(on: Any) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
