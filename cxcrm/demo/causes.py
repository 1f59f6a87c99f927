"""Causes that came back in a demo firm: one waits, one was left, and customers were told what became of their words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from feedback.models import Complaint, RootCause
from journeys.models import Initiative
from tenants.staff.models import User
from workflows.models import CauseProposal, WeDid
from workflows.selectors.we_did import audience_of
from workflows.services.causes import leave_cause, look_at_cause, take_up_cause
from workflows.services.we_did import tell_raisers


@dataclass(frozen=True)
class Told:
    """Why not to change one of the causes now, and what was told of what runs."""

    because: str
    said: dict[str, str]


CAUSES: Final = 2
# Cases a cause: enough to be asked about, and few enough that the other causes stay.
MOST: Final = 5
STORIES: Final = {
    "suongmai": Told(
        "Máy in hóa đơn mới về cuối tháng; xem lại sau khi lắp xong.",
        {
            "vi": "Từ tháng này mỗi quán có một quầy riêng để khách hẹn giờ qua Zalo đến lấy ngay, không xếp hàng.",
            "en": "Every shop now has a counter of its own where orders placed on Zalo are ready at the minute you chose.",
        },
    ),
    "kestrel": Told(
        "The second mechanic starts next month; look again then.",
        {
            "vi": "Tin nhắn báo xe xong nay chỉ gửi khi thợ đã ký, kèm giờ đóng cửa.",
            "en": "The ready text now goes out only when the mechanic has signed off, with our closing time in it.",
        },
    ),
}


def lay_causes(demo: DemoFirm) -> None:
    """Once; what is there already is left alone."""
    story = STORIES.get(demo.slug)
    if story is None or WeDid.objects.exists():
        return
    chief = User.objects.get(email__iexact=demo.email(demo.chief))
    _come_back()
    waiting = list(CauseProposal.objects.filter(state=CauseProposal.State.WAITING).order_by("created_at", "id"))
    with acting_as(Actor("user", chief.pk, chief.full_name)):
        if len(waiting) > 2:
            leave_cause(proposal_id=waiting[-1].pk, because=story.because)
            take_up_cause(proposal_id=waiting[-2].pk)
        running = Initiative.objects.filter(state=Initiative.State.RUNNING).order_by("created_at").first()
        if running is not None and (audience := audience_of(running.pk)).customers:
            tell_raisers(
                initiative_id=running.pk,
                **{f"said_{language}": story.said[language] for language in audience.languages},
            )


def _come_back() -> None:
    """Let the closed cases of the last weeks share two causes, by where they happened, and look as the night does."""
    causes = RootCause.objects.filter(parent__isnull=False, is_active=True).order_by("name")[:CAUSES]
    recent = Complaint.objects.filter(received_at__gt=now() - timedelta(days=29), state__startswith="closed")
    closed = list(recent.order_by("touchpoint__code", "-received_at").values_list("pk", flat=True))
    each = min(len(closed) // CAUSES, MOST)
    for number, cause in enumerate(causes):
        mine = closed[number * each : (number + 1) * each]
        Complaint.objects.filter(pk__in=mine).update(root_cause=cause)
        look_at_cause(root_cause_id=cause.pk)
