"""What each department did for customers in the last ninety days, and which did nothing at all (domain.md §1, 1.18)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, QuerySet

from customers.models import Interaction, Quote
from feedback.models import Complaint
from journeys.models import Standard, StandardAcknowledgement
from tenants.staff.models import Department, User
from workflows.models import ChangeRequest, Promise
from workflows.selectors.flywheel import Share

LOOKED_BACK: Final = timedelta(days=90)
_LOGGED: Final = (Interaction.Kind.CALL, Interaction.Kind.VISIT)
_KEPT: Final = (Promise.State.KEPT, Promise.State.KEPT_LATE)


@dataclass(frozen=True)
class Took:
    """How one department took part; ``standards`` are readings, one for each of its people and each standard in force
    where it is in charge, as they stand today; all else is counted over ``LOOKED_BACK``.
    """

    department: Department
    people: int
    closed: int
    kept: int
    # Quotes its people took, calls and visits they noted.
    signals: int
    standards: Share
    answered: int

    @property
    def is_idle(self) -> bool:
        return not (self.closed or self.kept or self.signals or self.standards.n or self.answered)


def participation(at: datetime) -> list[Took]:
    """Every department by name, counted over the whole firm whoever asks; nine queries.

    A case counts for the department its owner is in today, a promise for the one it was made in.
    """
    since = at - LOOKED_BACK
    staff = list(User.objects.order_by().values_list("pk", "department", "is_active"))
    at_home = {ident: department for ident, department, _active in staff if department}
    people = Counter(department for _ident, department, is_active in staff if department and is_active)
    closed = _counted(Complaint.objects.filter(closed_at__gte=since), "owner__department")
    kept = _counted(Promise.objects.filter(state__in=_KEPT, settled_at__gte=since), "department")
    signals = Counter(_counted(Quote.objects.filter(created_at__gte=since), "taken_by__department"))
    noted = Interaction.objects.filter(
        kind__in=_LOGGED, what__in=[f"{kind}.logged" for kind in _LOGGED], occurred_at__gte=since, actor_kind="user"
    )
    for person, n in _counted(noted, "actor_id").items():
        if person in at_home:
            signals[at_home[person]] += n
    in_force = Standard.objects.filter(replaced_at=None, touchpoint__is_active=True)
    standards = _counted(in_force, "touchpoint__department")
    read = StandardAcknowledgement.objects.filter(
        standard__in=in_force, user__in=User.objects.working(), user__department=F("standard__touchpoint__department")
    )
    readings = _counted(read, "user__department")
    answered = _counted(ChangeRequest.objects.filter(answered_at__gte=since), "to_department")
    return [
        Took(
            department=row,
            people=people[row.pk],
            closed=closed.get(row.pk, 0),
            kept=kept.get(row.pk, 0),
            signals=signals[row.pk],
            standards=Share(readings.get(row.pk, 0), standards.get(row.pk, 0) * people[row.pk]),
            answered=answered.get(row.pk, 0),
        )
        for row in Department.objects.order_by("name")
    ]


def _counted(rows: QuerySet[Any], by: str) -> Mapping[UUID, int]:
    """How many of ``rows`` each of ``by`` has."""
    return dict(rows.order_by().filter(**{f"{by}__isnull": False}).values_list(by).annotate(n=Count("pk")))
