"""Wishes and uses some customers of the demo firms told on the phone; some cells stay empty, as they do."""

from datetime import timedelta
from typing import Final

from customers.models import Customer, CustomerPersona, Interaction, Persona, Quote
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm

Kind = Quote.FeedbackType
# How long ago, of the first persona (0), the second (1) or a company's people (None), on what, in their words.
TOLD: Final[dict[str, tuple[tuple[int, int | None, str, str], ...]]] = {
    "suongmai": (
        (12, 0, Kind.VALUE_PROPOSITION, "Giá mà đặt trước được trên điện thoại, ghé là lấy luôn thì hay."),
        (41, 0, Kind.VALUE_PROPOSITION, "Có gói 20 ly trả trước thì chị mua liền."),
        (150, 0, Kind.USAGE, "Chị mua một lần bốn ly cho cả phòng, sáng thứ Hai nào cũng vậy."),
        (23, 1, Kind.USAGE, "Em hay ngồi làm bài từ trưa đến tối, gọi một ly rồi xin thêm nước."),
        (8, None, Kind.USAGE, "Họp giao ban nào bên chị cũng đặt mười ly, ít đường."),
        (17, None, Kind.VALUE_PROPOSITION, "Cuối tháng xuất một hóa đơn chung cho công ty thì đỡ quá."),
    ),
    "kestrel": (
        (9, 0, Kind.VALUE_PROPOSITION, "I would pay extra for a loan bike while mine is in the workshop."),
        (120, 0, Kind.USAGE, "I ride to work in the rain every day, so the chain goes first."),
        (30, 1, Kind.VALUE_PROPOSITION, "Tell me by message when it is ready, I cannot pick up the phone."),
        (14, None, Kind.USAGE, "Our couriers share the bikes, so nobody knows who broke the brake."),
    ),
}


def lay_heard(demo: DemoFirm) -> None:
    """Each taken from a call with somebody of the persona, or with one of a company's people."""
    for turn, (days, place, kind, words) in enumerate(TOLD[demo.slug]):
        speakers = _speakers(place)
        entry = record_interaction(
            customer_id=speakers[turn % len(speakers)].pk,
            kind=Interaction.Kind.CALL,
            what="call.logged",
            direction=Interaction.Direction.IN,
            body=words,
            occurred_at=now() - timedelta(days=days),
        )
        take_quote(interaction_id=entry.pk, feedback_type=kind)


def _speakers(place: int | None) -> list[Customer]:
    people = Customer.objects.order_by("sort_key", "id")
    if place is None:
        return list(people.exclude(contact_role="")[:3])
    persona = Persona.objects.filter(state=Persona.State.LIVE).order_by("position", "name")[place]
    known = CustomerPersona.objects.filter(persona=persona, by=CustomerPersona.By.HAND)
    return list(people.filter(pk__in=known.values("customer_id")))
