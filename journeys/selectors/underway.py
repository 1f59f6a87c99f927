"""Initiatives on the map of a journey: what is being done about a touchpoint, and what waits for a yes."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from journeys.models import Initiative
from journeys.selectors.overlays import Underway, tells_underway
from tenants.staff.roles import Level

_TONES: Final = {
    Initiative.State.PROPOSED: "plain",
    Initiative.State.APPROVED: "info",
    Initiative.State.RUNNING: "good",
}


@tells_underway
def initiatives(reader: Any, stages: Collection[UUID]) -> list[Underway]:
    """Those proposed, approved or running at touchpoints of these stages, the ones that run first."""
    if not reader.allows("journeys", Level.READ):
        return []
    rows = Initiative.objects.filter(state__in=list(_TONES), touchpoint__stage__in=list(stages))
    found = [
        Underway(
            title=row.name,
            stage_id=row.touchpoint.stage_id,  # type: ignore[union-attr] # asked for by its stage
            touchpoint_id=row.touchpoint_id,
            said=row.get_state_display(),
            tone=_TONES[Initiative.State(row.state)],
            page="admin:journeys_initiative_change",
            ident=row.pk,
        )
        for row in rows.select_related("touchpoint").only("name", "state", "touchpoint__stage_id").order_by("name")
    ]
    order = list(_TONES.values())
    return sorted(found, key=lambda one: -order.index(one.tone))
