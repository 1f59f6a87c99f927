"""The community's rows of one of the two firms."""

from datetime import timedelta
from typing import Any

from cxcrm.core.clock import now
from feedback.models import CommunityTopic
from feedback.services.answer_marks import mark_answer
from feedback.services.community_answers import accept_answer, answer_as_customer
from feedback.services.community_impacts import keep_impact, keep_topic
from feedback.services.community_questions import ask_question, change_question
from tenants.staff.models import Firm
from tests.customers.files import png


def lay_community(maker: Any) -> None:
    """A customer's question on the page, another customer's answer that helped, and a picture of what was done."""
    Firm.objects.update(has_community=True)
    topic = keep_topic(topic=CommunityTopic(name=maker.mark, accountable=maker.executive), known_by=[maker.agent.pk])
    asked = ask_question(
        text=f"{maker.mark} ?", customer_id=maker.people[0].id, shown_name=maker.mark, may_publish=True,
        topic_id=topic.id,
    )  # fmt: skip
    change_question(question_id=asked.id, is_published=True)
    told = answer_as_customer(
        question_id=asked.id, customer_id=maker.people[1].id, text=maker.mark, shown_name=maker.mark
    )
    accept_answer(answer_id=told.id)
    mark_answer(answer_id=told.id, customer_id=maker.people[0].id, verdict="helpful")
    keep_impact(
        activity=maker.mark, held_on=now().date() - timedelta(days=1), beneficiaries=maker.mark, evidence=maker.mark,
        photo=png(), is_published=True,
    )  # fmt: skip
