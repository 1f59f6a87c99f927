"""Who the demo firms' customers are: segments by rule and by hand, and personas that rest on what was said."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from customers.models import Customer, Interaction, Segment, SegmentSize
from customers.selectors.segment_fields import asking
from customers.services.interactions import record_interaction
from customers.services.personas import assign_persona, change_persona, cite_quote, draft_persona, publish_persona
from customers.services.quotes import take_quote
from customers.services.segments import add_to_segment, create_segment
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from tenants.staff.models import User
from tenants.staff.roles import Role

HISTORY_DAYS: Final = 45
INVITED: Final = 24


@dataclass(frozen=True)
class Portrait:
    """One persona: its segment, its words, and what customers of the segment said; the first is the true sentence."""

    tag: str
    segment: str
    name: str
    who: str
    need: str
    expectation: str
    emotion: str
    channel: str
    said: tuple[str, ...]


PORTRAITS: Final = {
    "suongmai": (
        Portrait(
            "dân văn phòng", "Dân văn phòng mang đi", "Chị Thu Hà, 31, kế toán",
            "Dân văn phòng, ghé lúc 7:20–8:30, mua một ly mang đi rồi đi làm.", "Một ly đúng ý trong bốn phút, trên đường đi làm.",
            "Nhanh, đúng món, không phải nhắc lại.", "sốt ruột, sợ trễ giờ", "Zalo, đặt trước rồi ghé lấy",
            (
                "Sáng chậm 5 phút là cả ngày cuống.",
                "Chị chỉ cần biết còn chờ bao lâu thôi, đứng không biết chừng nào mới tới lượt mới bực.",
                "Giá mà có gói 20 ly trả trước, sáng khỏi móc ví.",
                "Quét QR hai lần mới được, sau lưng người ta chờ, ngại lắm.",
                "Bạn Hân nhớ tôi không uống được sữa bò, tự hỏi đổi sữa yến mạch. Nhỏ vậy mà thấy được quan tâm ghê.",
                "Thứ Hai nào cũng đông, có lối lấy nhanh riêng thì tốt.",
            ),
        ),
        Portrait(
            "sinh viên", "Sinh viên ngồi học", "Bạn Minh Khôi, 20, sinh viên", "Sinh viên ngồi học nhóm buổi chiều, ba bốn tiếng một lần.",
            "Chỗ ngồi lâu có ổ cắm và wifi chạy được.", "Giá mềm, không bị nhắc khi ngồi lâu.", "thoải mái, ngại bị để ý", "TikTok, Facebook",
            (
                "Tụi em cần cái ổ cắm hơn cần bánh.",
                "Wifi tầng 2 rớt hoài, tụi em họp nhóm phải bắt 4G.",
                "Ngồi lâu tụi em cũng ngại, có gói ngồi học thì tụi em mua liền.",
                "Ly 25 nghìn mà ngồi được cả chiều là hợp lý nhất khu này.",
                "Mùa thi quán mở tới 11 giờ thì tụi em đóng đô luôn.",
            ),
        ),
        Portrait(
            "gia đình", "Gia đình cuối tuần", "Cô chú Phúc – Loan, 45", "Gia đình bốn người, ghé chiều thứ Bảy, Chủ nhật.",
            "Chỗ ngồi chung, có món cho bé, có chỗ gửi xe.", "Sạch, an toàn, bé có thứ để uống.", "vui, dễ mệt vì chờ", "gọi điện giữ bàn",
            (
                "Con nó vui thì cả nhà mới ngồi được.",
                "Chiều Chủ nhật dắt hai đứa nhỏ vô mà không có chỗ gửi xe.",
                "Có ghế cho em bé là cô chọn quán này liền.",
                "Trà đào cho bé bớt ngọt được thì hay quá.",
                "Giữ bàn trước mà tới nơi vẫn phải chờ hai chục phút.",
            ),
        ),
        Portrait(
            "người sành", "Người sành cà phê", "Anh Hoàng Việt, 38, kiến trúc sư", "Uống cà phê mỗi ngày, tự pha ở nhà, mua hạt hai tuần một lần.",
            "Biết hạt từ đâu, rang ngày nào.", "Hạt mới rang, người bán nói chuyện được về hạt.", "tò mò, khó tính", "đến quầy, email",
            (
                "Cho tôi ngày rang, đừng cho tôi câu chuyện.",
                "Nhắc Sương Mai là nhớ mùi rang với mấy bạn hay cười.",
                "Túi hạt không ghi ngày rang thì tôi không dám mua.",
                "Cùng một ly mà ca sáng ca chiều hai vị khác nhau.",
                "Túi vải đựng hạt tôi giặt lại làm túi bút cho con.",
            ),
        ),
        Portrait(
            "quán sỉ", "Quán sỉ nhỏ", "Chị Hạnh, quán Góc Nhỏ", "Chủ quán mười bàn, mỗi tuần lấy 10–15 ký hạt.", "Hạt giao đúng hẹn để khỏi đóng quán.",
            "Giao đúng ngày, hóa đơn đúng mã số thuế.", "lo khi trễ hàng", "Zalo, điện thoại",
            (
                "Trễ một ngày là chị phải đi mua chỗ khác.",
                "Hóa đơn ghi sai mã số thuế, kế toán trả lại hoài.",
                "Bên chị đặt 12 ký Robusta giao thứ Năm, tới thứ Bảy mới có.",
                "Nhắn Zalo có người trả lời liền là chị yên tâm.",
                "Em giao hàng biết quán chị mở 6 giờ, để hàng đúng chỗ, dễ thương lắm.",
            ),
        ),
    ),
    "kestrel": (
        Portrait(
            "commuter", "Commuters", "Hui Min, 34, rides to work", "Rides to the office on weekdays, rain or shine.", "A bike that works tomorrow morning.",
            "Ready when promised, explained in plain words.", "impatient before work", "text message",
            (
                "If it isn't ready at five, I don't get home.",
                "Each time I re-explain everything to someone new.",
                "Your message said ready at 5, I left work early, it wasn't.",
                "Aisha rang before replacing the chain and saved me S$80.",
                "I just want someone to tell me if it lasts another month.",
            ),
        ),
        Portrait(
            "weekend roadie", "Weekend roadies", "Marcus, 41, Sunday club rides", "Rides eighty kilometres every Sunday with a club.", "A quiet drivetrain by Saturday night.",
            "Knowledgeable staff and honest advice on parts.", "proud, particular", "e-mail",
            (
                "A creak at kilometre sixty ruins the whole ride.",
                "Tell me what you would put on your own bike.",
                "Book me for Friday, not for some time next week.",
                "Third visit for the same brake rub.",
                "They found the loose spoke nobody else had found.",
            ),
        ),
        Portrait(
            "family e-cargo", "Family e-cargo", "Nadia, 38, two children in the box", "School run and shopping on an e-cargo bike, every day.",
            "A heavy bike that never strands the children.", "Brakes first, a loan bike, a slot outside school hours.", "careful, short of time", "phone",
            (
                "If the brakes are not right, nothing else matters.",
                "You cannot lift this thing on a bus. I need a loan bike.",
                "Tell me on the phone whether it is safe to ride home.",
                "Wei came out to the kerb so that I did not have to unload the kids.",
                "The battery check took five minutes and saved our holiday.",
            ),
        ),
        Portrait(
            "racer", "Racers", "Julian, 27, races on Sundays", "Trains before work, races twice a month, changes parts often.", "Every gram and every click right by race day.",
            "Somebody who knows the part by its number.", "keen, demanding", "text message",
            (
                "I would pay for a stand at the start line.",
                "A wheel true to half a millimetre is not true.",
                "You had the part when three others did not.",
                "Friday evening is the only slot that counts.",
                "Do not explain it to me, just torque it right.",
            ),
        ),
    ),
}  # fmt: skip


@transaction.atomic
def lay_portraits(demo: DemoFirm) -> None:
    """Segments with their sizes of the last weeks, personas with what they rest on, some customers set by hand."""
    if Segment.objects.exists():
        return
    steward = User.objects.working().filter(role=Role.MANAGER).order_by("created_at").first() or User.objects.get(
        role=Role.OWNER
    )
    rng = random.Random(demo.slug)
    with acting_as(Actor("user", steward.pk, steward.full_name)):
        for position, portrait in enumerate(PORTRAITS.get(demo.slug, ()), start=1):
            _draw(portrait, position * 10, steward, rng)
        for name, description, condition in _SEGMENTS[demo.language]:
            create_segment(name=name, description=description, condition=condition, reader=steward)
        _invite(demo, steward)
    for segment in Segment.objects.filter(kind=Segment.Kind.RULE):
        _history(segment, rng)


def _draw(portrait: Portrait, position: int, steward: User, rng: random.Random) -> None:
    condition = {"all": [{"field": "tags", "op": "any_of", "value": [portrait.tag]}]}
    segment = create_segment(name=portrait.segment, condition=condition, reader=steward)
    names = ("name", "who", "need", "expectation", "emotion", "channel")
    draft = draft_persona(segment_id=segment.pk, position=position, **{name: getattr(portrait, name) for name in names})
    speakers = Customer.objects.filter(tags__contains=[portrait.tag]).order_by("created_at", "id")[: len(portrait.said)]
    quotes = []
    for speaker, words in zip(speakers, portrait.said, strict=False):
        entry = record_interaction(
            customer_id=speaker.pk,
            kind=Interaction.Kind.CALL,
            what="call.logged",
            direction=Interaction.Direction.IN,
            body=words,
            occurred_at=now() - timedelta(days=rng.uniform(3, 150)),
        )
        quotes.append(take_quote(interaction_id=entry.pk))
        cite_quote(persona_id=draft.pk, quote_id=quotes[-1].pk)
    change_persona(persona_id=draft.pk, sentence=quotes[0].pk)
    live = publish_persona(persona_id=draft.pk)
    for speaker in speakers[:2]:  # whom somebody knows in person
        assign_persona(customer_id=speaker.pk, persona_id=live.pk, confidence=1)


def _invite(demo: DemoFirm, steward: User) -> None:
    name, description = _INVITED[demo.language]
    segment = create_segment(name=name, description=description, kind=Segment.Kind.STATIC, reader=steward)
    regulars = Customer.objects.filter(kind=Customer.Kind.PERSON).order_by("sort_key", "id")
    add_to_segment(segment_id=segment.pk, customers=list(regulars.values_list("pk", flat=True)[:INVITED]))


def _history(segment: Segment, rng: random.Random) -> None:
    """Sizes of the last weeks that lead to today's."""
    today, size = asking().today, float(segment.size)
    rows = []
    for back in range(1, HISTORY_DAYS):
        size = max(0.0, size * (1 - rng.uniform(-0.004, 0.009)))
        rows.append(SegmentSize(segment=segment, day=today - timedelta(days=back), size=round(size)))
    SegmentSize.objects.bulk_create(rows, ignore_conflicts=True)


