"""Sending a survey to many customers."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from customers.selectors.customers import emails_of
from cxcrm.core.clock import now
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback.errors import SurveyInactive
from feedback.events import SurveyDispatched
from feedback.models import Dispatch, Invitation, Survey
from feedback.selectors.audience import preview
from journeys.selectors.journeys import touchpoint_in_use
from tenants.models import Usage
from tenants.services import plans
from tenants.staff.models import User

BATCH = 2000


@transaction.atomic
def send_survey(
    *,
    survey_id: UUID,
    customer_ids: Iterable[UUID],
    touchpoint_id: UUID | None = None,
    sent_by: User | None = None,
) -> Dispatch:
    """Invite everybody among ``customer_ids`` who may be asked now; the others are counted by reason.

    The mails leave later, each after the same rules were looked at again. One sending of a firm at a time, so that two
    of them cannot ask the same customer. Raises NotFound (survey or touchpoint), SurveyInactive, or PlanLimitReached when
    the plan's invitations of this month do not suffice; then nobody is invited.
    """
    surveys = {row.pk: row for row in Survey.objects.select_for_update(no_key=True).order_by("pk")}
    survey = surveys.get(survey_id)
    if survey is None or (touchpoint_id and touchpoint_in_use(touchpoint_id) is None):
        raise NotFound
    if not survey.is_active:
        raise SurveyInactive
    plan = preview(survey, list(customer_ids))
    plans.allow(Usage.Metric.INVITATIONS, len(plan.sendable))
    dispatch = Dispatch.objects.create(
        survey=survey,
        touchpoint_id=touchpoint_id or survey.touchpoint_id,
        sent_by=sent_by,
        matched=plan.matched,
        invited=len(plan.sendable),
        skipped=plan.skipped,
    )
    emails = emails_of(plan.sendable)
    expires_at = now() + timedelta(days=survey.expires_after_days)
    Invitation.objects.bulk_create(
        (
            Invitation(
                dispatch=dispatch,
                survey=survey,
                customer_id=customer_id,
                email=emails[customer_id],
                touchpoint_id=dispatch.touchpoint_id,
                expires_at=expires_at,
            )
            for customer_id in plan.sendable
        ),
        batch_size=BATCH,
    )
    publish(SurveyDispatched(dispatch_id=dispatch.pk))
    return dispatch
