"""Where a ladder stands: who was told, who is next, what was decided."""

from uuid import UUID

from django.db.models import QuerySet

from workflows.models import EscalationStep, Ladder, LadderDecision

_WITH_PEOPLE = ("ladder", "recipient", "deputy_for", "decision__decided_by", "decision__delegate", "decision__remedy")


def live_ladder(complaint_id: UUID) -> Ladder | None:
    """The ladder that is climbing or held, if any."""
    return Ladder.objects.exclude(state=Ladder.State.FINISHED).filter(complaint_id=complaint_id).first()


def steps_of(complaint_id: UUID) -> list[EscalationStep]:
    """Every step of every climb of a complaint, in the order they are or were due."""
    return list(
        EscalationStep.objects.filter(ladder__complaint_id=complaint_id)
        .select_related(*_WITH_PEOPLE)
        .order_by("ladder__run", "position")
    )


def next_step(complaint_id: UUID) -> EscalationStep | None:
    """The next rung that will be climbed while nobody acts; None when the ladder is held or over."""
    return (
        EscalationStep.objects.filter(
            ladder__complaint_id=complaint_id,
            ladder__state=Ladder.State.CLIMBING,
            state=EscalationStep.State.WAITING,
        )
        .select_related("ladder")
        .order_by("position")
        .first()
    )


def undecided_steps(complaint_id: UUID) -> QuerySet[EscalationStep]:
    """Steps of a climbing ladder that somebody was told of and nobody decided on, the highest rung first."""
    return EscalationStep.objects.filter(
        ladder__complaint_id=complaint_id,
        ladder__state=Ladder.State.CLIMBING,
        state=EscalationStep.State.TOLD,
        decision=None,
    ).order_by("-position")


def decisions_of(complaint_id: UUID) -> QuerySet[LadderDecision]:
    """What was decided on a complaint, newest first."""
    return LadderDecision.objects.filter(ladder__complaint_id=complaint_id).select_related(
        "decided_by", "delegate", "remedy", "step", "ladder"
    )


def awaiting_decision_of(user_id: UUID) -> QuerySet[EscalationStep]:
    """Steps told to somebody that are still open to their decision, the most pressing first."""
    return (
        EscalationStep.objects.filter(
            recipient_id=user_id,
            state=EscalationStep.State.TOLD,
            ladder__state=Ladder.State.CLIMBING,
            decision=None,
        )
        .select_related("ladder__complaint__customer", "ladder__complaint__touchpoint", "deputy_for")
        .order_by("decide_by", "-position")
    )
