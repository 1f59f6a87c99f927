"""What nobody answers for: touchpoints, places, complaints, departments, branches, and customers of people who left."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from customers.selectors.customers import visible_to as customers_visible_to
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from journeys.models import Accountability, Environment, Touchpoint
from journeys.selectors.accountability import in_force, unowned
from journeys.selectors.environments import places_of_nobody
from tenants.staff.models import Absence, Branch, Department, User
from tenants.staff.selectors.firm import firm_zone
from workflows.selectors.queues import in_queue, order_of, with_next_due

SHOWN = 10
COUNTED_TO = 1_000


@dataclass(frozen=True)
class Unowned:
    """Each list is whole but the complaints, of which ``complaint_count`` there are; customers are counted to 1,000."""

    touchpoints: list[Touchpoint]
    environments: list[Environment]
    gone: list[Accountability]
    complaints: list[Complaint]
    complaint_count: int
    away: list[Absence]
    departments: list[Department]
    branches: list[Branch]
    customers: int

    @property
    def is_empty(self) -> bool:
        kinds = (self.touchpoints, self.environments, self.gone, self.complaints, self.away)
        return not any((*kinds, self.departments, self.branches, self.customers))


def unowned_for(user: User, at: datetime) -> Unowned:
    """Everything without somebody who answers for it, as far as ``user`` may see it; ten queries."""
    today = at.astimezone(firm_zone()).date()
    nobodys = in_queue(visible_to(user), "unowned", user, at)
    left = customers_visible_to(user).order_by().filter(owner__is_active=False)
    owns = Complaint.objects.filter(owner=OuterRef("user"), state__in=Complaint.OPEN_STATES)
    away = Absence.objects.filter(
        Exists(owns), Q(deputy=None) | Q(deputy__is_active=False), starts_on__lte=today, ends_on__gte=today
    )
    return Unowned(
        touchpoints=unowned(today),
        environments=list(places_of_nobody()),
        gone=list(
            in_force(today)
            .filter(executive__is_active=False)
            .select_related("executive", "stage", "touchpoint__stage")
            .order_by("valid_from")
        ),
        complaints=list(with_next_due(nobodys).order_by(*order_of("unowned"))[:SHOWN]),
        complaint_count=nobodys.order_by().count(),
        away=list(away.select_related("user").order_by("ends_on")),
        departments=list(
            Department.objects.filter(Q(lead=None) | Q(lead__is_active=False)).select_related("lead").order_by("name")
        ),
        branches=list(
            Branch.objects.filter(Q(manager=None) | Q(manager__is_active=False), is_active=True)
            .select_related("manager")
            .order_by("name")
        ),
        customers=left[:COUNTED_TO].count(),
    )
