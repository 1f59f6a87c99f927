"""What a demo firm stands for, has understood of its customers and decided, all borne out by words on its timelines."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.utils.timezone import localdate

from customers.errors import QuoteNotSaid
from customers.models import Interaction, Quote
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo import years_work
from cxcrm.demo.firms import DemoFirm
from cxcrm.demo.insight_sides import SIDES
from journeys.logic.brand import preset
from journeys.models import Decision, Insight, Touchpoint
from journeys.services.brand import save_brand
from journeys.services.decisions import log_decision, look_back
from journeys.services.insights import add_evidence, validate_insight, write_insight
from tenants.staff.models import User


@dataclass(frozen=True)
class Told:
    """One insight: its three parts, where it belongs, words that stand in entries which bear it out, and how common."""

    want: str
    but: str
    because: str
    words: tuple[str, ...]
    touchpoint: str = ""
    parent: int | None = None
    shown_by: int | None = None
    out_of: int | None = None
    quotes: int = 6
    unserved: int | None = None


@dataclass(frozen=True)
class Choice:
    """One decision, so many days ago; with ``words`` it rests on customers, with ``outcome`` it was looked back at."""

    topic: str
    basis: str
    days_ago: int
    kind: str = "general"
    who: str = ""
    need: str = ""
    words: str = ""
    outcome: str = ""
    learning: str = ""
    for_customers: str = ""
    for_staff: str = ""
    viewpoint: str = ""


BRANDS: Final = {
    "suongmai": (
        "Ly cà phê Cầu Đất tử tế, nhanh và gần gũi cho người đi làm.",
        "Dân văn phòng ghé mua mang đi",
        "friendly",
        "Sáng nào cũng nhanh, đúng món, và có người nhớ tên mình.",
    ),
    "kestrel": (
        "The bicycle workshop that tells you straight and has it ready when it says so.",
        "People who ride to work",
        "rebel",
        "Told straight, ready when we said, and never asked twice.",
    ),
}
INSIGHTS: Final = {
    "suongmai": (
        Told("một buổi sáng có kiểm soát", "hàng chờ làm tôi thấy mình bị động", "chỉ 5 phút quyết định cả ngày",
             ("trễ cả cuộc họp", "hàng dài ra tận cửa", "Trễ làm luôn"), shown_by=61, out_of=140, unserved=26, quotes=8),
        Told("biết còn phải chờ bao lâu", "không ai nói với tôi", "tôi còn tính giờ vào làm",
             ("không ai nói gì", "Xếp hàng hơn 15 phút"), "hang-cho", 0, 34, 80, unserved=29),
        Told("tiền của mình được trả lại ngay khi quán sai", "tôi phải chờ và gọi nhiều lần", "số tiền nhỏ mà công thì lớn",
             ("bị trừ hai lần", "Hóa đơn tính hai ly", "bắt tôi trả tiền mặt", "không giảm"), "thanh-toan-qr", None, 18, 60, unserved=13),
        Told("được nhớ là mình dặn gì", "lần nào cũng phải nói lại", "được nhớ làm tôi thấy mình quan trọng",
             ("Gọi ít đá", "không đường mà vẫn ngọt", "nhớ tôi không uống được sữa bò"), "goi-mon", None, 22, 70, unserved=7),
        Told("cả nhà ngồi thoải mái cuối tuần", "chỗ gửi xe và chỗ ngồi làm tôi ngại", "đi với con nhỏ không xoay xở được",
             ("không có chỗ gửi xe", "không có mái che", "trầy yếm xe"), "gui-xe", None, quotes=9),
        Told("trả trước nhiều ly một lần", "sáng nào cũng phải móc ví", "lúc vội thì đỡ được một việc",
             ("gói 20 ly",), "the-tich-diem", None, quotes=1),
    ),
    "kestrel": (
        Told("to know my bike is safe with one person", "I explain it to someone new each time", "nobody seems to own it",
             ("re-explain everything", "still skip", "Nobody told me"), shown_by=19, out_of=52, unserved=15, quotes=12),
        Told("to plan my evening around the pick-up", "the message is not true", "I leave work early for it",
             ("it wasn't", "Waited forty minutes", "Closed at six"), "pick-up", 0, 21, 52, unserved=9, quotes=12),
        Told("to be told what it costs before it is done", "I find out at the till", "a surprise makes me doubt the rest",
             ("saved me S$80", "Straight talk, fair price", "Nobody told me what was wrong"), "workshop", 0, 23, 52, unserved=11),
        Told("to stop paying the day I cancel", "the charge comes all the same", "it is my money, and my time to get it back",
             ("still billed twice", "at a higher price", "charged for the second"), "careplan", None, 14, 52, unserved=8),
    ),
}  # fmt: skip
DECISIONS: Final = {
    "suongmai": (
        Choice("Mở thêm quầy mang đi từ 7h đến 9h", "customer_evidence", 120, who="Dân văn phòng mang đi",
               need="Đi ngay, không trễ giờ", words="hàng dài ra tận cửa", outcome="better",
               learning="Chờ giảm còn 6 phút; khách nói lời cảm ơn nhiều hơn ở quầy."),
        Choice("Quản lý quán được hoàn ngay khoản dưới 200.000 ₫", "customer_evidence", 75, "policy", "Khách bị trừ tiền sai",
               "Nhận lại tiền trong ngày", "quầy không nhận được"),
        Choice("Đổi ly sứ sang ly giấy ở quán nhỏ", "cost", 95, "cost_cut", outcome="worse",
               learning="Khách ngồi lâu thấy rẻ tiền, than về chỗ ngồi nhiều hơn. Đã mang ly sứ trở lại.",
               for_customers="Khách ngồi lại thấy không còn ấm cúng", for_staff="Đỡ rửa ly lúc cao điểm",
               viewpoint="company"),
        Choice("Mở món matcha theo đối thủ", "competitor_move", 140, outcome="as_expected",
               learning="Bán được nhưng làm chậm hàng chờ buổi sáng.", viewpoint="company"),
        Choice("Sơn lại mặt tiền màu nâu", "boss_preference", 160),
        Choice("Chọn xưởng nắp ly mới", "customer_evidence", 40, "supplier", "Khách mua mang đi", "Nắp không hở",
               "Nắp hở, đổ hết ra túi xách"),
        Choice("In hóa đơn điện tử tại quầy", "regulation", 200),
    ),
    "kestrel": (
        Choice("One named mechanic per bike", "customer_evidence", 60, who="Commuters", need="Explain it once",
               words="Nobody told me"),
        Choice("Text only after the mechanic has signed off", "customer_evidence", 90, words="Waited forty minutes", outcome="better",
               learning="No complaint about early texts since."),
        Choice("Carry the same helmets as the shop next door", "competitor_move", 100, viewpoint="company"),
        Choice("Ring before replacing anything", "customer_evidence", 130, "training", "Anybody who leaves a bike with us",
               "To say yes to the price first", "Nobody told me what was wrong", "better",
               "Fewer parts sold in the first month, more bikes the month after."),
        Choice("Refund a wrong CarePlan charge the same day", "customer_evidence", 70, "policy", "CarePlan members",
               "The money back without a form", "charged for the second", "as_expected",
               "Nobody writes twice about it any more."),
        Choice("One person on the phone all Saturday", "customer_evidence", 45, who="Whoever rings on a Saturday",
               need="A straight answer", words="Rang four times"),
        Choice("Close the Kallang counter at five", "cost", 110, "cost_cut", outcome="worse",
               learning="Commuters came at half past to a closed door. Open until seven again.",
               for_customers="Nobody can collect a bike after work", for_staff="An hour less on the late shift",
               viewpoint="company"),
        Choice("Paint the Jurong East shop front red", "boss_preference", 150),
        Choice("Battery storage as the fire code asks", "regulation", 180),
    ),
}  # fmt: skip


def lay_insights(demo: DemoFirm) -> None:
    """Lay all of it once; what is there already is left alone."""
    steward = User.objects.filter(role="brand_steward").first() or User.objects.get(role="owner")
    if Insight.objects.exists() or demo.slug not in BRANDS:
        return
    positioning, majority, character, meaning = BRANDS[demo.slug]
    with acting_as(Actor("user", steward.pk, steward.full_name)):
        save_brand(
            positioning=positioning,
            majority=majority,
            meaning=meaning,
            preset=character,
            traits=preset(character, demo.language),
        )
        written: list[Insight] = []
        for told in (*INSIGHTS[demo.slug], *_further_insights(demo)):
            written.append(_write(told, written))
        for choice in (*DECISIONS[demo.slug], *_further_decisions(demo)):
            _decide(choice)


def _further_insights(demo: DemoFirm) -> list[Told]:
    rows = years_work.INSIGHTS if demo.slug == "suongmai" else ()
    return [Told(*row) for row in rows]


def _further_decisions(demo: DemoFirm) -> list[Choice]:
    rows = years_work.DECISIONS if demo.slug == "suongmai" else ()
    choices = [Choice(*row) for row in rows]
    for number, choice in enumerate(choices):
        if choice.topic in years_work.SAVED:
            for_customers, for_staff = years_work.SAVED[choice.topic]
            choices[number] = replace(choice, for_customers=for_customers, for_staff=for_staff)
    return choices


def _write(told: Told, written: list[Insight]) -> Insight:
    place = Touchpoint.objects.filter(code=told.touchpoint).first()
    feeling, good_end = SIDES.get(told.want, ("", ""))
    insight = write_insight(
        want=told.want,
        but=told.but,
        because=told.because,
        feeling=feeling,
        good_end=good_end,
        level="execution" if told.touchpoint else "strategy",
        parent_id=written[told.parent].pk if told.parent is not None else None,
        touchpoint_id=place.pk if place else None,
        shown_by=told.shown_by,
        out_of=told.out_of,
        unserved=told.unserved,
    )
    quotes = _quotes(told.words, told.quotes)
    for quote in quotes:
        add_evidence(insight_id=insight.pk, quote_id=quote.pk)
    if good_end and len({quote.customer_id for quote in quotes}) >= 3:
        validate_insight(insight_id=insight.pk)
    return insight


def _quotes(words: Iterable[str], most: int, until: date | None = None) -> list[Quote]:
    """Of the entries in which ``words`` stand, the latest, each of another customer and as different as they come;
    with ``until`` those said by then, for nobody decides on what is said later.
    """
    said = Interaction.objects.filter(occurred_at__date__lte=until) if until else Interaction.objects.all()
    found: list[Quote] = []
    people: set[object] = set()
    each = max(1, most // len(tuple(words)))
    for piece in words:
        taken = 0
        for entry in said.filter(body__icontains=piece).order_by("-occurred_at")[:60]:
            if taken == each or len(found) == most:
                break
            if entry.customer_id in people:
                continue
            try:
                found.append(take_quote(interaction_id=entry.pk, feedback_type=_kind(entry)))
            except QuoteNotSaid:  # our own reply has the same words in it
                continue
            people.add(entry.customer_id)
            taken += 1
    return found


def _kind(entry: Interaction) -> str:
    return "complaint" if entry.kind == Interaction.Kind.COMPLAINT else "awareness"


def _decide(choice: Choice) -> Decision:
    day = localdate(now()) - timedelta(days=choice.days_ago)
    quotes = _quotes((choice.words,), 3, day) if choice.words else []
    leader = User.objects.get(role="owner")
    decision = log_decision(
        topic=choice.topic,
        basis=choice.basis,
        kind=choice.kind,
        who_they_are=choice.who,
        what_they_need=choice.need,
        quote_ids=[quote.pk for quote in quotes],
        effect_on_customers=choice.for_customers,
        effect_on_staff=choice.for_staff,
        viewpoint=choice.viewpoint or ("customer" if choice.words else ""),
        decider_id=leader.pk,
        decided_on=day,
    )
    if choice.outcome:
        look_back(decision_id=decision.pk, outcome=choice.outcome, learning=choice.learning)
    return decision
