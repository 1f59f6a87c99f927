"""Sending a survey to many customers."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from customers.selectors.customers import emails_query
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
    of them cannot ask the same customer. Raises NotFound (survey or touchpoint), SurveyInactive, or PlanLimitReached
    when the plan's invitations of this month do not suffice; then nobody is invited.
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
    _invite(dispatch, plan.sendable)
    publish(SurveyDispatched(dispatch_id=dispatch.pk))
    return dispatch


def _invite(dispatch: Dispatch, customer_ids: list[UUID]) -> None:
    """One statement for all of them; the database makes the rows, keys included, from the ids alone."""
    if not customer_ids:
        return
    emails, values = emails_query(customer_ids).query.sql_with_params()
    parameters: list[Any] = [
        dispatch.pk,
        dispatch.survey_id,
        dispatch.touchpoint_id,
        Invitation.State.QUEUED,
        timedelta(days=dispatch.survey.expires_after_days),
        *values,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO feedback_invitation (id, created_at, dispatch_id, survey_id, customer_id, email,
                    touchpoint_id, state, skip_reason, expires_at)
                SELECT uuidv7(), statement_timestamp(), %s, %s, e.customer_id, e.value, %s, %s, '',
                       statement_timestamp() + %s
                FROM ({emails}) e
                ON CONFLICT (dispatch_id, customer_id) DO NOTHING""",  # noqa: S608 - Django's own SQL
            parameters,
        )
