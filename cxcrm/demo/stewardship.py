"""What waits for the brand steward in the demo firms: a standard and words for replies, and one sent back."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from feedback.models import ReplyTemplate
from feedback.services.reply_templates import save_reply_template
from journeys.models import Touchpoint
from journeys.services.standards import propose_standard
from tenants.staff.models import User
from tenants.staff.roles import Role
from workflows.models import Review
from workflows.services.reviews import open_review, send_back_review


@dataclass(frozen=True)
class Proposed:
    """A standard somebody wrote, and what the steward said of it; "" where it still waits."""

    by: str
    touchpoint: str
    text: str
    behaviours: tuple[str, ...]
    sent_back: str = ""


STANDARDS: Final[dict[str, tuple[Proposed, ...]]] = {
    "suongmai": (
        Proposed(
            "ngan",
            "gui-xe",
            "Khách luôn có chỗ gửi xe",
            ("Bảo vệ chào khách",),
            sent_back="Giờ cao điểm mình không đủ chỗ: hãy nói khách được chỉ gửi ở đâu và mất mấy phút.",
        ),
        Proposed(
            "ngan",
            "gui-xe",
            "Khách dừng xe là có người chỉ chỗ; hết chỗ thì được chỉ bãi gần nhất, đi bộ không quá ba phút.",
            (
                "Bước ra chào khi khách vừa dừng",
                "Chỉ bãi gần nhất và nói mất mấy phút",
                "Khách có con nhỏ được ưu tiên",
            ),
        ),
    ),
    "kestrel": (
        Proposed(
            "aisha",
            "phone",
            "Whoever picks up knows the bike and what was done to it last; nobody explains twice.",
            (
                "Open the bike's history before you speak",
                "Say when it is ready, and what could delay it",
                "Missed a call? Call back within two hours.",
            ),
        ),
    ),
}
WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "suongmai": (
        "tung",
        "Trời mưa, giao trễ",
        (
            "{{customer_greeting}} Ly của mình tới trễ vì mưa lớn, đá đã tan nên em gửi lại ly mới ngay bây giờ. "
            "Em Tùng sẽ gọi lại trước 17:00 hôm nay để chắc chắn mình đã nhận."
        ),
    ),
    "kestrel": (
        "aisha",
        "Ready later than we said",
        (
            "{{customer_greeting}} We told you your bike would be ready and it was not; you came for nothing. It is "
            "ready now, and the next CarePlan month is on us. Aisha will ring you before 6 pm today."
        ),
    ),
}
# Words for replies that say something else than the standard of their place: touchpoint, name, text.
AT_ODDS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "suongmai": (
        (
            "hang-cho",
            "Xin lỗi vì chờ lâu",
            (
                "{{customer_greeting}} Giờ cao điểm quán đông nên khách chờ không quá 10 phút. Sáng nay mình phải đợi "
                "lâu hơn mà không ai nói, em xin nhận lỗi."
            ),
        ),
        (
            "thanh-toan-qr",
            "Bị trừ tiền hai lần",
            (
                "{{customer_greeting}} Kế toán sẽ đối soát và hoàn tiền trong 7 ngày làm việc. {{staff_name}} theo dõi "
                "việc này cho mình."
            ),
        ),
    ),
    "kestrel": (
        (
            "phone",
            "Missed call",
            "{{customer_greeting}} We missed your call. We always call back within two days. {{staff_name}}",
        ),
    ),
}


@transaction.atomic
def lay_reviews(demo: DemoFirm) -> None:
    """Submit what people of the firm would, once."""
    if demo.slug not in STANDARDS or Review.objects.exists():
        return
    steward = User.objects.working().filter(role=Role.BRAND_STEWARD).earliest("created_at")
    for told in STANDARDS[demo.slug]:
        touchpoint = Touchpoint.objects.get(code=told.touchpoint)
        with _as(demo, told.by):
            propose_standard(touchpoint_id=touchpoint.pk, text=told.text, behaviours=told.behaviours)
            review = open_review(kind="touchpoint", ref=touchpoint.pk)
        if told.sent_back and review is not None:
            with acting_as(Actor("user", steward.pk, steward.full_name)):
                send_back_review(review_id=review.pk, note=told.sent_back)
            Review.objects.filter(pk=review.pk).update(created_at=now() - timedelta(days=1))
    for place, name, text in AT_ODDS[demo.slug]:
        save_reply_template(
            template=ReplyTemplate(
                name=name, language=demo.language, text=text, touchpoint=Touchpoint.objects.get(code=place), position=8
            )
        )
    by, name, text = WORDS[demo.slug]
    with _as(demo, by):
        save_reply_template(template=ReplyTemplate(name=name, language=demo.language, text=text, position=9))


def _as(demo: DemoFirm, key: str) -> AbstractContextManager[Actor]:
    person = User.objects.get(email=demo.email(key))
    return acting_as(Actor("user", person.pk, person.full_name))
