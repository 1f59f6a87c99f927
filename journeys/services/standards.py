"""What good looks like at a touchpoint: proposed, in force, replaced by a next version, read and acknowledged."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from journeys.errors import AskTheSteward, StandardReplaced, StandardUnchanged
from journeys.events import StandardAcknowledged, StandardProposed, StandardSentBack, StandardSet
from journeys.models import MAX_BEHAVIOURS, Standard, StandardAcknowledgement, StandardProposal, Touchpoint
from journeys.services.naming import line
from tenants.staff.selectors.stewardship import must_ask

TEXT, BEHAVIOUR = 600, 160


@transaction.atomic
def set_standard(*, touchpoint_id: UUID, text: str, behaviours: Sequence[str] = ()) -> Standard:
    """Put the standard of a touchpoint in force; the version before stays to be read and all read the new one.

    Empty behaviours are left out; what was proposed for the place meanwhile is settled by it. Raises NotFound,
    InvalidInput (no text, too long, more than five behaviours), StandardUnchanged, AskTheSteward.
    """
    if must_ask(current_actor()):
        raise AskTheSteward
    touchpoint = _lock(touchpoint_id)
    words, does = _told(text, behaviours)
    StandardProposal.objects.filter(touchpoint=touchpoint).delete()
    return _put_in_force(touchpoint, words, does, current_actor().user_id)


@transaction.atomic
def propose_standard(*, touchpoint_id: UUID, text: str, behaviours: Sequence[str] = ()) -> StandardProposal:
    """Submit a standard to the brand steward; proposing again replaces what waits for the same place.

    Raises NotFound, InvalidInput, StandardUnchanged.
    """
    touchpoint = _lock(touchpoint_id)
    words, does = _told(text, behaviours)
    standing = _standing(touchpoint)
    if standing is not None and (standing.text, standing.behaviours) == (words, does):
        raise StandardUnchanged
    proposal, _is_new = StandardProposal.objects.update_or_create(
        touchpoint=touchpoint,
        defaults={"text": words, "behaviours": does, "proposed_by_id": current_actor().user_id},
    )
    publish(StandardProposed(touchpoint_id=touchpoint.pk))
    return proposal


@transaction.atomic
def adopt_standard(*, touchpoint_id: UUID) -> Standard:
    """The brand steward says yes: what was proposed is in force, in the name of who wrote it.

    Raises NotFound (nothing proposed), AskTheSteward, StandardUnchanged.
    """
    if must_ask(current_actor()):
        raise AskTheSteward
    touchpoint, proposal = _proposed(touchpoint_id)
    proposal.delete()
    return _put_in_force(touchpoint, proposal.text, proposal.behaviours, proposal.proposed_by_id)


@transaction.atomic
def send_back_standard(*, touchpoint_id: UUID) -> None:
    """What was proposed is off the table, by the steward or by whoever thought better of it. Raises NotFound."""
    touchpoint, proposal = _proposed(touchpoint_id)
    proposal.delete()
    publish(StandardSentBack(touchpoint_id=touchpoint.pk))


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


def _lock(touchpoint_id: UUID) -> Touchpoint:
    touchpoint = Touchpoint.objects.select_for_update(no_key=True).filter(pk=touchpoint_id).first()
    if touchpoint is None:
        raise NotFound
    return touchpoint


def _told(text: str, behaviours: Sequence[str]) -> tuple[str, list[str]]:
    words = line(text, "text", TEXT, required=True)
    does = [one for one in (line(raw, "behaviours", BEHAVIOUR) for raw in behaviours) if one]
    if len(does) > MAX_BEHAVIOURS:
        raise InvalidInput(
            _("At most %(limit)s behaviours: nobody remembers more.") % {"limit": MAX_BEHAVIOURS}, field="behaviours"
        )
    return words, does


def _standing(touchpoint: Touchpoint) -> Standard | None:
    return Standard.objects.filter(touchpoint=touchpoint, replaced_at=None).first()


def _proposed(touchpoint_id: UUID) -> tuple[Touchpoint, StandardProposal]:
    touchpoint = _lock(touchpoint_id)
    proposal = StandardProposal.objects.filter(touchpoint=touchpoint).first()
    if proposal is None:
        raise NotFound
    return touchpoint, proposal


def _put_in_force(touchpoint: Touchpoint, words: str, does: list[str], by: UUID | None) -> Standard:
    before, at = _standing(touchpoint), now()
    if before is not None:
        if (before.text, before.behaviours) == (words, does):
            raise StandardUnchanged
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
    standard = Standard(
        touchpoint=touchpoint,
        version=before.version + 1 if before else 1,
        text=words,
        behaviours=does,
        written_by_id=by,
        in_force_since=at,
    )
    standard.save()
    publish(StandardSet(standard_id=standard.pk))
    return standard
