"""Questions to the community: to who knows, to who answers for it, and the answer to whoever asked."""

from feedback.models import CommunityAnswer, CommunityQuestion
from feedback.selectors.tone import care_for
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, link, to_customer, to_staff
from workflows.models import Message
from workflows.selectors.people import person

_State = CommunityQuestion.State


def compose_asked(message: Message) -> Composed | Skip:
    """The question and the way to answer it; nothing once somebody did."""
    return _to_colleague("question_asked", message)


def compose_raised(message: Message) -> Composed | Skip:
    """To whoever answers for it: nobody answered in time, or the answer does not help."""
    return _to_colleague("question_raised", message)


def compose_answered(message: Message) -> Composed | Skip:
    """The answer in full; a customer says with one tap whether it helps. Nothing once it was taken back."""
    answer = CommunityAnswer.objects.select_related("question", "user").get(pk=message.ref)
    if answer.published_at is None or answer.question.state == _State.SET_ASIDE:
        return Skip("question_over")
    asked, said = answer.question.text, answer.text
    if message.customer is None:
        page = _page(answer.question)
        return Skip("left") if message.user is None else to_staff(
            "question_colleague", message.user, headers=dict(AUTOMATIC), asked=asked, said=said,
            who=person(answer.user) if answer.user else answer.shown_name, page_url=page,
        )  # fmt: skip
    if message.customer.erased_at is not None:
        return Skip("erased")
    return to_customer(
        "question_answered",
        message.customer,
        about_complaint=False,
        headers=dict(AUTOMATIC),
        care=care_for(message.customer),
        asked=asked,
        said=said,
        who=answer.user.get_short_name() if answer.user else answer.shown_name,
        is_staff=answer.customer_id is None,
        page_url=f"{link('q', 'community-own', message.customer.pk)}?about={answer.pk}",
    )


def _to_colleague(template: str, message: Message) -> Composed | Skip:
    question = CommunityQuestion.objects.select_related("topic").get(pk=message.ref)
    if message.user is None or question.state != _State.OPEN:
        return Skip("question_over")
    return to_staff(
        template,
        message.user,
        headers=dict(AUTOMATIC),
        asked=question.text,
        topic=str(question.topic or ""),
        is_internal=question.is_internal,
        was_answered=question.answered_at is not None,
        page_url=_page(question),
    )


def _page(question: CommunityQuestion) -> str:
    return absolute(f"/admin/feedback/communityquestion/{question.pk}/change/#cx-answer")
