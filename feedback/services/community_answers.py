"""Answering a question, accepting an answer, looking at it again, taking it back."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.logic.masks import without_contacts
from customers.logic.text import nfc, search_key
from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from feedback.errors import (
    AlreadyAnsweredThis,
    AnswerEmpty,
    AnswerNotAccepted,
    AnswerNotShown,
    QuestionNotOpenToCustomers,
    QuestionSetAside,
)
from feedback.events import AnswerJudged, QuestionAnswered
from feedback.logic.reputation import Why, may_answer_alone
from feedback.models import CommunityAnswer, CommunityQuestion
from feedback.selectors.reputation import standing_of
from feedback.services.community_questions import (
    MOST_NAME,
    ask_question,
    change_question,
    locked_question,
    scrubbed,
)
from feedback.services.reputation import earn, take_back
from tenants.staff.selectors.firm import firm_today

MOST_TEXT: Final = 4000
REVIEW_AFTER: Final = timedelta(days=90)
_State = CommunityQuestion.State


@transaction.atomic
def answer_question(
    *, question_id: UUID, text: str, user_id: UUID | None = None, accept: bool = False, show: bool = False
) -> CommunityAnswer:
    """A colleague answers; the asker is told at once. Accepted, it is what the firm knows; ``show``: to everybody.

    Raises NotFound, AnswerEmpty, InvalidInput, QuestionSetAside, and to be shown QuestionInternal, NoLeaveToPublish.
    """
    question = locked_question(question_id)
    if question.state == _State.SET_ASIDE:
        raise QuestionSetAside
    answer = CommunityAnswer.objects.create(question=question, text=_told(text), user_id=user_id, published_at=now())
    _is_answered(question, answer)
    if accept:
        _accept(question, answer)
    if show:
        change_question(question_id=question.pk, is_published=True)
    return answer


@transaction.atomic
def answer_as_customer(*, question_id: UUID, customer_id: UUID, text: str, shown_name: str = "") -> CommunityAnswer:
    """A customer answers a published question of somebody else, once; shown at once where they are trusted so far.

    Raises NotFound, AnswerEmpty, InvalidInput, QuestionNotOpenToCustomers, AlreadyAnsweredThis.
    """
    question = locked_question(question_id)
    if question.published_at is None or question.customer_id == customer_id:
        raise QuestionNotOpenToCustomers
    told, name = _told(text), scrubbed(shown_name, "shown_name", MOST_NAME)
    is_trusted = may_answer_alone(standing_of(customer_id).level)
    answer, is_new = CommunityAnswer.objects.get_or_create(
        question=question,
        customer_id=customer_id,
        defaults={"text": told, "shown_name": name, "published_at": now() if is_trusted else None},
    )
    if not is_new:
        raise AlreadyAnsweredThis
    record_interaction(
        customer_id=customer_id,
        kind="note",
        what="question.helped",
        direction="in",
        body=told,
        subject=question,
    )
    if is_trusted:
        _is_answered(question, answer)
    return answer


@transaction.atomic
def write_article(*, text: str, answer: str, user_id: UUID | None, topic_id: UUID | None = None) -> CommunityQuestion:
    """A question with its answer at once, for everybody to read. Raises as asking and answering do."""
    question = ask_question(text=text, user_id=user_id, topic_id=topic_id)
    answer_question(question_id=question.pk, text=answer, user_id=user_id, accept=True)
    return change_question(question_id=question.pk, is_published=True)


@transaction.atomic
def accept_answer(*, answer_id: UUID) -> CommunityAnswer:
    """This is the answer; the one accepted before is not any more. Raises NotFound, AnswerNotShown."""
    question, answer = locked_answer(answer_id)
    if answer.refused_at is not None:
        raise AnswerNotShown
    if answer.published_at is None:
        _show(question, answer)
    _accept(question, answer)
    publish(AnswerJudged(question_id=question.pk, answer_id=answer.pk))
    return answer


@transaction.atomic
def show_answer(*, answer_id: UUID) -> CommunityAnswer:
    """A colleague's yes to a customer's answer, also to one taken back before. Raises NotFound."""
    question, answer = locked_answer(answer_id)
    if answer.published_at is None:
        answer.refused_at = None
        _show(question, answer)
        publish(AnswerJudged(question_id=question.pk, answer_id=answer.pk))
    return answer


@transaction.atomic
def refuse_answer(*, answer_id: UUID) -> CommunityAnswer:
    """Take an answer back: nobody reads it any more, and what it earned goes. Raises NotFound."""
    question, answer = locked_answer(answer_id)
    if answer.refused_at is None:
        answer.refused_at = now()
        answer.published_at = answer.accepted_at = answer.review_due = None
        answer.save()
        take_back(answer)
        question.search_text = search_key(question.text)
        shown = CommunityAnswer.objects.filter(question=question, published_at__isnull=False)
        if question.state == _State.ANSWERED and not shown.exists():
            question.state = _State.OPEN
        question.save()
        publish(AnswerJudged(question_id=question.pk, answer_id=answer.pk))
    return answer


@transaction.atomic
def confirm_answer(*, answer_id: UUID, text: str | None = None) -> CommunityAnswer:
    """Still true, for 90 more days; with ``text`` in new words. Raises NotFound, AnswerNotAccepted, AnswerEmpty."""
    question, answer = locked_answer(answer_id)
    if answer.accepted_at is None:
        raise AnswerNotAccepted
    if text is not None:
        answer.text = _told(text)
    _verify(answer)
    answer.save()
    _index(question, answer)
    publish(AnswerJudged(question_id=question.pk, answer_id=answer.pk))
    return answer


def locked_answer(answer_id: UUID) -> tuple[CommunityQuestion, CommunityAnswer]:
    """The question first, as everybody locks it, then its answer. Raises NotFound."""
    question_id = CommunityAnswer.objects.filter(pk=answer_id).values_list("question_id", flat=True).first()
    if question_id is None:
        raise NotFound
    question = locked_question(question_id)
    answer = CommunityAnswer.objects.select_for_update(no_key=True).filter(pk=answer_id).first()
    if answer is None:
        raise NotFound
    return question, answer


def accept_within(question: CommunityQuestion, answer: CommunityAnswer) -> None:
    """Accept for a service that holds both rows, where no answer is accepted yet."""
    if not CommunityAnswer.objects.filter(question=question, accepted_at__isnull=False).exists():
        _accept(question, answer)


def _accept(question: CommunityQuestion, answer: CommunityAnswer) -> None:
    if answer.accepted_at is not None:
        return
    for before in CommunityAnswer.objects.filter(question=question, accepted_at__isnull=False):
        before.accepted_at = before.review_due = None
        before.save()
        take_back(before, Why.ACCEPTED)
    answer.accepted_at = now()
    _verify(answer)
    answer.save()
    if answer.customer_id != question.customer_id:
        earn(answer, Why.ACCEPTED)
    _index(question, answer)


def _verify(answer: CommunityAnswer) -> None:
    answer.verified_at, answer.verified_by_id = now(), current_actor().user_id
    answer.review_due = firm_today() + REVIEW_AFTER


def _show(question: CommunityQuestion, answer: CommunityAnswer) -> None:
    answer.published_at = now()
    answer.save()
    _is_answered(question, answer)


def _is_answered(question: CommunityQuestion, answer: CommunityAnswer) -> None:
    question.state, question.digest = _State.ANSWERED, ""
    question.answered_at = question.answered_at or answer.published_at
    question.save()
    if question.customer_id is not None:
        record_interaction(
            customer_id=question.customer_id,
            kind="note",
            what="question.answered",
            direction="out",
            body=answer.text,
            subject=question,
        )
    publish(QuestionAnswered(question_id=question.pk, answer_id=answer.pk))


def _index(question: CommunityQuestion, answer: CommunityAnswer) -> None:
    question.search_text = f"{search_key(question.text)}\n{search_key(answer.text)}"
    question.save()


def _told(text: str) -> str:
    """Lines as they were written, without phone numbers and addresses. Raises AnswerEmpty, InvalidInput."""
    lines = nfc(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    cleaned = "\n".join("".join(char for char in one if char.isprintable()).rstrip() for one in lines).strip()
    if not cleaned:
        raise AnswerEmpty(field="text")
    if len(cleaned) > MOST_TEXT:
        raise InvalidInput(_("Use at most %(limit)s characters.") % {"limit": MOST_TEXT}, field="text")
    return without_contacts(cleaned)
