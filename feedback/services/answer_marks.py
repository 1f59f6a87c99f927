"""What readers find of an answer: the asker by their link, a visitor whom the search helped before they asked."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback.errors import AnswerNotShown, OwnAnswer
from feedback.events import AnswerJudged
from feedback.logic.reputation import Why, whys_of_helpful
from feedback.models import AnswerMark, CommunityAnswer, CommunityQuestion
from feedback.services.community_answers import accept_within, locked_answer
from feedback.services.community_questions import pass_on
from feedback.services.reputation import earn, take_back
from journeys.services.naming import choice
from tenants.staff.selectors.firm import firm_today

# Whoever looks longer than an hour has done something else in between.
LONGEST: Final = timedelta(hours=1)
Verdict = AnswerMark.Verdict


@transaction.atomic
def mark_answer(*, answer_id: UUID, customer_id: UUID, verdict: str) -> AnswerMark:
    """What the asker says of an answer; saying it again is nothing, saying otherwise takes the first back.

    "Helpful" accepts it where none is accepted; "not yet" and "wrong" open the question again for whoever answers for
    it, and a wrong answer is to be looked at today. Raises NotFound (also for who did not ask), AnswerNotShown,
    OwnAnswer.
    """
    told = choice(verdict, Verdict, "verdict")
    question, answer = locked_answer(answer_id)
    if question.customer_id != customer_id:
        raise NotFound
    if answer.published_at is None:
        raise AnswerNotShown
    if answer.customer_id == customer_id:
        raise OwnAnswer
    seconds = max(int((answer.published_at - question.created_at).total_seconds()), 0)
    mark, is_new = AnswerMark.objects.get_or_create(
        answer=answer, customer_id=customer_id, defaults={"verdict": told, "seconds": seconds}
    )
    if not is_new and mark.verdict == told:
        return mark
    if not is_new:
        mark.verdict, mark.marked_at = told, now()
        mark.save()
        take_back(answer, mark=mark)
    if told == Verdict.HELPFUL:
        _helped(question, answer, mark, seconds)
    else:
        _did_not_help(question, answer, mark)
    publish(AnswerJudged(question_id=question.pk, answer_id=answer.pk))
    return mark


def _helped(question: CommunityQuestion, answer: CommunityAnswer, mark: AnswerMark, seconds: int) -> None:
    is_first = question.useful_after is None
    if is_first:
        question.useful_after = seconds
    question.state = CommunityQuestion.State.ANSWERED
    question.save()
    for why in whys_of_helpful(seconds, is_first=is_first, is_own=answer.customer_id == question.customer_id):
        earn(answer, why, mark)
    accept_within(question, answer)


def _did_not_help(question: CommunityQuestion, answer: CommunityAnswer, mark: AnswerMark) -> None:
    if mark.verdict == Verdict.WRONG:
        earn(answer, Why.WRONG, mark)
        if answer.accepted_at is not None:
            answer.review_due = firm_today()
            answer.save()
    pass_on(question)


@transaction.atomic
def note_helped(*, answer_id: UUID, visitor: str, seconds: int) -> AnswerMark:
    """A visitor found this among the published answers, ``seconds`` after they began to search, and need not ask.

    It counts for the machine and earns nobody points: who they are is not known. Raises NotFound for what is not
    published.
    """
    rows = CommunityAnswer.objects.filter(accepted_at__isnull=False, question__published_at__isnull=False)
    answer = rows.filter(pk=answer_id).first()
    if answer is None:
        raise NotFound
    mark, _is_new = AnswerMark.objects.get_or_create(
        answer=answer,
        visitor=visitor,
        defaults={
            "verdict": Verdict.HELPFUL,
            "seconds": min(max(seconds, 0), int(LONGEST.total_seconds())),
        },
    )
    return mark
