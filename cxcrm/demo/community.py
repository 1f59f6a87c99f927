"""The demo firms' community: a year of questions in a dozen, who knows what, what waits, what was done around them."""

from datetime import timedelta
from uuid import uuid4

from django.db import transaction

from customers.logic.text import search_key
from customers.models import Customer
from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.community_words import ASKED, IMPACTS, INTERNAL, SUGGESTED, TOPICS, WAITING, Asked
from cxcrm.demo.firms import DemoFirm
from feedback.logic.reputation import POINTS, Why
from feedback.models import (
    AnswerMark,
    CommunityAnswer,
    CommunityImpact,
    CommunityQuestion,
    CommunityTopic,
    ReputationPoint,
)
from feedback.selectors.who_knows import who_answers_for
from feedback.services.community_answers import answer_as_customer, answer_question
from feedback.services.community_impacts import keep_topic
from feedback.services.community_questions import ask_question, change_question
from tenants.staff.models import Firm, User
from tenants.staff.selectors.firm import firm_today, firm_zone


@transaction.atomic
def lay_community(demo: DemoFirm) -> None:
    """Once; the page is open."""
    if demo.slug not in TOPICS or CommunityQuestion.objects.exists():
        return
    Firm.objects.update(has_community=True)
    staff = {key: User.objects.get(email=demo.email(key)) for keys in TOPICS[demo.slug].values() for key in keys}
    staff |= {person.key: User.objects.get(email=demo.email(person.key)) for person in demo.people}
    topics = {
        name: keep_topic(
            topic=CommunityTopic(name=name, accountable=staff[keys[0]]), known_by=[staff[key].pk for key in keys]
        )
        for name, keys in TOPICS[demo.slug].items()
    }
    people = _people()
    helper = people.pop()
    for number, asked in enumerate(ASKED[demo.slug]):
        _lay(asked, topics.get(asked.topic), people[number], staff, helper)
    _lay_waiting(demo, topics, people)
    topic, text, answer, asker, knower = INTERNAL[demo.slug]
    with acting_as(Actor("user", staff[asker].pk, staff[asker].full_name)):
        inner = ask_question(text=text, user_id=staff[asker].pk, topic_id=topics[topic].pk, is_internal=True)
    with acting_as(Actor("user", staff[knower].pk, staff[knower].full_name)):
        answer_question(question_id=inner.pk, text=answer, user_id=staff[knower].pk, accept=True)
    for impact in IMPACTS[demo.slug]:
        CommunityImpact.objects.create(
            activity=impact.activity, held_on=firm_today() - timedelta(days=impact.days_ago), place=impact.place,
            beneficiaries=impact.beneficiaries, how_many=impact.how_many, evidence=impact.evidence,
            is_published=impact.is_published, recorded_by=next(iter(staff.values())),
        )  # fmt: skip


def _people() -> list[Customer]:
    people = Customer.objects.filter(kind=Customer.Kind.PERSON, contact_points__kind="email").distinct()
    return list(people.order_by("id")[40:60])


def _lay(
    asked: Asked, topic: CommunityTopic | None, customer: Customer, staff: dict[str, User], helper: Customer
) -> None:
    """As if it had been asked, answered, found helpful and accepted then."""
    begun = (now() - timedelta(days=asked.days_ago)).astimezone(firm_zone()).replace(hour=9, minute=12)
    answered = begun + timedelta(minutes=asked.minutes)
    colleague = staff.get(asked.by)
    question = CommunityQuestion.objects.create(
        text=asked.question, topic=topic, customer=None if asked.faq else customer, created_at=begun,
        user=colleague if asked.faq else None, shown_name=asked.name, may_publish=not asked.faq,
        state=CommunityQuestion.State.ANSWERED, published_at=answered, accountable=who_answers_for(topic),
        answered_at=answered, useful_after=None if asked.faq else asked.minutes * 60,
        search_text=f"{search_key(asked.question)}\n{search_key(asked.answer)}",
    )  # fmt: skip
    seen = firm_today() - timedelta(days=asked.days_ago) if asked.is_stale else firm_today() - timedelta(days=9)
    answer = CommunityAnswer.objects.create(
        question=question, text=asked.answer, user=colleague, customer=None if colleague else helper,
        shown_name="" if colleague else asked.helper, created_at=answered, published_at=answered,
        accepted_at=answered, verified_by=colleague, review_due=seen + timedelta(days=90),
        verified_at=answered if asked.is_stale else now() - timedelta(days=9),
    )  # fmt: skip
    if not asked.faq:
        record_interaction(
            customer_id=customer.pk, kind="note", what="question.asked", direction="in", body=asked.question,
            subject=question, occurred_at=begun,
        )  # fmt: skip
        mark = AnswerMark.objects.create(
            answer=answer, customer=customer, verdict=AnswerMark.Verdict.HELPFUL, seconds=asked.minutes * 60,
            marked_at=answered + timedelta(hours=2),
        )  # fmt: skip
        if colleague is None:
            _thank(answer, mark)
    AnswerMark.objects.bulk_create(
        AnswerMark(
            answer=answer, visitor=uuid4().hex, verdict=AnswerMark.Verdict.HELPFUL, seconds=5 + (7 * number) % 52,
            marked_at=max(begun, now() - timedelta(days=80)) + timedelta(hours=5 * number + 1),
        )
        for number in range(asked.found)
        if max(begun, now() - timedelta(days=80)) + timedelta(hours=5 * number + 1) < now()
    )  # fmt: skip


def _thank(answer: CommunityAnswer, mark: AnswerMark) -> None:
    for why, of in ((Why.ACCEPTED, None), (Why.USEFUL, mark)):
        ReputationPoint.objects.create(
            customer=answer.customer, answer=answer, mark=of, why=why, points=POINTS[why], earned_at=mark.marked_at
        )


def _lay_waiting(demo: DemoFirm, topics: dict[str, CommunityTopic], people: list[Customer]) -> None:
    """Asked just now, by the way customers ask: who knows gets a mail."""
    for number, (topic, text, name) in enumerate(WAITING[demo.slug]):
        customer = people[-1 - number]
        with acting_as(Actor("customer", customer.pk, customer.full_name)):
            question = ask_question(
                text=text, customer_id=customer.pk, shown_name=name, may_publish=True,
                topic_id=topics[topic].pk if topic else None,
            )  # fmt: skip
        change_question(question_id=question.pk, is_published=True)
        if number == 0:
            words, shown = SUGGESTED[demo.slug]
            other = people[-4]
            with acting_as(Actor("customer", other.pk, other.full_name)):
                answer_as_customer(question_id=question.pk, customer_id=other.pk, text=words, shown_name=shown)
