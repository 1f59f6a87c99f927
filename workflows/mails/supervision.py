"""The month's supervision report, to the brand stewards and the chief."""

from django.utils import timezone
from django.utils.formats import date_format

from journeys.logic.months import months_after
from tenants.staff.selectors.firm import firm_zone
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, to_staff
from workflows.models import Message
from workflows.selectors.supervision import supervision_of


def compose(message: Message) -> Composed | Skip:
    """The month before the one it was queued in, counted within the reader's reach."""
    if message.user is None:
        return Skip("left")
    month = months_after(timezone.localdate(message.created_at, firm_zone()), -1)
    return to_staff(
        "supervision",
        message.user,
        headers=dict(AUTOMATIC),
        report=supervision_of(month, message.user),
        month=date_format(month, "m/Y"),
        report_url=absolute(f"/admin/workflows/review/supervision/?month={month:%Y-%m}"),
    )
