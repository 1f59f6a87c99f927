"""The brand steward supervises: the month's report is mailed, and replies drawn by lot are looked at."""

from typing import Final
from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import NotFound
from feedback.models import ComplaintNote
from journeys.errors import NotTheSteward
from journeys.logic.months import months_after
from tenants.services.nights import nightly
from tenants.staff.selectors.firm import firm_today, the_firm
from tenants.staff.selectors.people import working_user
from tenants.staff.selectors.stewardship import may_lead, stewards
from workflows.logic.mornings import next_morning
from workflows.models import Message, ReplyAudit
from workflows.selectors.calendars import default_calendar
from workflows.services.outbox import queue_message

# A firm that stood still over the first of the month still gets its report, but nobody gets one from long ago.
_DAYS: Final = 7


@nightly
@transaction.atomic
def report_supervision() -> int:
    """In the first days of a month, last month's report for the brand stewards and the chief, once each.

    Nothing in a firm without a steward. Returns how many mails are on the agenda for this month.
    """
    today = firm_today()
    leading = list(stewards())
    if not leading or today.day > _DAYS:
        return 0
    month, firm = months_after(today, -1), the_firm()
    readers = {person.pk: person for person in [*leading, *([firm.chief] if firm.chief else [])]}
    morning = next_morning(default_calendar(), now())
    for reader in readers.values():
        key = f"supervision:{month:%Y-%m}:{reader.pk}"
        queue_message(kind=Message.Kind.SUPERVISION, ref=firm.pk, dedupe_key=key, user=reader, due_at=morning)
    return len(readers)


@transaction.atomic
def audit_reply(*, note_id: UUID, fits: bool) -> ReplyAudit:
    """Say of a reply to a customer whether it sounds like the brand; saying it anew replaces what was said.

    Raises NotTheSteward, NotFound (no such reply, or not one of the firm's own).
    """
    person = working_user(current_actor().user_id)
    if person is None or not may_lead(person):
        raise NotTheSteward
    sent = ComplaintNote.objects.filter(pk=note_id, is_internal=False, from_customer=False)
    if not sent.select_for_update(of=("self",), no_key=True).exists():
        raise NotFound
    audit, _is_new = ReplyAudit.objects.update_or_create(
        note_id=note_id, defaults={"fits": fits, "audited_by": person, "audited_at": now()}
    )
    return audit
