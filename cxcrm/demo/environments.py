"""The coffee shop's places as they were walked every month: parking on Sundays, a wifi that drops, a website that is slow."""

import random
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from journeys.logic.months import same_day_after
from journeys.models import AuditItem, Environment, EnvironmentAudit
from journeys.services.environments import Found, add_environment, propose_from_point, record_walk
from tenants.staff.models import Branch, Department, User
from tenants.staff.selectors.firm import firm_today, firm_zone

FIRM: Final = "suongmai"
MONTHS: Final = 7
WIFI: Final = "Wifi dùng được"
PARKING: Final = "Dễ tìm chỗ gửi xe"
QUEUE: Final = "Hàng chờ ngắn, biết còn bao lâu"
SHOP: Final = (
    "Sạch: sàn, bàn, nhà vệ sinh", "Ồn vừa phải, nói chuyện nghe được", "Nhiệt độ dễ chịu", "Ghế còn chỗ và lành lặn",
    PARKING, QUEUE, WIFI,
)  # fmt: skip
# Where a point goes wrong month after month: shop, point, what is written, and in how many of the latest months.
TROUBLES: Final = (
    ("Tân Định", QUEUE, "7h40 mười hai người đứng chờ, không ai nói còn bao lâu.", range(3, MONTHS)),
    ("Tân Định", WIFI, "Tầng 2 rớt liên tục lúc 14h.", range(2, MONTHS)),
    ("Sài Gòn", WIFI, "Tầng 2 chỉ bắt được một vạch.", range(4)),
    ("An Khánh", PARKING, "Chiều Chủ nhật hết chỗ, bảo vệ chỉ qua vỉa hè.", range(6)),
    ("Hải Châu", "Sạch: sàn, bàn, nhà vệ sinh", "Nhà vệ sinh hết giấy, sàn ướt.", range(1)),
)
LATE: Final = ("Hải Châu", "An Hải")
CHANCE: Final = {QUEUE: 0.12, PARKING: 0.1, WIFI: 0.08}
SMALL: Final = {
    QUEUE: "Chờ hơn tám phút.",
    PARKING: "Phải gửi cách quán hai căn.",
    WIFI: "Phải đăng nhập lại nhiều lần.",
}


@transaction.atomic
def lay_environments(demo: DemoFirm) -> None:
    """Twelve shops, the website and the hotline, walked every month by whoever works there, once."""
    if demo.slug != FIRM or Environment.objects.exists():
        return
    rng = random.Random("environments")
    staff = {key: User.objects.get(email=demo.email(key)) for key in ("duyen", "nam", "tung", "ngan", "giahan", "thia")}
    shops = Department.objects.get(name="Vận hành")
    places = []
    for branch in Branch.objects.filter(name__in=[place.name for place in demo.places]).order_by("created_at", "pk"):
        head = branch.manager or staff["duyen"]
        places.append(
            add_environment(
                name=f"Quán {branch.name}", name_en=f"{branch.name} shop", accountable_id=head.pk, branch_id=branch.pk,
                department_id=shops.pk, items=list(SHOP),
            )
        )  # fmt: skip
    web = ("Trang đầu mở trong ba giây", "Giờ mở cửa, giá, địa chỉ đúng", "Đặt món được đến cùng trên điện thoại")
    line = ("Có người nghe trong 20 giây", "Chào bằng tên quán", "Người nghe đầu tiên giúp được hoặc gọi lại")
    places.append(add_environment(name="Website và bản đồ", name_en="Website and map", kind="web",
                                  accountable_id=staff["nam"].pk, items=list(web)))  # fmt: skip
    places.append(add_environment(name="Hotline", kind="phone", accountable_id=staff["tung"].pk, items=list(line)))
    walkers = {"web": staff["thia"], "phone": staff["thia"], "place": staff["giahan"]}
    for place in places:
        for ago in reversed(range(MONTHS)):
            walker = walkers[place.kind] if rng.random() < 0.6 else place.accountable
            with acting_as(Actor("user", walker.pk, walker.full_name)):
                audit = record_walk(
                    environment_id=place.pk, found=[_found(place, text, ago, rng) for text in place.items]
                )
            _move_back(audit, place, ago, rng)
    item = AuditItem.objects.filter(result="fail", text=PARKING, audit__environment__name="Quán An Khánh")
    propose_from_point(item_id=item.order_by("-audit__done_on")[0].pk)


def _found(place: Environment, text: str, ago: int, rng: random.Random) -> Found:
    shop = place.name.removeprefix("Quán ")
    for where, point, told, months in TROUBLES:
        if (where, point) == (shop, text):
            return Found(text, "fail", told) if ago in months else Found(text, "ok")
    if place.kind == "web" and text.startswith("Giờ mở cửa"):
        return Found(text, "fail", "Bản đồ ghi mở 6h30, quán mở 7h.") if ago < 3 else Found(text, "ok")
    if place.kind == "phone" and text.startswith("Có người nghe") and ago > 1:
        return Found(text, "fail", "Gọi ba lần mới có người nghe.")
    if rng.random() < CHANCE.get(text, 0.03):
        return Found(text, "fail", SMALL.get(text, "Đã nhắc người trực làm lại ngay."))
    return Found(text, "ok")


def _move_back(audit: EnvironmentAudit, place: Environment, ago: int, rng: random.Random) -> None:
    """To a morning ``ago`` months back; two shops were last walked over a month ago, and are late."""
    days = 30 * ago + rng.randint(2, 20) + (33 if place.name.removeprefix("Quán ") in LATE else 0)
    day: date = firm_today() - timedelta(days=days)
    at = datetime.combine(day, time(9, 40), firm_zone())
    EnvironmentAudit.objects.filter(pk=audit.pk).update(done_on=day, done_at=min(at, now()), created_at=min(at, now()))
    if ago == 0:
        Environment.objects.filter(pk=place.pk).update(due_on=same_day_after(day, 1))
