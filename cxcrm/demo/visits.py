"""What customers said after something happened: a visit, a case, a fortnight with a bag of beans."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from customers.models import Customer, Interaction
from customers.selectors.customers import emails_of
from cxcrm.demo.firms import DemoFirm
from feedback.models import Answer, Dispatch, Invitation, Question, Response, Survey
from feedback.services.configuration import save_question, save_survey
from journeys.models import Touchpoint

# Chances of 1 to 5 by the code of the touchpoint: paying and waiting please less than the rest. "" is any other.
AFTER_A_VISIT: Final = {
    "hang-cho": (12, 22, 26, 26, 14),
    "thanh-toan-qr": (9, 17, 24, 30, 20),
    "pick-up": (10, 18, 22, 30, 20),
    "": (3, 6, 15, 40, 36),
}
# Where most of them come from.
BUSY: Final = frozenset({"hang-cho", "thanh-toan-qr", "goi-mon", "pick-up", "repair"})


@dataclass(frozen=True)
class Programme:
    """A survey of its own: what it asks, of which touchpoints, with which chances of each score, and what is said."""

    metric: str
    name: str
    asks: tuple[str, str]
    touchpoints: tuple[str, ...]
    scores: tuple[int, ...]
    days: int
    then: tuple[str, str] = ("", "")
    said: tuple[str, ...] = ()


PROGRAMMES: Final = {
    "suongmai": (
        Programme(
            "ces", "Dễ hay khó, sau khi khép vụ việc",
            ("{Xh} đồng ý ở mức nào: “{brand} đã giúp tôi giải quyết việc của mình một cách dễ dàng.”",
             "To what extent do you agree: “{brand} made it easy for me to handle my issue.”"),
            ("hotline-quan", "zalo"), (6, 9, 12, 15, 20, 22, 16), 1,
            ("Điều gì làm {xh} tốn công nhất?", "What took most of your effort?"),
            ("Phải kể lại từ đầu với người thứ hai.", "Gọi ba cuộc mới gặp đúng người.", "Nhanh, một tin nhắn là xong.", ""),
        ),
        Programme(
            "csat", "Hạt rang, ngày thứ 14",
            ("{Xh} hài lòng ở mức nào với hạt rang vừa mua?", "How satisfied are you with the beans you bought?"),
            ("giao-hat-si",), (2, 5, 15, 40, 38), 14,
            ("{Xh} dùng hạt này để làm gì, vào lúc nào? Có cách dùng nào {xh} tự nghĩ ra không?",
             "What do you use them for, and when? Any way of using them you came up with yourself?"),
            ("Pha phin mỗi sáng.", "Ủ lạnh qua đêm, trưa uống.", "Trộn với hạt khác cho quán.",
             "Nghiền mịn ướp thịt nướng, thơm lắm.", "Để trong tủ lạnh khử mùi.", ""),
        ),
    ),
    "kestrel": (
        Programme(
            "ces", "How easy it was, after a case",
            ("{Xh} đồng ý ở mức nào: “{brand} đã giúp tôi giải quyết việc của mình một cách dễ dàng.”",
             "To what extent do you agree: “{brand} made it easy for me to handle my issue.”"),
            ("phone",), (5, 8, 12, 17, 21, 22, 15), 1,
            ("Điều gì làm {xh} tốn công nhất?", "What took most of your effort?"),
            ("Explaining it to a second person.", "Sorted in one call.", ""),
        ),
    ),
}  # fmt: skip


def lay_visit_answers(demo: DemoFirm, count: int, ends: datetime) -> None:
    """``count`` answers after visits over fifteen months that end at ``ends``, and a third as many of each programme."""
    survey = Survey.objects.filter(metric="csat", is_active=True).order_by("created_at").first()
    places = list(Touchpoint.objects.filter(is_active=True).order_by("code"))
    rng = random.Random(f"visits {demo.slug}")
    weights = [4 if place.code in BUSY else 1 for place in places]

    def after_a_visit() -> tuple[Touchpoint, int]:
        (place,) = rng.choices(places, weights)
        return place, rng.choices(range(1, 6), AFTER_A_VISIT.get(place.code, AFTER_A_VISIT[""]))[0]

    _lay(survey, count, ends, rng, after_a_visit, hours=2)
    for programme in PROGRAMMES[demo.slug]:
        _lay_programme(programme, [place for place in places if place.code in programme.touchpoints], count // 3, ends)


def _lay_programme(programme: Programme, places: list[Touchpoint], count: int, ends: datetime) -> None:
    survey = save_survey(
        survey=Survey(name=programme.name, metric=programme.metric, cadence="transactional", expires_after_days=14)
    )
    for position, (kind, wording) in enumerate(((programme.metric, programme.asks), ("text", programme.then)), start=1):
        vi, en = wording
        save_question(
            question=Question(
                survey=survey, position=position, kind=kind, text_vi=vi, text_en=en, required=position == 1
            )
        )
    rng = random.Random(programme.name)

    def after_it() -> tuple[Touchpoint, int]:
        return rng.choice(places), rng.choices(range(1, len(programme.scores) + 1), programme.scores)[0]

    _lay(survey, count, ends, rng, after_it, hours=24 * programme.days, said=programme.said)


def _lay(
    survey: Survey, count: int, ends: datetime, rng: random.Random, happens: Any, *, hours: int,
    said: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Straight into the tables, each customer at most once a month; with ``said`` also on the timeline."""
    questions = list(survey.questions.order_by("position"))
    customers = list(Customer.objects.filter(kind=Customer.Kind.PERSON).order_by("created_at", "pk"))
    emails = emails_of([customer.pk for customer in customers])
    dispatches: dict[str, Dispatch] = {}
    asked: set[tuple[str, object]] = set()
    invitations, responses, answers, timeline = [], [], [], []
    for _number in range(count):
        at, customer = ends - timedelta(days=rng.uniform(0.1, 450)), rng.choice(customers)
        month = f"{at:%Y-%m}"
        if customer.created_at >= at or (month, customer.pk) in asked:
            continue
        asked.add((month, customer.pk))
        place, score = happens()
        words = rng.choice(said) if said else ""
        sent = at - timedelta(hours=2)
        dispatch = dispatches.setdefault(month, Dispatch(survey=survey, created_at=at - timedelta(hours=hours)))
        invitation = Invitation(
            dispatch=dispatch, survey=survey, customer=customer, email=emails.get(customer.pk, "x@khach.example"),
            touchpoint=place, state="answered", sent_at=sent, expires_at=at + timedelta(days=14), created_at=sent,
        )  # fmt: skip
        response = Response(
            invitation=invitation, survey=survey, customer=customer, touchpoint=place, metric=survey.metric, score=score,
            words=words, language=customer.language, answered_at=at, created_at=at,
        )  # fmt: skip
        invitations.append(invitation)
        responses.append(response)
        answers.append(
            Answer(response=response, question=questions[0], kind=survey.metric, number=score, created_at=at)
        )
        if words:
            answers.append(Answer(response=response, question=questions[1], kind="text", text=words, created_at=at))
            timeline.append(
                Interaction(
                    customer=customer, kind="survey", direction="in", occurred_at=at, what="survey.answered", body=words,
                    data={"score": score, "metric": survey.metric}, subject_type="feedback.response",
                    subject_id=response.id, actor_kind="customer", actor_label=customer.full_name,
                )
            )  # fmt: skip
    for dispatch in dispatches.values():
        dispatch.invited = dispatch.matched = sum(one.dispatch_id == dispatch.pk for one in invitations)
        dispatch.save(force_insert=True)
    Invitation.objects.bulk_create(invitations, batch_size=500)
    Response.objects.bulk_create(responses, batch_size=500)
    Answer.objects.bulk_create(answers, batch_size=500)
    Interaction.objects.bulk_create(timeline, batch_size=500)
