"""Points are earned and taken back here; none is ever deleted."""

from cxcrm.core.clock import now
from feedback.logic.reputation import POINTS, Why
from feedback.models import AnswerMark, CommunityAnswer, ReputationPoint


def earn(answer: CommunityAnswer, why: Why, mark: AnswerMark | None = None) -> None:
    """Once per answer of a customer, reason and mark; within the transaction that holds the answer."""
    if answer.customer_id is None:
        return
    ReputationPoint.objects.get_or_create(
        answer=answer,
        why=why,
        mark=mark,
        taken_back_at=None,
        defaults={"customer_id": answer.customer_id, "points": POINTS[why]},
    )


def take_back(answer: CommunityAnswer, why: Why | None = None, mark: AnswerMark | None = None) -> None:
    """What ``answer`` earned: all of it, of one reason, or by one mark."""
    rows = ReputationPoint.objects.filter(answer=answer, taken_back_at=None)
    if why is not None:
        rows = rows.filter(why=why)
    if mark is not None:
        rows = rows.filter(mark=mark)
    rows.update(taken_back_at=now())
