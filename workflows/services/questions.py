"""Telling who knows that somebody asks, passing on what nobody answered in time, telling the asker the answer."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from cxcrm.core.context import current_actor, current_cause
from feedback.models import CommunityAnswer, CommunityQuestion
from feedback.services.community_questions import raise_question
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.staff.models import User
from workflows.models import Message
from workflows.selectors.calendars import default_calendar
from workflows.services.due import agenda_time, is_due
from workflows.services.outbox import queue_message

RAISE = "workflows.raise_question"
# Of working time, before a question goes to whoever answers for it.
RAISE_AFTER: Final = timedelta(hours=4)
_Kind = Message.Kind


@transaction.atomic
def ask_who_knows(*, question_id: UUID) -> list[Message]:
    """Mail each of the three asked, and put the day it is passed on upon the agenda; else tell the accountable one."""
    question = CommunityQuestion.objects.get(pk=question_id)
    if question.state != CommunityQuestion.State.OPEN:
        return []
    if question.raised_at is not None:
        told = tell_accountable(question_id=question_id)
        return [told] if told else []
    due_at = default_calendar().add(question.created_at, RAISE_AFTER)
    enqueue(RAISE, question.pk, due_at=agenda_time(due_at))
    asked = User.objects.working().filter(pk__in=question.asks.values("user")).order_by("pk")
    return _mailed(_Kind.QUESTION_ASKED, question, [one for one in asked if one.pk != question.user_id], "")


@agenda_kind(RAISE, lane="normal", priority=4)
@transaction.atomic
def pass_question_on(question_id: UUID) -> Later | None:
    """Four working hours are over: it goes to whoever answers for it, if nobody answered."""
    question = CommunityQuestion.objects.filter(pk=question_id).first()
    if question is None:
        return None
    due_at = default_calendar().add(question.created_at, RAISE_AFTER)
    if not is_due(due_at):
        return Later(due_at)
    raise_question(question_id=question_id)
    return None


@transaction.atomic
def tell_accountable(*, question_id: UUID) -> Message | None:
    """Mail whoever answers for it, each time it is passed on, unless they asked it themselves."""
    question = CommunityQuestion.objects.select_related("accountable").get(pk=question_id)
    person = question.accountable
    if question.state != CommunityQuestion.State.OPEN or not person.is_active or person.pk == question.user_id:
        return None
    cause = current_cause()[0] or question_id
    told = _mailed(_Kind.QUESTION_RAISED, question, [person], f":{cause}")
    return told[0] if told else None


@transaction.atomic
def tell_asker(*, answer_id: UUID) -> Message | None:
    """Mail the answer to the customer who asked, or to the colleague, unless they answered themselves."""
    answer = CommunityAnswer.objects.select_related("question__customer", "question__user").get(pk=answer_id)
    question = answer.question
    key = f"question_answered:{answer.pk}"
    if question.customer is not None:
        return queue_message(kind=_Kind.QUESTION_ANSWERED, ref=answer.pk, dedupe_key=key, customer=question.customer)
    colleague = question.user
    if colleague is None or not colleague.is_active or colleague.pk in (answer.user_id, current_actor().id):
        return None
    return queue_message(kind=_Kind.QUESTION_ANSWERED, ref=answer.pk, dedupe_key=key, user=colleague)


def _mailed(kind: str, question: CommunityQuestion, people: list[User], suffix: str) -> list[Message]:
    found = [
        queue_message(kind=kind, ref=question.pk, dedupe_key=f"{kind}:{question.pk}:{one.pk}{suffix}", user=one)
        for one in people
    ]
    return [one for one in found if one is not None]
