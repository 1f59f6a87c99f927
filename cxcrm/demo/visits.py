"""What customers said right after a visit, about one touchpoint: paying and waiting please less than the rest."""

import random
from datetime import datetime, timedelta
from typing import Final

from customers.models import Customer
from customers.selectors.customers import emails_of
from cxcrm.demo.firms import DemoFirm
from feedback.models import Answer, Dispatch, Invitation, Response, Survey
from journeys.models import Touchpoint

# Chances of 1 to 5 by the code of the touchpoint; "" is any other.
SCORES: Final = {
    "hang-cho": (12, 22, 26, 26, 14),
    "thanh-toan-qr": (9, 17, 24, 30, 20),
    "pick-up": (10, 18, 22, 30, 20),
    "": (3, 6, 15, 40, 36),
}
# Where most of them come from.
BUSY: Final = frozenset({"hang-cho", "thanh-toan-qr", "goi-mon", "pick-up", "repair"})


def lay_visit_answers(demo: DemoFirm, count: int, ends: datetime) -> None:
    """``count`` answers over fifteen months that end at ``ends``, straight into the tables."""
    rng = random.Random(f"visits {demo.slug}")
    survey = Survey.objects.filter(metric="csat", is_active=True).order_by("created_at").first()
    question = survey.questions.get(position=1)
    places = list(Touchpoint.objects.filter(is_active=True).order_by("code"))
    busy = [4 if place.code in BUSY else 1 for place in places]
    customers = list(Customer.objects.filter(kind=Customer.Kind.PERSON).order_by("created_at", "pk"))
    emails = emails_of([customer.pk for customer in customers])
    dispatches: dict[str, Dispatch] = {}
    asked: set[tuple[str, object]] = set()
    invitations, responses, answers = [], [], []
    for _number in range(count):
        at, customer = ends - timedelta(days=rng.uniform(0.1, 450)), rng.choice(customers)
        (place,) = rng.choices(places, busy)
        month = f"{at:%Y-%m}"
        if customer.created_at >= at or (month, customer.pk) in asked:
            continue
        asked.add((month, customer.pk))
        dispatch = dispatches.setdefault(month, Dispatch(survey=survey, created_at=at - timedelta(hours=2)))
        (score,) = rng.choices(range(1, 6), SCORES.get(place.code, SCORES[""]))
        invitation = Invitation(
            dispatch=dispatch, survey=survey, customer=customer, email=emails.get(customer.pk, "x@khach.example"),
            touchpoint=place, state="answered", sent_at=at - timedelta(hours=2), expires_at=at + timedelta(days=14),
            created_at=at - timedelta(hours=2),
        )  # fmt: skip
        response = Response(
            invitation=invitation, survey=survey, customer=customer, touchpoint=place, metric="csat", score=score,
            language=customer.language, answered_at=at, created_at=at,
        )  # fmt: skip
        invitations.append(invitation)
        responses.append(response)
        answers.append(Answer(response=response, question=question, kind="csat", number=score, created_at=at))
    for dispatch in dispatches.values():
        dispatch.invited = dispatch.matched = sum(one.dispatch_id == dispatch.pk for one in invitations)
        dispatch.save(force_insert=True)
    Invitation.objects.bulk_create(invitations, batch_size=500)
    Response.objects.bulk_create(responses, batch_size=500)
    Answer.objects.bulk_create(answers, batch_size=500)
