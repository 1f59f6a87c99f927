"""What came in from nobody we know: one queue, the oldest first, with by when somebody must have looked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from cxcrm.core.clock import now
from tenants.staff.models import User
from tenants.staff.selectors.firm import the_firm
from workflows.models import Alert, IncomingMail
from workflows.selectors.calendars import default_calendar
from workflows.selectors.reach import incoming_visible_to

# Of the firm's opening hours.
WITHIN: Final = timedelta(minutes=30)
SHOWN: Final = 50
UNKNOWN: Final = (IncomingMail.Outcome.UNMATCHED, IncomingMail.Outcome.FAILED)


@dataclass(frozen=True)
class Unknown:
    """One mail nobody could be found for; ``due_at`` is half an hour of opening hours after it came."""

    mail: IncomingMail
    due_at: datetime
    is_late: bool


def unknown_for(reader: Any) -> "QuerySet[IncomingMail]":
    """The mails in the queue that ``reader`` may see, the oldest first."""
    waits = Alert.objects.filter(kind=Alert.Kind.UNREAD_MAIL, ref=OuterRef("pk"), settled_at=None)
    rows = incoming_visible_to(reader).filter(Exists(waits), outcome__in=UNKNOWN)
    return rows.defer("raw").order_by("created_at", "id")


def in_the_queue(mails: "QuerySet[IncomingMail]") -> list[Unknown]:
    """The first of them with their clock."""
    at, calendar = now(), default_calendar()
    found = []
    for mail in mails[:SHOWN]:
        due_at = calendar.add(mail.created_at, WITHIN)
        found.append(Unknown(mail, due_at, due_at < at))
    return found


def who_answers() -> User | None:
    """Who answers for the queue: whoever gets what finds nobody else."""
    firm = the_firm()
    return firm.default_executive or firm.chief
