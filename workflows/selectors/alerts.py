"""What the firm must see and mend."""

from django.db.models import QuerySet

from workflows.models import Alert


def open_alerts() -> QuerySet[Alert]:
    """Alerts nobody has settled yet, newest first."""
    return Alert.objects.filter(settled_at=None).select_related("complaint")
