"""What the demo firms' customers chose for themselves, how they came, and where they write."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from customers.models import Customer, DataRequest, Fact, Purchase
from customers.services.choices import add_wish, choose_surveys, choose_topic
from customers.services.customers import update_customer
from customers.services.data_requests import answer_request, ask_about_data, settle_request
from customers.services.facts import note_fact
from customers.services.interactions import record_for_many, record_interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.db.copying import copy_objects
from cxcrm.demo.firms import DemoFirm
from workflows.models import Alert, IncomingMail
from workflows.services.alerts import raise_alert

# Way → how often of 100, and how it is said in the firm's language.
WAYS: Final[dict[str, dict[str, tuple[int, str]]]] = {
    "vi": {
        "friends": (32, "Bạn rủ"), "walked_past": (16, "Đi ngang thấy đông"), "map": (14, "Tìm trên Google Maps"),
        "review": (9, "Đọc đánh giá"), "tiktok": (11, "Xem TikTok"), "social": (6, "Thấy trên Facebook"),
        "tried": (4, "Uống thử ở hội chợ"), "advert": (5, "Thấy quảng cáo"), "kol": (3, "Một KOL giới thiệu"),
    },
    "en": {
        "friends": (38, "A friend"), "walked_past": (12, "Walked past"), "map": (18, "Found on the map"),
        "review": (12, "Read a review"), "social": (5, "Facebook"), "tried": (6, "Test ride at the fair"),
        "advert": (6, "An advert"), "kol": (3, "A rider on YouTube"),
    },
}  # fmt: skip
WISHES: Final = {
    "vi": ("Ít đá, ít ngọt", "Bàn gần ổ cắm", "Không ống hút"),
    "en": ("Text before you ring", "Same mechanic every time", "Quote before parts"),
}
CHOICES: Final = (
    ("zalo", "evening"), ("call", "morning"), ("email", ""), ("zalo", "noon"), ("none", ""), ("sms", "afternoon"),
)  # fmt: skip
WORDS: Final = {
    "vi": ("Tên em là Hường, không phải Hương.", "Đã gửi bản sao qua email.", "Em đang gom dữ liệu, thứ Sáu gửi."),
    "en": ("My surname is spelt Ong, not Ang.", "The copy went out by e-mail.", "We are at it; it comes on Friday."),
}
STRANGERS: Final = {
    "vi": (
        ("mai.le@congtyhoa.example", "Đặt 40 ly cho sự kiện", "Bên em cần 40 ly sáng thứ Bảy, quán giao được không?"),
        ("tuan91@thu.example", "Quên áo khoác", "Chiều qua em để quên áo khoác xám ở tầng 2."),
    ),
    "en": (
        ("jo.ferris@ridersclub.example", "Group service", "Could you take eight bikes on one Saturday morning?"),
        ("sam@mail.example", "Lost glove", "I think I left a black glove on the counter yesterday."),
    ),
}
MEANT: Final = (
    ("call", "mail", 5), ("page", "call", 14), ("mail", "chat", 9), ("visit", "chat", 4), ("page", "visit", 3),
)  # fmt: skip


def lay_choices(demo: DemoFirm) -> None:
    """Ways, friends brought, choices, requests, strangers' mails and drifting channels. Done once."""
    if DataRequest.objects.exists():
        return
    rng = random.Random(f"choices {demo.slug}")
    buyers = Purchase.objects.filter(state__in=Purchase.COUNTED).values("customer_id")
    people = list(Customer.objects.filter(pk__in=buyers, kind="person", erased_at=None).order_by("id"))
    _lay_ways(demo.language, people, rng)
    _lay_friends(people, rng)
    _lay_own_choices(demo.language, people, rng)
    _lay_requests(demo.language, people)
    _lay_drift([one.pk for one in people], rng)
    for sender, subject, text in STRANGERS[demo.language]:
        mail = IncomingMail.objects.create(
            message_id=f"<{sender}>", sender=sender, subject=subject, text=text, outcome="unmatched"
        )
        raise_alert(kind=Alert.Kind.UNREAD_MAIL, ref=mail.pk, detail=f"{sender}: {subject}")


def _lay_ways(language: str, people: Sequence[Customer], rng: random.Random) -> None:
    """Six in ten said so at the till."""
    ways = WAYS[language]
    weights = [weight for weight, _words in ways.values()]
    known = set(Fact.objects.filter(kind__in=Fact.HOW).values_list("customer_id", flat=True))
    facts = []
    for customer in people:
        if customer.pk in known or rng.random() > 0.6:
            continue
        for kind in Fact.HOW[: 1 + (rng.random() < 0.4)]:
            way = rng.choices(list(ways), weights)[0]
            at = now() - timedelta(days=rng.uniform(1, 300))
            facts.append(
                Fact(
                    customer=customer, kind=kind, way=way, text=ways[way][1], source="declared", stated_at=at,
                    confirmed_at=at, created_at=at,
                )
            )  # fmt: skip
    copy_objects(Fact, facts)


def _lay_friends(people: Sequence[Customer], rng: random.Random) -> None:
    """A few bring most, as everywhere."""
    bringing, brought = people[:9], rng.sample(people[9:], min(28, max(0, len(people) - 9)))
    for number, friend in enumerate(brought):
        update_customer(customer_id=friend.pk, referred_by=bringing[min(number % 14, number % len(bringing))].pk)


def _lay_own_choices(language: str, people: Sequence[Customer], rng: random.Random) -> None:
    for number, customer in enumerate(rng.sample(people, min(18, len(people)))):
        with acting_as(Actor("customer", customer.pk, customer.full_name)):
            channel, hours = CHOICES[number % len(CHOICES)]
            update_customer(customer_id=customer.pk, contact_channel=channel, contact_hours=hours)
            add_wish(customer_id=customer.pk, text=WISHES[language][number % 3])
            if number % 3 == 0:
                choose_surveys(customer_id=customer.pk, rhythm="seldom")
            if number % 4 == 0:
                choose_topic(customer_id=customer.pk, purpose="marketing", granted=number % 8 == 0)
            if number % 5 == 0:
                note_fact(customer_id=customer.pk, kind="convinced_by", way="friends")


def _lay_requests(language: str, people: Sequence[Customer]) -> None:
    """One is new, one is answered, one is done."""
    wrong, sent, soon = WORDS[language]
    made = []
    for customer, kind, words in zip(people[20:23], ("correct", "copy", "copy"), (wrong, "", ""), strict=False):
        with acting_as(Actor("customer", customer.pk, customer.full_name)):
            made.append(ask_about_data(customer_id=customer.pk, kind=kind, words=words))
    for asked in made[1:2]:
        answer_request(request_id=asked.pk, reply=soon)
    for asked in made[2:]:
        settle_request(request_id=asked.pk, outcome="done", reply=sent)


def _lay_drift(people: Sequence[UUID], rng: random.Random) -> None:
    """Eight weeks of calls about what the website says, and of adverts now and then."""
    for meant, actual, n in MEANT:
        for _one in range(n):
            record_interaction(
                customer_id=rng.choice(people), kind=actual, what=f"{actual}.logged", direction="in", meant_for=meant,
                occurred_at=now() - timedelta(days=rng.triangular(0, 55, 6)),
            )  # fmt: skip
    for ago in (20, 52, 110):
        record_for_many(
            customer_ids=rng.sample(list(people), min(60, len(people))), kind="mail", what="advert.sent",
            direction="out", occurred_at=now() - timedelta(days=ago),
        )  # fmt: skip
