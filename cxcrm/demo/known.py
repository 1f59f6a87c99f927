"""What the demo firms learned of their customers: facts by the thousand, and a few people they really know."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from customers.logic.ways import way_of
from customers.models import Customer, Fact, Purchase, UnderstandingBelief, UnderstandingDay
from customers.selectors.personas import live_personas
from customers.services.beliefs import state_belief
from customers.services.consents import state_consent
from customers.services.contacts import log_contact
from customers.services.customers import create_customer
from customers.services.facts import note_fact
from customers.services.personas import assign_persona
from customers.services.purchases import record_purchase
from customers.services.quotes import take_quote
from customers.services.understanding_nights import recount_everybody, tend
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.db.copying import copy_objects
from cxcrm.demo.firms import DemoFirm
from cxcrm.demo.ways_of_use import MODES
from journeys.models import Stage
from journeys.services.emotions import report_emotion
from tenants.staff.models import Branch, Firm, User
from tenants.staff.selectors.firm import firm_today, firm_zone

# kind, text, product or place, reason
Told = tuple[str, str, str, str]
# By the tag customers carry; "" is said by anybody.
TOLD: dict[str, dict[str, tuple[Told, ...]]] = {
    "suongmai": {
        "dân văn phòng": (
            ("preference", "Bạc xỉu ít ngọt, nhiều đá", "bạc xỉu", ""),
            ("preference", "Cà phê sữa đá mang đi, không ống hút", "cà phê sữa đá", ""),
            ("usage", "Ghé 7h20 trước giờ làm, mang lên văn phòng", "quầy mang đi", ""),
            ("usage", "Mua 5 ly cho cả phòng sáng thứ Hai", "quầy mang đi", ""),
            ("need", "Gói 20 ly trả trước, sáng khỏi móc ví", "thẻ trả trước", ""),
            ("need", "Đặt trước từ nhà, tới là có", "làn lấy nhanh", ""),
            ("why_like", "Nhanh, đúng món, khỏi dặn lại", "quầy mang đi", "speed"),
            ("why_dislike", "Sáng chờ 5 phút là cả ngày cuống", "hàng chờ", "speed"),
            ("channel_time", "Nhắn Zalo sau 17h, giờ làm không nghe máy", "", ""),
            ("value", "Tiết kiệm thời gian buổi sáng", "", ""),
        ),
        "sinh viên": (
            ("preference", "Ngồi tầng 2, gần ổ cắm", "chỗ ngồi", ""),
            ("preference", "Trà đào ly lớn", "trà đào", ""),
            ("usage", "Ngồi học từ 18h tới 21h, mùa thi thì tới khuya", "chỗ ngồi", ""),
            ("usage", "Họp nhóm đồ án chiều thứ Bảy", "bàn dài", ""),
            ("need", "Wifi đừng rớt lúc nộp bài", "wifi", ""),
            ("need", "Giá sinh viên giờ vắng", "thực đơn", ""),
            ("why_like", "Ngồi lâu không ai nhắc", "chỗ ngồi", "place"),
            ("why_dislike", "Nhạc to quá, không học được", "chỗ ngồi", "place"),
            ("unexpected_use", "Túi vải đựng hạt giặt lại làm túi bút", "túi vải", ""),
            ("unexpected_use", "Quay video học bài ở góc cửa sổ", "góc cửa sổ", ""),
            ("first_source", "Thấy trên TikTok của bạn cùng lớp", "", ""),
        ),
        "gia đình": (
            ("preference", "Món ít đường cho bé", "matcha", ""),
            ("usage", "Sáng Chủ nhật cả nhà bốn người", "chỗ ngồi", ""),
            ("need", "Chỗ gửi xe rộng, có ghế cho em bé", "gửi xe", ""),
            ("expectation", "Nhân viên nhẹ nhàng với người lớn tuổi", "phục vụ", ""),
            ("why_like", "Bạn thu ngân nhớ tên con", "phục vụ", "staff"),
            ("why_dislike", "Không có chỗ gửi xe cuối tuần", "gửi xe", "place"),
            ("unexpected_use", "Bã cà phê xin về ủ gốc hồng, bông lên dữ lắm", "bã cà phê", ""),
            ("unexpected_use", "Ly giấy rửa sạch cho bé ươm hạt đậu", "ly giấy", ""),
            ("value", "Lành, sạch, hàng Việt", "", ""),
            ("why_like", "Quán trả giá tử tế cho người trồng, mua thấy yên lòng", "", "values"),
        ),
        "người sành": (
            ("preference", "Hạt Cầu Đất rang vừa, xay ngay lúc mua", "hạt Cầu Đất", ""),
            ("preference", "Pour over, không đường", "pour over", ""),
            ("usage", "Mua hạt hai tuần một lần, tự pha ở nhà", "hạt Cầu Đất", ""),
            ("need", "In ngày rang to trên bao", "hạt Cầu Đất", ""),
            ("why_like", "Rang mới, mùi rõ", "hạt Cầu Đất", "quality"),
            ("why_like", "Biết tiền mình trả về tới vườn nào", "hạt Cầu Đất", "values"),
            ("why_dislike", "Mẻ tháng trước rang đậm hơn mẫu", "hạt Cầu Đất", "reliability"),
            ("motivation", "Muốn hiểu vùng trồng mình đang uống", "", ""),
            ("unexpected_use", "Bã cà phê làm tẩy da chết cho vợ", "bã cà phê", ""),
            ("unexpected_use", "Bao đay treo tường làm bảng ghim", "bao đay", ""),
        ),
        "quán sỉ": (
            ("preference", "Giao trước 6h sáng thứ Năm", "giao hạt sỉ", ""),
            ("usage", "12 ký Robusta mỗi tuần, pha phin", "Robusta", ""),
            ("need", "Báo trước khi giao trễ, dù chỉ một giờ", "giao hạt sỉ", ""),
            ("expectation", "Hóa đơn đúng mã số thuế ngay lần đầu", "hóa đơn", ""),
            ("why_like", "Hạt đều, khách quán không kêu", "Robusta", "quality"),
            ("why_dislike", "Giao trễ hai ngày, phải mua chỗ khác", "giao hạt sỉ", "reliability"),
            ("channel_time", "Gọi sau 14h, sáng bận khách", "", ""),
        ),
        "": (
            ("first_source", "Bạn cùng công ty rủ", "", ""),
            ("first_source", "Tìm quán gần đây trên Google Maps", "", ""),
            ("why_like", "Nhắc Sương Mai là nhớ mùi rang với mấy bạn hay cười", "", "staff"),
            ("nothing_to_improve", "Vậy là được rồi, cứ giữ như vậy", "", ""),
            ("unexpected_use", "Xin bã cà phê về khử mùi tủ lạnh", "bã cà phê", ""),
            ("unexpected_use", "Túi vải đi chợ thay túi ni lông", "túi vải", ""),
        ),
    },
    "kestrel": {
        "": (
            ("preference", "Text, never call, before ten", "", ""),
            ("preference", "Keeps the old chain to check the wear himself", "chain", ""),
            ("usage", "Rides to work four days a week, rain or not", "commuting", ""),
            ("usage", "School run with two kids on the e-cargo", "e-cargo", ""),
            ("need", "Back the same day, or a loan bike", "workshop", ""),
            ("need", "One mechanic who knows the bike", "workshop", ""),
            ("why_like", "They ring before they replace anything", "workshop", "staff"),
            ("why_dislike", "Told five, was not ready at five", "pick-up", "reliability"),
            ("why_like", "They mend what others would throw away", "workshop", "values"),
            ("unexpected_use", "Old inner tubes cut into tie-downs", "inner tubes", ""),
            ("unexpected_use", "Uses the stand by the door as a meeting point", "shop", ""),
            ("first_source", "A colleague who commutes", "", ""),
            ("nothing_to_improve", "Nothing, keep it up", "", ""),
        )
    },
}  # fmt: skip


@dataclass(frozen=True)
class Friend:
    """Somebody the firm knows well: what they told, what was guessed right, how they felt, what they bought."""

    name: str
    salutation: str
    phone: str
    tag: str
    title: str
    told: tuple[Told, ...]
    guess: Told
    felt: str
    valence: int
    bought: str = "bạc xỉu ít ngọt"
    address: dict[str, str] = field(default_factory=dict)
    # When they come by, hour and minute, and how they buy; an office worker comes on working days only.
    comes_at: tuple[int, int] = (10, 15)
    channel: str = ""
    visits: int = 4
    is_office_worker: bool = False


FRIENDS = {
    "suongmai": (
        Friend(
            "Nguyễn Thị Thu Hà", "chi", "0909 310 720", "dân văn phòng", "Kế toán",
            (
                ("preference", "Bạc xỉu ít ngọt, nắp chặt", "bạc xỉu", ""),
                ("preference", "Không ống hút, tự mang ly", "ly", ""),
                ("usage", "7h20 mỗi sáng, mang lên văn phòng tầng 9", "quầy mang đi", ""),
                ("why_dislike", "Sáng chậm 5 phút là cả ngày cuống", "hàng chờ", "speed"),
                ("need", "Giá mà có gói 20 ly trả trước, sáng khỏi móc ví", "thẻ trả trước", ""),
                ("channel_time", "Zalo sau 17h", "", ""),
                ("first_source", "Chị cùng phòng mua giùm ly đầu", "", ""),
                ("nothing_to_improve", "Từ hôm có làn lấy nhanh thì hết chuyện để nói rồi", "", ""),
            ),
            ("need", "Biết còn chờ bao lâu là yên tâm", "hàng chờ", ""),
            "Lúc xếp hàng chị sốt ruột, cầm được ly là nhẹ người.",
            1,
            comes_at=(7, 22),
            channel="mang đi",
            visits=14,
            is_office_worker=True,
            address={"street_line": "88 Trần Quang Khải", "ward": "Phường Tân Định", "province_code": "79"},
        ),
        Friend(
            "Trần Minh Khôi", "ban", "0938 200 618", "sinh viên", "Sinh viên năm ba",
            (
                ("preference", "Bàn cạnh ổ cắm tầng 2", "chỗ ngồi", ""),
                ("preference", "Trà đào, thêm đá miễn phí", "trà đào", ""),
                ("usage", "Ngồi học tối thứ Hai, Tư, Sáu", "chỗ ngồi", ""),
                ("why_like", "Ngồi ba tiếng không ai nhắc", "chỗ ngồi", "place"),
                ("unexpected_use", "Túi vải đựng hạt em giặt lại làm túi bút", "túi vải", ""),
            ),
            ("need", "Wifi riêng cho người ngồi học", "wifi", ""),
            "Wifi rớt đúng lúc nộp bài, em quê với cả nhóm.",
            -1,
            "trà đào",
            {"street_line": "12 Phan Xích Long", "ward": "Phường Phú Nhuận", "province_code": "79"},
        ),
        Friend(
            "Lê Hoàng Việt", "anh", "0918 380 808", "người sành", "Kiến trúc sư",
            (
                ("preference", "Cầu Đất rang vừa, in ngày rang", "hạt Cầu Đất", ""),
                ("preference", "Nếm thử trước khi mua", "hạt Cầu Đất", ""),
                ("usage", "Pha V60 ở nhà, hai tuần hết 250 g", "hạt Cầu Đất", ""),
                ("why_like", "Hỏi gì cũng trả lời được, từ độ cao tới ngày rang", "phục vụ", "staff"),
                ("motivation", "Muốn biết mình đang uống cà phê của ai trồng", "", ""),
                ("value", "Trả đúng giá cho người trồng", "", ""),
                ("need", "Một bao nhỏ 100 g để thử mẻ mới", "hạt Cầu Đất", ""),
                ("first_source", "Đi ngang xưởng rang ở Đà Lạt", "", ""),
                ("channel_time", "E-mail, cuối tuần", "", ""),
                ("nothing_to_improve", "Giữ được tay rang này là quý", "", ""),
            ),
            ("preference", "Thích được gọi khi có mẻ mới", "hạt Cầu Đất", ""),
            "Mở bao ra thơm cả bếp, vui như trẻ con.",
            2,
            "hạt Cầu Đất 250 g",
            {"street_line": "5 Nguyễn Thị Diệu", "ward": "Phường Xuân Hòa", "province_code": "79"},
        ),
    ),
    "kestrel": (
        Friend(
            "Oliver Grant", "", "+65 8123 4455", "commuter", "Civil servant",
            (
                ("preference", "Text, never call, before ten", "", ""),
                ("preference", "Same mechanic every time", "workshop", ""),
                ("usage", "Commutes 14 km each way, all weather", "commuting", ""),
                ("why_like", "Aisha rang before replacing the chain and saved me S$80", "workshop", "staff"),
                ("need", "Ready when you said it would be", "pick-up", ""),
                ("nothing_to_improve", "Since the loan bike, nothing", "workshop", ""),
            ),
            ("need", "A loan bike for longer repairs", "workshop", ""),
            "Relieved when it was ready at five sharp.",
            1,
            "full service",
            {"address": "12 Tanjong Katong Road, #04-11, Singapore"},
        ),
    ),
}  # fmt: skip
BELIEVED = 83
# Purchases within 200 days that make a regular.
REGULAR = 3
# Kinds that are told now and then only.
RARE = {"unexpected_use": 0.05, "nothing_to_improve": 0.25, "first_source": 0.4, "value": 0.5}
DAYS = 60


def lay_known(demo: DemoFirm) -> None:
    """Facts, friends, what the firm believes and how it grew; everybody counted at the end. Done once."""
    if UnderstandingBelief.objects.exists():
        return
    rng = random.Random(f"known {demo.slug}")
    staff = list(User.objects.working().order_by("created_at", "id"))
    _confirm_salutations(rng)
    _lay_facts(demo, rng, staff)
    for friend in FRIENDS[demo.slug]:
        with acting_as(Actor("user", staff[-1].pk, staff[-1].full_name)):
            _befriend(demo, friend)
    chief = Firm.objects.get().chief
    state_belief(share=BELIEVED, stated_by_id=chief.pk if chief else None)
    day = recount_everybody()
    tend(day_id=day.pk, budget=3_600)
    day.refresh_from_db()
    _lay_days(day, rng)


def _confirm_salutations(rng: random.Random) -> None:
    """At the counter people soon say how they are called."""
    ids = list(Customer.objects.filter(salutation_source="import").order_by("id").values_list("pk", flat=True))
    Customer.objects.filter(pk__in=rng.sample(ids, int(len(ids) * 0.55))).update(salutation_source="staff")


def _lay_facts(demo: DemoFirm, rng: random.Random, staff: Sequence[User]) -> None:
    """Whoever comes often is known best."""
    pools = TOLD[demo.slug]
    lately = Purchase.objects.filter(occurred_at__gt=now() - timedelta(days=200)).values_list("customer_id", flat=True)
    visits = Counter(lately)
    facts = []
    for customer in Customer.objects.filter(kind="person", erased_at=None).order_by("id"):
        is_regular = visits[customer.pk] >= REGULAR
        if rng.random() > (0.8 if is_regular else 0.3):
            continue
        tag = next((tag for tag in customer.tags if tag in pools), "")
        pool = [one for one in (*pools[tag], *(pools[""] if tag else ())) if rng.random() < RARE.get(one[0], 1)]
        for kind, text, about, reason in rng.sample(
            pool, min(len(pool), rng.choice((3, 6, 9) if is_regular else (1, 1, 2)))
        ):
            at = now() - timedelta(days=rng.triangular(0.1, 300 if is_regular else 520, 30))
            facts.append(
                Fact(
                    customer=customer, kind=kind, text=text, about=about, reason=reason,
                    mode=MODES.get(text, ""),
                    way=way_of(text) if kind in Fact.HOW else "",
                    source=rng.choices(("declared", "observed", "guess"), (8, 1, 1))[0]
                    if kind in ("preference", "usage") else "declared",
                    noted_by=rng.choice(staff), stated_at=at, confirmed_at=at, created_at=at,
                )
            )  # fmt: skip
    copy_objects(Fact, facts)


def _befriend(demo: DemoFirm, friend: Friend) -> None:
    customer = create_customer(
        full_name=friend.name, salutation=friend.salutation, salutation_source="declared" if friend.salutation else "",
        phones=[friend.phone], tags=[friend.tag], formal_title=friend.title, parse_name=False, silent=True,
        name_order="given_first" if demo.language == "en" else "family_first",
        branch=Branch.objects.filter(is_active=True).order_by("name").last(), **friend.address,
    )  # fmt: skip
    state_consent(customer_id=customer.pk, purpose="survey", granted=True, method="staff", evidence="")
    for at in _visits(friend):
        record_purchase(
            customer_id=customer.pk, amount=35_000 if demo.country == "VN" else 65, items=friend.bought,
            channel=friend.channel, occurred_at=at, silent=True,
        )  # fmt: skip
    portrait = next(
        (row for row in live_personas().select_related("segment") if friend.tag in str(row.segment.condition)), None
    )
    if portrait is not None:  # who is the portrait in person
        assign_persona(customer_id=customer.pk, persona_id=portrait.pk, confidence=1)
    day = timedelta(days=1)
    said = log_contact(
        customer_id=customer.pk, how="visit", outcome="came_by", body=friend.felt, occurred_at=now() - 9 * day
    )
    stage = Stage.objects.filter(code="choose_buy_use").first() or Stage.objects.get()
    quote = take_quote(interaction_id=said.pk)
    report_emotion(stage_id=stage.pk, valence=friend.valence, source="coded", quote_id=quote.pk)
    for number, (kind, text, about, reason) in enumerate(friend.told):
        note_fact(
            customer_id=customer.pk, kind=kind, text=text, about=about, reason=reason,
            mode=MODES.get(text, ""), way=way_of(text) if kind in Fact.HOW else "",
            stated_at=now() - (4 + 5 * number) * day,
        )  # fmt: skip
    kind, text, about, reason = friend.guess
    for source, ago in (("guess", 60), ("declared", 12)):  # and they said yes
        note_fact(
            customer_id=customer.pk, kind=kind, text=text, about=about, reason=reason, source=source,
            stated_at=now() - ago * day,
        )  # fmt: skip


def _visits(friend: Friend) -> list[datetime]:
    """The last ones, each at their hour give or take some minutes; the latest a few days ago."""
    rng = random.Random(friend.name)
    step = 1 if friend.visits > 4 else 6
    day, found = firm_today() - timedelta(days=3), []
    while len(found) < friend.visits:
        if not friend.is_office_worker or day.weekday() < 5:
            found.append(
                datetime.combine(day, time(*friend.comes_at), firm_zone()) + timedelta(minutes=rng.randrange(50))
            )
        day -= timedelta(days=step)
    return found


def _lay_days(today: UnderstandingDay, rng: random.Random) -> None:
    """How it grew, night by night: from two thirds of what is understood today."""
    rows = []
    for ago in range(1, DAYS + 1):
        reached = (1 - ago / DAYS / 3) * rng.uniform(0.985, 1.015)
        empathise, understand = round(today.empathise * reached), round(today.understand * reached)
        know = round(today.know * (1 - ago / DAYS / 8))
        rows.append(
            UnderstandingDay(
                day=today.day - timedelta(days=ago), as_of=today.as_of - timedelta(days=ago), stage="done",
                finished_at=today.as_of - timedelta(days=ago), see=today.active - know - understand - empathise,
                know=know, understand=understand, empathise=empathise,
            )
        )  # fmt: skip
    UnderstandingDay.objects.bulk_create(rows)
