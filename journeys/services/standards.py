"""What good looks like at a touchpoint: written, replaced by a next version, read and acknowledged."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from journeys.errors import StandardReplaced, StandardUnchanged
from journeys.events import StandardAcknowledged, StandardSet
from journeys.models import MAX_BEHAVIOURS, Standard, StandardAcknowledgement, Touchpoint
from journeys.services.naming import line

TEXT, BEHAVIOUR = 600, 160


@transaction.atomic
def set_standard(*, touchpoint_id: UUID, text: str, behaviours: Sequence[str] = ()) -> Standard:
    """Write the standard of a touchpoint; the version before stays to be read and everybody reads the new one.

    Empty behaviours are left out. Raises NotFound, InvalidInput (no text, too long, more than five behaviours),
    StandardUnchanged.
    """
    touchpoint = Touchpoint.objects.select_for_update(no_key=True).filter(pk=touchpoint_id).first()
    if touchpoint is None:
        raise NotFound
    words = line(text, "text", TEXT, required=True)
    does = [one for one in (line(raw, "behaviours", BEHAVIOUR) for raw in behaviours) if one]
    if len(does) > MAX_BEHAVIOURS:
        raise InvalidInput(
            _("At most %(limit)s behaviours: nobody remembers more.") % {"limit": MAX_BEHAVIOURS}, field="behaviours"
        )
    before = Standard.objects.filter(touchpoint=touchpoint, replaced_at=None).first()
    at = now()
    if before is not None:
        if (before.text, before.behaviours) == (words, does):
            raise StandardUnchanged
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
    actor = current_actor()
    standard = Standard(
        touchpoint=touchpoint,
        version=before.version + 1 if before else 1,
        text=words,
        behaviours=does,
        written_by_id=actor.user_id,
        in_force_since=at,
    )
    standard.save()
    publish(StandardSet(standard_id=standard.pk))
    return standard


@transaction.atomic
def acknowledge_standard(*, standard_id: UUID, user_id: UUID) -> StandardAcknowledgement:
    """Note that ``user_id`` has read this version and works by it; saying so again changes nothing.

    Raises NotFound, StandardReplaced.
    """
    standard = Standard.objects.select_for_update(no_key=True).filter(pk=standard_id).first()
    if standard is None:
        raise NotFound
    if standard.replaced_at is not None:
        raise StandardReplaced
    row, is_new = StandardAcknowledgement.objects.get_or_create(standard=standard, user_id=user_id)
    if is_new:
        publish(StandardAcknowledged(acknowledgement_id=row.pk))
    return row
