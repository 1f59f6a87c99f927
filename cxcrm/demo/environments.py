"""The demo firms' places as they were walked every month: parking on Sundays, a counter nobody looks up from."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from journeys.logic.months import same_day_after
from journeys.models import AuditItem, Environment, EnvironmentAudit, Stage, Touchpoint
from journeys.services.environments import Found, add_environment, propose_from_point, record_walk
from tenants.staff.models import Branch, Department, User
from tenants.staff.selectors.firm import firm_today, firm_zone

MONTHS: Final = 7


@dataclass(frozen=True)
class Site:
    """Somewhere that is no branch: name, kind, touchpoint, who answers for it, and its points."""

    name: str
    name_en: str
    kind: str
    touchpoint: str
    head: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Rounds:
    """How a firm's places are walked: their points, where one goes wrong month after month, who is late, who walks."""

    name: str
    name_en: str
    department: str
    head: str
    walkers: dict[str, str]
    points: tuple[str, ...]
    sites: tuple[Site, ...]
    # Place, point, what is written, and in how many of the latest months.
    troubles: tuple[tuple[str, str, str, range], ...]
    late: tuple[str, ...]
    chance: dict[str, float]
    small: dict[str, str]
    usual: str
    proposed: tuple[str, str]  # place and point an initiative begins with


WIFI: Final = "Wifi dùng được"
PARKING: Final = "Dễ tìm chỗ gửi xe"
QUEUE: Final = "Hàng chờ ngắn, biết còn bao lâu"
HOURS: Final = "Giờ mở cửa, giá, địa chỉ đúng"
HEARD: Final = "Có người nghe trong 20 giây"
STANDS: Final = "Every bike on a stand has a name tag"
COUNTER: Final = "Somebody greets you within a minute"
WAITING: Final = "The waiting time on the board is true"
NOISE: Final = "You can talk without shouting"
TRUE_TODAY: Final = "Hours, prices and waiting time are true"
ANSWERED: Final = "Somebody picks up within four rings"
ROUNDS: Final[dict[str, Rounds]] = {
    "suongmai": Rounds(
        "Quán {}", "{} shop", "Vận hành", "duyen", {"web": "thia", "phone": "thia", "place": "giahan"},
        ("Sạch: sàn, bàn, nhà vệ sinh", "Ồn vừa phải, nói chuyện nghe được", "Nhiệt độ dễ chịu",
         "Ghế còn chỗ và lành lặn", PARKING, QUEUE, WIFI),
        (
            Site("Website và bản đồ", "Website and map", "web", "google-maps", "nam",
                 ("Trang đầu mở trong ba giây", HOURS, "Đặt món được đến cùng trên điện thoại")),
            Site("Hotline", "", "phone", "hotline-quan", "tung",
                 (HEARD, "Chào bằng tên quán", "Người nghe đầu tiên giúp được hoặc gọi lại")),
        ),
        (
            ("Quán Tân Định", QUEUE, "7h40 mười hai người đứng chờ, không ai nói còn bao lâu.", range(3, MONTHS)),
            ("Quán Tân Định", WIFI, "Tầng 2 rớt liên tục lúc 14h.", range(2, MONTHS)),
            ("Quán Sài Gòn", WIFI, "Tầng 2 chỉ bắt được một vạch.", range(4)),
            ("Quán An Khánh", PARKING, "Chiều Chủ nhật hết chỗ, bảo vệ chỉ qua vỉa hè.", range(6)),
            ("Quán Hải Châu", "Sạch: sàn, bàn, nhà vệ sinh", "Nhà vệ sinh hết giấy, sàn ướt.", range(1)),
            ("Website và bản đồ", HOURS, "Bản đồ ghi mở 6h30, quán mở 7h.", range(3)),
            ("Hotline", HEARD, "Gọi ba lần mới có người nghe.", range(2, MONTHS)),
        ),
        ("Quán Hải Châu", "Quán An Hải"), {QUEUE: 0.12, PARKING: 0.1, WIFI: 0.08},
        {QUEUE: "Chờ hơn tám phút.", PARKING: "Phải gửi cách quán hai căn.", WIFI: "Phải đăng nhập lại nhiều lần."},
        "Đã nhắc người trực làm lại ngay.", ("Quán An Khánh", PARKING),
    ),
    "kestrel": Rounds(
        "{} workshop", "{} workshop", "Workshop", "marcus", {"web": "chloe", "phone": "wei", "place": "wei"},
        ("Floor swept, tools away", COUNTER, WAITING, STANDS, NOISE, "Somewhere dry to lock a bike", "A seat and water"),
        (
            Site("Website and booking", "Website and booking", "web", "website", "chloe",
                 ("The first page opens in three seconds", TRUE_TODAY, "A slot is booked to the end on a phone")),
            Site("Workshop phone", "Workshop phone", "phone", "phone", "aisha",
                 (ANSWERED, "Whoever picks up says their name", "The first person can answer or calls back")),
        ),
        (
            ("Kallang workshop", COUNTER, "Four minutes at the counter; everybody was under a bike.", range(3)),
            ("Tiong Bahru workshop", NOISE, "The compressor runs while riders explain what is wrong.", range(2, MONTHS)),
            ("Jurong East workshop", WAITING, "The board said two days, the book said six.", range(5)),
            ("Website and booking", TRUE_TODAY, "Says open until half past six; we close at six.", range(2)),
            ("Workshop phone", ANSWERED, "Nine rings on a Saturday, then the machine.", range(4)),
        ),
        ("Jurong East workshop",), {COUNTER: 0.15, STANDS: 0.1},
        {COUNTER: "Two minutes before anybody looked up.", STANDS: "Two bikes without a tag."},
        "Put right at once by whoever was on.", ("Jurong East workshop", WAITING),
    ),
}  # fmt: skip


