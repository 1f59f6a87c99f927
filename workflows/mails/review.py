"""The brand steward's approvals: to whoever answers, to the chief when that is late, and back to who asked."""

from workflows import wording
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, to_staff
from workflows.models import Message, Review
from workflows.selectors.people import person
from workflows.selectors.reviews import called, reviews, words_of


def compose_asked(message: Message) -> Composed | Skip:
    """What waits, until when, and the words where there are some; nothing once it was answered."""
    review = _review(message)
    if message.user is None or review.state != Review.State.WAITING or review.steward_id != message.user.pk:
        return Skip("review_over")
    return _mail("review_asked", message, review)


def compose_late(message: Message) -> Composed | Skip:
    """To the chief: nobody answered for two working days."""
    review = _review(message)
    if message.user is None or review.state != Review.State.WAITING:
        return Skip("review_over")
    return _mail("review_late", message, review)


def compose_answered(message: Message) -> Composed | Skip:
    """What became of it, to who asked."""
    review = _review(message)
    if message.user is None or review.state == Review.State.WAITING:
        return Skip("review_over")
    return _mail("review_answered", message, review)


def _review(message: Message) -> Review:
    return reviews().get(pk=message.ref)


def _mail(template: str, message: Message, review: Review) -> Composed:
    assert message.user is not None  # noqa: S101 - all callers looked; this tells the type checker
    return to_staff(
        template,
        message.user,
        headers=dict(AUTOMATIC),
        review=review,
        about=called(review),
        words=words_of(review) if review.state == Review.State.WAITING else None,
        asked_by=person(review.asked_by) if review.asked_by else "",
        decided_by=person(review.decided_by) if review.decided_by else "",
        asked_at=wording.moment(review.created_at),
        answer_by=wording.moment(review.answer_by),
        review_url=absolute(f"/admin/workflows/review/{review.pk}/change/"),
    )
