"""What the firm must see and mend."""

from uuid import UUID

from django.db.models import Q, QuerySet

from feedback.models import RealGap
from feedback.selectors.gaps import closed_to
from feedback.selectors.reach import Reader, near
from journeys.models import Initiative
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.people import in_the_place_of, with_deputies
from workflows.models import Alert

# What an alert of these kinds is about has one person who answers for it.
_Kind = Alert.Kind


def alerts_visible_to(reader: Reader) -> QuerySet[Alert]:
    """Alerts about no case, or one within reach; of gaps those the reader may know already (``closed_to``)."""
    alerts = near(reader, Alert.objects.all())
    if isinstance(reader, User):
        alerts = alerts.exclude(kind=_Kind.GAP, ref__in=closed_to(reader.pk).values("pk"))
    return alerts


def open_alerts(reader: Reader) -> QuerySet[Alert]:
    """Those nobody has settled yet, newest first."""
    return alerts_visible_to(reader).filter(settled_at=None).select_related("complaint")


def addressed_to(user_id: UUID) -> QuerySet[Alert]:
    """Open alerts about what somebody answers for: a gap found at their place, a guardrail of their initiative.

    Those of whoever is away today come to their deputy too.
    """
    whose = in_the_place_of(user_id).values("pk")
    gaps = RealGap.objects.filter(executive__in=whose).values("pk")
    initiatives = Initiative.objects.filter(owner__in=whose).values("pk")
    theirs = Q(kind=_Kind.GAP, ref__in=gaps) | Q(kind=_Kind.GUARDRAIL, ref__in=initiatives)
    return Alert.objects.filter(theirs, settled_at=None).order_by("-created_at", "-id")


def who_is_addressed() -> set[UUID]:
    """Everybody with an alert ``addressed_to`` them."""
    about = Alert.objects.filter(settled_at=None, kind__in=(_Kind.GAP, _Kind.GUARDRAIL)).values("ref")
    executives = RealGap.objects.filter(pk__in=about, executive__isnull=False).values_list("executive_id", flat=True)
    owners = Initiative.objects.filter(pk__in=about).values_list("owner_id", flat=True)
    return with_deputies({*executives, *owners}, firm_today())
