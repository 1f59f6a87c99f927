"""Asking, publishing, coding and setting aside a question; passing it on when nobody answered."""

import hashlib
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from customers.logic.masks import without_contacts
from customers.logic.text import search_key
from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback.errors import NoLeaveToPublish, QuestionEmpty, QuestionInternal, QuestionSetAside
from feedback.events import QuestionAsked, QuestionChanged, QuestionRaised
from feedback.models import CommunityAnswer, CommunityQuestion, CommunityTopic, QuestionAsk
from feedback.selectors.who_knows import who_answers_for, who_knows
from journeys.services.naming import choice, line, row

MOST_TEXT: Final = 500
MOST_NAME: Final = 40
_State = CommunityQuestion.State


@transaction.atomic
def ask_question(
    *,
    text: str,
    customer_id: UUID | None = None,
    user_id: UUID | None = None,
    shown_name: str = "",
    may_publish: bool = False,
    topic_id: UUID | None = None,
    is_internal: bool = False,
) -> CommunityQuestion:
    """Keep a question of a customer or a colleague and ask who knows: three at most, else whoever answers for it.

    The same words of the same customer while they wait are one question, whatever was tapped twice. Raises
    QuestionEmpty, InvalidInput.
    """
    told = scrubbed(text, "text", MOST_TEXT)
    if not told:
        raise QuestionEmpty(field="text")
    topic = row(CommunityTopic.objects.select_related("accountable"), topic_id, "topic")
    experts = who_knows(topic)
    key = search_key(told)
    values: dict[str, Any] = {
        "text": told,
        "topic": topic,
        "user_id": user_id,
        "shown_name": scrubbed(shown_name, "shown_name", MOST_NAME),
        "may_publish": may_publish,
        "is_internal": is_internal and customer_id is None,
        "accountable": who_answers_for(topic),
        "raised_at": None if experts else now(),
        "search_text": key,
    }
    if customer_id is None:
        question, is_new = CommunityQuestion.objects.create(**values), True
    else:
        question, is_new = CommunityQuestion.objects.get_or_create(
            customer_id=customer_id,
            digest=hashlib.sha256(key.encode()).hexdigest(),
            state=_State.OPEN,
            defaults=values,
        )
    if is_new:
        QuestionAsk.objects.bulk_create(QuestionAsk(question=question, user=one) for one in experts)
        if customer_id is not None:
            record_interaction(
                customer_id=customer_id,
                kind="note",
                what="question.asked",
                direction="in",
                body=told,
                subject=question,
            )
        publish(QuestionAsked(question_id=question.pk))
    return question


def scrubbed(text: str, field: str, limit: int) -> str:
    """One line, without phone numbers and addresses. Raises InvalidInput."""
    return without_contacts(line(text, field, limit))


@transaction.atomic
def change_question(*, question_id: UUID, **told: Any) -> CommunityQuestion:
    """Change ``topic_id``, ``feedback_type``, ``is_published`` or ``is_set_aside``; whoever leaves one out keeps it.

    Raises NotFound, InvalidInput, QuestionInternal, NoLeaveToPublish, QuestionSetAside.
    """
    question = locked_question(question_id)
    if "topic_id" in told:
        question.topic = row(CommunityTopic.objects.all(), told["topic_id"], "topic")
    if "feedback_type" in told:
        question.feedback_type = choice(told["feedback_type"], CommunityQuestion.FeedbackType, "feedback_type")
    if "is_set_aside" in told:
        _set_aside(question, is_set_aside=told["is_set_aside"])
    if "is_published" in told:
        _publish(question, is_published=told["is_published"])
    question.save()
    publish(QuestionChanged(question_id=question.pk))
    return question


def _set_aside(question: CommunityQuestion, *, is_set_aside: bool) -> None:
    """Aside it is not shown and waits for nobody; taken up again it stands as its answers say."""
    if is_set_aside == (question.state == _State.SET_ASIDE):
        return
    if is_set_aside:
        question.state, question.published_at = _State.SET_ASIDE, None
    else:
        shown = CommunityAnswer.objects.filter(question=question, published_at__isnull=False)
        question.state = _State.ANSWERED if shown.exists() else _State.OPEN
    question.digest = ""


def _publish(question: CommunityQuestion, *, is_published: bool) -> None:
    if not is_published:
        question.published_at = None
        return
    if question.state == _State.SET_ASIDE:
        raise QuestionSetAside
    if question.is_internal:
        raise QuestionInternal(field="is_published")
    if question.customer_id is not None and not question.may_publish:
        raise NoLeaveToPublish(field="is_published")
    question.published_at = question.published_at or now()


@transaction.atomic
def raise_question(*, question_id: UUID) -> CommunityQuestion:
    """Pass a question nobody answered on to whoever answers for it; once, and nothing where somebody did."""
    question = locked_question(question_id)
    if question.state == _State.OPEN and question.raised_at is None:
        pass_on(question)
    return question


def pass_on(question: CommunityQuestion) -> None:
    """Within the service that holds the row: it waits for its accountable person, whoever that is today."""
    question.state, question.raised_at = _State.OPEN, now()
    question.accountable = who_answers_for(question.topic)
    question.save()
    publish(QuestionRaised(question_id=question.pk))


def locked_question(question_id: UUID) -> CommunityQuestion:
    """The question, for this transaction alone to change. Raises NotFound."""
    rows = CommunityQuestion.objects.select_for_update(no_key=True, of=("self",)).select_related("topic__accountable")
    found = rows.filter(pk=question_id).first()
    if found is None:
        raise NotFound
    return found
