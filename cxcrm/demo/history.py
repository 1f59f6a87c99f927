"""Eighteen months that already happened: answers and closed complaints, laid in without mails or events."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from django.db.models import Max

from customers.models import Customer, Interaction, Purchase
from customers.selectors.customers import emails_of
from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm
from cxcrm.demo.held import ask_more, held_answers
from cxcrm.demo.past_complaints import lay_complaints
from cxcrm.demo.past_customers import lay_customers
from cxcrm.demo.past_purchases import lay_purchases
from cxcrm.demo.people import Invented
from cxcrm.demo.plans import lay_plans
from cxcrm.demo.visits import lay_visit_answers
from cxcrm.demo.voices import NOTHING, SAID
from feedback.models import Answer, Dispatch, Invitation, Response, Survey
from journeys.models import Touchpoint

MONTHS = 18
# Chances of a score from 0 to 10 by what kind of customer answers; those who love coffee answer more, and higher.
SCORES = {
    "người sành": [0, 0, 0, 1, 1, 2, 3, 9, 16, 32, 36],
    "racer": [0, 0, 0, 1, 1, 2, 3, 9, 16, 32, 36],
    "": [1, 1, 2, 3, 4, 7, 9, 18, 20, 20, 15],
}


def lay(
    demo: DemoFirm, known: Sequence[Invented], answers: int, complaints: int, purchases: int, ahead: timedelta
) -> None:
    """Write the past of a demo firm straight into the tables: it happened before the service knew the firm.

    It ends ``ahead`` of now: the firm is aged by as much afterwards, and then it ends today.
    """
    rng = random.Random(demo.slug)
    lay_customers(demo, known)
    _make_old_friends(rng)
    lay_purchases(demo, purchases, rng, now() + ahead)
    lay_plans(demo, ahead)
    _responses(demo, answers, rng, now() + ahead)
    lay_visit_answers(demo, answers // 3, now() + ahead)
    lay_complaints(demo, complaints - sum(not story.ending for story in demo.complaints), rng)


def _make_old_friends(rng: random.Random) -> None:
    """They were customers long before the firm kept them here."""
    customers = list(Customer.objects.filter(created_at__gt=now() - timedelta(days=1)))
    for customer in customers:
        customer.created_at = now() - timedelta(days=MONTHS * 31 + rng.uniform(10, 900))
    Customer.objects.bulk_update(customers, ["created_at"], batch_size=300)


def _responses(demo: DemoFirm, count: int, rng: random.Random, ends: datetime) -> None:
    survey = Survey.objects.filter(metric="nps", is_active=True).first()
    asked = ask_more(survey)
    question = survey.questions.order_by("position").first()
    last_bought = dict(Purchase.objects.order_by().values_list("customer").annotate(last=Max("occurred_at")))
    of_items = random.Random(f"held {demo.slug}")
    touchpoints = list(Touchpoint.objects.filter(is_active=True))
    customers = list(Customer.objects.all())
    emails = emails_of([customer.id for customer in customers])
    weights = list(accumulate(3 if _group(customer) else 1 for customer in customers))

    def somebody_then(at: datetime) -> Customer:
        """Who answers was a customer already."""
        while True:
            (customer,) = rng.choices(customers, cum_weights=weights)
            if customer.created_at < at:
                return customer

    moments = sorted(_moment(rng, ends) for _number in range(count))
    said = SAID[demo.slug]
    dispatches: dict[str, Dispatch] = {}
    invitations, responses, answers, timeline = [], [], [], []
    for at in moments:
        customer = somebody_then(at)
        month = f"{at:%Y-%m}"
        if month not in dispatches or rng.random() < 0.02:
            dispatches[month] = Dispatch(survey=survey, created_at=at, matched=0, invited=0)
        dispatch = dispatches[month]
        key = (dispatch.id, customer.id)
        if any((one.dispatch_id, one.customer_id) == key for one in invitations[-200:]):
            continue
        score = rng.choices(range(11), SCORES[_group(customer)])[0]
        touchpoint = rng.choice(touchpoints)
        bad, good = said.get(touchpoint.code, NOTHING)
        words = rng.choice(good) if score >= 9 and rng.random() < 0.5 else rng.choice(bad) if score <= 6 else ""
        invitation = Invitation(
            dispatch=dispatch, survey=survey, customer=customer, email=emails.get(customer.id, "x@khach.example"),
            touchpoint=touchpoint, state="answered", sent_at=at - timedelta(hours=5), expires_at=at + timedelta(days=30),
            created_at=at - timedelta(hours=5),
        )  # fmt: skip
        response = Response(
            invitation=invitation, survey=survey, customer=customer, touchpoint=touchpoint, metric="nps", score=score,
            words=words, language=customer.language, answered_at=at, created_at=at,
        )  # fmt: skip
        invitations.append(invitation)
        responses.append(response)
        answers.append(Answer(response=response, question=question, kind="nps", number=score, created_at=at))
        # Whoever answered lately has had no time to come back: most will.
        is_late = at > ends - timedelta(days=60)
        comes_back = of_items.random() < 0.6 if is_late else last_bought.get(customer.id, at) > at + timedelta(days=10)
        answers += held_answers(response, asked, of_items, comes_back=comes_back)
        timeline.append(
            Interaction(
                customer=customer, kind="survey", direction="in", occurred_at=at, what="survey.answered", body=words,
                data={"score": score, "metric": "nps"}, subject_type="feedback.response", subject_id=response.id,
                actor_kind="customer", actor_label=customer.full_name,
            )
        )  # fmt: skip
    for dispatch in {one.dispatch_id: one.dispatch for one in invitations}.values():
        mine = sum(one.dispatch_id == dispatch.id for one in invitations)
        dispatch.invited = dispatch.matched = mine
        dispatch.save(force_insert=True)
    Invitation.objects.bulk_create(invitations, batch_size=500)
    Response.objects.bulk_create(responses, batch_size=500)
    Answer.objects.bulk_create(answers, batch_size=500)
    Interaction.objects.bulk_create(timeline, batch_size=500)


def _group(customer: Customer) -> str:
    return next((tag for tag in customer.tags if tag in SCORES), "")


def _moment(rng: random.Random, ends: datetime) -> datetime:
    return ends - timedelta(days=rng.triangular(0.02, MONTHS * 30, 0.02))
