"""A root cause that comes back is put before whoever answers for its place, once; they take it up or say why not."""

from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.clock import db_now, now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from cxcrm.core.language import speaking
from feedback.models import Complaint, RootCause
from journeys.services.initiatives import cite_for, draft_initiative
from journeys.services.naming import line
from tenants.services.nights import nightly
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today, the_firm
from tenants.staff.selectors.people import working_user
from workflows import events
from workflows.errors import CauseDecided, CauseIsPersonal
from workflows.logic.causes import comes_back
from workflows.models import Alert, CauseCase, CauseProposal, EscalationLevel, Message
from workflows.selectors.audiences import find
from workflows.selectors.causes import (
    cases_within,
    causes_of_late,
    fresh_cases,
    in_hand,
    quotes_from,
)
from workflows.selectors.people import may_act_for
from workflows.services.alerts import raise_alert
from workflows.services.outbox import queue_message

BECAUSE: Final = 300
_NAME: Final = 120
_State = CauseProposal.State


@transaction.atomic
def look_at_cause_of(*, complaint_id: UUID) -> CauseProposal | None:
    """A case was answered and its cause is known: has the cause come back often enough?"""
    cause_id = Complaint.objects.values_list("root_cause_id", flat=True).get(pk=complaint_id)
    return look_at_cause(root_cause_id=cause_id) if cause_id else None


@nightly
@transaction.atomic
def look_at_causes() -> int:
    """Look at every cause of the last thirty days, since causes are merged and cases come from files too.

    Returns how many were proposed. Repeating it changes nothing.
    """
    return sum(look_at_cause(root_cause_id=cause) is not None for cause in causes_of_late(db_now()))


@transaction.atomic
def look_at_cause(*, root_cause_id: UUID) -> CauseProposal | None:
    """Put a cause before whoever answers for it when three new cases, or five percent of all, met it in thirty days.

    While it waits, or its initiative is under way, new cases are added to what it rests on instead. Returns the new
    proposal, or None. The lock on the cause makes it once, whatever runs beside it. Raises NotFound.
    """
    cause = RootCause.objects.select_for_update(no_key=True, of=("self",)).filter(pk=root_cause_id).first()
    if cause is None:
        raise NotFound
    at = now()
    fresh = list(fresh_cases(cause.pk, at).select_related("touchpoint__department", "owner", "branch"))
    standing = in_hand(cause.pk)
    if standing is not None:
        _add_cases(standing, fresh)
        return None
    everything = cases_within(at).count()
    asked_before = CauseProposal.objects.filter(root_cause=cause).exists()
    rule = comes_back(len(fresh), everything, asked_before=asked_before)
    return _propose(cause, fresh, everything, rule) if rule else None


@transaction.atomic
def take_up_cause(*, proposal_id: UUID) -> CauseProposal:
    """Make a draft initiative of it, with the quotes taken from its cases. Raises NotFound, CauseDecided,
    CauseIsPersonal.
    """
    proposal, decider = _decide(proposal_id)
    with speaking(the_firm().language):
        words = {"cause": proposal.root_cause.name, "n": proposal.counted}
        name = _("Put an end to: %(cause)s") % words
        what = _("What led to %(n)d complaints in 30 days does not happen to them again: %(cause)s") % words
    initiative = draft_initiative(
        name=name[:_NAME], what=what, owner_id=proposal.owner_id, touchpoint_id=proposal.touchpoint_id
    )
    for quote_id in quotes_from(proposal).values_list("pk", flat=True):
        initiative = cite_for(initiative_id=initiative.pk, quote_id=quote_id)
    proposal.initiative = initiative
    return _decided(proposal, _State.TAKEN, decider)


@transaction.atomic
def leave_cause(*, proposal_id: UUID, because: str) -> CauseProposal:
    """Not now, and why; nobody is asked again until it has come back another three times.

    Raises NotFound, CauseDecided, CauseIsPersonal, InvalidInput.
    """
    proposal, decider = _decide(proposal_id)
    proposal.because = line(because, "because", BECAUSE, required=True)
    return _decided(proposal, _State.REJECTED, decider)


def _propose(cause: RootCause, fresh: Sequence[Complaint], everything: int, rule: str) -> CauseProposal | None:
    """Addressed to the accountable person of the place where most of the cases happened."""
    places = Counter(case.touchpoint_id for case in fresh if case.touchpoint_id)
    place = places.most_common(1)[0][0] if places else None
    there = next(case for case in fresh if case.touchpoint_id == place or place is None)
    found = find(EscalationLevel.Audience.EXECUTIVE, there, firm_today())
    if found is None:
        raise_alert(kind=Alert.Kind.NOBODY_FOUND, ref=cause.pk, detail=cause.name)
        return None
    proposal = CauseProposal.objects.create(
        root_cause=cause,
        touchpoint_id=place,
        owner=found.deputy_for or found.user,
        rule=rule,
        counted=len(fresh),
        everything=everything,
    )
    _add_cases(proposal, fresh)
    queue_message(
        kind=Message.Kind.CAUSE_PROPOSED,
        ref=proposal.pk,
        dedupe_key=f"cause_proposed:{proposal.pk}",
        user=found.user,
    )
    publish(events.CauseProposed(proposal_id=proposal.pk))
    return proposal


def _add_cases(proposal: CauseProposal, cases: Sequence[Complaint]) -> None:
    """A case that meanwhile speaks for another cause stays with that one."""
    rows = [CauseCase(proposal=proposal, complaint=case) for case in cases]
    CauseCase.objects.bulk_create(rows, ignore_conflicts=True)


def _decide(proposal_id: UUID) -> tuple[CauseProposal, User]:
    proposal = (
        CauseProposal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("root_cause", "owner")
        .filter(pk=proposal_id)
        .first()
    )
    if proposal is None:
        raise NotFound
    decider = working_user(current_actor().user_id)
    if decider is None or not may_act_for(decider, proposal.owner_id):
        raise CauseIsPersonal
    if proposal.state != _State.WAITING:
        raise CauseDecided
    return proposal, decider


def _decided(proposal: CauseProposal, state: str, decider: User) -> CauseProposal:
    proposal.state, proposal.decided_by, proposal.decided_at = state, decider, now()
    proposal.save(update_fields=["state", "initiative", "because", "decided_by", "decided_at"])
    publish(events.CauseDecided(proposal_id=proposal.pk))
    return proposal
