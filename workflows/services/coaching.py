"""Coaching: what was seen in a reviewed case, the colleague's own side, and then an executive's decision."""

from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from cxcrm.core.clock import now
from cxcrm.core.errors import InvalidInput, NotAllowed, NotFound
from cxcrm.core.events import publish
from feedback.models import Complaint
from feedback.selectors.reach import within_reach
from journeys.services.naming import line
from tenants.staff.models import User
from tenants.staff.roles import Level
from tenants.staff.selectors.people import working_user
from workflows import events
from workflows.conduct_errors import (
    CaseNotReviewed,
    CoachingFromScore,
    CoachingInvalid,
    CoachingOfOneself,
    CoachingOver,
    CoachingStands,
    HearThemFirst,
    NotYoursToDecide,
)
from workflows.models import Coaching
from workflows.selectors.calendars import default_calendar
from workflows.selectors.conduct import coachings_visible_to, may_decide
from workflows.services.conduct import acting_person

SEEN, REPLY, BECAUSE = 1000, 2000, 1000
# Working days of the firm's calendar to tell one's side.
REPLY_WITHIN: Final = 3
# Answered to the customer, so its cause is named and what was done is written down.
REVIEWED: Final = (Complaint.State.COMMUNICATED, Complaint.State.CLOSED_CONFIRMED, Complaint.State.CLOSED_NO_REPLY)


@transaction.atomic
def open_coaching(
    *,
    complaint_id: UUID | None,
    colleague_id: UUID,
    behaviour: str,
    seen: str,
    response_id: UUID | None = None,
) -> Coaching:
    """Put to a colleague what was seen in a reviewed case; they have three working days to tell their side.

    From an answer (``response_id``) it never begins. Raises ConductIsPersonal, NotAllowed, CoachingFromScore,
    CaseNotReviewed, CoachingOfOneself, CoachingInvalid, CoachingStands.
    """
    person = acting_person()
    if not person.allows("workflows", Level.WRITE):
        raise NotAllowed
    if complaint_id is None or response_id is not None:
        raise CoachingFromScore(field="complaint")
    case = within_reach(person).filter(pk=complaint_id).select_related("response", "customer").first()
    if case is None:
        raise CoachingInvalid(field="complaint")
    if case.customer.erased_at is not None or (case.response is not None and not case.response.words.strip()):
        raise CoachingFromScore(field="complaint")
    if case.state not in REVIEWED:
        raise CaseNotReviewed
    if colleague_id == person.pk:
        raise CoachingOfOneself(field="colleague")
    colleague = working_user(colleague_id)
    if colleague is None:
        raise CoachingInvalid(field="colleague")
    if behaviour not in Coaching.Behaviour.values:
        raise CoachingInvalid(field="behaviour")
    row = Coaching(
        complaint=case,
        colleague=colleague,
        behaviour=behaviour,
        seen=_words(seen, "seen", SEEN),
        written_by=person,
        reply_by=default_calendar().add_working_days(now(), REPLY_WITHIN),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise CoachingStands from error
    publish(events.CoachingOpened(coaching_id=row.pk))
    return row


@transaction.atomic
def tell_own_side(*, coaching_id: UUID, reply: str) -> Coaching:
    """The colleague tells their side, once and as long as nothing is decided.

    Raises ConductIsPersonal, NotFound (also for whoever may not read it), NotAllowed, CoachingOver,
    CoachingInvalid.
    """
    row, person = _locked(coaching_id)
    if person.pk != row.colleague_id:
        raise NotAllowed
    if not row.is_open or row.replied_at is not None:
        raise CoachingOver
    row.reply, row.replied_at = _words(reply, "reply", REPLY), now()
    row.save(update_fields=["reply", "replied_at"])
    publish(events.CoachingAnswered(coaching_id=row.pk))
    return row


@transaction.atomic
def decide_coaching(*, coaching_id: UUID, outcome: str, because: str) -> Coaching:
    """An executive decides, once the colleague was heard; from a closed list in which there is no money.

    Raises ConductIsPersonal, NotFound, NotYoursToDecide, CoachingOver, HearThemFirst, CoachingInvalid.
    """
    row, person = _locked(coaching_id)
    if not may_decide(person, row):
        raise NotYoursToDecide
    if not row.is_open:
        raise CoachingOver
    if not row.is_heard:
        raise HearThemFirst
    if outcome not in Coaching.Outcome.values:
        raise CoachingInvalid(field="outcome")
    row.outcome, row.because = outcome, _words(because, "because", BECAUSE)
    row.decided_by, row.decided_at = person, now()
    row.save(update_fields=["outcome", "because", "decided_by", "decided_at"])
    publish(events.CoachingDecided(coaching_id=row.pk))
    return row


def _locked(coaching_id: UUID) -> tuple[Coaching, User]:
    person = acting_person()
    row = coachings_visible_to(person).select_for_update(of=("self",), no_key=True).filter(pk=coaching_id).first()
    if row is None:
        raise NotFound
    return row, person


def _words(text: str, field: str, limit: int) -> str:
    try:
        return line(text, field, limit, required=True)
    except InvalidInput as error:
        raise CoachingInvalid(field=field) from error
