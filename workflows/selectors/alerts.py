"""What the firm must see and mend."""

from django.db.models import QuerySet

from feedback.selectors.reach import Reader, near
from workflows.models import Alert


def alerts_visible_to(reader: Reader) -> QuerySet[Alert]:
    """Alerts about no case, or one within reach."""
    return near(reader, Alert.objects.all())


def open_alerts(reader: Reader) -> QuerySet[Alert]:
    """Those nobody has settled yet, newest first."""
    return alerts_visible_to(reader).filter(settled_at=None).select_related("complaint")