@transaction.atomic
def lay_environments(demo: DemoFirm) -> None:
    """Shops, website and phone, walked every month by whoever works there, once."""
    rounds = ROUNDS.get(demo.slug)
    if rounds is None or Environment.objects.exists():
        return
    rng = random.Random("environments")
    keys = {rounds.head, *rounds.walkers.values(), *(site.head for site in rounds.sites)}
    staff = {key: User.objects.get(email=demo.email(key)) for key in keys}
    for place in [*_shops(demo, rounds, staff[rounds.head]), *_sites(rounds, staff)]:
        for ago in reversed(range(MONTHS)):
            walker = staff[rounds.walkers[place.kind]] if rng.random() < 0.6 else place.accountable
            with acting_as(Actor("user", walker.pk, walker.full_name)):
                audit = record_walk(
                    environment_id=place.pk, found=[_found(rounds, place, text, ago, rng) for text in place.items]
                )
            _move_back(audit, place, place.name in rounds.late, ago, rng)
    name, point = rounds.proposed
    item = AuditItem.objects.filter(result="fail", text=point, audit__environment__name=name)
    propose_from_point(item_id=item.order_by("-audit__done_on")[0].pk)


def _shops(demo: DemoFirm, rounds: Rounds, head: User) -> list[Environment]:
    department = Department.objects.get(name=rounds.department)
    visit = Stage.objects.get(journey__is_default=True, code="choose_buy_use")
    branches = Branch.objects.filter(name__in=[place.name for place in demo.places]).order_by("created_at", "pk")
    return [
        add_environment(
            name=rounds.name.format(branch.name), name_en=rounds.name_en.format(branch.name), branch_id=branch.pk,
            accountable_id=(branch.manager or head).pk, department_id=department.pk, items=list(rounds.points),
            stage_id=visit.pk,
        )
        for branch in branches
    ]  # fmt: skip


def _sites(rounds: Rounds, staff: dict[str, User]) -> list[Environment]:
    at = {row.code: row.pk for row in Touchpoint.objects.filter(code__in=[site.touchpoint for site in rounds.sites])}
    return [
        add_environment(
            name=site.name, name_en=site.name_en, kind=site.kind, accountable_id=staff[site.head].pk,
            items=list(site.items), touchpoint_id=at[site.touchpoint],
        )
        for site in rounds.sites
    ]  # fmt: skip


def _found(rounds: Rounds, place: Environment, text: str, ago: int, rng: random.Random) -> Found:
    for where, point, told, months in rounds.troubles:
        if (where, point) == (place.name, text):
            return Found(text, "fail", told) if ago in months else Found(text, "ok")
    if rng.random() < rounds.chance.get(text, 0.03):
        return Found(text, "fail", rounds.small.get(text, rounds.usual))
    return Found(text, "ok")


def _move_back(audit: EnvironmentAudit, place: Environment, is_late: bool, ago: int, rng: random.Random) -> None:
    """To a morning ``ago`` months back; some were last walked over a month ago, and are late."""
    days = 30 * ago + rng.randint(2, 20) + (33 if is_late else 0)
    day: date = firm_today() - timedelta(days=days)
    at = datetime.combine(day, time(9, 40), firm_zone())
    EnvironmentAudit.objects.filter(pk=audit.pk).update(done_on=day, done_at=min(at, now()), created_at=min(at, now()))
    if ago == 0:
        Environment.objects.filter(pk=place.pk).update(due_on=same_day_after(day, 1))