def _leaf(field: str, op: str, value: Any, days: int | None = None) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value, **({"days": days} if days else {})}


_AWAY: Final = {"all": [_leaf("purchases.count", "at_least", 4), _leaf("purchases.last", "not_in_last", 60)]}
_WORRIED: Final = {
    "any": [_leaf("answers.nps", "at_most", 6), _leaf("answers.csat", "at_most", 2), _leaf("cases.open", "at_least", 1)]
}
_SEGMENTS: Final = {
    "vi": (
        ("Lâu không ghé", "Khách quen hơn hai tháng chưa mua: gọi hỏi thăm.", _AWAY),
        ("Cần quan tâm", "Chấm điểm thấp hoặc còn vụ việc: chưa gửi ưu đãi vội.", _WORRIED),
        (
            "Mua hạt về nhà",
            "Gửi hướng dẫn pha khi có mẻ rang mới.",
            {"all": [_leaf("purchases.items", "contains", "hạt Cầu Đất", 180), _leaf("consent.survey", "is", True)]},
        ),
    ),
    "en": (
        ("Not seen lately", "Regulars who have not been in for two months: give them a ring.", _AWAY),
        (
            "CarePlan ends within 14 days",
            "Ring or write before it runs out.",
            {"all": [_leaf("purchases.covered_until", "in_next", 14)]},
        ),
        ("Needs attention", "Low score or an open case: no offers just now.", _WORRIED),
    ),
}
_INVITED: Final = {
    "vi": ("Mời thử món mới", "Danh sách mời thử thực đơn Tết."),
    "en": ("Workshop evening", "Invited to the evening in the workshop."),
}
