"""When a customer is not asked anything, not even in a talk: the pauses between surveys hold for people as well."""

from uuid import UUID

from django.db.models import Count, Max
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.selectors.asking import holds_back
from customers.selectors.consents import standing
from cxcrm.core.clock import now
from feedback.logic.contexts import nearest, pausing
from feedback.models import Invitation
from feedback.selectors.audience import (
    ANY_SURVEY_EVERY,
    COUNTS,
    PER_YEAR,
    SELDOM_EVERY,
    YEAR,
    wanting_seldom,
    with_a_case,
)
from feedback.selectors.contexts import contexts_of


@holds_back
def reason_to_wait(customer_id: UUID) -> str:
    """Why ``customer_id`` is to be left in peace just now, in one sentence; "" where they may be asked."""
    at = now()
    if standing([customer_id], "survey").get(customer_id) is False:
        return _("They do not want surveys.")
    if with_a_case([customer_id], at):
        return _("They have an open case, or one closed in the last 7 days: help first.")
    context = nearest(pausing(contexts_of([customer_id], at).get(customer_id, []), "relationship"))
    if context is not None:
        return _("“%(name)s” is on where they live: no questions now.") % {"name": context.name}
    asked = (
        Invitation.objects.filter(customer_id=customer_id, state__in=COUNTS)
        .annotate(asked_at=Coalesce("sent_at", "created_at"))
        .filter(asked_at__gt=at - YEAR)
        .aggregate(times=Count("pk"), last=Max("asked_at"))
    )
    if asked["last"] is not None and at - asked["last"] < ANY_SURVEY_EVERY:
        return _("They were asked in a survey less than 30 days ago.")
    if asked["last"] is not None and at - asked["last"] < SELDOM_EVERY and wanting_seldom([customer_id]):
        return _("They want to be asked seldom, and were asked within 180 days.")
    return _("They were asked four times within a year.") if asked["times"] >= PER_YEAR else ""
