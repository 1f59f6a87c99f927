"""Leaders of the demo firms who went the customer's way, and what they felt."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm
from journeys.models import JourneyWalk, Stage
from journeys.selectors.journeys import default_journey
from journeys.services.walks import Felt, log_walk
from tenants.staff.models import User


@dataclass(frozen=True)
class Went:
    """One walk so many days ago; ``felt`` by the stage's code."""

    who: str
    how: str
    days_ago: int
    felt: dict[str, tuple[int, str]]


WALKS: Final[dict[str, tuple[Went, ...]]] = {
    "suongmai": (
        Went(
            "duyen",
            "order",
            6,
            {
                "search": (0, "Bản đồ ghi đúng giờ nhưng không chỉ chỗ gửi xe"),
                "choose_buy_use": (-1, "Đứng 11 phút, không ai nói còn bao lâu; nhận ly thì bạn pha chế cười rất tươi"),
                "after_sales": (-1, "Nhắn Zalo hỏi hóa đơn, hơn hai tiếng mới có trả lời"),
                "loyal": (1, "Tích điểm nhanh, chỉ hơi khó tìm mã"),
            },
        ),
        Went(
            "trang",
            "complain",
            19,
            {
                "after_sales": (-2, "Báo bị trừ tiền hai lần, gọi bốn cuộc mới có người nghe"),
                "perceive": (-1, "Hoàn tiền đủ nhưng không ai giải thích vì sao"),
            },
        ),
        Went("nam", "look", 130, {"aware": (1, "Biển thấy từ xa"), "search": (-1, "Giờ mở cửa trên mạng sai")}),
    ),
    "kestrel": (
        Went(
            "marcus",
            "call",
            12,
            {
                "interest": (1, "The website says plainly what a service costs"),
                "choose_buy_use": (0, "Explained the brake twice, to two people"),
                "after_sales": (-1, "The text said ready; the bike was still on the stand"),
            },
        ),
    ),
}


@transaction.atomic
def lay_journey_walks(demo: DemoFirm) -> None:
    """Let them walk once; those without a line have not this quarter, which their home page says."""
    journey = default_journey()
    if journey is None or JourneyWalk.objects.exists():
        return
    stages = {stage.code: stage for stage in Stage.objects.filter(journey=journey)}
    for went in WALKS.get(demo.slug, ()):
        walk = log_walk(
            journey_id=journey.pk,
            walker_id=User.objects.get(email=demo.email(went.who)).pk,
            how=went.how,
            felt=[Felt(stages[code].pk, valence, note) for code, (valence, note) in went.felt.items()],
        )
        day = (now() - timedelta(days=went.days_ago)).date()
        JourneyWalk.objects.filter(pk=walk.pk).update(walked_on=day)
