"""What became of an invitation on its way to the customer; each may be told twice."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from customers.services.interactions import record_for_subjects, record_interaction
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import uuid_array
from cxcrm.core.errors import NotFound
from feedback.models import Invitation
from tenants.models import Usage
from tenants.services import plans

State = Invitation.State


@transaction.atomic
def mark_sent(*, invitation_id: UUID) -> Invitation:
    """The mailbox accepted it: the link's time runs from now, and the timeline says so. Raises NotFound.

    A customer may have answered before this is known; the answer stands.
    """
    invitation = _lock(invitation_id)
    if invitation.sent_at is not None:
        return invitation
    invitation.sent_at = now()
    invitation.expires_at = invitation.sent_at + timedelta(days=invitation.survey.expires_after_days)
    if invitation.state in (State.QUEUED, State.UNCERTAIN):
        invitation.state = State.SENT
    invitation.save(update_fields=["state", "sent_at", "expires_at"])
    record_interaction(
        customer_id=invitation.customer_id,
        kind="survey",
        what="survey.invited",
        direction="out",
        data={"survey": invitation.survey.name, "metric": invitation.survey.metric},
        subject=invitation,
        occurred_at=invitation.sent_at,
    )
    return invitation


@transaction.atomic
def mark_many_sent(*, invitation_ids: Sequence[UUID]) -> None:
    """``mark_sent`` for many at once; those sent before are left alone."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH told AS MATERIALIZED (
                   SELECT i.id, s.name, s.metric, s.expires_after_days FROM feedback_invitation i
                   JOIN feedback_survey s ON s.id = i.survey_id
                   WHERE i.id = ANY(%s::uuid[]) AND i.sent_at IS NULL ORDER BY i.id FOR NO KEY UPDATE OF i
               )
               UPDATE feedback_invitation i
               SET sent_at = %s, expires_at = %s + make_interval(days => told.expires_after_days),
                   state = CASE WHEN i.state IN ('queued', 'uncertain') THEN 'sent' ELSE i.state END
               FROM told WHERE i.id = told.id RETURNING told.name, told.metric, i.id, i.customer_id""",
            [uuid_array(invitation_ids), at, at],
        )
        by_survey: dict[tuple[str, str], list[tuple[UUID, UUID]]] = defaultdict(list)
        for name, metric, ident, customer_id in cursor.fetchall():
            by_survey[name, metric].append((ident, customer_id))
    for (name, metric), pairs in by_survey.items():
        record_for_subjects(
            subjects=pairs,
            subject_type=Invitation._meta.label_lower,
            kind="survey",
            what="survey.invited",
            direction="out",
            data={"survey": name, "metric": metric},
            occurred_at=at,
        )


@transaction.atomic
def mark_skipped(*, invitation_id: UUID, reason: str) -> Invitation:
    """It is not sent after all and the plan has it back; ``reason`` is a code of selectors.audience.REASONS.

    Raises NotFound.
    """
    invitation = _lock(invitation_id)
    if invitation.state == State.QUEUED:
        invitation.state, invitation.skip_reason = State.SKIPPED, reason
        invitation.save(update_fields=["state", "skip_reason"])
        plans.give_back(Usage.Metric.INVITATIONS, taken_at=invitation.created_at)
    return invitation


@transaction.atomic
def mark_bounced(*, invitation_id: UUID) -> Invitation:
    """The mailbox refused it for good. Raises NotFound."""
    return _settle(invitation_id, State.BOUNCED, (State.QUEUED, State.SENT, State.UNCERTAIN))


@transaction.atomic
def mark_uncertain(*, invitation_id: UUID) -> Invitation:
    """It may or may not have left; it is shown so and not sent again. Raises NotFound."""
    return _settle(invitation_id, State.UNCERTAIN, (State.QUEUED,))


def _settle(invitation_id: UUID, state: str, sources: tuple[str, ...]) -> Invitation:
    invitation = _lock(invitation_id)
    if invitation.state in sources:
        invitation.state = state
        invitation.save(update_fields=["state"])
    return invitation


def _lock(invitation_id: UUID) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("survey")
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None:
        raise NotFound
    return invitation
