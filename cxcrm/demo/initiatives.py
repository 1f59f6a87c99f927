"""What a demo firm means to change: what fits, and what a gate stops, some as the source article tells it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from customers.selectors.personas import live_personas
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from journeys.models import Initiative, Insight, Touchpoint
from journeys.services import initiatives as services
from journeys.services.initiatives import GAINS
from tenants.staff.models import User
from tenants.staff.roles import Role


@dataclass(frozen=True)
class Idea:
    """One initiative; ``effects`` in the order of the personas, ``money`` in millions of dong or in dollars."""

    name: str
    what: str
    effects: tuple[int, ...]
    on_staff: int
    confidence: str
    marks: tuple[int, int, int, int, int]
    run: int
    margin: int
    seat: tuple[str, str, str]
    harms: tuple[str, str, str]
    owner: str
    touchpoint: str
    insight: int | None = 0
    reach: int = 0
    effort: int = 4
    capacity: int = 60
    ending: str = "proposed"
    because: str = ""
    # Whose good it is for, and what it should bring a month: customers kept, customers brought along, cost saved.
    viewpoint: str = ""
    gains: tuple[int | None, int | None, int | None] = (None, None, None)


IDEAS: Final = {
    "suongmai": (
        Idea("Làn lấy nhanh hẹn giờ", "Đặt trước trên Zalo, chọn giờ, đến quầy riêng lấy ngay, không xếp hàng.",
             (2, 1, 0, 0, 0), 0, "pilot", (4, 3, 3, 3, 3), 12, 300,
             ("Đi ngay, không trễ giờ làm", "Có, ngay sáng đầu tiên", "Đặt trước năm phút"),
             ("Khách mua tại quầy chờ lâu hơn", "Pha chế dồn việc lúc 7h30", "Ly chờ lâu bị nguội"),
             "duyen", "hang-cho", 0, 9000, 6, ending="running", viewpoint="customer", gains=(18, 4, None)),
        Idea("Phòng cupping hội viên Vàng", "Đóng cửa tầng hai Tân Định mỗi sáng thứ Bảy cho hội viên Vàng thử hạt.",
             (-1, 0, 0, 2, 0), 0, "evidence", (4, 4, 2, 4, 4), 9, 75,
             ("Thử hạt mới cùng người rành", "Có", "Đóng phí hội viên"),
             ("Khách mang đi mất chỗ ngồi chờ", "Một người phải rời quầy", "Khách thường thấy mình bị gạt ra"),
             "han", "cho-ngoi", 3, 200, 8, ending="declined", because="Chỉ tám phần trăm khách được lợi, số đông chật chỗ hơn."),
        Idea("Phục vụ tận bàn cho tất cả", "Nhân viên mang món ra tận bàn ở cả 12 quán, mọi giờ.",
             (2, 2, 2, 2, 2), 0, "evidence", (3, 3, 3, 3, 2), 240, 600,
             ("Không phải đứng chờ gọi tên", "Có", "Không muốn giá tăng"),
             ("Giá phải tăng", "Giờ cao điểm không đủ người", "Món ra chậm vì chờ người bưng"),
             "duyen", "goi-mon", 0, 30000, 20, capacity=130),
        Idea("Giờ yên tĩnh 18–21h", "Không nhạc, không gọi điện ở tầng hai buổi tối cho người học và làm việc.",
             (1, 1, -1, 0, 0), 0, "pilot", (3, 3, 3, 3, 3), 2, 100,
             ("Chỗ yên để học", "Có", "Nói nhỏ lại"),
             ("Gia đình có con nhỏ thấy bị đuổi", "Nhân viên phải nhắc khách", "Tầng dưới ồn hơn"),
             "duyen", "cho-ngoi", 4, 6000, 2),
        Idea("Bảng tin khuyến mãi kiểu đối thủ", "Treo màn hình chạy quảng cáo như quán bên cạnh.",
             (0, 0, 0, 0, 0), 0, "guess", (1, 1, 1, 3, 1), 3, 100,
             ("", "", ""), ("", "", ""), "nam", "bien-hieu", None, ending="draft", viewpoint="company"),
        Idea("Nói thời gian chờ ngay khi nhận món", "Thu ngân nói còn mấy phút, quá giờ thì tới báo trước khi khách hỏi.",
             (2, 1, 1, 0, 0), 0, "pilot", (4, 4, 4, 4, 4), 1, 300,
             ("Biết còn chờ bao lâu", "Ngay lần đầu", "Không phải trả gì"),
             ("Nói sai phút thì bực hơn", "Thu ngân thêm một câu mỗi khách", "Khách nghe lâu là bỏ đi"),
             "duyen", "hang-cho", 1, 30000, 1, ending="running"),
        Idea("Đọc lại món trước khi in phiếu", "Quầy nhắc món, độ ngọt, lượng đá rồi mới in.",
             (1, 1, 1, 0, 0), 0, "evidence", (4, 4, 3, 4, 4), 2, 300,
             ("Đúng món ngay lần đầu", "Có", "Chờ thêm năm giây"),
             ("Hàng chậm thêm vài giây mỗi khách", "Nhân viên mới hay quên", "Khách quen thấy phiền"),
             "duyen", "goi-mon", 12, 30000, 2, ending="running"),
        Idea("Quản lý quán hoàn ngay dưới 200.000 ₫", "Trừ tiền sai thì hoàn tại quầy trong hôm đó, không chờ kế toán.",
             (1, 1, 1, 0, 1), 0, "evidence", (4, 4, 4, 3, 4), 3, 300,
             ("Tiền về ngay", "Có, lần bị sai", "Không phải trả gì"),
             ("Có người xin hoàn sai", "Quản lý phải đối soát cuối ca", "Lệch quỹ vài trăm nghìn"),
             "trang", "thanh-toan-qr", 2, 30000, 2, ending="running"),
        Idea("Nhắc điểm sắp hết hạn trước 14 ngày", "Nhắn Zalo cho khách đã đồng ý, mỗi người nhiều nhất hai lần một năm.",
             (1, 1, 0, 0, 0), 0, "evidence", (4, 3, 3, 4, 4), 2, 120,
             ("Không mất điểm", "Có", "Một tin nhắn"),
             ("Thêm tin nhắn, có người thấy phiền", "Người trực Zalo thêm việc", "Nhiều người đổi cùng lúc"),
             "nam", "the-tich-diem", 13, 9000, 3),
        Idea("Nắp ly xoáy kín", "Đổi nắp bật sang nắp xoáy cho mọi ly mang đi.",
             (1, 1, 0, 0, 0), 0, "evidence", (3, 3, 4, 3, 3), 9, 300,
             ("Cầm đi không lo đổ", "Ngay ly đầu", "Vài trăm đồng mỗi ly"),
             ("Mở nắp khó hơn với người lớn tuổi", "Đóng nắp chậm hơn", "Nhiều nhựa hơn"),
             "duyen", "ly-nap", 11, 30000, 4),
        Idea("Xe giao riêng cho từng quán sỉ", "Mỗi quán sỉ một chuyến riêng, không ghép đường.",
             (0, 0, 0, 0, 2), -1, "guess", (3, 3, 3, 3, 3), 28, 60,
             ("Hạt tới đúng giờ mình hẹn", "Có", "Thêm phí giao"),
             ("Khách mua lẻ hạt chờ lâu hơn", "Tài xế chạy thêm chuyến tối", "Chi phí dồn lên giá hạt"),
             "han", "giao-hat-si", 16, 62, 10, ending="declined",
             because="Bốn phần trăm khách, chi phí gần nửa biên lợi nhuận; cân lại tại xưởng và hẹn giờ là đủ."),
        Idea("Gói 20 ly trả trước", "Mua trước 20 ly, sáng chỉ cần đọc số điện thoại.",
             (1, 0, 0, 0, 0), 0, "guess", (3, 3, 3, 3, 3), 4, 300,
             ("Khỏi móc ví buổi sáng", "Có", "Trả trước"), ("", "", ""), "nam", "the-tich-diem", 5, ending="draft"),
        Idea("Bàn có vách cho người làm việc", "Sáu bàn có vách và ổ cắm ở tầng hai.",
             (0, 1, 0, 1, 0), 0, "evidence", (3, 3, 3, 3, 3), 5, 140,
             ("Ngồi yên cả buổi", "Có", "Không đổi chỗ"), ("", "", ""), "duyen", "cho-ngoi", 14, ending="draft"),
        Idea("Trả lời mạng xã hội trong buổi", "Người trực trả lời giá và giờ mở cửa trước 12h và 18h.",
             (1, 1, 0, 0, 0), 0, "guess", (3, 4, 3, 4, 3), 3, 200,
             ("Có giá ngay lúc hỏi", "Có", "Không phải trả gì"), ("", "", ""), "nam", "mang-xa-hoi", 20, ending="draft"),
    ),
    "kestrel": (
        Idea("Text with the true time", "The ready text goes out when the mechanic signs off, with the closing time.",
             (2, 1, 1, 0), 0, "measured", (4, 4, 4, 4, 3), 200, 9000,
             ("To plan my evening", "The first time", "Nothing"),
             ("Some wait longer for the text", "Mechanics must sign off", "A late sign-off looks like a delay"),
             "marcus", "pick-up", 1, 900, 1, ending="running", viewpoint="customer", gains=(420, None, 150)),
        Idea("Free race-day pit crew", "Two mechanics at every Saturday race, free for racers.",
             (-1, 0, 0, 2), -1, "guess", (4, 4, 2, 2, 4), 1800, 4000,
             ("A fix at the start line", "Yes", "I would pay for it"),
             ("Commuters wait on Saturdays", "Mechanics lose weekends", "Nobody at the counter"),
             "marcus", "workshop", 0, 60, 6, ending="declined", because="Eight in a hundred gain, and commuters pay for it."),
    ),
}  # fmt: skip


def lay_initiatives(demo: DemoFirm) -> None:
    """Lay all of them once, when the firm has its personas; what is there already is left alone."""
    if Initiative.objects.exists() or not live_personas().exists():
        return
    unit = 1_000_000 if demo.country == "VN" else 1
    for idea in IDEAS.get(demo.slug, ()):
        _lay(demo, idea, unit)
    _spread_signatures()


def _spread_signatures() -> None:
    """Over the year, as the steward and the chief would have given them; what runs was decided on lately."""
    for number, made in enumerate(Initiative.objects.exclude(signed_at=None).order_by("-created_at", "-pk")):
        is_running = made.state == Initiative.State.RUNNING
        signed = now() - timedelta(days=(24 if is_running else 40) + 19 * number)
        decided = None if made.decided_at is None else signed + timedelta(days=5 + number % 4)
        Initiative.objects.filter(pk=made.pk).update(
            created_at=signed - timedelta(days=9), signed_at=signed, decided_at=decided
        )


def _lay(demo: DemoFirm, idea: Idea, unit: int) -> None:
    people = {key: User.objects.get(email__iexact=demo.email(key)) for key in {idea.owner, demo.chief}}
    insights = list(Insight.objects.order_by("created_at"))
    place = Touchpoint.objects.filter(code=idea.touchpoint).first()
    need, notice, price = idea.seat
    made = services.draft_initiative(
        name=idea.name,
        what=idea.what,
        owner_id=people[idea.owner].pk,
        touchpoint_id=place.pk if place else None,
        insight_id=insights[idea.insight].pk if idea.insight is not None else None,
        need=need,
        notice=notice,
        price=price,
        harms=list(idea.harms),
        confidence=idea.confidence,
        run_people=Decimal(idea.run * unit * 2 // 3),
        run_other=Decimal(idea.run * unit // 3),
        margin=Decimal(idea.margin * unit),
        revenue=Decimal(idea.margin * unit * 2),
        viewpoint=idea.viewpoint,
        **{name: None if gain is None else Decimal(gain * unit) for name, gain in zip(GAINS, idea.gains, strict=True)},
        capacity=idea.capacity,
        reach=idea.reach or None,
        impact="2",
        effort=Decimal(idea.effort),
    )
    if idea.ending == "running" and idea.insight:  # what runs answers the strategy as well as its own insight
        services.answer_insight(initiative_id=made.pk, insight_id=insights[0].pk)
    told = [
        {"persona_id": persona.pk, "expected": size}
        for persona, size in zip(live_personas(), idea.effects, strict=False)
    ]
    services.set_effects(initiative_id=made.pk, effects=[*told, {"persona_id": None, "expected": idea.on_staff}])
    if idea.ending == "draft":
        return
    services.add_guardrail(
        initiative_id=made.pk, metric="complaints", stop_at="8", touchpoint_id=place.pk if place else None
    )
    steward = User.objects.filter(role=Role.BRAND_STEWARD).first() or people[demo.chief]
    with acting_as(Actor("user", steward.pk, steward.full_name)):
        services.sign_brand(initiative_id=made.pk, marks=list(idea.marks))
    with acting_as(Actor("user", people[demo.chief].pk, people[demo.chief].full_name)):
        services.propose_initiative(initiative_id=made.pk)
        if idea.ending == "declined":
            services.decline_initiative(initiative_id=made.pk, because=idea.because)
        elif idea.ending == "running":
            services.approve_initiative(initiative_id=made.pk)
            services.launch_initiative(initiative_id=made.pk)
